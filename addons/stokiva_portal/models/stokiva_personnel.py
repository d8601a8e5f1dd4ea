from odoo import api, models


class Personnel(models.Model):
    _inherit = 'stokiva.personnel'

    @api.model
    def _get_of_user(self):
        """Return whom the current user is with providers, active ones only.

        :return: stokiva.personnel records in sudo
        """
        people_sudo = self.sudo()  # sudo: logins of personnel are not readable for portal users
        return people_sudo.search([('user_id', '=', self.env.uid)])
