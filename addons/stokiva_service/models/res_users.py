from odoo import models


class ResUsers(models.Model):
    """Logins and what they may are part of the change log."""
    _name = 'res.users'
    _inherit = ['res.users', 'stokiva.audited']

    _audited_fields = frozenset({'active', 'company_id', 'company_ids', 'group_ids', 'login', 'partner_id'})
    _personal_fields = frozenset({'login'})

    def _get_audited_company(self):
        return self.env['res.company'] if len(self.company_ids) > 1 else self.company_id

    def _set_password(self):
        """Set passwords, and log that they were changed: never what they are."""
        result = super()._set_password()
        self.env['stokiva.event']._append_changes('password', {user: {} for user in self._get_unfolded()})
        return result
