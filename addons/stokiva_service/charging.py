"""Who bears a line of a work order, and why. No ORM: everything here is tested without a database."""

WARRANTY, CHARGED, GOODWILL = 'warranty', 'charged', 'goodwill'
# Why: keys of a line's ``coverage_basis``.
COVERED, ENDED, UNKNOWN, SERVICE, REFUSED, BY_HAND, DIAGNOSIS = (
    'covered', 'ended', 'unknown', 'service', 'refused', 'hand', 'diagnosis')

REFUSALS = ('misuse', 'third_party', 'voltage', 'liquid', 'transport', 'wear', 'no_proof', 'other')
PAYMENT_METHODS = CASH, CARD = 'cash', 'card'


def find(is_charged, is_refused, is_covered):
    """Find who bears new labour or a new part.

    :param bool is_charged: whether the service type is charged whatever the warranty says
    :param bool is_refused: whether the warranty was refused on site
    :param is_covered: whether the warranty covers it; None when its end is not known
    :return: ``coverage`` and ``coverage_basis`` of the line
    :rtype: tuple(str, str)
    """
    if is_charged:
        return CHARGED, SERVICE
    if is_refused:
        return CHARGED, REFUSED
    if is_covered is None:  # the customer does not pay for what we do not know
        return WARRANTY, UNKNOWN
    return (WARRANTY, COVERED) if is_covered else (CHARGED, ENDED)


def get_basis(coverage, found):
    """Say why a line is borne by whom it is.

    :param str coverage: of the line
    :param tuple found: what ``find`` says
    :return: key of ``coverage_basis``
    :rtype: str
    """
    if coverage == GOODWILL:
        return GOODWILL
    return found[1] if coverage == found[0] else BY_HAND


def get_goodwill(coverage, quantity, price, listed):
    """Return how much the customer is spared: what is not charged at all, or below its price in the catalogue.

    :param str coverage: of the line
    :param float quantity: units
    :param float price: of one unit
    :param float listed: price of one unit in the catalogue when it was chosen; 0 for what is in none
    :rtype: float
    """
    if coverage == GOODWILL:
        return quantity * max(price, listed)
    return quantity * max(listed - price, 0.0) if coverage == CHARGED else 0.0


def get_goodwill_limit(roles, limits):
    """Return how much goodwill somebody may grant on one order.

    :param roles: his roles on it
    :param dict limits: amounts by role; other roles grant nothing
    :rtype: float
    """
    return max((limits[role] for role in roles if role in limits), default=0.0)
