"""Why a telephone number cannot be right, and how people read it. No ORM: tested without a database."""
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

_PARSING = {
    NumberParseException.INVALID_COUNTRY_CODE: 'country',
    NumberParseException.TOO_SHORT_AFTER_IDD: 'short',
    NumberParseException.TOO_SHORT_NSN: 'short',
    NumberParseException.TOO_LONG: 'long',
}
_LENGTH = {
    ValidationResult.INVALID_COUNTRY_CODE: 'country',
    ValidationResult.TOO_SHORT: 'short',
    ValidationResult.INVALID_LENGTH: 'length',
    ValidationResult.TOO_LONG: 'long',
}


def find_problem(number, region):
    """Tell what is wrong with a number.

    :param str number: as typed
    :param str region: code of the country whose numbers are written without a prefix, or an empty text
    :return: ``letters``, ``country``, ``short``, ``long``, ``length`` or ``unused``; None if nothing is wrong
    """
    try:
        parsed = phonenumbers.parse(number, region or None)
    except NumberParseException as error:
        return _PARSING.get(error.error_type, 'letters')
    if phonenumbers.is_valid_number(parsed):
        return None
    return _LENGTH.get(phonenumbers.is_possible_number_with_reason(parsed), 'unused')


def spell(number):
    """Return a number as people read it, ``+90 532 123 45 67``; what is no international one stays as it is.

    :param str number: as stored, may be empty
    """
    try:
        return phonenumbers.format_number(phonenumbers.parse(number or ''), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number or ''
