import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import audit, workflow

UNANSWERED = ('pending', 'expired')
# Nobody reminds or calls any more.
CLOSED = {'follow_up_at': False, 'call_at': False}
# What a quote shows besides the order itself; it stays when the order changes.
QUOTE_KEYS = ('text', 'lump_sum', 'diagnosis_fee', 'diagnosis_price')


class Approval(models.Model):
    _name = 'stokiva.approval'
    _inherit = ['stokiva.secret.link']
    _description = "Request for the Customer's Approval"
    _order = 'id desc'
    _check_company_auto = True
    _token_purpose = 'approval'
    _link_path = '/o/'

    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, ondelete='restrict', readonly=True)
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id', string="Customer")
    provider_id = fields.Many2one(
        'stokiva.provider', readonly=True, index='btree_not_null', ondelete='restrict', help="Whose work or quote it is.")
    kind = fields.Selection([('quote', "Quote"), ('work', "Work")], required=True, readonly=True)
    state = fields.Selection(
        [
            ('pending', "Waiting"),
            ('approved', "Approved"),
            ('disputed', "Refused"),
            ('void', "Void"),
            ('expired', "Expired"),
        ],
        default='pending', required=True, readonly=True, index=True)
    expires_at = fields.Datetime("Link valid until", required=True, readonly=True)
    shown = fields.Text("Shown to the customer", required=True, readonly=True, help="Canonical JSON.")
    shown_hash = fields.Char("SHA-256 of what was shown", required=True, readonly=True)
    stars = fields.Integer(readonly=True, aggregator=None, help="1 to 5; 0 when the customer gave none.")
    stars_text = fields.Char("Satisfaction", compute='_compute_stars_text')

    _one_pending = models.UniqueIndex("(work_order_id, kind) WHERE state = 'pending'")
    _stars_range = models.Constraint('CHECK(stars BETWEEN 0 AND 5)', "Stars go from 1 to 5.")

    @api.depends('work_order_id.name', 'kind')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for approval in self:
            approval.display_name = f"{approval.work_order_id.name} · {labels.get(approval.kind, '')}"

    @api.depends('stars')
    def _compute_stars_text(self):
        for approval in self:
            approval.stars_text = "★" * approval.stars + "☆" * (5 - approval.stars) if approval.stars else False

    @api.model
    def _request(self, orders, kind, extra=None):
        """Ask the customers: void what is pending of the kind and make a new request per order.

        :param orders: stokiva.work.order records in sudo
        :param str kind: ``quote`` or ``work``
        :param dict extra: added to what is shown
        :return: stokiva.approval records
        """
        orders.approval_ids.filtered(lambda approval: approval.kind == kind)._void()
        orders.approval_ids.flush_recordset(['state'])  # only one may wait: the old ones end before it begins
        values, now = [], fields.Datetime.now()
        for order in orders:
            shown = audit.canonical(dict(order._get_shown_content(), kind=kind, **(extra or {})))
            values.append({
                'work_order_id': order.id, 'kind': kind, 'shown': shown, 'shown_hash': audit.sha256(shown),
                'provider_id': order.provider_id.id,
                'expires_at': now + timedelta(days=order.service_type_id.approval_days or 7),
                'follow_up_at': now + timedelta(hours=order.company_id.stokiva_reminder_hours),
            })
        return self.sudo().create(values)  # sudo: only the door makes requests, for any actor

    def _get_shown(self):
        """Return what the customer was shown.

        :return: see ``stokiva.work.order._get_shown_content``
        :rtype: dict
        """
        self.ensure_one()
        return json.loads(self.shown)

    def _refresh_quote(self):
        """Replace a waiting quote after the order changed, with the same words; end it when nothing is charged."""
        for approval in self.filtered(lambda item: item.kind == 'quote' and item.state == 'pending'):
            order, shown = approval.work_order_id, approval._get_shown()
            if 'lump_sum' not in shown and not order.amount_charged:
                approval._void()
                order.sla_paused = False
                continue
            approval._renew()

    def _renew(self):
        """Ask what an expired request asked once more, with a new link and as the order stands now.

        :return: stokiva.approval record
        """
        self.ensure_one()
        shown = self._get_shown()
        kept = {key: shown[key] for key in QUOTE_KEYS if key in shown}
        if 'lump_sum' in kept:
            kept |= {'amount': kept['lump_sum'], 'untaxed': None, 'taxes': []}
        return self._request(self.work_order_id, self.kind, kept)

    @api.model
    def _get_asked(self, orders):
        """Return what the customers are asked and have not answered, whether or not the link still works.

        :return: ``{order: stokiva.approval record or empty}``
        """
        asking = orders.filtered(lambda order: order.state in workflow.ASKING)
        last = {}
        for approval in asking and self.search([('work_order_id', 'in', asking.ids)], order='id'):
            last[approval.work_order_id, approval.kind] = approval
        found = {
            order: last.get((order, 'work' if order.state == workflow.AWAITING_APPROVAL else 'quote'), self.browse())
            for order in orders}
        return {order: approval.filtered(lambda item: item.state in UNANSWERED) for order, approval in found.items()}

    @api.model
    def _get_quoted_orders(self, orders):
        """Return those of the orders whose quote waits for the customer."""
        orders = orders.filtered(lambda order: order.state in workflow.WITH_PROVIDER)
        return orders and self.search([
            ('work_order_id', 'in', orders.ids), ('kind', '=', 'quote'), ('state', '=', 'pending'),
        ]).work_order_id

    def _is_answerable(self):
        """Tell whether the request can still be answered."""
        return bool(self) and self.state == 'pending' and self._is_link_alive()

    @api.model
    def _get_answerable_domain(self):
        """Return what ``_is_answerable`` tells, for a search."""
        return Domain('state', '=', 'pending') & Domain('expires_at', '>', fields.Datetime.now())

    def _is_link_alive(self):
        """Tell whether the link has not ended yet."""
        return self.expires_at > fields.Datetime.now()

    def _get_page_approvals(self):
        """Return the requests that one page asks together: those of the group that wait, this one first."""
        self.ensure_one()
        group = self.work_order_id._get_group()
        others = (group - self.work_order_id).approval_ids.filtered(
            lambda approval: approval.kind == self.kind and approval._is_answerable())
        return self | others.sorted('work_order_id')

    def _void(self):
        """End requests that wait: what they show is no longer asked."""
        waiting = self.filtered(lambda approval: approval.state == 'pending')
        waiting.write({'state': 'void', **CLOSED})
