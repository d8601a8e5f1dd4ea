from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .. import charging, workflow

# A job done so short ago makes the next one on the same device a repeat visit.
REPEAT_DAYS = 90


class WorkOrder(models.Model):
    """Sentences of the office's views: why it waits, what the warranty covers, who pays."""
    _inherit = 'stokiva.work.order'

    alert_kind = fields.Selection(
        [
            ('disputed', "Disputed"),
            ('unassigned', "No provider"),
            ('late', "Late"),
            ('risk', "At risk"),
            ('quote', "Quote"),
            ('evidence', "Evidence"),
            ('delivery', "Delivery"),
            ('repeat', "Repeat visit"),
        ],
        compute='_compute_alert')
    alert_text = fields.Char(compute='_compute_alert')
    alert_order_id = fields.Many2one('stokiva.work.order', compute='_compute_alert')
    district = fields.Char("Service district", related='city_id.name')
    dispute = fields.Selection([('open', "Disputed")], compute='_compute_dispute')
    subtitle = fields.Char(compute='_compute_subtitle')
    warranty_text = fields.Char("Warranty", compute='_compute_warranty_text')
    is_under_warranty = fields.Boolean(compute='_compute_warranty_text')
    payment_text = fields.Char("Payment", compute='_compute_payment_text')
    candidate_ids = fields.Many2many(
        'stokiva.assignment.candidate', compute='_compute_candidate_ids', string="Candidates",
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement')

    @api.depends(
        'state', 'is_halted', 'is_late', 'is_at_risk', 'unassigned_reason', 'approval_ids.state', 'media_ids.kind',
        'media_ids.media_type', 'device_id')
    @api.depends_context('lang')
    def _compute_alert(self):
        previous = self._origin._get_previous_orders()
        for order in self:
            order.alert_kind, order.alert_text = order._get_alert() or (False, False)
            order.alert_order_id = False
            if not order.alert_kind and (repeated := previous.get(order._origin)):
                order.alert_kind = 'repeat'
                order.alert_order_id = repeated
                order.alert_text = self.env._(
                    "Second visit for this device. Completed on %(date)s: %(found)s",
                    date=format_date(self.env, repeated.completed_at),
                    found=repeated.resolution_id.name or repeated.diagnosis or repeated.service_type_id.name)

    def _get_alert(self):
        """Return the gravest thing that whoever opens the order has to know, as ``(kind, sentence)``.

        To be extended; the sentence is in the user's language.

        :return: tuple or None
        """
        self.ensure_one()
        approvals_sudo = self._origin.approval_ids.sudo()  # sudo: only the customer's words are told
        last = approvals_sudo.filtered(lambda approval: approval.kind == 'work').sorted('id')[-1:]
        if self.is_halted or (self.state == workflow.IN_PROGRESS and last.state == 'disputed'):
            return 'disputed', last.comment or self.env._("The customer gave no reason.")
        if self.state == workflow.CREATED and self.unassigned_reason:
            return 'unassigned', self.unassigned_reason
        if self.is_late:
            return 'late', self._get_due_text()
        if self.is_at_risk:
            return 'risk', self._get_due_text()
        if any(item.kind == 'quote' and item._is_answerable() for item in approvals_sudo):
            return 'quote', self.env._("The customer has not answered the quote yet.")
        missing = self._get_missing_evidence() if self.state == workflow.IN_PROGRESS else []
        if missing:
            return 'evidence', self.env._("Still missing before it can be submitted: %s.", ", ".join(missing))
        return None

    def _get_previous_orders(self):
        """Return ``{order: the last one completed on the same device shortly before}`` for open orders."""
        orders = self.filtered(lambda order: order.state in workflow.OPEN)
        if not orders:
            return {}
        since = min(orders.mapped('create_date')) - timedelta(days=REPEAT_DAYS)
        completed = self.search([
            ('device_id', 'in', orders.device_id.ids), ('state', '=', workflow.COMPLETED),
            ('completed_at', '>=', since)], order='completed_at desc')
        by_device = completed.grouped('device_id')
        return {
            order: by_device[order.device_id][0] for order in orders if order.device_id in by_device}

    @api.depends('is_halted')
    def _compute_dispute(self):
        for order in self:
            order.dispute = 'open' if order.is_halted else False

    @api.depends('device_type_id.name', 'product_id', 'service_type_id.name', 'symptom_ids.name')
    @api.depends_context('lang')
    def _compute_subtitle(self):
        for order in self:
            order.subtitle = " · ".join(filter(None, [
                order.device_type_id.name or order.product_id.name, order.service_type_id.name,
                ", ".join(order.symptom_ids.mapped('name'))]))

    @api.depends('device_id.warranty_labour_until', 'device_id.warranty_parts_until', 'warranty_refusal', 'opened_at')
    @api.depends_context('lang')
    def _compute_warranty_text(self):
        for order in self:
            device, day = order.device_id, order._get_warranty_day()
            order.is_under_warranty = (
                bool(device) and not order.warranty_refusal and any(device._get_warranty(day).values()))
            order.warranty_text = device and device._get_warranty_sentence(day)
            if order.warranty_refusal:
                order.warranty_text = self.env._("Refused: %s", dict(
                    self._fields['warranty_refusal']._description_selection(self.env))[order.warranty_refusal])

    @api.depends('amount_charged', 'service_type_id.is_charged', 'is_under_warranty', 'state')
    @api.depends_context('lang')
    def _compute_payment_text(self):
        for order in self:
            if order.amount_charged:
                order.payment_text = self.env._(
                    "The customer pays %s", order.currency_id.format(order.amount_charged))
            elif order.state in workflow.CLOSED:
                order.payment_text = self.env._("The customer pays nothing")
            elif any(order._find_coverage(kind)[1] != charging.COVERED for kind in ('labour', 'parts')):
                order.payment_text = self.env._("The customer pays, nothing charged yet")
            else:
                order.payment_text = self.env._("Warranty, the customer pays nothing")

    @api.depends('assignment_ids')
    def _compute_candidate_ids(self):
        for order in self:
            # The last offer that the engine made or, where a person chose, the one before.
            offers = order._origin.assignment_ids.filtered('candidate_ids').sorted('id')
            order.candidate_ids = offers[-1:].candidate_ids
