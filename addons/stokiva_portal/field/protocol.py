"""The envelope of the technicians' app. No ORM: everything here is tested without a database."""
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from odoo.addons.stokiva_service import audit
from odoo.addons.stokiva_service.given import is_id, is_plain, is_signature, is_text

VERSION = 1
MAX_OPS = 20
MAX_REQUIRED = 60
# A phone's clock that is wrong by less is right enough.
TOLERANCE = timedelta(minutes=5)
UUID = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')


class Malformed(ValueError):
    """Raised when what was sent cannot be from our app."""


@dataclass(frozen=True)
class Op:
    """One thing that a technician did.

    :ivar str uuid: made when he did it
    :ivar str type: key of ``HANDLERS``, or ``media``
    :ivar int work_order_id: of his job
    :ivar dict payload: JSON
    :ivar datetime client_time: naive UTC, by the phone's clock
    :ivar tuple requires: uuids of the media that must have arrived before
    :ivar bytes content: of the file that came with it
    """
    uuid: str
    type: str
    work_order_id: int
    payload: dict
    client_time: datetime
    requires: tuple = ()
    content: bytes = field(default=b'', repr=False)


# Not kept with the log of operations: who signed, what only the customer may know, where somebody was.
SECRET = ('signature', 'code', 'check_in', 'latitude', 'longitude')


def get_kept(payload):
    """Return what of a payload is kept in the log of operations."""
    return {name: value for name, value in payload.items() if name not in SECRET}


def is_uuid(value):
    """Tell whether a value is a random UUID as text."""
    return isinstance(value, str) and bool(UUID.fullmatch(value))


def parse_time(text):
    """Return the naive UTC datetime of what a phone's clock said.

    :param str text: ISO 8601 with a final Z, as JavaScript writes it
    :raise Malformed: on anything else
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(text) from error


def parse_op(data):
    """Return the operation that a phone sent.

    :param dict data: not trusted
    :rtype: Op
    :raise Malformed: if it is none
    """
    if not isinstance(data, dict) or not is_uuid(data.get('uuid')):
        raise Malformed('uuid')
    requires = data.get('requires') or []
    payload = data.get('payload') or {}
    if not (
        is_text(data.get('type')) and is_id(data.get('work_order_id')) and isinstance(payload, dict)
        and isinstance(requires, list) and len(requires) <= MAX_REQUIRED and all(map(is_uuid, requires))
    ):
        raise Malformed(data['uuid'])
    signature = payload.get('signature')
    if signature and not is_signature(signature) or not _is_storable({**payload, 'signature': None}):
        raise Malformed(data['uuid'])
    return Op(
        data['uuid'], data['type'], data['work_order_id'], payload, parse_time(data.get('client_time')),
        tuple(requires))


def find_op(data):
    """Return the operation that a phone sent, None if it is none; parameters as of ``parse_op``."""
    try:
        return parse_op(data)
    except Malformed:
        return None


def _is_storable(payload):
    """Tell whether a value is JSON that a database takes."""
    try:
        return is_plain(payload) and bool(json.dumps(payload, allow_nan=False))
    except (ValueError, RecursionError):
        return False


def get_skew(sent_at, now):
    """Return by how much a phone's clock is behind the server's: added to its times, it puts them right.

    :param datetime sent_at: when it sent, by its own clock, naive UTC
    :param datetime now: when it arrived, naive UTC
    :rtype: timedelta
    """
    return now - sent_at


def correct(client_time, skew, now):
    """Return when something happened: never in the future, whatever the phone's clock says.

    :param datetime client_time: by the phone's clock, naive UTC
    :param timedelta skew: see ``get_skew``
    :param datetime now: naive UTC
    :rtype: datetime
    """
    try:
        return min(client_time + skew, now)
    except OverflowError:
        return now


def fingerprint(value):
    """Return a short hash of JSON, by which a phone says what it has.

    :rtype: str
    """
    return audit.sha256(audit.canonical(value))[:16]


def read_digest(value):
    """Return what a phone says that it has.

    :param value: not trusted
    :return: ``{order id as text: fingerprint}``
    :rtype: dict
    """
    if not isinstance(value, dict):
        return {}
    return {id_: print_ for id_, print_ in value.items() if re.fullmatch('[0-9]{1,9}', id_) and is_text(print_)}


def apply_delta(digest, delta):
    """Return what a phone has when it has read an answer.

    :param dict digest: what it had
    :param dict delta: see ``FieldSnapshot.get_delta``; None when nothing differs
    :rtype: dict
    """
    if not delta:
        return digest
    return {id_: print_ for id_, print_ in digest.items() if id_ not in {f'{gone}' for gone in delta['removed']}} | delta['digest']


def with_content(op, content):
    """Return an operation with the file that came with it."""
    return replace(op, content=content)
