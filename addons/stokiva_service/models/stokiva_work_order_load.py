from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import hours, workflow

# The board shows the busiest; a list has them all.
MOST_PROVIDERS = 40
# Who goes to customers on his own.
CREW = ('master', 'technician')


class WorkOrder(models.Model):
    """Today's load of providers and technicians, beside the dispatcher's board."""
    _inherit = 'stokiva.work.order'

    @api.model
    @api.readonly
    def get_load(self):
        """Return what providers and their people have to do today, and how much time they have left.

        Minutes are those that the service types estimate. Jobs count on the day of their window, also those that
        are done. The number of queries does not depend on how many there are.

        :return: list of ``{id, name, jobs, minutes, work, people}``, the fullest first, ``people`` a list of
            ``{id, name, jobs, minutes, work}``; ``work`` are the minutes that they work today
        """
        start, end = self._get_today()
        jobs, minutes = Counter(), Counter()
        for provider, person, service_type, count in self._read_group(
                [*self._get_load_domain(), ('provider_id', '!=', False)],
                ['provider_id', 'personnel_id', 'service_type_id'], ['__count']):
            for key in {provider, person or provider}:
                jobs[key] += count
                minutes[key] += count * service_type.duration_minutes
        providers = self._get_load_providers(jobs)
        crews = defaultdict(list)
        for person in self.env['stokiva.personnel'].search(
                [('provider_id', 'in', providers.ids), '|', ('role', 'in', CREW), ('id', 'in', [
                    key.id for key in jobs if key._name == 'stokiva.personnel'])]):
            crews[person.provider_id].append(person)
        work = self._get_work_minutes(providers, start, end)

        def describe(record, people_work):
            return {
                'id': record.id, 'name': record.name, 'jobs': jobs[record], 'minutes': minutes[record], 'work': people_work}

        load = [
            describe(provider, work[provider.id] * max(1, len(crews[provider]))) | {
                'people': [describe(person, work[provider.id]) for person in crews[provider]]}
            for provider in providers]
        return sorted(load, key=lambda row: (-row['minutes'] / (row['work'] or 1), -row['minutes'], row['name']))

    def action_view_today(self, name, record_id):
        """Open the list of what somebody has to do today, as it is counted in the panel.

        :param str name: ``provider_id`` or ``personnel_id``
        :param int record_id: whose
        :return: window action
        :raise UserError: if it is about somebody else
        """
        if name not in ('provider_id', 'personnel_id'):
            raise UserError(self.env._("This value cannot be used: %s.", name))
        record = self.env[self._fields[name].comodel_name].browse(record_id)
        action = self.env['ir.actions.actions']._for_xml_id('stokiva_service.work_order_action')
        action.update(
            name=self.env._("%s, today", record.display_name), context={'create': False},
            domain=[*self._get_load_domain(), (name, '=', record.id)])
        return action

    @api.model
    def _get_load_domain(self):
        """Return the domain of the jobs of the user's day, done or not."""
        start, end = map(fields.Datetime.to_string, self._get_today())
        return [
            ('window_start', '>=', start), ('window_start', '<', end),
            ('state', 'not in', [workflow.CANCELED, workflow.RETURNED])]

    @api.model
    def _get_load_providers(self, jobs):
        """Return the providers of the panel: those with jobs today, then those with most open orders.

        :param dict jobs: ``{provider or person: number of jobs today}``
        """
        providers = self.env['stokiva.provider']
        busy = sorted((key for key in jobs if key._name == providers._name), key=lambda key: (-jobs[key], key.id))
        waiting = self._read_group(
            [('provider_id', '!=', False), ('state', 'in', (workflow.ASSIGNED, *workflow.WITH_PROVIDER))],
            ['provider_id'], ['__count'], order='__count desc, provider_id', limit=MOST_PROVIDERS)
        return providers.union(*busy, *(provider for provider, _count in waiting))[:MOST_PROVIDERS]

    @api.model
    def _get_work_minutes(self, providers, start, end):
        """Return how long one person of each provider works between two moments.

        :param providers: stokiva.provider records
        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :return: ``{provider id: minutes}``
        """
        openings = providers._opening_intervals(start, end) if providers else {}
        return {
            provider.id: round(hours.minutes_between(openings.get(provider.id, ()), start, end)) for provider in providers}
