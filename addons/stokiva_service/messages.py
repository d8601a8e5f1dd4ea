"""What messages are about. No ORM: tested without a database.

Most kinds are events of the workflow table. The others tell apart what people want to be told differently, or stand
for what is no event.
"""
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from . import sla, workflow

# What personnel permits by itself: work that is offered or given to it, and what became of it.
JOB, STATUS = 'job', 'status'


@dataclass(frozen=True)
class Kind:
    """How messages of a kind are treated.

    :param str topic: the permission of personnel that they need
    :param float hours: for how long they say something useful
    :param bool momentary: they are about this moment: what waits for the end of the quiet hours grows old meanwhile
    :param bool while_open: they make no sense any more once the order is closed
    :param str while_in: the state of the order outside of which they make no sense, if there is one
    :param bool is_offer: they make no sense any more once the offer is answered
    :param bool is_question: they make no sense any more once the customer has answered
    """
    topic: str = STATUS
    hours: float = 12
    momentary: bool = False
    while_open: bool = False
    while_in: str = ''
    is_offer: bool = False
    is_question: bool = False


_OFFER = Kind(JOB, while_open=True, is_offer=True)
_APPOINTMENT = Kind(JOB, while_open=True)
_QUESTION = Kind(STATUS, 24 * 7, while_open=True, is_question=True)
KINDS = {
    'assign': _OFFER,
    'reassign': _OFFER,
    'accept': _APPOINTMENT,
    'plan': _APPOINTMENT,
    'replan': _APPOINTMENT,
    'schedule': _APPOINTMENT,
    'withdraw': Kind(JOB, while_open=True),
    'depart': Kind(STATUS, 2, momentary=True, while_open=True, while_in=workflow.ON_THE_WAY),
    'start': Kind(STATUS, 2, momentary=True, while_open=True, while_in=workflow.IN_PROGRESS),
    'quote': _QUESTION,
    'submit': _QUESTION,
    'resolve': _QUESTION,
    **dict.fromkeys(sla.ALERTS, Kind(STATUS, 6, momentary=True, while_open=True)),
    'remind': _QUESTION,
    'send_code': Kind(STATUS, 1, momentary=True, while_open=True),
    'rate': Kind(STATUS, 24 * 3),
    'rating_reply': Kind(STATUS, 24 * 3),
}
DEFAULT = Kind()


def kind(name):
    """Return the ``Kind`` of a name."""
    return KINDS.get(name, DEFAULT)


def name_of(event, state_after, is_replanned=False):
    """Return the name of the kind of message that an event causes.

    :param str event: key of ``workflow.TABLE``
    :param str state_after: of the order
    :param bool is_replanned: the event gives a visit another time than it had
    """
    if event == 'plan' and is_replanned:
        return 'replan'
    if event == 'approve' and state_after != workflow.COMPLETED:
        return 'approve_quote'
    if event == 'dispute' and state_after == workflow.RETURNED:
        return 'dispute_quote'
    return event


def _to_time(hours):
    """Return the time of day of a number of hours, midnight for 24."""
    minutes = round(hours * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)


def quiet_end(moment, zone, start, end):
    """Return when the quiet hours end in which a moment lies.

    :param datetime moment: naive UTC
    :param zone: tzinfo of the recipient
    :param float start: hour of the day at which they begin
    :param float end: hour of the day at which they end; equal to ``start``: there are none
    :return: naive UTC, None outside of them
    """
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    begin, until, now = _to_time(start), _to_time(end), local.time()
    over_night = begin > until
    if begin == until or not (now >= begin or now < until if over_night else begin <= now < until):
        return None
    day = local.date() + timedelta(days=1) if over_night and now >= begin else local.date()
    return datetime.combine(day, until, zone).astimezone(timezone.utc).replace(tzinfo=None)
