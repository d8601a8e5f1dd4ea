from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    def session_info(self):
        """Open the web client with the jobs of today for those who carry them out, unless they chose another page."""
        info = super().session_info()
        user = self.env.user
        if (not info.get('home_action_id') and user.has_group('stokiva_service.group_stokiva_technician')
                and not user.has_group('stokiva_service.group_stokiva_call_centre')):
            info['home_action_id'] = self.env['ir.model.data']._xmlid_to_res_id('stokiva_service.work_order_action_jobs')
        return info
