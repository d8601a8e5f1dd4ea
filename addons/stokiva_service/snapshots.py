"""Values of records as the log holds them, to tell before from after."""
import base64
import binascii

from . import audit


def value_of(record, field):
    """Return the JSON-like value of a field of one record.

    :param record: one record
    :param field: one of its ``_fields``
    :return: lines written out where they can describe themselves, ids of other records, times as ``audit.iso``,
        of files the digest
    """
    value = record[field.name]
    if field.type == 'one2many':
        return {str(line.id): line._get_log_values() for line in value} if hasattr(
            value, '_get_log_values') else sorted(value.ids)
    if field.relational:
        return sorted(value.ids)
    if field.type == 'datetime':
        return value and audit.iso(value)
    if field.type == 'date':
        return value and value.isoformat()
    if field.type == 'binary':
        return value and audit.DIGEST_PREFIX + audit.sha256(_decode(value))
    return value


def _decode(value):
    try:
        return base64.b64decode(value)
    except (binascii.Error, ValueError):
        return value
