"""Finds what was done to the audit log. No ORM; what the forms and hashes are stands in ``docs/verify.md``."""
from typing import NamedTuple

from . import audit

# A row whose hash fits another number was moved; so many numbers are tried.
MOST_PLACES = 1000


class Finding(NamedTuple):
    """One thing that is wrong. ``first`` and ``last`` are numbers of events, ``seal`` is that of a seal."""
    kind: str
    chain: int | str = 0  # as ``audit.chain_of``
    first: int = 0
    last: int = 0
    company_id: int = 0
    seal: int = 0


def check_chain(chain, rows, head):
    """Find what was changed in one chain.

    :param chain: its name, as ``audit.chain_of``
    :param rows: iterable of dicts as ``audit.event_hash`` takes them, with ``hash``, by ``seq``
    :param tuple head: number and hash of the last event as the order, or the list of chains, says; None if
        it is gone
    :return: list of :class:`Finding`; kinds ``changed``, ``removed``, ``reordered`` (``last`` is the original
        place), ``replaced``, ``cut``, ``added``, ``head`` and ``orphan``
    """
    findings = []
    place, previous = 0, audit.GENESIS  # previous is None where the row before is in doubt already
    for row in rows:
        seq = row['seq']
        if seq > place + 1:
            findings.append(Finding('removed', chain, place + 1, seq - 1))
            previous = None
        if row['hash'] != audit.event_hash(row):
            origin = _find_place(row, max(seq, head[0] if head else 0))
            findings.append(
                Finding('reordered', chain, seq, origin) if origin
                else Finding('changed', chain, seq, seq))
            previous = None
        else:
            if previous is not None and row['prev_hash'] != previous:
                findings.append(Finding('replaced', chain, max(seq - 1, 1), max(seq - 1, 1)))
            previous = row['hash']
        place = seq
    return findings + _check_end(chain, place, previous, head)


def _find_place(row, last):
    """Return the number under which the row's hash fits; 0 if none."""
    places = range(1, min(last, MOST_PLACES) + 2)
    return next((place for place in places if audit.event_hash({**row, 'seq': place}) == row['hash']), 0)


def _check_end(chain, place, previous, head):
    """Compare the end of a chain with what the order says of it."""
    if head is None:
        return [Finding('orphan', chain, 1, place)]
    if head[0] > place:
        return [Finding('cut', chain, place + 1, head[0])]
    if head[0] < place:
        return [Finding('added', chain, head[0] + 1, place)]
    if place and previous is not None and head[1] != previous:
        return [Finding('head', chain, place, place)]
    return []


def check_seals(seals):
    """Find what was changed in the seals of one company.

    :param seals: iterable of dicts as ``audit.seal_hash`` takes them, with ``hash`` and ``found``, the
        ``heads_hash`` recomputed from the heads; by ``number``
    :return: list of :class:`Finding`; kinds ``seal_removed``, ``seal_changed`` and ``seal_replaced``
    """
    findings = []
    number, previous = 0, audit.GENESIS
    for seal in seals:
        company = seal['company_id']
        for absent in range(number + 1, seal['number']):
            findings.append(Finding('seal_removed', company_id=company, seal=absent))
            previous = None
        if seal['hash'] != audit.seal_hash(seal) or seal['heads_hash'] != seal['found']:
            findings.append(Finding('seal_changed', company_id=company, seal=seal['number']))
            previous = None
        else:
            if previous is not None and seal['prev_hash'] != previous:
                findings.append(Finding('seal_replaced', company_id=company, seal=max(seal['number'] - 1, 1)))
            previous = seal['hash']
        number = seal['number']
    return findings
