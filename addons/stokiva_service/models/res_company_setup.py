from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

STEPS = ('company', 'provider', 'product', 'sale')


class ResCompany(models.Model):
    """What a fresh installation still lacks, read from its data: nobody ticks anything by hand."""
    _inherit = 'res.company'

    stokiva_setup_company = fields.Boolean(
        "Company data are complete", compute='_compute_stokiva_setup',
        groups='stokiva_service.group_stokiva_manager')
    stokiva_setup_provider = fields.Boolean(
        "There is a provider", compute='_compute_stokiva_setup', groups='stokiva_service.group_stokiva_manager')
    stokiva_setup_product = fields.Boolean(
        "There is a product with service", compute='_compute_stokiva_setup',
        groups='stokiva_service.group_stokiva_manager')
    stokiva_setup_sale = fields.Boolean(
        "A sale opened a work order", compute='_compute_stokiva_setup',
        groups='stokiva_service.group_stokiva_manager')
    stokiva_setup_count = fields.Integer(
        "Steps done", compute='_compute_stokiva_setup', groups='stokiva_service.group_stokiva_manager')
    stokiva_setup_hidden = fields.Boolean(
        "Hide Getting Started", help="The menu of the first steps is not shown any more.", prefetch='stokiva')

    @api.depends('country_id', 'city', 'phone', 'email')
    def _compute_stokiva_setup(self):
        for company in self:
            done = company._stokiva_get_setup()
            for step in STEPS:
                company[f'stokiva_setup_{step}'] = done[step]
            company.stokiva_setup_count = sum(done.values())

    def _stokiva_get_setup(self):
        """Return which of the first steps are done.

        :return: step → bool, in the order in which they are taken
        :rtype: dict
        """
        self.ensure_one()
        own = Domain('company_id', 'in', (self.id, False))

        def has(model, *conditions):
            return bool(self.env[model].search_count(Domain.AND([own, *map(Domain, conditions)]), limit=1))

        return {
            'company': all(self[name] for name in ('country_id', 'city', 'phone', 'email')),
            'provider': has(
                'stokiva.provider', [('area_ids', '!=', False)], [('personnel_ids', 'any', [('user_id', '!=', False)])]),
            'product': has(
                'product.template', [('stokiva_policy', '!=', 'none')], [('stokiva_service_type_ids', '!=', False)]),
            'sale': has('stokiva.work.order', [('sale_order_id', '!=', False)]),
        }

    def write(self, vals):
        """Write companies; menus are read anew when the first steps are hidden or shown."""
        res = super().write(vals)
        if 'stokiva_setup_hidden' in vals:
            self.env.registry.clear_cache()
        return res

    @api.model
    def action_stokiva_setup(self):
        """Open the first steps of the current company.

        :return: window action
        """
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Getting Started"),
            'res_model': 'res.company',
            'res_id': self.env.company.id,
            'view_mode': 'form',
            'path': 'service-setup',
            'views': [(self.env.ref('stokiva_service.res_company_view_form_setup').id, 'form')],
        }

    def action_stokiva_setup_company(self):
        """Open the company to fill in what is missing.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.display_name,
            'res_model': 'res.company',
            'res_id': self.id,
            'view_mode': 'form',
        }

    def action_stokiva_setup_hide(self):
        """Take the first steps out of the menu; the settings bring them back.

        :return: URL action that loads the menus anew
        :raise AccessError: if the user is no manager, or of another company
        """
        if not self.env.user.has_group('stokiva_service.group_stokiva_manager'):
            raise AccessError(self.env._("Only a manager may do this."))
        self.check_access('read')
        self.sudo().stokiva_setup_hidden = True  # sudo: a manager of service need not be an administrator
        return {'type': 'ir.actions.act_url', 'url': '/odoo/service-orders', 'target': 'self'}
