"""Derive the engine's choices again by docs/verify.md alone: needs psycopg2 and nothing of Stokiva.

    python check_choices.py DB      (connection by PGHOST, PGUSER, …)
"""
import sys

import psycopg2

FORMULA = 'score-1'


def score(criterion, values):
    """Return a score from 0 to 1 as the page describes it."""
    names = {
        'preference': 'priority', 'distance': 'distance_km', 'workload': 'open_orders', 'rotation': 'idle_hours',
        'capacity': 'free_minutes', 'cost': 'cost_excess'}
    value = values.get(names.get(criterion, criterion))
    if value is None:
        return {'distance': 0, 'rotation': 1}.get(criterion, 0.5)
    halves = {'preference': 10, 'distance': 20, 'workload': 5, 'cost': 1}
    if criterion in halves:
        return halves[criterion] / (halves[criterion] + max(value, 0))
    rising = {'rotation': 24, 'capacity': 480}
    if criterion in rising:
        return max(value, 0) / (rising[criterion] + max(value, 0))
    worst, best = {'coverage': (1, 4), 'rating': (1, 5)}.get(criterion, (0, 1))
    return min(max((value - worst) / (best - worst), 0), 1)


def breaks_limit(row, rule):
    """Tell whether a candidate does not keep the rule's own limits."""
    values = row['values']
    far, rating = values.get('distance_km'), values.get('rating')
    return (
        values['kind'] not in rule['kinds']
        or bool(rule['provider_ids']) and row['provider_id'] not in rule['provider_ids']
        or bool(rule['max_distance_km']) and (far is None or far > rule['max_distance_km'])
        or bool(rule['min_rating']) and rating is not None and rating < rule['min_rating'])


def find_problems(offer, provider, is_automatic, rule, ranking):
    """Yield what does not agree in one offer.

    :param int offer: its id
    :param int provider: id of the provider who got it
    :param bool is_automatic: whether the engine chose
    :param dict rule: as stored
    :param list ranking: as stored
    """
    total = sum(rule['weights'].values())
    keys = []
    for row in ranking:
        points = round(100 * sum(
            weight * score(criterion, row['values']) for criterion, weight in rule['weights'].items()) / total, 4)
        if abs(points - row['points']) > 0.00011:
            yield f"offer {offer}: provider {row['provider_id']} has {row['points']} points, should have {points}"
        if breaks_limit(row, rule) and not row['failed']:
            yield f"offer {offer}: provider {row['provider_id']} does not keep the rule's limits"
        keys.append((bool(row['failed']), -row['points'], row['values'].get('given', 0), row['provider_id']))
    if keys != sorted(keys):
        yield f"offer {offer}: the candidates are not in order"
    best = next((row['provider_id'] for row in ranking if not row['failed']), None)
    if is_automatic and best != provider:
        yield f"offer {offer}: went to provider {provider}, should have gone to {best}"


def main(database):
    connection = psycopg2.connect(dbname=database)
    cursor = connection.cursor('offers')
    cursor.execute(
        "SELECT id, provider_id, is_automatic, rule, ranking FROM stokiva_assignment"
        " WHERE rule_version LIKE %s ORDER BY id", [f'{FORMULA} %'])
    number = wrong = 0
    for offer in cursor:
        number += 1
        problems = list(find_problems(*offer))
        wrong += bool(problems)
        for problem in problems:
            print(problem)
    print(f"{number} offers, {wrong or 'none'} wrong")
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
