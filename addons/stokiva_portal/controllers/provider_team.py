"""A provider's people: who works for it, in which role, with which login, and when he is away."""
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route
from odoo.tools import email_normalize

from ..presenters import Formats
from ..presenters.inputs import Inputs, parse_id
from ..presenters.team import PersonPresenter, get_add_form
from .common import get_people
from .provider_office import ProviderOffice

MAX_PEOPLE = 200
MAX_ABSENT = timedelta(days=366)
MAX_INVITATIONS = 20


class ProviderTeam(ProviderOffice):
    """What those who lead a provider see and change of its people."""

    @route('/my/jobs/team', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_team(self, **_query):
        """Show the provider's people."""
        return self._render_team()

    def _render_team(self, **values):
        status = values.pop('status', 200)
        leading_sudo = self._get_leading()
        return self._render('stokiva_portal.portal_team', self._prepare_jobs_values(get_people(), 'stokiva_team') | {
            'teams': [
                {
                    'name': me.provider_id.name, 'add': get_add_form(me),
                    'people': [
                        PersonPresenter(person, me, Formats(request.env, me.provider_id.tz)).get_card()
                        for person in me.provider_id.personnel_ids]}
                for me in leading_sudo], **values}, status=status)

    @route('/my/jobs/team', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_team_add(self, **post):
        """Add somebody, a new contact always: whom else an address belongs to is nobody's business here."""
        self._get_leading()

        def work():
            provider_sudo = self._get_led_provider(post.get('provider_id'))
            me = self._get_leading().filtered(lambda person: person.provider_id == provider_sudo)
            if len(provider_sudo.personnel_ids) >= MAX_PEOPLE:
                raise UserError(request.env._("A provider has at most %s people.", MAX_PEOPLE))
            given = self._read_person(get_add_form(me)['inputs'], provider_sudo)
            person = provider_sudo.env['stokiva.personnel'].create({
                'provider_id': provider_sudo.id, 'role': given['role'],
                'partner_id': provider_sudo.env['res.partner'].create({
                    'name': given['name'], 'phone': given['phone'], 'email': given['email'], 'is_company': False,
                    'company_id': provider_sudo.company_id.id, 'lang': request.env.user.lang,
                    'country_id': provider_sudo.partner_id.country_id.id}).id})
            if given.get('invite'):
                self._invite(person)

        return self._act_once(
            work, request.env._("The person is added."), post, '/my/jobs/team', self._render_team)

    def _read_person(self, inputs, provider_sudo):
        """Return role and contact data that a form sent.

        :raise UserError: if phone or e-mail make no sense
        """
        post = {name: request.httprequest.form.getlist(name) for name in request.httprequest.form}
        given = Inputs(request.env, Formats(request.env, provider_sudo.tz)).parse(inputs, post)
        if given.get('phone'):
            given['phone'] = self._read_phone(
                given['phone'], provider_sudo.partner_id.country_id or provider_sudo.company_id.country_id)
        if given.get('email') and not email_normalize(given['email']):
            raise UserError(request.env._("“%s” is not an e-mail address.", given['email']))
        return given

    # === ONE PERSON === #

    def _find_person(self, person_id):
        """Return the presenter of one of the people that the user leads; otherwise there is no such page.

        :param int person_id: from the path, not trusted
        """
        for me in self._get_leading():
            person = me.provider_id.personnel_ids.filtered(lambda person: person.id == person_id)
            if person:
                return PersonPresenter(person, me, Formats(request.env, me.provider_id.tz))
        raise request.not_found()

    @route('/my/jobs/team/<int:person_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_person(self, person_id, **_query):
        """Show one of the provider's people."""
        return self._render_person(person_id)

    def _render_person(self, person_id, **values):
        status = values.pop('status', 200)
        return self._render('stokiva_portal.portal_person', self._prepare_jobs_values(get_people(), 'stokiva_person') | {
            'person': self._find_person(person_id).get_page(), **values}, status=status)

    def _act_on_person(self, person_id, work, notice, post, url=None):
        """Do what a form asks for and show the person again.

        :param work: function that takes the PersonPresenter
        :param str url: shown afterwards instead of the person's page
        """
        found = self._find_person(person_id)
        return self._act_once(
            lambda: work(found), notice, post, url or f'/my/jobs/team/{person_id}',
            lambda **values: self._render_person(person_id, **values))

    def _check_may_change(self, found):
        """Raise unless the user may change this person.

        :param found: PersonPresenter
        """
        if found.is_me:
            raise AccessError(request.env._("Nobody changes his own role or leaves by himself. Ask another one of your team."))
        if not found.may_change():
            raise AccessError(request.env._("Only a master changes this."))

    @route('/my/jobs/team/<int:person_id>', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_person_change(self, person_id, **post):
        """Change the role and, while there is no login, the contact data."""

        def work(found):
            self._check_may_change(found)
            given = self._read_person(found.get_change_form()['inputs'], found.person.provider_id)
            found.person.role = given.pop('role')
            if given:
                found.person.partner_id.write(given)

        return self._act_on_person(person_id, work, request.env._("It is changed."), post)

    @route('/my/jobs/team/<int:person_id>/invite', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_person_invite(self, person_id, **post):
        """Give the person a login, or send the invitation once more."""

        def work(found):
            self._check_may_change(found)
            self._invite(found.person)

        return self._act_on_person(person_id, work, request.env._("The invitation is sent."), post)

    def _invite(self, person_sudo):
        """Send an invitation, only so many a day.

        :param person_sudo: stokiva.personnel record in sudo, of a provider that the user leads
        :raise UserError: if the contact has a login of its own already: only the office joins the two
        """
        if not person_sudo.user_id and person_sudo.partner_id.with_context(active_test=False).user_ids:
            raise UserError(request.env._("Please ask the office to give this person a login."))
        if not request.env['stokiva.throttle']._hit(
                'team_invitation', f'provider {person_sudo.provider_id.id}', MAX_INVITATIONS, minutes=1440):
            raise UserError(request.env._("That were many invitations today. Go on tomorrow."))
        if person_sudo.user_id:
            person_sudo.action_invite_again()
        else:
            person_sudo.action_invite_portal()

    @route('/my/jobs/team/<int:person_id>/leave', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_person_leave(self, person_id, **post):
        """Archive the person: its access ends at once."""

        def work(found):
            self._check_may_change(found)
            found.person.active = False

        return self._act_on_person(
            person_id, work, request.env._("The person has left. The access has ended."), post, '/my/jobs/team')

    @route('/my/jobs/team/<int:person_id>/absences', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_person_absence(self, person_id, **post):
        """Note days on which the person does not work, or take them back."""

        def work(found):
            absences = found.person.absence_ids
            if post.get('remove'):
                absence = absences.filtered(lambda row: row.id == parse_id(request.env, post['remove']))
                if not absence:
                    raise UserError(request.env._("Please choose from the list."))
                absence.unlink()
                return
            given = Inputs(request.env, found.formats).parse(found.get_absence_form()['inputs'], post)
            first, last = found.formats.day_start(given['first']), found.formats.day_start(given['last'] + timedelta(days=1))
            if not timedelta() < last - first <= MAX_ABSENT:
                raise UserError(request.env._("The last day comes after the first one, within a year."))
            if absences.filtered(lambda row: row.date_from < last and row.date_to > first):
                raise UserError(request.env._("Another absence is noted for these days."))
            absences.create({
                'personnel_id': found.person.id, 'reason': given['reason'], 'date_from': first, 'date_to': last})

        notice = request.env._("The absence is removed.") if post.get('remove') else request.env._("The absence is noted.")
        return self._act_on_person(person_id, work, notice, post)
