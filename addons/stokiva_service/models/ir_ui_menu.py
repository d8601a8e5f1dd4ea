from odoo import models


class IrUiMenu(models.Model):
    _inherit = 'ir.ui.menu'

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        companies = self.env.user.company_ids
        if all(companies.mapped('stokiva_setup_hidden')):
            hidden.extend(self._stokiva_get_ids('menu_stokiva_setup'))
        if not any(companies.mapped('stokiva_parts')):
            hidden.extend(self._stokiva_get_ids('menu_stokiva_parts'))
        return hidden

    def _stokiva_get_ids(self, name):
        menu = self.env.ref(f'stokiva_service.{name}', raise_if_not_found=False)
        return menu.ids if menu else []
