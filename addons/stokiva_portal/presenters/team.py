"""A provider's people as those who lead it see and change them."""
from odoo.addons.stokiva_service import phones

from .words import get_selection

MAX_NAME = 120
MAX_ABSENCES = 20


class PersonPresenter:
    """One of a provider's people.

    :param person: stokiva.personnel record in sudo, of a provider that the user leads
    :param me: the user's own membership with this provider, stokiva.personnel record in sudo
    :param formats: Formats of the reader
    """

    def __init__(self, person, me, formats):
        self.person, self.me, self.formats = person, me, formats
        self.env = person.env
        self.is_me = person == me

    def may_change(self):
        """Tell whether the user may change roles, invite and archive: a master's, only a master; nobody his own."""
        return not self.is_me and (self.person.role != 'master' or self.me.role == 'master')

    def get_card(self):
        """Return what the list shows."""
        person = self.person
        return {
            'url': f'/my/jobs/team/{person.id}', 'name': person.name, 'phone': phones.spell(person.phone),
            'role': get_selection(person, 'role')[person.role], 'state': self.get_state(),
        }

    def get_state(self):
        """Return a badge: away today, or whether the person signs in."""
        now = self.formats.now
        away = self.person.absence_ids.filtered(lambda row: row.date_from <= now < row.date_to)[:1]
        if away:
            return {'tone': 'warn', 'icon': 'fa-calendar-times-o', 'text': self.env._(
                "Away until %s", self.formats.date(self._get_last_day(away)))}
        if not self.person.user_id:
            return {'tone': 'muted', 'icon': 'fa-user-o', 'text': self.env._("Cannot sign in yet")}
        if not self.person.user_id.login_date:
            return {'tone': 'info', 'icon': 'fa-envelope-o', 'text': self.env._("Invited")}
        return None

    def get_page(self):
        """Return what the person's page shows."""
        person, may_change = self.person, self.may_change()
        return self.get_card() | {
            'id': person.id,
            'email': person.email or "",
            'is_me': self.is_me,
            'change': self.get_change_form() if may_change else None,
            'can_invite': may_change and not person.user_id,
            'can_invite_again': may_change and bool(person.user_id.share) and not person.user_id.login_date,
            'can_archive': may_change,
            'absences': [
                {'id': row.id, 'reason': get_selection(row, 'reason')[row.reason], 'days': self._get_days(row)}
                for row in person.absence_ids.sorted('date_from', reverse=True)[:MAX_ABSENCES]],
            'absence': self.get_absence_form(),
        }

    def _get_days(self, absence):
        first, last = self.formats.local_date(absence.date_from), self._get_last_day(absence)
        return " – ".join(self.formats.date(day) for day in dict.fromkeys((first, last)))

    def _get_last_day(self, absence):
        return self.formats.local_date(absence.date_to, is_end=True)

    # === FORMS, as the template ``stokiva_portal.page_form`` wants them === #

    def get_absence_form(self):
        """Return the form of days on which the person does not work."""
        reasons = get_selection(self.env['stokiva.personnel.absence'], 'reason')
        return {
            'event': 'absence', 'url': f'/my/jobs/team/{self.person.id}/absences', 'icon': 'fa-calendar-times-o',
            'label': self.env._("Note an absence"),
            'inputs': [
                {'name': 'reason', 'type': 'select', 'label': self.env._("Reason"), 'required': True,
                 'options': list(reasons.items())},
                {'name': 'first', 'type': 'date', 'label': self.env._("First day"), 'required': True},
                {'name': 'last', 'type': 'date', 'label': self.env._("Last day"), 'required': True}],
        }

    def get_change_form(self):
        """Return the form of role and, while the person has no login, of contact data."""
        person = self.person
        inputs = [get_role_input(self.me, person.role)]
        if not person.user_id:
            inputs = get_contact_inputs(self.env, person.partner_id) + inputs
        return {
            'event': 'change', 'url': f'/my/jobs/team/{person.id}', 'icon': 'fa-pencil', 'label': self.env._("Change"),
            'inputs': inputs}


def get_add_form(me):
    """Return the form that adds somebody.

    :param me: the user's own membership, stokiva.personnel record in sudo
    """
    env = me.env
    return {
        'event': f'add_{me.provider_id.id}', 'url': '/my/jobs/team', 'icon': 'fa-user-plus', 'label': env._("Add a person"),
        'hidden': {'provider_id': me.provider_id.id},
        'inputs': [
            *get_contact_inputs(env), get_role_input(me, 'technician'),
            {'name': 'invite', 'type': 'checks', 'label': env._("Login"), 'options': [
                (1, env._("Send an invitation by e-mail"))], 'value': ['1']}]}


def get_contact_inputs(env, partner=None):
    """Return the inputs of name, phone and e-mail.

    :param partner: res.partner record whose data they show
    """
    return [
        {'name': 'name', 'type': 'text', 'label': env._("Name"), 'required': True, 'maximum': MAX_NAME,
         'value': partner and partner.name or ""},
        {'name': 'phone', 'type': 'tel', 'label': env._("Phone"), 'maximum': 32, 'can_be_emptied': True,
         'value': partner and partner.phone or ""},
        {'name': 'email', 'type': 'email', 'label': env._("E-mail"), 'maximum': 120, 'can_be_emptied': True,
         'value': partner and partner.email or ""},
    ]


def get_role_input(me, role):
    """Return the input of the role; only a master makes masters.

    :param str role: the present one
    """
    labels = get_selection(me, 'role')
    return {
        'name': 'role', 'type': 'select', 'label': me.env._("Role"), 'required': True, 'value': role,
        'hint': me.env._("Masters and dispatchers see all orders, answer offers and give work to the others."),
        'options': [(key, label) for key, label in labels.items() if key != 'master' or me.role == 'master']}
