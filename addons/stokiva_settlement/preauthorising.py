"""Pre-authorisation: what a provider asks before doing it, who answers, and what that means for what it claims
afterwards. No ORM: all here is tested without a database. Amounts are without tax, all in one currency.
"""
from dataclasses import dataclass

from . import rates

KINDS = LABOUR, PART, DISTANCE = rates.LABOUR, rates.PART, rates.DISTANCE
ASKED, GRANTED, REFUSED, MISSING = 'asked', 'granted', 'refused', 'missing'


@dataclass(frozen=True)
class Rule:
    """What needs to be asked for, and what is granted without a person.

    :param int id: of the rule
    :param str kind: one of ``KINDS``
    :param frozenset provider_ids: for whom it holds; empty: for all
    :param float needed_above: claims above this amount need it; None: none does
    :param float grant_amount: granted by itself up to this amount; None: whatever the amount
    :param float grant_quantity: granted by itself up to so many; None: however many
    :param bool is_automatic: whether anything is granted by itself
    """
    id: int
    kind: str
    provider_ids: frozenset = frozenset()
    needed_above: float | None = None
    grant_amount: float | None = None
    grant_quantity: float | None = None
    is_automatic: bool = False


@dataclass(frozen=True)
class Answer:
    """A request and its answer.

    :param str kind: one of ``KINDS``
    :param int thing_id: workmanship or product; None: any
    :param str state: ``granted`` or ``refused``
    :param float quantity: granted, in all
    :param float amount: granted, in all; 0: whatever the rate card pays
    """
    kind: str
    thing_id: int | None
    state: str
    quantity: float = 0.0
    amount: float = 0.0


def pick_rule(rules, kind, provider_id):
    """Return the rule that holds for a provider: the first that names it, else the first for all.

    :param rules: list of :class:`Rule`, in their sequence
    :return: Rule or None
    """
    fitting = [rule for rule in rules if rule.kind == kind and (not rule.provider_ids or provider_id in rule.provider_ids)]
    return min(fitting, key=lambda rule: not rule.provider_ids, default=None)


def is_granted(rule, quantity, amount):
    """Tell whether a request is granted by itself.

    :param rule: Rule or None
    :param float quantity: asked for
    :param float amount: expected; 0: not said, which no limit of an amount lets pass
    """
    if rule is None or not rule.is_automatic:
        return False
    return (rule.grant_quantity is None or quantity <= rule.grant_quantity) and (
        rule.grant_amount is None or 0 < amount <= rule.grant_amount)


def match(claims, answers):
    """Find the answer for each claim: one for the same thing, else one for any; each answer serves once.

    :param claims: list of ``(kind, id of the workmanship or product, None for distances)``
    :param answers: list of :class:`Answer`, the first that fits counts
    :return: list as long as the claims, of places in ``answers`` or None
    """
    left, found = list(range(len(answers))), [None] * len(claims)
    for is_same in (lambda answer, thing: answer.thing_id == thing, lambda answer, _thing: answer.thing_id is None):
        for place, (kind, thing_id) in enumerate(claims):
            if found[place] is None:
                found[place] = next(
                    (item for item in left if answers[item].kind == kind and is_same(answers[item], thing_id)), None)
                if found[place] is not None:
                    left.remove(found[place])
    return found


def judge(claim, answer, rule):
    """Say what an answer means for a claim.

    :param tuple claim: ``(kind, quantity, rate, amount)``
    :param answer: Answer or None
    :param rule: Rule or None
    :return: tuple of whether it was authorised (``granted``, ``refused``, ``missing``, None where none is needed)
        and what may be paid: None for all of it, else an amount
    """
    kind, quantity, rate, amount = claim
    free = rule.needed_above if rule and rule.needed_above is not None else None
    if answer and answer.state == GRANTED:
        limit = answer.amount or amount
        if answer.quantity:
            limit = min(limit, min(answer.quantity, quantity) * rate)
        return GRANTED, limit if limit < amount else None
    if answer and answer.state == REFUSED:
        # Kilometres that need no asking are paid all the same; labour and parts are done or not.
        limit = (free or 0) if kind == DISTANCE else 0
        return (REFUSED, limit) if limit < amount else (None, None)
    return (MISSING if free is not None and amount > free else None), None
