from odoo import models


class Message(models.Model):
    _inherit = 'stokiva.message'

    def _get_link(self):
        """Lead the provider's people to the order's page in the portal."""
        if self.audience in ('provider', 'personnel'):
            return f"{self.work_order_id.get_base_url()}/my/jobs/{self.work_order_id.id}"
        return super()._get_link()
