"""A provider's own affairs as those who lead it see them: hours, days, areas, documents."""
from .words import get_selection

MAX_REQUESTS = 10
MAX_AREAS = 200
MAX_DAYS = 50
VALIDITIES = {
    'valid': ('ok', 'fa-check'), 'expiring': ('warn', 'fa-clock-o'), 'expired': ('bad', 'fa-exclamation-triangle'),
    'future': ('info', 'fa-hourglass-half')}
REQUEST_STATES = {'asked': ('info', 'fa-hourglass-half'), 'granted': ('ok', 'fa-check'), 'refused': ('bad', 'fa-times')}
# Of a day: the name of the input, the field of a line of hours.
TIMES = (('from', 'hour_from'), ('to', 'hour_to'), ('break_from', 'break_from'), ('break_to', 'break_to'))


class CompanyPresenter:
    """What the page shows of one provider.

    :param provider: stokiva.provider record in sudo, which the user leads
    :param formats: Formats of the reader
    """

    def __init__(self, provider, formats):
        self.provider, self.formats, self.env = provider, formats, provider.env

    def get_page(self):
        """Return the values of the template."""
        return {
            'id': self.provider.id, 'name': self.provider.name,
            'standing': self.provider.standing_note or None,
            'hours': self.get_hours(), 'hours_text': self.provider.hours_text or None,
            'days': self.get_days(), 'day': self.get_day_form(),
            'areas': [
                {'id': area.id, 'name': area.display_name, 'kind': get_selection(area, 'kind')[area.kind]}
                for area in self.provider.area_ids[:MAX_AREAS]],
            'more_areas': max(len(self.provider.area_ids) - MAX_AREAS, 0),
            'requests': self.get_requests(),
            'documents': self.get_documents(), 'document': self.get_document_form(),
        }

    # === HOURS === #

    def get_hours(self):
        """Return seven rows of opening hours, None where a week has more than seven rows can say."""
        calendar = self.provider.resource_calendar_id
        lines = self.env['stokiva.hours.wizard']._prepare_lines(calendar) if calendar else []
        by_day = {line['weekday']: line for line in lines}
        if calendar.two_weeks_calendar or len(by_day) < len(lines) or any(line['hour_to'] >= 24 for line in lines):
            return None
        names = get_selection(self.env['stokiva.hours.wizard.line'], 'weekday')
        return [
            {
                'key': key, 'name': name,
                'times': {
                    time: to_clock(by_day[key][field]) if key in by_day and by_day[key][field] else ""
                    for time, field in TIMES}}
            for key, name in names.items()]

    def get_days(self):
        """Return the coming days on which the provider keeps other hours."""
        days = self.provider.day_ids.filtered_domain([('date_end', '>=', self.provider._get_today())])
        kinds = get_selection(days, 'kind')
        return [
            {
                'id': day.id, 'name': day.name,
                'days': " – ".join(self.formats.date(item) for item in dict.fromkeys((day.date_start, day.date_end))),
                'kind': kinds[day.kind] if day.kind == 'closed'
                else f"{to_clock(day.hour_from)}–{to_clock(day.hour_to)}",
            }
            for day in days.sorted('date_start')[:MAX_DAYS]]

    def get_day_form(self):
        """Return the form of such a day."""
        kinds = get_selection(self.env['stokiva.provider.day'], 'kind')
        return {
            'event': f'day_{self.provider.id}', 'url': '/my/jobs/company/days', 'icon': 'fa-calendar-plus-o',
            'label': self.env._("Note a day"), 'hidden': {'provider_id': self.provider.id},
            'inputs': [
                {'name': 'kind', 'type': 'select', 'label': self.env._("On this day"), 'required': True,
                 'options': list(kinds.items())},
                {'name': 'name', 'type': 'text', 'label': self.env._("Reason"), 'required': True, 'maximum': 120},
                {'name': 'date_start', 'type': 'date', 'label': self.env._("First day"), 'required': True},
                {'name': 'date_end', 'type': 'date', 'label': self.env._("Last day"), 'required': True},
                {'name': 'hour_from', 'type': 'time', 'label': self.env._("Opens at"),
                 'hint': self.env._("Only if you are open.")},
                {'name': 'hour_to', 'type': 'time', 'label': self.env._("Closes at")}],
        }

    # === AREAS === #

    def get_requests(self):
        """Return the latest changes of service areas that were asked for."""
        requests = self.env['stokiva.area.request'].search([('provider_id', '=', self.provider.id)], limit=MAX_REQUESTS)
        kinds, states = get_selection(requests, 'kind'), get_selection(requests, 'state')
        return [
            {
                'place': request.place, 'kind': kinds[request.kind], 'answer': request.answer or None,
                'asked': self.formats.moment(request.create_date),
                'state': dict(zip(('tone', 'icon'), REQUEST_STATES[request.state], strict=True), text=(
                    self.env._("The manager is asked") if request.state == 'asked' else states[request.state])),
            }
            for request in requests]

    # === DOCUMENTS === #

    def get_documents(self):
        """Return the provider's documents, what ends first on top."""
        documents = self.provider.document_ids
        validities = get_selection(documents, 'validity')
        return [
            {
                'id': document.id, 'name': document.display_name, 'has_file': bool(document.file_name),
                'until': self.formats.date(document.date_to) or None, 'stops': document.stops_assignment,
                'state': dict(
                    zip(('tone', 'icon'), VALIDITIES[document.validity], strict=True), text=validities[document.validity]),
            }
            for document in documents]

    def get_document_form(self):
        """Return the form that uploads a document."""
        kinds = get_selection(self.env['stokiva.provider.document'], 'kind')
        return {
            'event': f'document_{self.provider.id}', 'url': '/my/jobs/company/documents', 'icon': 'fa-upload',
            'label': self.env._("Upload a document"), 'hidden': {'provider_id': self.provider.id},
            'enctype': 'multipart/form-data',
            'inputs': [
                {'name': 'kind', 'type': 'select', 'label': self.env._("What it is"), 'required': True,
                 'options': list(kinds.items())},
                {'name': 'number', 'type': 'text', 'label': self.env._("Number on the document"), 'maximum': 60},
                {'name': 'date_to', 'type': 'date', 'label': self.env._("Valid until")},
                {'name': 'file', 'type': 'file', 'label': self.env._("PDF or photo"), 'required': True}],
        }


def to_clock(hour):
    """Return the text of a time of day, ``09:30`` for 9.5."""
    minutes = round(hour * 60)
    return f'{minutes // 60:02}:{minutes % 60:02}'
