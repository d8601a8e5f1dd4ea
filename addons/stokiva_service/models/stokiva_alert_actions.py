from datetime import timedelta

from odoo import fields, models

from .stokiva_alert_find import FAULT_DAYS


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

        def within(name, since=start):
            return [('company_id', '=', company.id), (name, '>=', since), (name, '<', end)]

        theirs = [('provider_id', '=', self.provider_id.id)]
        match self.kind:
            case 'rating' | 'falling':
                days = company.stokiva_alert_days * (1 + (self.kind == 'falling'))
                return 'stokiva_service.approval_action', [
                    *within('answered_at', end - timedelta(days=days)), ('work_order_id.provider_id', '=', self.provider_id.id),
                    ('kind', '=', 'work'), ('state', '=', 'approved'), ('stars', '>', 0)]
            case 'refusal':
                return 'stokiva_service.assignment_action', [
                    *within('answered_at'), *theirs, ('state', 'in', ('rejected', 'expired'))]
            case 'late':
                done = self.env['stokiva.work.order'].search_fetch(
                    [*within('completed_at'), *theirs, ('state', '=', 'completed')], ['completed_at', 'deadline'])
                late = done.filtered(lambda order: order.deadline and order.completed_at > order.deadline)
                return 'stokiva_service.work_order_action', [('id', 'in', late.ids)]
            case 'authorisation' | 'document':
                return f'stokiva_service.provider_{self.kind}_action', [('id', '=', self[f'{self.kind}_id'].id)]
            case 'stock':
                return 'stokiva_service.stock_orderpoint_action_provider', [
                    ('location_id.stokiva_provider_id', '=', self.provider_id.id)]
            case 'district':
                return 'stokiva_service.work_order_action', [*within('opened_at'), ('city_id', '=', self.city_id.id)]
            case _:
                return 'stokiva_service.work_order_action', [
                    *within('opened_at', end - timedelta(days=FAULT_DAYS)), ('product_id', '=', self.product_id.id),
                    '|', ('opened_symptom_id', '=', self.fault_id.id), ('cause_id', '=', self.fault_id.id)]
