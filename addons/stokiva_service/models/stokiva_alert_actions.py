from datetime import timedelta

from odoo import fields, models

from .stokiva_alert_find import FAULT_DAYS, LATE, RATED, REFUSED


class Alert(models.Model):
    """From an alert to what it is about."""
    _inherit = 'stokiva.alert'

    def action_view_cases(self):
        """Open the cases of which the alert speaks.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        xmlid, domain = self._get_cases()
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        return {**action, 'name': self.text, 'domain': domain, 'context': {}, 'target': 'current'}

    def _get_cases(self):
        """Return the XML id of an action and the domain of the alert's cases; to be extended.

        Cases are those of the days that were looked at when the value was last found.

        :rtype: tuple
        """
        self.ensure_one()
        end = self.closed_at or fields.Datetime.now()
        company = self.company_id
        start = end - timedelta(days=company.stokiva_alert_days)

        def within(name, since):
            return [('company_id', '=', company.id), (name, '>=', since), (name, '<', end)]

        match self.kind:
            case 'rating' | 'falling' | 'refusal' | 'late':
                measures = {'refusal': REFUSED, 'late': LATE}.get(self.kind, RATED)
                first, _last = self._get_days(company, int(self.kind == 'falling'), end.date())
                orders = self.env['stokiva.performance']._find_orders(
                    first, end.date(), measures, {'provider_id': self.provider_id.id, 'company_id': company.id})
                return 'stokiva_service.work_order_action', [('id', 'in', orders.ids)]
            case 'authorisation' | 'document':
                return f'stokiva_service.provider_{self.kind}_action', [('id', '=', self[f'{self.kind}_id'].id)]
            case 'stock':
                return 'stokiva_service.stock_orderpoint_action_provider', [
                    ('location_id.stokiva_provider_id', '=', self.provider_id.id)]
            case 'district':
                return 'stokiva_service.work_order_action', [*within('opened_at', start), ('city_id', '=', self.city_id.id)]
            case _:
                return 'stokiva_service.work_order_action', [
                    *within('opened_at', end - timedelta(days=FAULT_DAYS)), ('product_id', '=', self.product_id.id),
                    '|', ('opened_symptom_id', '=', self.fault_id.id), ('cause_id', '=', self.fault_id.id)]
