"""Faults that came back, charged to the provider that worked on them before."""
from .words import get_selection

TONES = {
    'charged': ('warn', 'fa-repeat'), 'objected': ('info', 'fa-hourglass-half'), 'upheld': ('bad', 'fa-times'),
    'waived': ('ok', 'fa-check')}


class RepeatPresenter:
    """A repeat visit. Of the later order only what is about the device: it may be another provider's.

    :param repeat: stokiva.repeat.visit record in sudo, charged to a provider that the user leads
    :param formats: Formats of the reader
    """

    def __init__(self, repeat, formats):
        self.repeat, self.env, self.formats = repeat, repeat.env, formats

    def get_card(self):
        """Return what the page shows.

        :rtype: dict
        """
        repeat, earlier = self.repeat, self.repeat.earlier_id
        tone, icon = TONES[repeat.state]
        return {
            'id': repeat.id,
            'order': earlier.name,
            'order_url': f'/my/jobs/{earlier.id}',
            'title': " · ".join(filter(None, [
                earlier.device_type_id.name, earlier.service_type_id.name, repeat.personnel_id.name])),
            'state': {'tone': tone, 'icon': icon, 'text': get_selection(repeat, 'state')[repeat.state]},
            'repaired': self.formats.moment(earlier.submitted_at),
            'back': self.formats.moment(repeat.opened_at),
            'days': repeat.days,
            'faults': ", ".join(repeat._get_shared_faults().mapped('name')),
            'rule_days': repeat.company_id.stokiva_repeat_days,
            'again': repeat.work_order_id.name if repeat.repeating_provider_id == repeat.provider_id else None,
            'again_url': f'/my/jobs/{repeat.work_order_id.id}',
            'objection': repeat.objection,
            'decision': repeat.decision,
            'can_object': repeat.state == 'charged',
        }
