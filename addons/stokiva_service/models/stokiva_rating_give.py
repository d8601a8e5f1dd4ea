from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import workflow

MAX_COMMENT = 2000
# As forms send them.
STARS = {str(number): number for number in range(1, 6)}
# Who was not asked within so many days is not asked any more.
ASKED_WITHIN = timedelta(days=14)
ACTIVITY = 'stokiva_service.mail_activity_type_rating'


class Rating(models.Model):
    """Asking, giving and changing a rating, and telling of few stars."""
    _inherit = 'stokiva.rating'

    @api.model
    def _cron_ask(self, batch_size=200):
        """Ask for an opinion of what was completed some hours ago and is not rated: by the rules of messages."""
        now, orders = fields.Datetime.now(), self.env['stokiva.work.order']
        companies = self.env['res.company'].search([('stokiva_rating', '=', True)])
        domain = Domain.OR(
            Domain('company_id', '=', company.id)
            & Domain('completed_at', '<=', now - timedelta(hours=company.stokiva_rating_hours)) for company in companies
        ) & Domain('state', '=', workflow.COMPLETED) & Domain('completed_at', '>', now - ASKED_WITHIN) & Domain(
            'customer_rating_ids', '=', False)
        orders = orders.search(domain, limit=batch_size)
        self.env['ir.cron']._commit_progress(remaining=orders.search_count(domain))
        self._prepare_for(orders, asked_at=now)
        self.env['stokiva.message']._tell(orders, 'rate', 'asked')
        self.env['ir.cron']._commit_progress(len(orders))

    @api.model
    def _prepare_for(self, orders, **values):
        """Make the empty ratings of orders that have none.

        :param orders: stokiva.work.order records in sudo
        :param values: further values
        :return: stokiva.rating records in sudo
        """
        now = fields.Datetime.now()
        return self.sudo().create([{  # sudo: customers and events make them, nobody by hand
            'work_order_id': order.id,
            'expires_at': now + timedelta(days=order.company_id.stokiva_rating_days), **values} for order in orders])

    @api.model
    def _note_approvals(self, approvals):
        """Begin ratings with the stars that customers gave with their approval.

        :param approvals: stokiva.approval records in sudo
        """
        for approval, rating in zip(approvals, self._prepare_for(approvals.work_order_id), strict=True):
            rating._give(approval.stars, approval.comment, 'approval', approval.answered_at)

    def _give(self, stars, comment, source, moment=None):
        """Note the customer's opinion, or another one while it can be changed.

        :param int stars: 1 to 5
        :param str comment: in the customer's words, may be empty
        :param str source: key of ``source``
        :param datetime moment: naive UTC, by default now
        :raise UserError: if the stars are none, or it is too late
        """
        self.ensure_one()
        if stars not in range(1, 6):
            raise UserError(self.env._("Choose one to five stars."))
        if not self._is_open():
            raise UserError(self.env._("This rating cannot be changed any more."))
        values = {'stars': stars, 'comment': (comment or '').strip()[:MAX_COMMENT] or False, 'source': source}
        if not self.rated_at:
            moment = moment or fields.Datetime.now()
            values |= {
                'rated_at': moment, 'expires_at': moment + timedelta(days=self.company_id.stokiva_rating_days)}
        self.write(values)
        self._alert()

    def _is_open(self):
        """Tell whether the customer may still give or change it."""
        return bool(self) and not self.is_hidden and self.expires_at > fields.Datetime.now()

    def _get_together(self):
        """Return the ratings that one link gives: its own, and the open ones of the customer's other orders of the group.

        :return: stokiva.rating records, the link's own first
        """
        self.ensure_one()
        order = self.work_order_id
        others = (order._get_group() - order).filtered(lambda other: other.partner_id == order.partner_id).sorted('id')
        return self | others.customer_rating_ids.filtered(lambda rating: rating._is_open())

    def _alert(self):
        """Ask who looks after the provider to act on few stars, once."""
        if not (0 < self.stars <= self.company_id.stokiva_low_stars) or self.is_alerted:
            return
        self.is_alerted = True
        user = self.provider_id.with_company(self.company_id)._get_responsible()
        lang = self.with_context(lang=user.lang or self.company_id.partner_id.lang)
        # The to-do tells; Odoo's own mail for it would be the second.
        lang.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY, user_id=user.id, note=lang.env._(
                "%(stars)s of 5 stars for %(provider)s", stars=self.stars, provider=self.provider_id.name))

    @api.model
    def _find_by_token(self, token):
        """Return the rating that a token opens while it can be given or changed; else an empty record."""
        rating = super()._find_by_token(token)
        return rating if rating._is_open() else rating.browse()
