"""Providers, taxes and orders of random histories. Orders are copied by SQL: only what they earn is of interest here."""
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal('0.01')
PERIODS = [date(2026, month, day) for month, day in ((7, 31), (8, 31), (9, 30))]
FIRST_DAY = date(2026, 7, 1)
# From this day on VAT is withheld from the labour of one provider.
WITHHELD_FROM = date(2026, 8, 15)
SOURCES = ('labour', 'labour', 'travel', 'part', 'bonus', 'penalty')


def to_cents(value):
    """Return a Decimal with two decimals, halves away from zero."""
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


class History:
    """What an order earned, as the plan says and as decisions change it: ``amounts`` by source, in cents."""

    def __init__(self, dice, number):
        self.number, self.date = number, FIRST_DAY + timedelta(days=dice.randrange((PERIODS[-1] - FIRST_DAY).days + 1))
        self.provider, self.currency = dice.randrange(5), dice.choice(('TRY', 'TRY', 'USD'))
        self.lines = []
        for place in range(dice.randint(1, 4)):
            source = dice.choice(SOURCES) if place else 'labour'
            # Of a group's orders only the first one is paid for the trip.
            if source == 'travel' and number % 3:
                source = 'part'
            quantity = dice.choice((1, 1, 2, 0.5, 1.25, 0.33, 7.77))
            rate = dice.choice((0.01, 0.05, 99.99, 1234.5, 420, dice.randrange(1, 200_000) / 100))
            self.lines.append((source, quantity, -rate if source == 'penalty' else rate))
        self.amounts = [
            [source, to_cents(Decimal(str(quantity)) * Decimal(str(rate)))] for source, quantity, rate in self.lines]
        self.is_rejected = False

    def get_total(self):
        return sum((amount for _source, amount in self.amounts), Decimal(0))

    def get_bases(self, withheld):
        """Return what is taxed alike: ``{rates in percent: amount}``.

        :param bool withheld: whether VAT is withheld from the provider's labour then
        """
        bases = {}
        for source, amount in self.amounts:
            rates = (10,) if source == 'part' else (20, -14) if withheld and source == 'labour' else (20,)
            bases[rates] = bases.get(rates, Decimal(0)) + amount
        return bases


class World:
    """Built in a database with the Turkish chart of accounts.

    :param env: environment of a manager
    :param int count: how many histories
    :param int seed: of the dice
    """

    def __init__(self, env, count, seed):
        self.dice = random.Random(seed)
        company = env.company
        company.stokiva_cutoff_days = '31'
        # Amounts by the dice are unusual.
        env['stokiva.claim.rule'].search([]).active = False
        dollar = env.ref('base.USD')
        dollar.active = True
        env['res.currency.rate'].create({
            'currency_id': dollar.id, 'name': '2026-01-01', 'rate': 1 / 41.37, 'company_id': company.id})
        self.currencies = {'TRY': company.currency_id.id, 'USD': dollar.id}
        partners = env['res.partner'].create([
            {'name': f"Provider {number}", 'country_id': company.country_id.id} for number in range(5)])
        self.providers = env['stokiva.provider'].create([
            {'partner_id': partner.id, 'kind': 'in_house' if number == 4 else 'private'}
            for number, partner in enumerate(partners)]).ids
        self.withheld_provider = 2
        self._make_taxes(env)
        self.histories = [History(self.dice, number) for number in range(count)]
        self._make_orders(env, count)

    def _make_taxes(self, env):
        tax = {'type_tax_use': 'purchase', 'amount_type': 'percent', 'company_id': env.company.id}
        full, part, withheld = env['account.tax'].create([
            {**tax, 'name': f"History {rate}", 'amount': rate, 'type_tax_use': use}
            for rate, use in ((20, 'purchase'), (10, 'purchase'), (-14, 'none'))])
        both = env['account.tax'].create({
            **tax, 'name': "History 20 and -14", 'amount_type': 'group', 'amount': 0,
            'children_tax_ids': [(6, 0, (full | withheld).ids)]})
        self.rates = {full.id: 20, part.id: 10, withheld.id: -14}
        env['stokiva.settlement.tax'].create([
            {'name': "Parts", 'date_from': '2020-01-01', 'source': 'part', 'tax_ids': [(6, 0, part.ids)], 'sequence': 1},
            {'name': "Withheld", 'date_from': str(WITHHELD_FROM), 'source': 'labour', 'tax_ids': [(6, 0, both.ids)],
             'provider_ids': [(6, 0, [self.providers[self.withheld_provider]])], 'sequence': 2},
            {'name': "VAT", 'date_from': '2020-01-01', 'tax_ids': [(6, 0, full.ids)], 'sequence': 3}])

    def _make_orders(self, env, count):
        customer = env['res.partner'].create({'name': "Customer"})
        device = env['stokiva.device'].create({
            'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
        first = env['stokiva.work.order'].create({
            'partner_id': customer.id, 'device_id': device.id,
            'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
        env.flush_all()
        env.cr.execute("""
            INSERT INTO stokiva_work_order
            SELECT copied.* FROM stokiva_work_order first JOIN generate_series(1, %s) number ON first.id = %s
              JOIN LATERAL jsonb_populate_record(first, jsonb_build_object(
                  'id', nextval('stokiva_work_order_id_seq'), 'name', 'HISTORY/' || number)) copied ON true
            RETURNING id""", [count, first.id])
        self.orders = [id_ for (id_,) in env.cr.fetchall()]
        groups = [(self.orders[index - index % 3], id_) for index, id_ in enumerate(self.orders)]
        env.cr.execute_values("UPDATE stokiva_work_order o SET group_id = v.lead FROM (VALUES %s) v(lead, id) WHERE o.id = v.id", groups)
        env.invalidate_all()

    def is_withheld(self, history):
        return history.provider == self.withheld_provider and history.date >= WITHHELD_FROM

    def settle(self, env):
        """Create the settlements that the histories begin with, and note in each history which one is its own."""
        settlements = env['stokiva.settlement'].sudo().with_context(tracking_disable=True).create([
            {
                'work_order_id': order_id, 'provider_id': self.providers[history.provider], 'date': history.date,
                'company_id': env.company.id, 'currency_id': self.currencies[history.currency],
                'line_ids': [
                    (0, 0, {'source': source, 'name': source, 'quantity': quantity, 'rate': rate, 'why': "History"})
                    for source, quantity, rate in history.lines],
            } for order_id, history in zip(self.orders, self.histories, strict=True)])
        for settlement_id, history in zip(settlements.ids, self.histories, strict=True):
            history.settlement_id = settlement_id
