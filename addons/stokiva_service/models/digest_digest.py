from odoo import fields, models
from odoo.exceptions import AccessError

READERS = 'stokiva_service.group_stokiva_dispatcher'


class Digest(models.Model):
    """What Odoo's digest mail tells of the service."""
    _inherit = 'digest.digest'

    kpi_stokiva_opened = fields.Boolean("Work Orders Opened")
    kpi_stokiva_opened_value = fields.Integer(compute='_compute_kpi_stokiva_opened_value')
    kpi_stokiva_completed = fields.Boolean("Work Orders Completed")
    kpi_stokiva_completed_value = fields.Integer(compute='_compute_kpi_stokiva_completed_value')
    kpi_stokiva_alert = fields.Boolean("New Alerts of the Service")
    kpi_stokiva_alert_value = fields.Integer(compute='_compute_kpi_stokiva_alert_value')

    def _compute_kpi_stokiva_opened_value(self):
        self._calculate_stokiva_kpi('stokiva.work.order', 'opened')

    def _compute_kpi_stokiva_completed_value(self):
        self._calculate_stokiva_kpi('stokiva.work.order', 'completed')

    def _compute_kpi_stokiva_alert_value(self):
        self._calculate_stokiva_kpi('stokiva.alert', 'alert', 'opened_at')

    def _calculate_stokiva_kpi(self, model, name, date_field=None):
        """Count what of a model falls into the digest's time.

        :param str model: its name
        :param str name: middle of the name of the figure's fields
        :param str date_field: when it happened
        :raise AccessError: if the reader is no dispatcher, as the digest wants it: it leaves the figure out
        """
        if not self.env.user.has_group(READERS):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        self._calculate_company_based_kpi(model, f'kpi_stokiva_{name}_value', date_field=date_field or f'{name}_at')

    def _compute_kpis_actions(self, company, user):
        res = super()._compute_kpis_actions(company, user)
        menu = self.env.ref('stokiva_service.menu_stokiva_root').id
        for name, action in (('opened', 'work_order_action'), ('completed', 'work_order_action'), ('alert', 'alert_action')):
            res[f'kpi_stokiva_{name}'] = f'stokiva_service.{action}?menu_id={menu}'
        return res
