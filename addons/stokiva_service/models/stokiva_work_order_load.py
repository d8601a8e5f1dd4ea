from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import hours, workflow
from .stokiva_personnel import WORKERS

# The board shows the busiest; a list has them all.
MOST_PROVIDERS = 40


class WorkOrder(models.Model):
    """Today's load of providers and technicians, beside the dispatcher's board."""
    _inherit = 'stokiva.work.order'

    @api.model
    @api.readonly
    def get_load(self):
        """Return what providers and their people have to do today, and how much time they have left.

        Jobs count on the day of their window, also those that are done. The number of queries does not depend on
        how many there are.

        :return: list of ``{id, name, jobs, minutes, work, free, people}``, the fullest first, ``people`` a list of
            the same without ``people``; ``work`` minutes of this day's work, ``minutes`` of them booked, ``free``
            what is left of the others from now on
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
                [('provider_id', 'in', providers.ids), '|', ('role', 'in', WORKERS), ('id', 'in', [
                    key.id for key in jobs if key._name == 'stokiva.personnel'])]):
            crews[person.provider_id].append(person)
        times = self._get_times(providers, crews, minutes, start, end)

        def describe(record, parts):
            return {
                'id': record.id, 'name': record.name, 'jobs': jobs[record],
                **{name: sum(times.get(part, {}).get(name, 0) for part in parts) for name in ('minutes', 'work', 'free')}}

        load = [
            describe(provider, [provider, *crews[provider]]) | {
                'people': [describe(person, [person]) for person in crews[provider]]}
            for provider in providers]
        return sorted(load, key=lambda row: (-row['minutes'] / (row['work'] or 1), -row['minutes'], row['name']))

    @api.model
    def _get_times(self, providers, crews, minutes, start, end):
        """Return who works how long today, how much of it is booked, and what is left of it from now on.

        Where arrival windows are booked their diaries know; elsewhere it is the opening hours and what the service
        types estimate.

        :param providers: stokiva.provider records
        :param dict crews: ``{provider: its people}``
        :param dict minutes: ``{provider or person: estimated minutes}``
        :param datetime start: of the day, naive UTC
        :param datetime end: of the day, naive UTC
        :return: ``{person, or provider for what is nobody's: {'minutes', 'work', 'free'}}``
        """
        now = min(max(fields.Datetime.now(), start), end)
        day = fields.Date.context_today(self)
        diaries = self.env['stokiva.slot']._load(providers.ids, day, day) if providers else {}
        openings = (providers.filtered(lambda provider: provider.id not in diaries))._opening_intervals(start, end)
        times = {}
        for provider in providers:
            people = {person.id: person for person in crews[provider]}
            diary, _lost = diaries.get(provider.id, (None, None))
            if diary:
                for lane in diary.lanes:
                    work = hours.minutes_between(lane.work, start, end)
                    times[people.get(lane.person, provider)] = {
                        'minutes': round(work - hours.minutes_between(lane.free, start, end)), 'work': round(work),
                        'free': round(hours.minutes_between(lane.free, now, end))}
                continue
            own = openings.get(provider.id, ())
            work, left = (round(hours.minutes_between(own, moment, end)) for moment in (start, now))
            for person in people.values() or [provider]:
                times[person] = {
                    'minutes': minutes[person], 'work': work, 'free': max(0, min(left, work - minutes[person]))}
            if people:
                unassigned = minutes[provider] - sum(minutes[person] for person in people.values())
                times[provider] = {'minutes': unassigned, 'work': 0, 'free': -unassigned}
        return times

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
