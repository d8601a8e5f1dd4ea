"""A provider's own affairs: opening hours, closed days, service areas, documents."""
import base64

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.http import content_disposition, request, route

from odoo.addons.stokiva_service import media
from odoo.addons.stokiva_service.folding import fold

from ..presenters import Formats
from ..presenters.company import TIMES, CompanyPresenter
from ..presenters.inputs import Inputs, parse_id
from .common import MAX_SEARCH, get_people, read_text
from .provider_actions import MAX_UPLOAD
from .provider_office import ProviderOffice

URL = '/my/jobs/company'
MAX_FOUND, MAX_READ = 10, 100
MAX_DOCUMENTS = 100


class ProviderCompany(ProviderOffice):
    """What those who lead a provider see and change of it."""

    @route(URL, type='http', auth='user', website=True, methods=['GET'])
    def stokiva_company(self, place=None, **_query):
        """Show hours, days, areas and documents."""
        return self._render_company(place=place)

    def _render_company(self, place=None, **values):
        status = values.pop('status', 200)
        place = (place or '').replace('\0', '').strip()[:MAX_SEARCH]
        providers = self._get_leading().provider_id
        return self._render(
            'stokiva_portal.portal_company', self._prepare_jobs_values(get_people(), 'stokiva_company') | {
                'providers': [
                    CompanyPresenter(provider, Formats(request.env, provider.tz)).get_page() for provider in providers],
                'place': place, 'found_places': self._find_places(providers, place) if len(place) > 1 else [], **values,
            }, status=status)

    def _act_on_company(self, work, notice, post, anchor=''):
        """Do what a form asks for and show the page again.

        :param work: function that takes the provider, in sudo
        """
        self._get_leading()
        return self._act_once(
            lambda: work(self._get_led_provider(post.get('provider_id'))), notice, post, f'{URL}{anchor}',
            self._render_company)

    # === HOURS AND DAYS === #

    @route(f'{URL}/hours', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_company_hours(self, **post):
        """Set the weekly hours, by the same rules as the office's dialog."""

        def work(provider_sudo):
            inputs = [
                {'name': f'{time}_{day}', 'type': 'time', 'label': time} for day in range(7) for time, _field in TIMES]
            given = Inputs(request.env, Formats(request.env, provider_sudo.tz)).parse(inputs, post)
            wizard = provider_sudo.env['stokiva.hours.wizard'].create({
                'provider_ids': [Command.set(provider_sudo.ids)],
                'line_ids': [Command.clear()] + [
                    Command.create({'weekday': str(day)} | {
                        field: given.get(f'{time}_{day}', 0) for time, field in TIMES})
                    for day in range(7) if any(f'{time}_{day}' in given for time, _field in TIMES)]})
            wizard.action_apply()

        return self._act_on_company(work, request.env._("The hours are changed."), post, '#hours')

    @route(f'{URL}/days', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_company_day(self, **post):
        """Note a day with other hours, or take it back."""

        def work(provider_sudo):
            days = provider_sudo.day_ids
            if post.get('remove'):
                day = days.filtered(lambda day: day.id == parse_id(request.env, post['remove']))
                if not day:
                    raise UserError(request.env._("Please choose from the list."))
                day.unlink()
                return
            formats = Formats(request.env, provider_sudo.tz)
            given = Inputs(request.env, formats).parse(CompanyPresenter(provider_sudo, formats).get_day_form()['inputs'], post)
            if given['kind'] == 'open' and not {'hour_from', 'hour_to'} <= given.keys():
                raise UserError(request.env._("Say from when until when you are open."))
            if given['date_start'] < provider_sudo._get_today() or (given['date_end'] - given['date_start']).days > 366:
                raise UserError(request.env._("Choose coming days, at most a year of them."))
            days.create({**given, 'provider_id': provider_sudo.id})

        notice = request.env._("The day is removed.") if post.get('remove') else request.env._("The day is noted.")
        return self._act_on_company(work, notice, post, '#days')

    # === AREAS === #

    def _find_places(self, providers, text):
        """Return the provinces and districts that a text may mean, in the providers' countries."""
        countries = providers.partner_id.country_id or request.env.company.country_id
        inside = [('country_id', 'in', countries.ids), ('name', 'ilike', text)]
        # sudo: names of places only
        states = request.env['res.country.state'].sudo().search(inside, limit=MAX_READ)
        cities = request.env['res.city'].sudo().search(inside, limit=MAX_READ)  # sudo: as above
        found = [{'field': 'state_id', 'id': state.id, 'name': state.name} for state in states] + [
            {'field': 'city_id', 'id': city.id, 'name': f"{city.name}, {city.state_id.name}"} for city in cities]
        # What begins with the text is meant before what only holds it.
        found.sort(key=lambda place: (not fold(place['name']).startswith(fold(text)), place['field'] == 'city_id'))
        return found[:MAX_FOUND]

    @route(f'{URL}/areas', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_company_area(self, **post):
        """Ask to work somewhere, or to leave an area; the manager decides."""

        def work(provider_sudo):
            values = {'reason': read_text(post, 'reason', 500)}
            if post.get('area_id'):
                area = provider_sudo.area_ids.filtered(lambda area: area.id == parse_id(request.env, post['area_id']))
                values |= {'kind': 'leave', 'area_id': area.id}
            else:
                # sudo: names of places only
                city = request.env['res.city'].sudo().browse(
                    parse_id(request.env, post['city_id']) if post.get('city_id') else []).exists()
                # sudo: as above
                state = city.state_id or request.env['res.country.state'].sudo().browse(
                    parse_id(request.env, post['state_id']) if post.get('state_id') else []).exists()
                values |= {'kind': 'add', 'city_id': city.id, 'state_id': state.id}
            if not (values.get('area_id') or values.get('state_id')):
                raise UserError(request.env._("Please choose from the list."))
            request.env['stokiva.area.request']._ask(provider_sudo, request.env.user, values)

        return self._act_on_company(work, request.env._("The manager is asked. The answer appears here."), post, '#areas')

    # === DOCUMENTS === #

    @route(f'{URL}/documents', type='http', auth='user', website=True, methods=['POST'], max_content_length=MAX_UPLOAD)
    def stokiva_company_document(self, **post):
        """Take a document in; the office is told."""

        def work(provider_sudo):
            formats = Formats(request.env, provider_sudo.tz)
            inputs = CompanyPresenter(provider_sudo, formats).get_document_form()['inputs']
            given = Inputs(request.env, formats).parse([field for field in inputs if field['type'] != 'file'], post)
            if len(provider_sudo.document_ids) >= MAX_DOCUMENTS:
                raise UserError(request.env._("Please ask the office to put old documents away first."))
            if given.get('date_to') and given['date_to'] < provider_sudo._get_today():
                raise UserError(request.env._("This document has expired already."))
            accepted = self._read_document(provider_sudo)
            document = provider_sudo.document_ids.create({
                **given, 'provider_id': provider_sudo.id, 'file': base64.b64encode(accepted.content),
                'file_name': f"{given['kind']}.{media.archive.EXTENSIONS[accepted.mimetype]}"})
            office = provider_sudo._get_responsible()
            provider_sudo.activity_schedule(
                'mail.mail_activity_data_todo', user_id=office.id, summary=provider_sudo.with_context(
                    lang=office.lang).env._("New document: %s", document.display_name))

        return self._act_on_company(work, request.env._("The document is uploaded."), post, '#documents')

    def _read_document(self, provider_sudo):
        """Return what was uploaded, judged by its content.

        :raise UserError: if it is missing, too large, or neither PDF nor photo
        """
        file = request.httprequest.files.get('file')
        if not file or not file.filename:
            raise UserError(request.env._("Choose at least one file."))
        file.seek(0)  # the request may be carried out again after a conflict
        limits = (provider_sudo.company_id or request.env.company.sudo())._stokiva_get_media_limits()  # sudo: settings only
        limits.pop(media.VIDEO, None)
        try:
            return media.take_in(file.read(max(limits.values()) + 1), limits)
        except media.BadMedia as error:
            raise ValidationError(request.env['stokiva.media']._describe_refusal(error, limits, {})) from error

    @route(f'{URL}/documents/<int:document_id>', type='http', auth='user', methods=['GET'])
    def stokiva_company_file(self, document_id, **_query):
        """Send a document of the user's provider."""
        document = self._get_leading().provider_id.document_ids.filtered(lambda item: item.id == document_id)
        if not document.file:
            raise request.not_found()
        content = base64.b64decode(document.file)
        return request.make_response(content, [
            ('Content-Type', 'application/octet-stream'), ('Content-Length', len(content)), ('Cache-Control', 'no-store'),
            ('X-Content-Type-Options', 'nosniff'), ('Content-Disposition', content_disposition(document.file_name or 'file'))])
