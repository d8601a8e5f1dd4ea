from odoo import models


class PartLine(models.Model):
    _inherit = 'stokiva.part.line'

    def _post_settled(self):
        """Compute the pending settlements anew: what was held is paid now, or is ours."""
        res = super()._post_settled()
        # sudo: whoever settles where a part came from has no rights on settlements
        settlements = self.env['stokiva.settlement'].sudo().search([
            ('work_order_id', 'in', self.work_order_id.ids), ('state', '=', 'pending'), ('reversal_of_id', '=', False)])
        settlements.action_recompute()
        return res
