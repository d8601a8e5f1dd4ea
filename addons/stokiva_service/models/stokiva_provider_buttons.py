from odoo import api, fields, models

from .. import workflow
from ..groups import CALL_CENTRE, OFFICE, STAFF


class Provider(models.Model):
    """The smart buttons of a provider's form."""
    _inherit = 'stokiva.provider'

    personnel_count = fields.Integer("Number of People", compute='_compute_personnel_count', groups=STAFF)
    area_count = fields.Integer("Number of Areas", compute='_compute_area_count', groups=STAFF)
    open_order_count = fields.Integer("Open Orders", compute='_compute_order_counts', groups=STAFF)
    offer_count = fields.Integer("Waiting Offers", compute='_compute_order_counts', groups=CALL_CENTRE)
    document_count = fields.Integer("Number of Documents", compute='_compute_document_count', groups=OFFICE)
    rating_count = fields.Integer("Number of Ratings", compute='_compute_rating_count', groups=CALL_CENTRE)

    @api.depends('personnel_ids.active')
    def _compute_personnel_count(self):
        counts = self._count_by_provider('stokiva.personnel')
        for provider in self:
            provider.personnel_count = counts.get(provider, 0)

    def _compute_rating_count(self):
        counts = dict(self.env['stokiva.rating']._read_group(
            [('provider_id', 'in', self.ids), ('stars', '>', 0), ('is_hidden', '=', False)], ['provider_id'], ['__count']))
        for provider in self:
            provider.rating_count = counts.get(provider, 0)

    @api.depends('area_ids')
    def _compute_area_count(self):
        counts = self._count_by_provider('stokiva.service.area')
        for provider in self:
            provider.area_count = counts.get(provider, 0)

    def _compute_order_counts(self):
        counts = {}
        for provider, state, number in self.env['stokiva.work.order']._read_group(
                [('provider_id', 'in', self.ids), ('state', 'in', workflow.OPEN)],
                ['provider_id', 'state'], ['__count']):
            counts.setdefault(provider, {})[state] = number
        for provider in self:
            states = counts.get(provider, {})
            provider.offer_count = states.pop(workflow.ASSIGNED, 0)
            provider.open_order_count = sum(states.values())

    @api.depends('document_ids.active')
    def _compute_document_count(self):
        counts = self._count_by_provider('stokiva.provider.document')
        for provider in self:
            provider.document_count = counts.get(provider, 0)

    def _count_by_provider(self, model):
        """Return ``{provider: number of records}`` of a model, archived ones left out."""
        return dict(self.env[model]._read_group([('provider_id', 'in', self.ids)], ['provider_id'], ['__count']))

    def action_view_personnel(self):
        """Open this provider's personnel.

        :return: an action
        :rtype: dict
        """
        return self._get_own_action('personnel_action')

    def action_view_areas(self):
        """Open this provider's service areas.

        :return: an action
        :rtype: dict
        """
        return self._get_own_action('service_area_action')

    def action_view_documents(self):
        """Open this provider's documents.

        :return: an action
        :rtype: dict
        """
        return self._get_own_action('provider_document_action')

    def action_view_ratings(self):
        """Open this provider's ratings.

        :return: an action
        :rtype: dict
        """
        return self._get_own_action('rating_action', [('stars', '>', 0), ('is_hidden', '=', False)])

    def action_view_orders(self):
        """Open the orders that this provider works on.

        :return: an action
        :rtype: dict
        """
        states = [state for state in workflow.OPEN if state != workflow.ASSIGNED]
        return self._get_own_action('work_order_action', [('state', 'in', states)])

    def action_view_offers(self):
        """Open the orders that wait for this provider's answer.

        :return: an action
        :rtype: dict
        """
        return self._get_own_action('work_order_action', [('state', '=', workflow.ASSIGNED)])

    def _get_own_action(self, xmlid, domain=()):
        """Return one of our window actions, narrowed to this provider."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(f'stokiva_service.{xmlid}')
        action['domain'] = [('provider_id', '=', self.id), *domain]
        action['context'] = {'default_provider_id': self.id}
        if action['res_model'] == 'stokiva.work.order':
            action['context'] = {'create': False}
        return action
