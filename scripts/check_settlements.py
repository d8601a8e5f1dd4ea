"""Compute settlements again by docs/verify.md alone: needs psycopg2 and nothing of Stokiva.

    python check_settlements.py DB      (connection by PGHOST, PGUSER, …)
"""
import hashlib
import json
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import psycopg2

TRIPS = ('travel', 'distance', 'wasted_trip')
QUALITY = ('bonus', 'penalty')
COMPUTED = ('labour', *TRIPS, 'part', *QUALITY)
EVIDENCE = ('labour_line_id', 'part_line_id', 'visit_id')

SETTLEMENTS = """
    SELECT s.name, s.company_id, s.basis, s.amount_total::text, s.reversal_of_id, s.currency_id = company.currency_id,
           currency.rounding::text, (
               SELECT json_agg(l ORDER BY l.sequence, l.id)::text FROM stokiva_settlement_line l WHERE l.settlement_id = s.id),
           (
               SELECT json_agg(l ORDER BY l.sequence, l.id)::text FROM stokiva_settlement_line l
                WHERE l.settlement_id = s.reversal_of_id),
           (
               SELECT payload FROM stokiva_event
                WHERE model = 'stokiva.settlement' AND res_id = s.id AND payload LIKE '%%"basis":%%'
             ORDER BY seq DESC LIMIT 1)
      FROM stokiva_settlement s
      JOIN res_currency currency ON currency.id = s.currency_id
      JOIN res_company company ON company.id = s.company_id
  ORDER BY s.id"""

# What must not be: each query returns one text per finding.
NEVER = (
    """SELECT string_agg(DISTINCT s.name, ', ' ORDER BY s.name) || ': the same trip is paid more than once'
         FROM stokiva_settlement_line l
         JOIN stokiva_settlement s ON s.id = l.settlement_id
         JOIN stokiva_visit v ON v.id = l.visit_id
         JOIN stokiva_work_order o ON o.id = v.work_order_id
        WHERE s.rejected_at IS NULL AND s.reversal_of_id IS NULL
     GROUP BY COALESCE(o.group_id, o.id), v.provider_id, l.source, CASE l.source WHEN 'wasted_trip' THEN v.departed_at END
       HAVING count(*) > 1""",
    """SELECT string_agg(name, ', ' ORDER BY name) || ': settle the same work order'
         FROM stokiva_settlement
        WHERE rejected_at IS NULL AND reversal_of_id IS NULL AND adjusts_id IS NULL
     GROUP BY work_order_id
       HAVING count(*) > 1""",
    """SELECT o.name || ': what its provider kept from the customer is not deducted'
         FROM stokiva_event e
         JOIN stokiva_work_order o ON o.id = e.work_order_id
    LEFT JOIN stokiva_settlement_line l ON l.event_id = e.id
        WHERE e.event = 'collect' AND (e.payload::jsonb -> 'kept') = 'true' AND l.id IS NULL
          AND o.state IN ('completed', 'canceled', 'returned') AND o.provider_id IS NOT NULL""",
    """SELECT s.name || ': in the statement ' || t.name || ', to which it does not belong'
         FROM stokiva_settlement s
         JOIN stokiva_statement t ON t.id = s.statement_id
        WHERE (s.provider_id, s.company_id, s.currency_id) <> (t.provider_id, t.company_id, t.currency_id)
           OR s.approved_at IS NULL OR s.rejected_at IS NOT NULL""",
    """SELECT string_agg(name, ', ' ORDER BY name) || ': billed by the same bill'
         FROM stokiva_statement WHERE bill_id IS NOT NULL GROUP BY bill_id HAVING count(*) > 1""",
    """SELECT t.name || ': amounts to ' || t.amount_total || ', its rows to ' || settled.amount + further.amount
         FROM stokiva_statement t
   CROSS JOIN LATERAL (
              SELECT COALESCE(sum(amount_total), 0) AS amount FROM stokiva_settlement WHERE statement_id = t.id) settled
   CROSS JOIN LATERAL (
              SELECT COALESCE(sum(amount), 0) AS amount FROM stokiva_statement_line
               WHERE statement_id = t.id AND kind <> 'carry_over') further
        WHERE settled.amount + further.amount <> t.amount_total""",
    """SELECT t.name || ': to pay is ' || t.amount_payable || ', which does not follow from its amounts'
         FROM stokiva_statement t
   CROSS JOIN LATERAL (
              SELECT COALESCE(sum(amount), 0) AS amount FROM stokiva_statement_line
               WHERE statement_id = t.id AND kind = 'carry_over') carried
        WHERE (t.amount_carried, t.amount_billed, t.amount_payable) <> (
              carried.amount, t.amount_total + t.amount_tax + t.amount_withheld, t.amount_billed + t.amount_carried)""",
    """SELECT t.name || ': a row has no reason' FROM stokiva_statement t JOIN stokiva_statement_line l ON l.statement_id = t.id
        WHERE trim(l.why) = ''""",
    """SELECT t.name || ': carries over ' || l.amount || ', owed was ' || o.amount_payable
         FROM stokiva_statement_line l
         JOIN stokiva_statement t ON t.id = l.statement_id
         JOIN stokiva_statement o ON o.id = l.origin_id
        WHERE l.kind = 'carry_over' AND t.confirmed_at IS NOT NULL AND l.amount <> o.amount_payable""",
    """SELECT t.name || ': more of an advance is paid back than was advanced'
         FROM stokiva_statement_line l
         JOIN stokiva_statement t ON t.id = l.statement_id
        WHERE l.kind = 'advance'
          AND l.amount + COALESCE((SELECT sum(amount) FROM stokiva_statement_line WHERE advance_id = l.id), 0) < 0""",
    """SELECT t.name || ': amounts to ' || t.amount_total || ', its bill to ' || bill.amount
         FROM stokiva_statement t
         JOIN account_move m ON m.id = t.bill_id
   CROSS JOIN LATERAL (
              SELECT COALESCE(sum(round(l.quantity * l.price_unit / c.rounding) * c.rounding), 0)
                     * CASE m.move_type WHEN 'in_refund' THEN -1 ELSE 1 END AS amount
                FROM account_move_line l
                JOIN res_currency c ON c.id = l.currency_id
               WHERE l.move_id = m.id AND l.display_type = 'product'
              ) bill
        WHERE m.state <> 'cancel' AND bill.amount <> t.amount_total""",
    """SELECT t.name || ': with taxes ' || t.amount_billed || ', its bill ' || m.amount_total
         FROM stokiva_statement t
         JOIN account_move m ON m.id = t.bill_id
        WHERE m.state <> 'cancel' AND m.amount_total <> CASE m.move_type WHEN 'in_refund' THEN -1 ELSE 1 END * t.amount_billed""",
    """SELECT s.name || ': what its people earned adds up to ' || shares.amount || ', not to ' || earned.amount
         FROM stokiva_settlement s
         JOIN LATERAL (
              SELECT sum(amount) AS amount FROM stokiva_settlement_share WHERE settlement_id = s.id
              ) shares ON shares.amount IS NOT NULL
   CROSS JOIN LATERAL (
              SELECT COALESCE(sum(amount), 0) AS amount FROM stokiva_settlement_line
               WHERE settlement_id = s.id AND source <> 'deduction') earned
        WHERE shares.amount <> earned.amount""",
    """SELECT t.name || ': its bill is of another provider, company or currency'
         FROM stokiva_statement t
         JOIN stokiva_provider p ON p.id = t.provider_id
         JOIN account_move m ON m.id = t.bill_id
        WHERE m.state <> 'cancel'
          AND (m.partner_id, m.company_id, m.currency_id) <> (p.partner_id, t.company_id, t.currency_id)""",
    """SELECT t.name || ': its bill is not what is in the ledger'
         FROM stokiva_statement t
         JOIN account_move_line l ON l.move_id = t.bill_id
        WHERE l.display_type = 'product' AND abs(l.amount_currency) <> abs(l.price_subtotal)
     GROUP BY t.name""",
)


# -- which rule pays, and how much -----------------------------------------------------------------------

def fits(rule, work, job):
    """Tell whether a rule may pay for a piece of work."""
    km = job.get('distance_km')
    is_zone = rule.get('from_km') is not None or rule.get('to_km') is not None
    if rule['kind'] != work['kind'] or is_zone and (
            km is None or km < rule.get('from_km', 0) or km >= rule.get('to_km', float('inf'))):
        return False
    if any(name in rule and rule[name] != job.get(name) for name in ('service_type_id', 'city_id', 'state_id')):
        return False
    if any(name in rule and rule[name] != work.get(name) for name in ('workmanship_id', 'product_id', 'trigger')):
        return False
    if 'device_type_id' in rule and rule['device_type_id'] not in job.get('device_path', ()):
        return False
    if rule.get('trigger') != 'stars':
        return True
    stars, threshold = work.get('value', 0), rule.get('threshold', 0)
    return stars >= threshold if rule['kind'] == 'bonus' else stars <= threshold


def find_rule(rules, work, job):
    """Return the rule that pays, None if there is none; of equally specific ones the first in the list."""
    def generality(rule):
        path = job.get('device_path', ())
        threshold = rule.get('threshold', 0)
        return (
            rule.get('scope', 2), 'workmanship_id' not in rule, 'product_id' not in rule,
            -path.index(rule['device_type_id']) - 1 if 'device_type_id' in rule else 0,
            'service_type_id' not in rule, 'city_id' not in rule, 'state_id' not in rule,
            'from_km' not in rule and 'to_km' not in rule,
            threshold if rule['kind'] == 'penalty' else -threshold)
    return min((rule for rule in rules if fits(rule, work, job)), key=generality, default=None)


def cents(value):
    """Return a number with two decimals, halves rounded away from zero, taken as it is written in decimals."""
    return Decimal(repr(float(value))).quantize(Decimal('0.01'), ROUND_HALF_UP)


def get_terms(rule, work, job, earned):
    """Return quantity and rate of a piece of work, not rounded.

    :param earned: what the order earns by labour
    """
    units = work.get('quantity', 1.0)
    if rule is None:
        return units, work.get('cost', 0.0)
    amount, unit = rule['amount'], rule.get('unit', 'each')
    if work['kind'] == 'distance':
        return units * max((job.get('distance_km') or 0) - rule.get('free_km', 0), 0), amount
    if work['kind'] == 'part' and unit == 'percent':
        mark_up = work.get('cost', 0.0) * amount / 100
        return units, work.get('cost', 0.0) + min(mark_up, rule.get('cap', mark_up))
    if work['kind'] in QUALITY:
        rate = earned * amount / 100 if unit == 'percent' else amount
        return units, -rate if work['kind'] == 'penalty' else rate
    return (units * work.get('minutes', 0) / 60 if unit == 'hour' else units), amount


def compute(computation, rules):
    """Yield the lines that follow: what they are for, and the terms: rule, quantity and rate."""
    job, earned = computation['job'], 0.0
    for work in sorted(computation['works'], key=lambda work: work['kind'] in QUALITY):
        rule = find_rule(rules, work, job)
        if rule is None and work['kind'] in TRIPS + QUALITY:
            continue
        quantity, rate = map(cents, get_terms(rule, work, job, earned))
        if work['kind'] == 'labour':
            earned += float(quantity) * float(rate)
        if work['kind'] != 'distance' or quantity or job.get('distance_km') is None:
            yield (work['kind'], *(work.get(name) for name in EVIDENCE)), (rule and rule['id'], quantity, rate)
    for part in computation['held']:
        yield ('part', None, part['part_line_id'], None), (None, Decimal(repr(part['quantity'])), Decimal(0))


# -- one settlement ----------------------------------------------------------------------------------------

def round_money(value, rounding):
    """Return an amount in the smallest unit of its currency, halves rounded away from zero."""
    return (value / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding


def tell(terms):
    rule, quantity, rate = terms
    return f"{quantity.normalize():f} × {rate:.2f} by {f'rule {rule}' if rule else 'no rule'}"


def find_wrong_lines(lines, computations, rates):
    """Yield how the computed lines differ from those that follow from the facts and the rates."""
    expected = defaultdict(list)
    for computation in computations:
        for what, terms in compute(computation, rates[computation['rules']]):
            expected[what].append(terms)
    for line in lines:
        if line['source'] not in COMPUTED:
            continue
        terms = line['rate_line_id'], line['quantity'], line['rate']
        due = expected[get_purpose(line)]
        if terms in due:
            due.remove(terms)
        elif due:
            yield f"line {line['id']} ({line['source']}) is {tell(terms)}, should be {tell(due.pop(0))}"
        else:
            yield f"line {line['id']} ({line['source']}, {tell(terms)}) follows from nothing"
    for (kind, *_evidence), due in expected.items():
        for terms in due:
            yield f"a line is missing: {kind}, {tell(terms)}"


def get_purpose(line):
    """Return what a line is for, as ``compute`` names it."""
    return line['source'], *(line[name] for name in EVIDENCE)


def get_approved(line, claimed, rounding):
    """Return what of a line's claim is paid."""
    if line['decision'] == 'reduced':
        quantity = line['decided_quantity']
        return round_money(quantity * line['rate'], rounding) if quantity else line['decided_amount']
    return 0 if line['decision'] == 'rejected' else claimed


def find_wrong_amounts(lines, rounding):
    """Yield what of lines does not follow from their own terms and what was decided on them."""
    for line in lines:
        claimed = round_money(line['quantity'] * line['rate'], rounding)
        amount = get_approved(line, claimed, rounding)
        if line['claimed_amount'] != claimed:
            yield f"line {line['id']} claims {line['claimed_amount']}, should claim {claimed}"
        if line['amount'] != amount:
            yield f"line {line['id']} amounts to {line['amount']}, should be {amount}"
        if not (line['why'] or '').strip() or amount != claimed and not (line['decision_reason'] or '').strip():
            yield f"line {line['id']} has no reason"


def find_wrong_reversal(lines, reversed_lines):
    """Yield what a reversal does not take back as it was paid."""
    def sums(of, name):
        total = Counter()
        for line in of:
            if line['source'] in COMPUTED:
                total[get_purpose(line)] += line[name]
        return total
    taken, paid = sums(lines, 'claimed_amount'), sums(reversed_lines, 'amount')
    for what in taken.keys() | paid.keys():
        if taken[what] != -paid[what]:
            yield f"takes back {-taken[what]} of {what[0]}, paid was {paid[what]}"


def find_wrong_deductions(lines, events, is_in_company_currency):
    """Yield which deductions are not what was noted when the customer paid."""
    for line in lines:
        if line['source'] == 'deduction':
            paid = events.get(line['event_id'])
            if paid is None or not paid.get('kept'):
                yield f"line {line['id']} deducts what nobody noted"
            elif is_in_company_currency and line['amount'] != -paid['amount']:
                yield f"line {line['id']} deducts {-line['amount']}, noted was {paid['amount']}"


def find_problems(settlement, rates, events):
    """Yield what is wrong with a settlement; ``None`` once if it is from before anything was kept to compute it from.

    :param tuple settlement: a row of ``SETTLEMENTS``
    :param dict rates: company → digest → rules, as they were
    :param dict events: id → payload of payments that were noted
    """
    _name, company, basis, total, reversal_of, is_in_company_currency, rounding, lines, reversed_lines, logged = settlement
    lines, reversed_lines = load(lines or '[]'), load(reversed_lines or '[]')
    earned, total, rounding = sum(line['amount'] for line in lines), Decimal(total), Decimal(rounding).normalize()
    yield from find_wrong_amounts(lines, rounding)
    yield from find_wrong_deductions(lines, events, is_in_company_currency)
    if total != earned:
        yield f"amounts to {total}, its lines to {earned}"
    if basis != (json.loads(logged)['changes']['basis'][1] if logged else None):
        yield "what it was computed from is not what was logged"
    if reversal_of:
        yield from find_wrong_reversal(lines, reversed_lines)
    elif basis:
        computations = json.loads(basis)
        if missing := {computation['rules'] for computation in computations} - rates[company].keys():
            yield f"the rates that it was computed from are not kept: {', '.join(sorted(missing))}"
        else:
            yield from find_wrong_lines(lines, computations, rates[company])
    elif any(line['source'] in COMPUTED for line in lines):
        yield None


def load(text):
    """Return the value of a JSON text, numbers as exact decimals."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def check(connection):
    """Return how many settlements there are, of how many nothing was kept, and what is wrong."""
    cursor = connection.cursor()
    problems, rates = [], defaultdict(dict)
    cursor.execute("SELECT company_id, digest, rules FROM stokiva_rate_snapshot ORDER BY id")
    for company, digest, rules in cursor:
        if hashlib.sha256(rules.encode()).hexdigest() == digest:
            rates[company][digest] = json.loads(rules)
        else:
            problems.append(f"rates {digest}: were changed")
    cursor.execute("SELECT id, payload FROM stokiva_event WHERE event = 'collect'")
    events = {id_: load(payload) for id_, payload in cursor}
    number = unknown = 0
    with connection.cursor('settlements') as settlements:
        settlements.execute(SETTLEMENTS)
        for settlement in settlements:
            number += 1
            found = list(find_problems(settlement, rates, events))
            unknown += None in found
            problems += (f"{settlement[0]}: {problem}" for problem in found if problem)
    for query in NEVER:
        cursor.execute(query)
        problems += (text for text, in cursor)
    return number, unknown, problems


def main(database):
    number, unknown, problems = check(psycopg2.connect(dbname=database))
    for problem in problems:
        print(problem)
    print(f"{number} settlements, {len(problems) or 'no'} problems"
          + (f", {unknown} from before facts were kept" if unknown else ""))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
