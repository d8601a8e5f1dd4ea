from odoo import fields, models


class Provider(models.Model):
    """Where a provider is and what it covers."""
    _inherit = 'stokiva.provider'

    latitude = fields.Float(related='partner_id.partner_latitude', readonly=False, groups='base.group_user')
    longitude = fields.Float(related='partner_id.partner_longitude', readonly=False, groups='base.group_user')

    def action_view_coverage(self):
        """Open the districts that these providers cover.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.coverage_action')
        action['domain'] = [('provider_id', 'in', self.ids)]
        action['context'] = {'search_default_group_by_state': 1}
        return action
