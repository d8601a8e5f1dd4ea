from odoo import models


class IrUiMenu(models.Model):
    _inherit = 'ir.ui.menu'

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        if all(self.env.user.company_ids.mapped('stokiva_setup_hidden')):
            menu = self.env.ref('stokiva_service.menu_stokiva_setup', raise_if_not_found=False)
            hidden.extend(menu.ids if menu else [])
        return hidden
