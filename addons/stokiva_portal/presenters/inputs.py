"""What forms sent: read by the inputs that they offered."""
from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import get_lang

from .numerals import read_number

MAX_TEXT = 2000
MAX_SIGNATURE = 400_000


def clean(text, maximum):
    """Return a text without blanks at its ends and what the database refuses, not longer than it may be.

    :param text: as it was sent, or None
    """
    return (text or '').replace('\0', '').strip()[:maximum]


class Inputs:
    """Reads forms made of the inputs that the template ``stokiva_portal.form_input`` shows.

    :param env: environment with the reader's language
    :param formats: Formats of the reader
    """

    def __init__(self, env, formats):
        self.env, self.formats = env, formats

    def parse(self, inputs, post):
        """Return what was given, with nothing in it that the form did not offer.

        :param list inputs: as the template wants them
        :param dict post: the form's values; several values of one name as a list
        :rtype: dict
        :raise UserError: if a value was not on offer, makes no sense or is missing
        """
        given = {}
        for field in inputs:
            value = self._read_one(field, post.get(field['name']))
            if value not in (None, '', []) or field.get('can_be_emptied'):
                given[field['name']] = value
            elif field.get('required'):
                raise UserError(self.env._("Please fill in “%s”.", field['label']))
        return given

    def _read_one(self, field, value):
        if field['type'] == 'checks':
            return self._read_choices(field, value if isinstance(value, list) else [value] if value else [])
        value = (value[0] if isinstance(value, list) else value or '').replace('\0', '').strip()
        if not value:
            return None
        if field['type'] == 'select':
            return self._read_choices(field, [value])[0]
        if field['type'] == 'signature':
            return value[:MAX_SIGNATURE]  # a longer one is refused by the model as no picture
        read = {
            'datetime-local': self.formats.from_input, 'date': self._read_date, 'time': self._read_time,
            'number': self._read_number}.get(field['type'])
        return read(value) if read else value[:field.get('maximum', MAX_TEXT)]

    def _read_choices(self, field, values):
        known = {f'{key}': key for key, _label in field['options']}
        if not known.keys() >= {*values}:
            raise UserError(self.env._("“%s” does not offer this choice.", field['label']))
        return [known[item] for item in values]

    def _read_number(self, value):
        return parse_amount(self.env, value)

    def _read_date(self, value):
        try:
            return fields.Date.to_date(value[:10])
        except ValueError:
            raise UserError(self.env._("“%s” is not a day.", value[:20])) from None

    def _read_time(self, value):
        """Return the hours since midnight, 24 for the end of the day."""
        hours, _colon, minutes = value.partition(':')
        if not (hours.isdecimal() and minutes[:2].isdecimal() and len(hours) < 3) or int(hours) > 24 or int(minutes[:2]) > 59:
            raise UserError(self.env._("“%s” is not a time of day.", value[:20]))
        return int(hours) + int(minutes[:2]) / 60


def parse_amount(env, text, maximum=1e9):
    """Return a number above zero, written as people do in the reader's language, or as programs do.

    :param text: str, or a number
    :raise UserError: if it is none
    """
    try:
        number = read_number(text, get_lang(env).thousands_sep) if isinstance(text, str) else float(text)
    except (TypeError, ValueError, OverflowError):
        number = 0.0
    if not 0 < number < maximum:
        raise UserError(env._("“%s” is not a number above zero.", text))
    return number


def parse_id(env, text):
    """Return the id that a form sent.

    :raise UserError: if it is none
    """
    if not (text or '').isdecimal() or len(text) > 9:
        raise UserError(env._("Please choose from the list."))
    return int(text)
