from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common_approval import ApprovalPageCommon


@tagged('post_install', '-at_install')
class TestRating(ApprovalPageCommon):
    """What customers think of completed work: given once, changed for some days, answered, moderated."""

    def _completed(self, **answer):
        order = self._submitted()
        self._answer(order, **answer)
        return order.sudo()

    def _asked(self):
        """The rating of an order whose customer was asked by a link."""
        order = self._completed()
        order.completed_at = Datetime.now() - timedelta(hours=30)
        self._run_cron()
        return order.customer_rating_ids

    def _run_cron(self):
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env['stokiva.rating']._cron_ask()

    def _score(self):
        days = self.env['stokiva.performance.day']
        days._add_all_days()
        while taken := days._take_days():
            days._count(taken)
        self.env['stokiva.provider']._cron_update_scores()

    def _send(self, rating, status=303, **values):
        response = self.url_open(f'/o/r/{rating._get_token()}', data=values, allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:500])
        self.env.invalidate_all()
        return response

    def _get_messages(self, order):
        return self.env['stokiva.message'].search([('work_order_id', '=', order.id), ('event', '=', 'rate')])

    def test_stars_of_the_approval_begin_it(self):
        order = self._completed(stars=4, comment="Quick")
        self.assertRecordValues(order.customer_rating_ids, [{
            'stars': 4, 'comment': "Quick", 'source': 'approval', 'provider_id': self.provider_a.id,
            'personnel_id': self.technician_a.id, 'device_type_id': self.device_type.id, 'company_id': self.company.id}])
        self.assertFalse(self._completed().customer_rating_ids)

    def test_asked_once_some_hours_after_completion(self):
        order, rated = self._completed(), self._completed(stars=5)
        self._run_cron()
        self.assertFalse(self._get_messages(order), "a day has not passed")
        (order | rated).completed_at = Datetime.now() - timedelta(hours=30)
        for _run in range(2):
            self._run_cron()
        message = self._get_messages(order)
        self.assertEqual((len(message), message.partner_id), (1, self.customer))
        self.assertIn('/o/r/', message._get_link())
        self.assertFalse(self._get_messages(rated))
        order.customer_rating_ids._give(5, "", 'portal')
        self.assertTrue(message._get_refusal())
        old = self._completed()
        old.completed_at = Datetime.now() - timedelta(days=20)
        self.company.stokiva_rating = False
        new = self._asked()
        self.assertFalse(new | old.customer_rating_ids)

    def test_rating_by_the_link(self):
        rating = self._asked()
        page = self._get(f'/o/r/{rating._get_token()}')
        self.assertEqual(page.headers['Cache-Control'], 'no-store')
        self.assertNotIn("checked=", page.text)
        self.assertNotIn(self.customer.name, page.text)
        for values in ({'lang': ''}, {'stars': '0'}, {'stars': '6'}, {'stars': "'"}, {'stars': '', 'comment': "x"}):
            self.assertIn('role="alert"', self._send(rating, 400, **values).text)
        self.assertFalse(rating.stars)
        self._send(rating, stars='5', comment="<b>Friendly</b>")
        self.assertEqual((rating.stars, rating.source), (5, 'link'))
        self.assertIn("&lt;b&gt;Friendly", self._get(f'/o/r/{rating._get_token()}').text)
        self._send(rating, stars='3', comment="Came back broken")
        self.assertEqual((rating.stars, rating.comment), (3, "Came back broken"))
        self.assertEqual(rating.work_order_id.approval_ids.stars, 0, "what was approved is not touched")

    def test_links_die(self):
        rating = self._asked()
        path = f'/o/r/{rating._get_token()}'
        self.assertEqual(self._get('/o/r/nonsense').status_code, 404)
        self.assertEqual(self._get(f'/o/r/{rating.work_order_id.approval_ids._get_token()}').status_code, 404)
        self.assertEqual(self._get(path.replace('/r/', '/')).status_code, 404, "no token of one kind is one of another")
        rating.expires_at = Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self._get(path).status_code, 404)
        self._send(rating, 404, stars='5')
        rating.write({'expires_at': Datetime.now() + timedelta(days=1), 'is_hidden': True})
        self._send(rating, 404, stars='5')
        self.assertFalse(rating.stars)

    def test_one_link_rates_a_group(self):
        first, second = (order.sudo() for order in self._group())
        for order in (first, second):
            self._answer(order)
        (first | second).completed_at = Datetime.now() - timedelta(hours=30)
        self._run_cron()
        ratings = first.customer_rating_ids | second.customer_rating_ids
        message = self._get_messages(first) | self._get_messages(second)
        self.assertEqual((len(ratings), len(message)), (2, 1), "one link for both")
        rating, other = message.work_order_id.customer_rating_ids, ratings - message.work_order_id.customer_rating_ids
        self.assertIn(f'name="stars_{other.id}"', self._get(f'/o/r/{rating._get_token()}').text)
        self.assertIn('role="alert"', self._send(rating, 400, comment="x").text)
        self._send(rating, stars='4', comment="Fine")
        self.assertEqual([(one.stars, one.comment) for one in ratings], [(4, "Fine")] * 2)
        self._send(rating, stars='4', comment="Fine", **{f'stars_{other.id}': '2', f'comment_{other.id}': "Slow"})
        self.assertEqual([(one.stars, one.comment) for one in rating | other], [(4, "Fine"), (2, "Slow")])
        self.assertTrue(message._get_refusal(), "nothing is left to ask for")
        shown = {f'stars_{rating.id}': '4', f'comment_{rating.id}': "Fine", f'stars_{other.id}': '2', f'comment_{other.id}': "Slow"}
        self._send(rating, **{**shown, f'stars_{rating.id}': '5'})
        self.assertEqual((rating.stars, other.stars), (5, 2), "what was not touched stays")
        self._send(rating, stars='3', **{**shown, f'stars_{rating.id}': '5'})
        self.assertEqual((rating.stars, other.stars), (3, 3), "all of it, whatever it was")
        stranger = self._asked()
        self._send(rating, stars='1', **{f'stars_{stranger.id}': '1'})
        self.assertFalse(stranger.stars)
        self.env.cr.execute("UPDATE stokiva_work_order SET partner_id = %s WHERE id = %s", [
            self.env['res.partner'].create({'name': "Somebody Else"}).id, other.work_order_id.id])
        self.env.invalidate_all()
        self._send(rating, stars='5')
        self.assertEqual((rating.stars, other.stars), (5, 1), "somebody else's is not shown and not rated")

    def test_the_customer_is_told_of_the_reply(self):
        rating = self._completed(stars=2, comment="Late").customer_rating_ids
        mine = rating.with_user(self.user_manager)
        mine.reply = "We are sorry <b>"
        mine.reply = "We are very sorry <b>"
        message = self.env['stokiva.message'].search([
            ('work_order_id', '=', rating.work_order_id.id), ('event', '=', 'rating_reply')])
        self.assertEqual((len(message), message.partner_id), (1, self.customer), "once")
        self.assertFalse(message._get_refusal())
        self.assertIn("We are very sorry &lt;b&gt;", message._render(message.rule_id.template_id, 'body_html'))
        mine.reply = False
        self.assertTrue(message._get_refusal())

    def test_few_stars_alert_once(self):
        user = self.user_dispatcher
        self.provider_a.user_id = user
        rating = self._completed(stars=2).customer_rating_ids
        self.assertEqual(rating.activity_ids.user_id, user)
        rating._give(1, "Worse", 'portal')
        self.assertEqual(len(rating.activity_ids), 1)
        self.company.stokiva_low_stars = 0
        self.assertFalse(self._completed(stars=1).customer_rating_ids.activity_ids)
        self.company.stokiva_low_stars = 3
        self.assertTrue(self._completed(stars=3).customer_rating_ids.activity_ids)

    def test_reply_and_moderation(self):
        rating = self._completed(stars=1, comment="Rude words").customer_rating_ids
        mine = rating.with_user(self.user_manager)
        for values in ({'stars': 5}, {'comment': "Good"}, {'is_hidden': True}, {'provider_id': self.provider_b.id}):
            with self.refused(AccessError, "Reply to it"):
                mine.write(values)
        for user in (self.user_call_centre, self.user_dispatcher):
            self.assertEqual(rating.with_user(user).stars, 1)
            with self.refused(AccessError, ""):
                rating.with_user(user).reply = "x"
            with self.refused(AccessError, ""):
                rating.with_user(user)._moderate({'is_hidden': True})
        for user in (self.user_technician_a, self.user_provider_a, self.user_customer):
            with self.refused(AccessError, ""):
                rating.with_user(user).read(['stars'])
        mine.reply = "We are sorry"
        self.assertEqual(rating.replied_by_id, self.user_manager)
        self.assertIn("We are sorry", self._get(f'/o/r/{rating._get_token()}').text)
        self._score()
        self.assertAlmostEqual(self.provider_a.rating_score, (1 + 5 * 4) / 6, 2)
        self.env['stokiva.rating.hide'].with_user(self.user_manager).with_context(tracking_disable=False).create(
            {'rating_ids': rating.ids, 'reason': "Abuse"}).action_hide()
        self.env.flush_all()
        self.cr.flush()
        self.assertIn("Abuse", str(rating.message_ids.tracking_value_ids.mapped('new_value_char')))
        self._score()
        self.assertEqual(self.provider_a.rating_score, 0)
        with self.refused(UserError, "any more"):
            rating._give(5, "", 'portal')
        mine.action_show()
        self.assertFalse(rating.is_hidden)
        empty = rating._prepare_for(self._completed())
        with self.refused(UserError, "not rated"):
            empty.with_user(self.user_manager).reply = "x"

    def test_only_completed_orders_and_not_for_ever(self):
        order = self._submitted().sudo()
        with self.refused(UserError, "cannot be rated"):
            order._rate(5, "", 'portal')
        self._answer(order)
        order._rate(4, "Fine", 'portal')
        order.customer_rating_ids.expires_at = Datetime.now() - timedelta(minutes=1)
        with self.refused(UserError, "cannot be rated"):
            order._rate(1, "", 'portal')
        late = self._completed()
        late.completed_at = Datetime.now() - timedelta(days=15)
        self.assertFalse(late._can_be_rated())

    def test_anonymised(self):
        order = self._completed(stars=2, comment="Ayşe was here")
        order.customer_rating_ids.with_user(self.user_manager).reply = "Dear Ayşe"
        order._anonymise()
        self.assertRecordValues(order.customer_rating_ids, [{'stars': 2, 'comment': False, 'reply': False}])
        self.assertFalse(order.customer_rating_ids.message_ids)
        self.assertFalse(order.customer_rating_ids.activity_ids)
