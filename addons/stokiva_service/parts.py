"""From where parts are taken. No ORM: tested without a database."""
from dataclasses import dataclass

EPSILON = 1e-6


@dataclass(frozen=True)
class Need:
    """One part line that has to leave a stock.

    :param key: whatever names the line
    :param int product_id: what
    :param float quantity: how much, above zero, in the product's unit
    :param lot_id: id of the lot, None where the product has none
    :param tuple places: ids of the locations to take it from, the first first
    """
    key: object
    product_id: int
    quantity: float
    lot_id: int = None
    places: tuple = ()


def plan(needs, stock):
    """Say from which place each need is served; a need is served in full or not at all.

    Earlier needs leave less for later ones. One place alone is preferred to several.

    :param needs: list of Need, those first in line first
    :param dict stock: ``{(location id, product id, lot id or None): free quantity}``, not changed
    :return: ``(served, short)``: ``{key: [(location id, quantity)]}`` and ``{key: missing quantity}``
    """
    left = dict(stock)
    served, short = {}, {}
    for need in needs:
        free = {
            place: max(left.get((place, need.product_id, need.lot_id), 0.0), 0.0) for place in need.places}
        enough = [place for place in need.places if free[place] >= need.quantity - EPSILON]
        takes, wanted = [], need.quantity
        for place in enough[:1] or need.places:
            taken = min(wanted, free[place])
            if taken > EPSILON:
                takes.append((place, taken))
                wanted -= taken
        if wanted > EPSILON:
            short[need.key] = wanted
            continue
        served[need.key] = takes
        for place, taken in takes:
            left[place, need.product_id, need.lot_id] -= taken
    return served, short
