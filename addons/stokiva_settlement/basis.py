"""What a settlement was computed from, in the form that docs/verify.md describes, so that anybody can compute it again.
No ORM.
"""
from dataclasses import MISSING, fields

from odoo.addons.stokiva_service.audit import canonical, sha256


def write_rules(rules):
    """Return the canonical text of a list of rules, in the order that decides between equally specific ones.

    :param rules: iterable of rates.Rule
    :rtype: str
    """
    return canonical([
        {name: value for name, value in _describe(rule).items() if name != 'sequence'}
        for rule in sorted(rules, key=lambda rule: (rule.sequence, rule.id))])


def describe(rules_text, job, works, held):
    """Return all that one computation looked at.

    :param str rules_text: as of ``write_rules``
    :param rates.Job job: the order
    :param works: iterable of rates.Work, their evidence as ``{field of the settlement line: id}`` or empty
    :param list held: dicts of parts whose pay is held: ``part_line_id``, ``quantity``
    :return: JSON-like dict
    """
    return {
        'rules': sha256(rules_text),
        'job': _describe(job),
        'works': [
            {name: value for name, value in _describe(work).items() if name != 'evidence'} | (work.evidence or {})
            for work in works],
        'held': held,
    }


def keep(bases):
    """Return what a settlement stores: the canonical text of its computations.

    :param list bases: of what ``describe`` returns
    :rtype: str
    """
    return canonical(bases)


def only_parts(described, part_line_ids):
    """Return a computation of which only some own parts were taken.

    :param dict described: as of ``describe``
    :param part_line_ids: ids of stokiva.part.line
    """
    return described | {
        'works': [work for work in described['works'] if work.get('part_line_id') in part_line_ids], 'held': []}


def _describe(item):
    """Return the values of a dataclass that are not its defaults."""
    return {
        field.name: value for field in fields(item)
        if (value := getattr(item, field.name)) != field.default or field.default is MISSING}
