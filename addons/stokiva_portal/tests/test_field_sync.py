import base64
import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_portal.field import HANDLERS
from odoo.addons.stokiva_service.tests.common_orders import signature

from .common_field import FieldCommon, _now

APPLIED = ('applied', None)


@tagged('post_install', '-at_install')
class TestFieldSync(FieldCommon):
    """What technicians do on their phones arrives once, in order, in their name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service_type_repair.write({'photos_before': 1, 'photos_after': 1})

    def setUp(self):
        super().setUp()
        self.order = self._accepted()
        self._login(self.user_technician_a)

    def _rows(self, op):
        return self.env['stokiva.field.op'].search([('uuid', '=', op['uuid'])])

    # === A JOB === #

    def test_a_whole_job(self):
        order = self.order
        self.env.cr.execute(
            """UPDATE stokiva_work_order SET opened_at = opened_at - interval '2 hours', assigned_at = assigned_at - interval
               '2 hours', accepted_at = accepted_at - interval '2 hours' WHERE id = %s""", order.ids)
        self.env.invalidate_all()
        before, after = str(uuid.uuid4()), str(uuid.uuid4())
        labour, part = (
            self._op(order, 'labour_add', workmanship_id=self.workmanship.id, ago=20),
            self._op(order, 'part_add', product_id=self.part_product.id, quantity=1, ago=19))
        ops = [
            self._op(order, event='depart', ago=60), self._op(order, event='start', ago=40), labour, part,
            self._op(order, 'part_set', line=part['uuid'], quantity=2, ago=18),
            self._op(order, 'findings', cause_id=self.cause.id, resolution_id=self.resolution.id, diagnosis="Blocked", ago=15),
        ]
        submit = self._op(
            order, event='submit', ago=5, requires=[before, after], signature=signature(), signed_by="Ayşe Yılmaz",
            shown_hash='0' * 64)
        self.assertEqual(self._statuses(*ops, submit), [APPLIED] * 6 + [('blocked', 'media')])
        self.assertFalse(self._rows(submit), "what waits is not kept")
        for kind, media_uuid in (('before', before), ('after', after)):
            answer = self._upload(order, kind, uuid=media_uuid, latitude='40.99', longitude='29.02')
            self.assertEqual(answer['status'], 'applied')
        self.assertEqual(self._statuses(submit), [APPLIED])
        self.assertEqual(order.state, 'awaiting_approval')
        self.assertEqual(order.part_line_ids.quantity, 2)
        self.assertEqual(order.labour_line_ids.field_uuid, labour['uuid'])
        self.assertEqual((order.cause_id, order.diagnosis), (self.cause, "Blocked"))
        self.assertEqual(order.media_ids.mapped('kind'), ['before', 'after'])
        self.assertEqual(set(order.media_ids.mapped('channel')), {'field'})
        self.assertAlmostEqual(order.media_ids[0].latitude, 40.99)
        self.assertEqual(order.visit_id.signed_by, "Ayşe Yılmaz")
        self.assertTrue(base64.b64decode(order.visit_id.signature).startswith(b'\x89PNG'))
        self.assertNotIn('signature', self._rows(submit).payload)
        for event, minutes in (('departed_at', 60), ('started_at', 40), ('submitted_at', 5)):
            self.assertAlmostEqual(
                order[event], fields.Datetime.now() - timedelta(minutes=minutes), delta=timedelta(seconds=20))
        self.assertEqual(
            set(order.event_ids.filtered(lambda row: row.event in ('depart', 'start', 'submit')).mapped('channel')), {'field'})

    def test_approval_on_site(self):
        self._do(self.order, 'depart')
        self._do(self.order, 'start')
        self._work(self.order)
        self.assertEqual(self._statuses(self._op(self.order, event='submit')), [APPLIED])
        self.assertEqual(self._statuses(self._op(self.order, event='send_code')), [APPLIED])
        [asked] = self.order.approval_ids.filtered(lambda item: item.state == 'pending')
        job = next(job for job in self._sync()['snapshot']['orders'] if job['id'] == self.order.id)
        self.assertEqual(job['asked']['hash'], asked.shown_hash)
        given = {'shown_hash': asked.shown_hash, 'signature': signature(), 'name': "Ayşe"}
        wrong = self._op(self.order, 'approve', **given, code='000')
        with mute_logger('odoo.sql_db'):
            self.assertEqual(self._statuses(wrong), [('rejected', 'refused')])
        self.assertEqual(self._statuses(self._op(self.order, 'approve', **given, code=asked._get_code())), [APPLIED])
        self.assertEqual((self.order.state, asked.channel), ('completed', 'on_site'))
        self.assertNotIn('code', self._rows(wrong).payload)

    # === ONCE === #

    def test_sent_again_is_answered_again(self):
        ops = [
            self._op(self.order, event='depart'), self._op(self.order, event='start'),
            self._op(self.order, 'labour_add', workmanship_id=self.workmanship.id),
            self._op(self.order, 'note', text="The gate is locked"), self._op(self.order, event='return')]
        first = self._sync(*ops)['results']
        again = self._sync(*ops)['results']
        self.assertEqual([row['status'] for row in first], ['applied'] * 4 + ['rejected'])
        self.assertEqual(again, [dict(row, replayed=True) for row in first])
        self.assertEqual(len(self.order.labour_line_ids), 1)
        self.assertEqual(self._count_events(self.order, 'depart'), 1)
        self.assertEqual(len(self.order.assignment_id.message_ids.filtered(lambda item: "gate" in item.body)), 1)
        media_uuid = str(uuid.uuid4())
        self._upload(self.order, uuid=media_uuid)
        self.assertTrue(self._upload(self.order, uuid=media_uuid)['replayed'])
        self.assertEqual(len(self.order.media_ids), 1)

    def test_done_on_the_other_phone(self):
        self.assertEqual(self._statuses(self._op(self.order, event='depart')), [APPLIED])
        answer = self._sync(self._op(self.order, event='depart'), device=str(uuid.uuid4()))['results'][0]
        self.assertEqual((answer['status'], answer['result']), ('applied', {'noop': True}))
        self.assertEqual(self._count_events(self.order, 'depart'), 1)

    def test_mixed_batch(self):
        foreign, other = self._open_order(), self._accepted()
        self._do(foreign, 'assign', provider_id=self.provider_b.id)

        def bug(handler):
            handler.order.diagnosis = "half done"
            raise ZeroDivisionError

        ops = [
            {'uuid': 'x'}, None,
            self._op(self.order, event='depart'),
            self._op(self.order, 'part_add', product_id=0),
            self._op(foreign, event='depart'),
            self._op(self.order, 'findings', cause_id=self.cause.id),  # the bug
            self._op(self.order, event='start'),
            self._op(other, event='depart'),
            self._op(self.order, 'steal'),
        ]
        with patch.dict(HANDLERS, findings=bug), mute_logger('odoo.addons.stokiva_portal.models.stokiva_field_op_process'):
            self.assertEqual(self._statuses(*ops), [
                ('rejected', 'malformed'), ('rejected', 'malformed'), APPLIED, ('rejected', 'refused'),
                ('rejected', 'not_yours'), ('error', 'error'), ('blocked', 'earlier'), APPLIED, ('blocked', 'earlier')])
        self.assertEqual((self.order.state, other.state), ('on_the_way', 'on_the_way'))
        self.assertFalse(self.order.diagnosis)
        self.assertEqual(self._statuses(*ops[5:]), [APPLIED, APPLIED, APPLIED, ('rejected', 'unknown')])
        self.assertEqual(self.order.state, 'in_progress')

    # === WHOSE === #

    def test_others_see_and_do_nothing(self):
        op = self._op(self.order, event='depart')
        self.assertEqual(self._statuses(op), [APPLIED])
        self._login(self.user_second_technician_a)
        self.assertEqual(self._statuses(op), [('rejected', 'not_owner')])
        self.assertEqual(self._statuses(self._op(self.order, event='start')), [('rejected', 'not_yours')])
        self.assertEqual(self._upload(self.order)['code'], 'not_yours')
        self.assertFalse(self._sync()['snapshot'])
        self.assertEqual(self._sync(uid=self.user_technician_a.id)['state'], 'wrong_user')
        self._login(self.user_other_customer)
        self.assertEqual(self._sync(op)['state'], 'no_technician')
        self.assertFalse(self.order.media_ids)

    def test_reassigned_and_canceled_meanwhile(self):
        taken, called_off = self.order, self._accepted()
        known = self._sync()['snapshot']['digest']
        self._do(taken, 'plan', self.user_provider_a, personnel_id=self.second_technician_a.id)
        self._do(called_off, 'cancel', reason="The customer does not want it")
        answer = self._sync(
            self._op(taken, event='depart'), self._op(called_off, event='depart'), digest=known)
        self.assertEqual([(row['status'], row['code']) for row in answer['results']], [
            ('rejected', 'not_yours'), ('rejected', 'closed')])
        self.assertEqual(answer['snapshot']['removed'], taken.ids)
        self.assertEqual([job['state'] for job in answer['snapshot']['orders']], ['canceled'])

    def test_archived_person(self):
        self.env.cr.execute("UPDATE stokiva_personnel SET active = false WHERE id = %s", [self.technician_a.id])
        self.env.invalidate_all()
        self.assertEqual(self._sync(self._op(self.order, event='depart'))['state'], 'no_technician')
        self.assertEqual(self.order.state, 'accepted')

    def test_internal_technician(self):
        self.provider_a.personnel_ids = [(0, 0, {
            'partner_id': self.user_technician.partner_id.id, 'role': 'technician', 'user_id': self.user_technician.id})]
        house = self.provider_a.personnel_ids.filtered(lambda person: person.user_id == self.user_technician)
        self._do(self.order, 'plan', self.user_provider_a, personnel_id=house.id)
        self._login(self.user_technician)
        self.assertEqual(
            self._statuses(self._op(self.order, event='depart'), self._op(self.order, event='start')), [APPLIED] * 2)

    # === DECISIONS === #

    def test_a_refusal_is_decided(self):
        order = self.order
        self._do(order, 'depart')
        self._do(order, 'start')
        self._work(order)
        refused = self._op(order, 'part_add', product_id=0)
        submit = self._op(order, event='submit')
        self.assertEqual(self._statuses(refused, submit), [('rejected', 'refused'), ('blocked', 'undecided')])
        decide = self._op(order, 'decide', uuid=refused['uuid'], decision='forwarded')
        self.assertEqual(self._statuses(submit, decide), [('blocked', 'undecided'), APPLIED])
        self.assertEqual(self._statuses(submit), [APPLIED])
        [todo] = order.activity_ids.filtered(lambda item: item.summary == "Refused in the field")
        self.assertIn("Part added", todo.note)
        row = self._rows(refused)
        self.assertEqual((row.decision, row.is_settled), ('forwarded', False))
        row.with_user(self.user_dispatcher).action_settle()
        self.assertTrue(row.is_settled)
        self.assertEqual(
            self._statuses(self._op(order, 'decide', uuid=str(uuid.uuid4()), decision='discarded')), [('rejected', 'gone')])

    def test_too_late(self):
        self._do(self.order, 'depart')
        self._do(self.order, 'start')
        self.assertEqual(self._statuses(self._op(self.order, event='submit')), [('rejected', 'evidence')])
        self._work(self.order)
        self._do(self.order, 'submit', self.user_technician_a)
        self.assertEqual(
            self._statuses(self._op(self.order, 'labour_add', workmanship_id=self.workmanship.id)), [('rejected', 'late')])

    # === CLOCKS === #

    def test_a_clock_that_is_a_day_wrong(self):
        for wrong in (-1, 1):
            order = self._accepted()
            op = self._op(order, event='depart')
            op['client_time'] = _now(days=wrong, minutes=-30)
            self.assertEqual(self._statuses(op, sent_at=_now(days=wrong)), [APPLIED])
            now = fields.Datetime.now()
            self.assertAlmostEqual(order.departed_at, max(
                now - timedelta(minutes=30), order.accepted_at), delta=timedelta(seconds=20))
            self.assertAlmostEqual(self._rows(op).skew, -wrong * 86400, delta=20)
        device = self.env['stokiva.field.device'].search([('uuid', '=', self.device_uuid)])
        self.assertEqual(device.user_id, self.user_technician_a)

    # === SNAPSHOT === #

    def test_only_what_differs(self):
        other = self._accepted()
        answer = self._sync()
        digest, print_ = answer['snapshot']['digest'], answer['catalogue']['fingerprint']
        self.assertEqual(digest.keys(), {str(self.order.id), str(other.id)})
        self.assertEqual(answer['catalogue']['targets']['depart'], 'on_the_way')
        answer = self._sync(digest=digest, catalogue=print_)
        self.assertEqual((answer['snapshot'], answer['catalogue']), (None, None))
        answer = self._sync(self._op(other, event='depart'), digest=digest, catalogue=print_, more=True)
        [job] = answer['snapshot']['orders']
        self.assertEqual((job['id'], job['state']), (other.id, 'on_the_way'))
        self.assertIn('start', job['legal']['on_the_way/customer'])
        self.assertNotIn('start', job['legal']['accepted/customer'])
        self.assertIn('submit', job['legal']['in_progress/customer'])
        for garbage in (None, [], {'x': 1, '999999999999': 'y'}, "x"):
            self.assertTrue(self._sync(digest=garbage)['snapshot'])

    def test_nothing_that_is_not_his_business(self):
        self.provider_a.can_see_prices = False
        done = self._submitted()
        self._answer(done)
        jobs = {job['id']: job for job in self._sync()['snapshot']['orders']}
        self.assertEqual(jobs[self.order.id]['customer']['name'], self.customer.name)
        self.assertIsNone(jobs[done.id]['customer'], "completed: the customer is not shown any more")
        self.assertIsNone(jobs[self.order.id]['total'])
        text = str(jobs)
        for secret in ('cost', 'internal_note', 'settlement'):
            self.assertNotIn(secret, text)

    # === FILES === #

    def test_files_that_are_refused(self):
        self.assertEqual(self._upload(self.order, file=b'no photo')['status'], 'rejected')
        self.assertEqual(self._upload(self.order, kind='x')['code'], 'malformed')
        self.assertEqual(self._upload(self.order, kind='complaint', file=b'no photo')['code'], 'refused')
        self._upload(self.order, status=422, uuid='x')
        self._upload(self.order, status=409, uid=1)
        with mute_logger('odoo.http'):
            response = self.url_open('/field/media', data={'uid': self.session.uid, 'csrf_token': 'x'}, files={
                'file': ('x.jpg', b'x', 'image/jpeg')}, allow_redirects=False)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.order.media_ids)

    def test_requests_that_cannot_be_ours(self):
        self.assertEqual(self._sync(protocol=99)['state'], 'upgrade_required')
        self.assertEqual(self._sync(*[self._op(self.order, event='depart')] * 21)['state'], 'too_many_ops')
        self.assertEqual(self._sync(device='x')['state'], 'too_many_ops')
        self.assertEqual(self.order.state, 'accepted')
