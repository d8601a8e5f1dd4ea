from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OFFICE_GROUP = 'stokiva_service.group_stokiva_dispatcher'


class PartRequest(models.TransientModel):
    """Sends parts to a provider, into a van, or back."""
    _name = 'stokiva.part.request'
    _description = "Transfer Parts"
    _check_company_auto = True

    kind = fields.Selection(
        [
            ('supply', "To the provider"),
            ('move', "From the shelf into a van"),
            ('return', "Back to the warehouse"),
            ('defective', "Defective parts back"),
        ],
        "Transfer", required=True, default='supply')
    provider_id = fields.Many2one('stokiva.provider', required=True, check_company=True)
    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Van of", check_company=True,
        domain="[('provider_id', '=', provider_id), ('has_van', '=', True)]")
    note = fields.Text(help="Printed on the transfer slip.")
    line_ids = fields.One2many('stokiva.part.request.line', 'request_id', "Parts")
    part_line_ids = fields.Many2many(
        'stokiva.part.line', string="Defective Parts", compute='_compute_part_line_ids', store=True, readonly=False,
        domain="[('provider_id', '=', provider_id), ('return_state', '=', 'due'), ('company_id', '=', company_id)]")

    @api.depends('kind', 'provider_id', 'company_id')
    def _compute_part_line_ids(self):
        for request in self:
            request.part_line_ids = request.kind == 'defective' and request.provider_id and self.env[
                'stokiva.part.line'].search([
                    ('work_order_id.provider_id', '=', request.provider_id.id), ('return_state', '=', 'due'),
                    ('company_id', '=', request.company_id.id)])

    def action_create(self):
        """Create the transfer and open it.

        :return: window action
        :rtype: dict
        :raise AccessError: if the user is no dispatcher
        :raise UserError: if nothing is chosen, or it does not fit
        """
        self.ensure_one()
        if not self.env.user.has_group(OFFICE_GROUP):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("These parts belong to another company."))
        self.provider_id.check_access('read')
        if self.kind == 'move' and not self.personnel_id:
            raise UserError(self.env._("Choose whose van."))
        picking = getattr(self, f'_create_{self.kind}')()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.stock_picking_action_parts')
        views = [view for view in action['views'] if view[1] == 'form']
        return {**action, 'views': views, 'view_mode': 'form', 'res_id': picking.id}

    def _get_quantities(self):
        """Return what the lines ask for: ``{product.product record: quantity}``."""
        quantities = {}
        for line in self.line_ids:
            quantities[line.product_id] = quantities.get(line.product_id, 0.0) + line.quantity
        return quantities

    def _create_supply(self):
        return self.provider_id._request_parts(
            self.company_id, self._get_quantities(), personnel=self.personnel_id, confirm=True, note=self.note)

    def _create_move(self):
        return self.provider_id._load_van(self.company_id, self._get_quantities(), self.personnel_id, note=self.note)

    def _create_return(self):
        return self.provider_id._send_back(
            self.company_id, self._get_quantities(), personnel=self.personnel_id, note=self.note)

    def _create_defective(self):
        self.part_line_ids.check_access('read')
        return self.provider_id._send_defective(self.part_line_ids, note=self.note)

