from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class PersonnelHandover(models.TransientModel):
    """Gives a person's open visits to others of the provider, when he leaves or is away."""
    _name = 'stokiva.personnel.handover'
    _description = "Hand Over Open Visits"

    personnel_id = fields.Many2one('stokiva.personnel', required=True, readonly=True)
    provider_id = fields.Many2one(related='personnel_id.provider_id')
    line_ids = fields.One2many('stokiva.personnel.handover.line', 'wizard_id', "Open Visits")
    is_running = fields.Boolean(compute='_compute_is_running')
    outcome = fields.Selection(
        '_get_outcomes', "How the running visits end", help="A visit under way ends first; another one follows.")
    van_parts = fields.Char("Parts in the van", compute='_compute_van_parts')
    heir_id = fields.Many2one(
        'stokiva.personnel', "They go into the van of",
        domain="[('provider_id', '=', provider_id), ('has_van', '=', True), ('id', '!=', personnel_id)]")
    archive = fields.Boolean("Leaves the provider", help="Archives the person, who sees nothing of it any more.")

    @api.model
    def _get_outcomes(self):
        return self.env['stokiva.event.wizard']._get_outcomes()

    @api.depends('line_ids.is_running')
    def _compute_is_running(self):
        for wizard in self:
            wizard.is_running = any(wizard.line_ids.mapped('is_running'))

    @api.depends('personnel_id')
    def _compute_van_parts(self):
        for wizard in self:
            wizard.van_parts = wizard.personnel_id._describe_van()

    def _fill(self):
        """List the open visits, each with who could take it over."""
        for wizard in self:
            wizard.line_ids = [
                Command.create({'work_order_id': order.id, 'personnel_id': person.id})
                for order, person in wizard.personnel_id._get_substitutes(wizard._get_orders()).items()]

    def _get_orders(self):
        """Return the person's open orders that the user may see."""
        return self.env['stokiva.work.order'].search(
            self.personnel_id._get_open_orders_domain(), order='window_start, id')

    def action_hand_over(self):
        """Plan every open visit for its new person, then archive who leaves if the user wants it.

        :return: action that closes the dialog
        :raise UserError: if something is left to be chosen
        """
        self.ensure_one()
        if self.line_ids.work_order_id != self._get_orders():
            raise UserError(self.env._("The open visits have changed meanwhile. Please open this dialog again."))
        homeless = self.line_ids.filtered(lambda line: not line.personnel_id)
        if homeless:
            raise UserError(self.env._(
                "Choose who takes over %s.", ", ".join(homeless.work_order_id.mapped('name'))))
        door = {'actor': self.env.user, 'channel': 'office'}
        running = self.line_ids.filtered('is_running').work_order_id
        if running:
            if not self.outcome:
                raise UserError(self.env._(
                    "Say how the visits end that are under way: %s.", ", ".join(running.mapped('name'))))
            running._apply_event('suspend', {'outcome': self.outcome}, **door)
        for person, lines in self.line_ids.grouped('personnel_id').items():
            lines.work_order_id._apply_event('plan', {'personnel_id': person.id}, **door)
        if self.archive:
            self.personnel_id.check_access('write')
            self.heir_id.check_access('read')
            if self.van_parts:
                self.personnel_id._empty_van(self.heir_id)
            self.personnel_id.active = False
        return {'type': 'ir.actions.act_window_close'}
