from odoo import api, fields, models

from .. import workflow

# Days after which a device in the house is shown as late, and as much too late.
LATE_DAYS, OVERDUE_DAYS = 7, 20


class TakeIn(models.Model):
    """One stay of a device away from its customer, written by the door alone: from take-in to hand-back."""
    _name = 'stokiva.take.in'
    _description = "Device Taken In"
    _order = 'taken_at, id'
    _check_company_auto = True

    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id')
    partner_phone = fields.Char("Phone", related='work_order_id.partner_phone')
    state = fields.Selection(related='work_order_id.state', string="State of the order")
    device_id = fields.Many2one(related='work_order_id.device_id', store=True, precompute=True, index=True)
    device_type_id = fields.Many2one(
        related='work_order_id.device_type_id', store=True, precompute=True, index='btree_not_null')
    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, readonly=True)
    custody = fields.Selection(
        lambda self: self.env['stokiva.work.order']._fields['custody']._description_selection(self.env),
        "Device is with", compute='_compute_custody', store=True, precompute=True)

    taken_at = fields.Datetime("Taken in", required=True, readonly=True)
    condition = fields.Text("Condition and damage", readonly=True)
    signed_by = fields.Char("Handed over by", readonly=True)
    signature = fields.Binary("Signature at take-in", attachment=True, readonly=True)
    line_ids = fields.One2many('stokiva.take.in.line', 'take_in_id', "Accessories", readonly=True)
    accessories = fields.Char("With it came", compute='_compute_accessories')

    handed_back_at = fields.Datetime("Handed back", readonly=True)
    missing_note = fields.Char("Why something is missing", readonly=True)
    received_by = fields.Char("Received by", readonly=True)
    received_signature = fields.Binary("Signature at hand-back", attachment=True, readonly=True)

    days = fields.Integer(compute='_compute_days')
    age = fields.Selection(
        [('fresh', "Fresh"), ('late', "Late"), ('overdue', "Overdue")], compute='_compute_days')
    is_ready = fields.Boolean(
        "To be handed back", compute='_compute_is_ready', search='_search_is_ready',
        help="The work is done or will not be done: the customer can have the device.")

    _open_uniq = models.UniqueIndex(
        '(work_order_id) WHERE handed_back_at IS NULL', "The device is taken in already.")
    _open_idx = models.Index('(taken_at, id) WHERE handed_back_at IS NULL')

    @api.depends('work_order_id.name', 'device_id')
    def _compute_display_name(self):
        for stay in self:
            stay.display_name = f"{stay.work_order_id.name} · {stay.device_id.display_name}"

    @api.depends('work_order_id.custody', 'handed_back_at')
    def _compute_custody(self):
        for stay in self:
            stay.custody = 'customer' if stay.handed_back_at else stay.work_order_id.custody

    @api.depends('line_ids.accessory_id')
    @api.depends_context('lang')
    def _compute_accessories(self):
        for stay in self:
            stay.accessories = ", ".join(stay.line_ids.accessory_id.mapped('name'))

    @api.depends('taken_at', 'handed_back_at')
    def _compute_days(self):
        now = fields.Datetime.now()
        for stay in self:
            stay.days = ((stay.handed_back_at or now) - stay.taken_at).days if stay.taken_at else 0
            stay.age = (
                'fresh' if stay.handed_back_at or stay.days < LATE_DAYS
                else 'late' if stay.days < OVERDUE_DAYS else 'overdue')

    @api.depends('state', 'handed_back_at')
    def _compute_is_ready(self):
        for stay in self:
            stay.is_ready = not stay.handed_back_at and stay.state not in workflow.WITH_PROVIDER

    def _search_is_ready(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('handed_back_at', '=', False), ('work_order_id.state', 'not in', workflow.WITH_PROVIDER)]

    def action_open_order(self):
        """Open the order of the device.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.work.order',
            'res_id': self.work_order_id.id,
            'view_mode': 'form',
        }
