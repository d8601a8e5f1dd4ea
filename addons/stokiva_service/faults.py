"""Statistics of faults: which are likely, and which come more often than usual. No ORM."""
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

# So many orders of a model say more about it than those of all models of its kind.
ENOUGH = 10
# Of the warnings given on one day, at most this share is expected to be chance.
FALSE_SHARE = 0.05
# Fewer cases than these are no wave, however rare the fault was.
FEWEST = 5


@dataclass(frozen=True)
class Likely:
    """How often something came in comparable orders.

    :param key: what it is
    :param int count: orders in which it came
    :param int total: orders looked at
    :param str basis: whose orders: ``model`` or ``type``
    """
    key: object
    count: int
    total: int
    basis: str

    @property
    def share(self):
        """Share of the orders looked at, 0 to 1."""
        return self.count / self.total


def rank(model, model_total, kind, kind_total):
    """Rank by frequency in orders for the same model, then by that in orders for the same kind of device.

    The model's own orders count from ``ENOUGH`` of them on.

    :param dict model: ``{key: orders}`` of the model
    :param int model_total: orders of the model
    :param dict kind: ``{key: orders}`` of the kind of device
    :param int kind_total: orders of the kind of device
    :return: Likely objects, the most frequent first
    :rtype: list
    """
    own = model if model_total >= ENOUGH else {}
    found = [Likely(key, count, model_total, 'model') for key, count in own.items()]
    found += [Likely(key, count, kind_total, 'type') for key, count in kind.items() if key not in own]
    return sorted(found, key=lambda item: (item.basis, -item.count))


def get_rise_chance(recent, earlier, recent_exposure, earlier_exposure):
    """Return the probability that a fault comes so often of late by mere chance.

    Cases are Poisson distributed, in proportion to the exposure. If the rate has not changed, then of all
    ``n = recent + earlier`` cases those of late are binomial with ``p = recent_exposure / (recent_exposure +
    earlier_exposure)``; the chance is ``P(X >= recent)``. It allows for the earlier rate being an estimate, too.

    Source: the conditional test of two Poisson means, J. Przyborowski and H. Wilenski, “Homogeneity of results in
    testing samples from Poisson series”, Biometrika 31 (1940), pages 313–323.

    :param int recent: cases of late
    :param int earlier: cases before
    :param float recent_exposure: device days of late
    :param float earlier_exposure: device days before
    :rtype: float
    """
    if not recent or recent_exposure <= 0 or earlier_exposure <= 0:
        return 1.0
    total = recent + earlier
    share = recent_exposure / (recent_exposure + earlier_exposure)
    chance = 0.0
    for count in range(recent, total + 1):
        term = exp(
            lgamma(total + 1) - lgamma(count + 1) - lgamma(total - count + 1)
            + count * log(share) + (total - count) * log1p(-share))
        chance += term
        # Beyond the middle the terms only shrink.
        if count > total * share and term < chance * 1e-12:
            break
    return min(chance, 1.0)


def select_rising(chances, false_share=FALSE_SHARE):
    """Choose among many tests those that are hardly chance.

    The false discovery rate of Y. Benjamini and Y. Hochberg, “Controlling the false discovery rate”, Journal of the
    Royal Statistical Society B 57 (1995), pages 289–300: the largest ``k`` whose ``k``-th smallest chance is at most
    ``k / m · false_share`` of ``m`` tests.

    :param dict chances: ``{key: chance}`` of all tests made
    :param float false_share: how many of the chosen may be chance
    :return: keys
    :rtype: set
    """
    ordered = sorted(chances, key=chances.get)
    limits = enumerate(ordered, 1)
    last = max((rank for rank, key in limits if chances[key] <= rank / len(ordered) * false_share), default=0)
    return set(ordered[:last])


def find_rising(cases, exposures):
    """Return the faults of models that come more often of late than they used to.

    :param dict cases: ``{(model, fault): (recent, earlier)}``
    :param dict exposures: ``{model: (recent, earlier)}``, device days
    :return: ``{(model, fault): times as often as before}``; of a fault that never came before, ``None``
    :rtype: dict
    """
    chances, times = {}, {}
    for key, (recent, earlier) in cases.items():
        now, before = exposures.get(key[0], (0, 0))
        if earlier + recent < FEWEST or not before:
            continue
        chances[key] = get_rise_chance(recent, earlier, now, before)
        times[key] = recent / now / (earlier / before) if earlier and now else None
    return {key: times[key] for key in select_rising(chances) if cases[key][0] >= FEWEST}
