from odoo import models
from odoo.fields import Domain


class PartLine(models.Model):
    _inherit = 'stokiva.part.line'

    def _post_settled(self):
        """Pay what was held and is the provider's own: in the pending settlement, else in an adjusting one."""
        res = super()._post_settled()
        # sudo: whoever settles where a part came from has no rights on settlements
        settlement_model = self.env['stokiva.settlement'].sudo()
        settlements = settlement_model.search(
            settlement_model._get_live_domain() & Domain('work_order_id', 'in', self.work_order_id.ids))
        pending = settlements.filtered(lambda settlement: settlement.state == 'pending')
        pending.action_recompute()
        for settlement in settlements - pending:
            settlement._adjust_parts(self.filtered(lambda line: line.work_order_id == settlement.work_order_id))  # noqa: B023
        return res
