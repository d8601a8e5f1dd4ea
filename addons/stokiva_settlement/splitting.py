"""How an amount is divided so that the parts add up to it. No ORM: all here is tested without a database."""

EQUALLY, BY_ROLE, BY_HAND = 'equal', 'role', 'hand'
RULES = [(EQUALLY, "Equally"), (BY_ROLE, "By role"), (BY_HAND, "By hand")]


def split(units, weights):
    """Divide whole units by weights, by the method of the largest remainder.

    Each part is rounded down, and the units that are left go one each to the parts that lost most by it, of equal
    ones to the first. Negative amounts are divided as positive ones. Without any weight all parts are alike.

    :param int units: the amount in smallest units, as kuruş
    :param list weights: numbers from zero up, with at most two decimals that count
    :return: list of whole units, which add up to the amount
    """
    if not weights:
        return []
    parts = [round(weight * 100) for weight in weights]
    if not any(parts):
        parts = [1] * len(parts)
    whole, sign = sum(parts), -1 if units < 0 else 1
    shares, remainders = zip(*(divmod(abs(units) * part, whole) for part in parts), strict=True)
    left = abs(units) - sum(shares)
    lucky = set(sorted(range(len(parts)), key=lambda place: (-remainders[place], place))[:left])
    return [sign * (share + (place in lucky)) for place, share in enumerate(shares)]
