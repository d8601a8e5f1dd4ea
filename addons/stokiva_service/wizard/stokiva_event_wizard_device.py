from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import workflow


class EventWizard(models.TransientModel):
    """The device goes to the workshop and back: accessories, condition, photos and signature on one list.

    A visit that ends with the device going to the workshop takes it in on the way.
    """
    _inherit = 'stokiva.event.wizard'

    takes_in = fields.Boolean(compute='_compute_takes_in')
    needs_workshop = fields.Boolean(compute='_compute_needs_workshop')
    workshop_id = fields.Many2one(
        'stokiva.provider', "Workshop of", compute='_compute_workshop_id', store=True, readonly=False,
        domain="[('company_id', 'in', (company_id, False))]")
    custody = fields.Selection(
        [('workshop', "Workshop"), ('technician', "Technician")], "Goes to", compute='_compute_custody', store=True,
        readonly=False)
    offered_accessory_ids = fields.Many2many('stokiva.accessory', compute='_compute_offered_accessory_ids')
    accessory_ids = fields.Many2many(
        'stokiva.accessory', string="Accessories", domain="[('id', 'in', offered_accessory_ids)]")
    is_missing = fields.Boolean(compute='_compute_is_missing')
    missing_note = fields.Char("What became of the rest")
    condition = fields.Text("Condition and damage")
    photo_ids = fields.Many2many('ir.attachment', string="Photos of the condition")
    signed_by = fields.Char("Name", compute='_compute_signed_by', store=True, readonly=False)
    signature = fields.Binary("Customer's signature", attachment=False)

    @api.depends('event', 'outcome', 'work_order_ids')
    def _compute_takes_in(self):
        for wizard in self:
            wizard.takes_in = wizard.event == 'take_in' or (
                wizard.event == 'suspend' and wizard.outcome == 'workshop'
                and 'customer' in wizard._get_orders().mapped('custody'))

    @api.depends('event', 'work_order_ids')
    def _compute_needs_workshop(self):
        for wizard in self:
            states = set(wizard._get_orders().mapped('state'))
            wizard.needs_workshop = wizard.event == 'take_in' and workflow.CREATED in states

    @api.depends('event', 'work_order_ids')
    def _compute_workshop_id(self):
        own = self.env['stokiva.personnel'].search([('user_id', '=', self.env.uid)], limit=1).provider_id
        for wizard in self:
            companies = (wizard.company_id.id, False)
            wizard.workshop_id = wizard.needs_workshop and (own or own.search(
                [('kind', '=', 'in_house'), ('company_id', 'in', companies)], limit=1))

    @api.depends('event', 'work_order_ids')
    def _compute_custody(self):
        for wizard in self:
            on_trip = set(wizard._get_orders().mapped('state')) & {workflow.ON_THE_WAY, workflow.IN_PROGRESS}
            wizard.custody = 'technician' if on_trip else 'workshop'

    @api.depends('event', 'work_order_ids')
    def _compute_offered_accessory_ids(self):
        for wizard in self:
            orders = wizard._get_orders()
            wizard.offered_accessory_ids = (
                orders._get_stays().line_ids.accessory_id if wizard.event == 'hand_back'
                else self.env['stokiva.accessory'].search([('device_type_id', 'parent_of', orders.device_type_id.ids)]))

    @api.depends('event', 'accessory_ids', 'offered_accessory_ids')
    def _compute_is_missing(self):
        for wizard in self:
            wizard.is_missing = wizard.event == 'hand_back' and bool(
                wizard.offered_accessory_ids - wizard.accessory_ids._origin)

    @api.depends('partner_id')
    def _compute_signed_by(self):
        for wizard in self:
            wizard.signed_by = wizard.partner_id.name

    def action_confirm(self):
        """Take in the device, where the step wants it, and print its form for the customer."""
        self.ensure_one()
        if not self.takes_in:
            return super().action_confirm()
        self._check_given()
        self._bring_in()
        self._store_photos()
        if self.event != 'take_in':
            self.work_order_ids.filtered(lambda order: order.custody == 'customer')._apply_event(
                'take_in', self._prepare_taken(), actor=self.env.user, channel='office')
        super().action_confirm()
        return dict(self.work_order_ids.action_print_service_form(), close_on_report_download=True)

    def _check_given(self):
        """Each device has its own list, and each list its own signature."""
        if (self.takes_in or self.event == 'hand_back') and len(self.work_order_ids) > 1:
            raise UserError(self.env._("Each device has a list of its own. Do it order by order."))
        if self.needs_workshop and not self.workshop_id:
            raise UserError(self.env._("Say whose workshop the device goes to."))
        return super()._check_given()

    def _bring_in(self):
        """Give a device brought to the desk to the provider whose workshop takes it in."""
        door = {'actor': self.env.user, 'channel': 'office'}
        if self.needs_workshop:
            self.work_order_ids._apply_event(
                'assign', {'provider_id': self.workshop_id.id, 'reason': self.env._("Brought in")}, **door)
        if self.event == 'take_in' and self.work_order_ids.state == workflow.ASSIGNED:
            self.work_order_ids._apply_event('accept', **door)

    def _store_photos(self):
        """Add the photos of the condition to the order, in the user's name."""
        if self.photo_ids:
            self.work_order_ids.write({'media_ids': [
                Command.create({'kind': 'before', 'file': photo.datas, 'name': photo.name})
                for photo in self.photo_ids]})
            self.photo_ids.filtered(lambda photo: photo.res_model == self._name).unlink()

    def _prepare_taken(self):
        """Return what ``take_in`` is given; the dialog asks the same for each way that leads to it."""
        return {name: self._to_plain(name) for name in self._get_asked_names()['take_in'] if self[name]}
