from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime

# How long a window is until somebody says otherwise.
WINDOW = timedelta(hours=2)


class SaleChoice(models.TransientModel):
    """Lets the salesperson choose what service a line of the sale gets, when, and from whom."""
    _name = 'stokiva.sale.choice'
    _description = "Service of a Sale Line"

    sale_line_id = fields.Many2one('sale.order.line', required=True, readonly=True, ondelete='cascade')
    product_id = fields.Many2one(related='sale_line_id.product_id')
    company_id = fields.Many2one(related='sale_line_id.company_id')
    site_id = fields.Many2one('res.partner', "Address", related='sale_line_id.order_id.partner_shipping_id')
    city_id = fields.Many2one('res.city', "District", compute='_compute_city_id')
    unit_count = fields.Integer("Pieces", compute='_compute_line_values')
    earliest_start = fields.Datetime("Not before", compute='_compute_line_values')
    service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Service Types", compute='_compute_choice', store=True, readonly=False,
        domain="[('company_id', 'in', (company_id, False))]", help="One work order per piece and service type.")
    window_start = fields.Datetime("Visit from", compute='_compute_choice', store=True, readonly=False)
    window_end = fields.Datetime("Until", compute='_compute_window_end', store=True, readonly=False)
    provider_id = fields.Many2one(
        'stokiva.provider', compute='_compute_choice', store=True, readonly=False,
        domain="[('company_id', 'in', (company_id, False))]")
    is_manual = fields.Boolean(
        "A Dispatcher Chooses", compute='_compute_choice', store=True, readonly=False,
        help="The work order is opened without a provider, as for a customer who has to be asked first.")
    candidate_ids = fields.One2many(
        'stokiva.sale.choice.candidate', 'wizard_id', "Ranking", compute='_compute_candidate_ids', store=True)
    warning = fields.Char(compute='_compute_warning')

    # === COMPUTE METHODS === #

    @api.depends('site_id')
    def _compute_city_id(self):
        cities = self.site_id._stokiva_resolve_city()
        for choice in self:
            choice.city_id = cities.get(choice.site_id)

    @api.depends('sale_line_id')
    def _compute_line_values(self):
        for choice in self:
            choice.unit_count = choice.sale_line_id._stokiva_get_units()
            choice.earliest_start = choice.sale_line_id._stokiva_get_earliest_start()

    @api.depends('sale_line_id')
    def _compute_choice(self):
        for choice in self:
            line = choice.sale_line_id
            choice.service_type_ids = line._stokiva_get_service_types()
            choice.window_start = line.stokiva_window_start
            choice.window_end = line.stokiva_window_end
            choice.provider_id = line.stokiva_provider_id
            choice.is_manual = line.stokiva_is_manual

    @api.depends('window_start')
    def _compute_window_end(self):
        for choice in self:
            start, end = choice.window_start, choice.window_end or choice.sale_line_id.stokiva_window_end
            choice.window_end = start and (end if end and end > start else start + WINDOW)

    @api.depends('sale_line_id', 'service_type_ids', 'window_start', 'window_end')
    def _compute_candidate_ids(self):
        for choice in self:
            choice.candidate_ids = [Command.clear(), *map(Command.create, choice._prepare_candidates())]

    @api.depends('window_start', 'provider_id', 'service_type_ids', 'candidate_ids')
    @api.depends_context('lang', 'tz')
    def _compute_warning(self):
        for choice in self:
            choice.warning = choice._get_warning()

    @api.model_create_multi
    def create(self, vals_list):
        """Create dialogs for lines that the user may change.

        :raise AccessError: if he may not
        """
        self.env['sale.order.line'].browse(vals.get('sale_line_id') for vals in vals_list).check_access('write')
        return super().create(vals_list)

    # === ACTIONS === #

    def action_apply(self):
        """Write the choice on the line; what is as the product says is no choice.

        :return: action that closes the dialog
        :raise UserError: if the window ends before it begins, has passed, or has no free time
        """
        self.ensure_one()
        if bool(self.window_start) != bool(self.window_end) or (
                self.window_start and self.window_start >= self.window_end):
            raise UserError(self.env._("The end of the visit's window must be after its start."))
        if self.window_end and self.window_end < fields.Datetime.now():
            raise UserError(self.env._("This time has passed. Choose another one, or none."))
        is_other = self.service_type_ids != self.product_id.stokiva_service_type_ids
        self.sale_line_id.write({
            'stokiva_has_choice': is_other,
            'stokiva_service_type_ids': [Command.set(self.service_type_ids.ids if is_other else [])],
            'stokiva_window_start': self.window_start,
            'stokiva_window_end': self.window_end,
            'stokiva_provider_id': not self.is_manual and self.provider_id.id,
            'stokiva_is_manual': self.is_manual,
        })
        fitting = self.candidate_ids.filtered(lambda candidate: not candidate.failed)
        self.sale_line_id._stokiva_hold_window(
            self.sale_line_id.stokiva_provider_id or (self.env['stokiva.provider'] if self.is_manual else fitting[:1].provider_id))
        return {'type': 'ir.actions.act_window_close'}

    def action_forget(self):
        """Go back to what product and ranking give.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.write({
            'service_type_ids': [Command.set(self.product_id.stokiva_service_type_ids.ids)],
            'window_start': False, 'window_end': False, 'provider_id': False, 'is_manual': False})
        return self.action_apply()

    def _get_action(self):
        """Return the window action that shows this dialog."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Service for %s", self.product_id.display_name),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
        }

    # === BUSINESS METHODS === #

    def _get_warning(self):
        """Return in one sentence what the salesperson should know before he promises it, or False."""
        self.ensure_one()
        if not self.service_type_ids:
            return self.env._("Without a service type no work order is opened for this line.")
        if self.window_start and self.earliest_start and self.window_start < self.earliest_start:
            return self.env._(
                "The device can be worked on from %s, by the planned delivery.",
                format_datetime(self.env, self.earliest_start, dt_format='short'))
        chosen = self.candidate_ids.filtered(lambda candidate: candidate.provider_id == self.provider_id)
        if self.provider_id and not chosen:
            return self.env._("%s does not cover this address.", self.provider_id.name)
        if self.provider_id and chosen.failed:
            labels = dict(chosen._fields['failed']._description_selection(self.env))
            return self.env._(
                "%(provider)s cannot be given this work: %(reason)s.",
                provider=self.provider_id.name, reason=labels[chosen.failed])
        return False

    def _prepare_candidates(self):
        """Return the values of the providers to choose from, best first, by the first service type."""
        self.ensure_one()
        line = self.sale_line_id._origin
        line.with_user(self.env.user).check_access('write')  # a client may name any before anything is saved
        if not self.service_type_ids:
            return []
        # sudo: the ranking reads areas and workload, which the seller need not see
        return self.env['stokiva.assignment.engine'].sudo()._rank_wish(
            line.company_id, line.order_id.partner_shipping_id, self.city_id, self.service_type_ids._origin[0],
            line.product_id._get_stokiva_device_type(), line.product_id.stokiva_brand_id,
            (self.window_start, self.window_end), self.unit_count).get_candidates()
