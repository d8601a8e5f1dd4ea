from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import phones

_lt = LazyTranslate(__name__)
PHONE_PROBLEMS = {
    'letters': _lt("there are no digits to dial in it."),
    'country': _lt("there is no country with this prefix."),
    'short': _lt("it has too few digits."),
    'long': _lt("it has too many digits."),
    'length': _lt("the number of digits is wrong."),
    'unused': _lt("no such number is given out; look at the first digits."),
}


class ResPartner(models.Model):
    """Telephone numbers as people type them."""
    _inherit = 'res.partner'

    @api.model
    def _stokiva_parse_phone(self, text, country):
        """Return a telephone number as E.164.

        :param str text: as typed, not empty
        :param country: res.country record whose numbers are written without a prefix
        :rtype: str
        :raise UserError: telling what is wrong with it
        """
        number = text.strip()
        phone = self._phone_format(number=number, country=country)
        if not phone:
            problem = phones.find_problem(number, country.code) or 'unused'
            reason = self.env._(PHONE_PROBLEMS[problem])  # pylint: disable=gettext-variable
            raise UserError(self.env._("“%(number)s” is not a phone number: %(reason)s", number=number, reason=reason))
        return phone
