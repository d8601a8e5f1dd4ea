from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order_line import CALLING

OFFICE = 'base.group_user'


class SaleOrderLine(models.Model):
    """What the salesperson chose for the service of a line, instead of what product and ranking would give."""
    _inherit = 'sale.order.line'

    stokiva_has_choice = fields.Boolean("Service Chosen on the Line", copy=False, groups=OFFICE)
    stokiva_service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Service Types", copy=False, check_company=True, groups=OFFICE,
        help="Instead of the product's; none means no service.")
    stokiva_window_start = fields.Datetime("Visit from", copy=False, groups=OFFICE)
    stokiva_window_end = fields.Datetime("Visit until", copy=False, groups=OFFICE)
    stokiva_provider_id = fields.Many2one(
        'stokiva.provider', "Service Provider", copy=False, check_company=True, index='btree_not_null', groups=OFFICE)
    stokiva_is_manual = fields.Boolean("Provider Chosen by a Dispatcher", copy=False, groups=OFFICE)
    stokiva_calls = fields.Boolean("Calls for Service", compute='_compute_stokiva_calls', groups=OFFICE)

    _stokiva_window_order = models.Constraint(
        'CHECK(stokiva_window_end > stokiva_window_start)', "The end of the visit's window must be after its start.")

    def _compute_stokiva_calls(self):
        for line in self:
            line.stokiva_calls = line.product_id.stokiva_policy in CALLING and not line.is_downpayment

    def _stokiva_get_service_types(self):
        """Return what the line calls for: chosen on it, else the product's.

        :return: stokiva.service.type records
        """
        self.ensure_one()
        if self.stokiva_has_choice:
            return self.stokiva_service_type_ids
        return self.env['stokiva.service.type'].browse(self.product_id.product_tmpl_id._get_stokiva_service_type_ids())

    def action_stokiva_choose(self):
        """Open the dialog in which service type, window and provider of the line are chosen.

        :return: window action
        :raise UserError: if the line calls for no service, or its orders are open already
        """
        self.ensure_one()
        self.check_access('write')
        if not self.stokiva_calls:
            raise UserError(self.env._("%s calls for no service.", self.product_id.display_name))
        # sudo: the seller need not see work orders
        if self.env['stokiva.work.order'].sudo().search_count([
                ('sale_line_id', '=', self.id), ('state', 'not in', ('canceled', 'returned'))], limit=1):
            raise UserError(self.env._("The work orders of this line are open already: plan and assign them there."))
        return self.env['stokiva.sale.choice'].create({'sale_line_id': self.id})._get_action()
