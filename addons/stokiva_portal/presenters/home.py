"""What waits for a provider's person, most urgent first."""
from odoo.fields import Domain

from odoo.addons.stokiva_service import workflow

from .job import JobPresenter

MAX_OFFERS = 5
MAX_TODAY = 50
# Lists that grow with the years.
GROWING = ('closed', 'all')
ON_THE_JOB = (workflow.ON_THE_WAY, workflow.IN_PROGRESS)


def get_filters(formats):
    """Return the domains of the lists, by key; the first is the default.

    :param formats: Formats of the reader
    :rtype: dict
    """
    start, end = formats.get_day_bounds()
    today = Domain('window_start', '>=', start) & Domain('window_start', '<', end)
    working = (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL, workflow.COMPLETED)
    return {
        'open': Domain('state', 'in', workflow.OPEN),
        'offers': Domain('state', '=', workflow.ASSIGNED),
        'late': Domain('is_late', '=', True),
        'today': (Domain('state', 'in', working) & today) | Domain('state', 'in', ON_THE_JOB),
        'approval': Domain('state', '=', workflow.AWAITING_APPROVAL),
        'disputed': Domain('is_halted', '=', True),
        'closed': Domain('state', 'in', workflow.CLOSED),
        'all': Domain.TRUE,
    }


def get_filter_labels(env):
    """Return what the lists are called."""
    return {
        'open': env._("Open"),
        'offers': env._("Offers"),
        'late': env._("Late"),
        'today': env._("Today"),
        'approval': env._("Awaiting approval"),
        'disputed': env._("Disputed"),
        'closed': env._("Closed"),
        'all': env._("All"),
    }


class HomePresenter:
    """The home page's counts and lists.

    :param orders: empty stokiva.work.order recordset in sudo
    :param domain: Domain of the orders that the user may see as a provider's person
    :param people: stokiva.personnel records in sudo, all of the user's
    :param user: res.users record who looks
    :param formats: Formats of the reader
    """

    # Offers are the business of those who lead.
    OFFERS = ('offers', 'fa-hourglass-half', 'warn')
    COUNTS = (
        ('late', 'fa-exclamation-triangle', 'bad'), ('disputed', 'fa-comment-o', 'bad'),
        ('today', 'fa-calendar', None), ('approval', 'fa-pencil-square-o', None))

    def __init__(self, orders, domain, people, user, formats):
        self.orders = orders
        self.env = orders.env
        self.domain = domain
        self.people = people
        self.user = user
        self.formats = formats
        self.filters = get_filters(formats)
        self.is_leading = any(person._is_dispatcher() for person in people)

    def get_counts(self):
        """Return the counts in order of urgency, each with the list that it opens."""
        labels = get_filter_labels(self.env)
        counts = []
        for key, icon, tone in [self.OFFERS] * self.is_leading + [*self.COUNTS]:
            number = self.orders.search_count(self.domain & self.filters[key])
            counts.append({
                'number': number, 'label': labels[key], 'icon': icon, 'tone': tone if number else None,
                'url': f'/my/jobs/list?filterby={key}'})
        return counts

    def get_offers(self):
        """Return the open offers, least time first, one card per offer."""
        waiting = self.domain & self.filters['offers']
        offers = self.env['stokiva.assignment'].search(
            Domain('state', '=', 'offered') & Domain('work_order_ids', 'any', waiting),
            order='expires_at, id', limit=MAX_OFFERS)
        orders = offers.work_order_ids.filtered_domain(self.filters['offers'])
        firsts = [
            orders.filtered(lambda order: order.assignment_id == offer)[:1] for offer in offers]  # noqa: B023
        return [self._present(order).get_card() for order in firsts if order]

    def get_today(self):
        """Return today's jobs by time."""
        orders = self.orders.search(
            self.domain & self.filters['today'], order='window_start, id', limit=MAX_TODAY)
        return [self._present(order).get_card() for order in orders]

    def _present(self, order):
        return JobPresenter(order, self.people, self.user)
