from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import faults
from .stokiva_expiring import WARNING

# A fault of these days is compared with the rest of the year before today.
FAULT_DAYS, FAULT_YEAR = 30, 365
# Measures of the performance of days.
REFUSED = ('offer_rejected_count', 'offer_expired_count')
LATE = ('late_count',)
RATED = ('stars_count',)


class Alert(models.Model):
    """What is worth an alert: one or two statements a kind, over a whole company.

    How providers work is read from the performance of days, by the same formulas.
    """
    _inherit = 'stokiva.alert'

    @api.model
    def _get_finders(self, company):
        """Return who finds what, of the kinds that the company wants; to be extended.

        :param company: res.company record
        :return: ``{kind: method}``; a method takes the company and returns a list of dicts of an alert's values,
            the ids of what it is about among them
        """
        wanted = {
            'rating': company.stokiva_alert_rating, 'falling': company.stokiva_alert_drop,
            'refusal': company.stokiva_alert_refusal, 'late': company.stokiva_alert_late,
            'authorisation': True, 'document': True, 'stock': company.stokiva_alert_stock and company.stokiva_parts,
            'district': company.stokiva_alert_district, 'fault': company.stokiva_alert_fault,
        }
        return {kind: getattr(self, f'_find_{kind}') for kind, is_wanted in wanted.items() if is_wanted}

    @api.model
    def _query(self, names, query):
        """Run a query and name its columns.

        :param str names: separated by blanks
        :param SQL query: what to ask
        :rtype: list of dicts
        """
        self.env.flush_all()
        return [dict(zip(names.split(), row, strict=True)) for row in self.env.execute_query(query)]

    # === HOW PROVIDERS WORK === #

    @api.model
    def _find_rating(self, company):
        """Average stars of the last days below the company's threshold."""
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT provider_id, number, value, %(limit)s FROM (%(rated)s) rated
             WHERE number >= %(cases)s AND value < %(limit)s
            """, rated=self._get_share_query(company, ('stars_sum',), RATED),
            cases=company.stokiva_alert_cases, limit=company.stokiva_alert_rating))

    @api.model
    def _find_falling(self, company):
        """Average stars of the last days below those of as many days before, by the company's threshold."""
        stars = ('stars_sum',), RATED
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT now.provider_id, now.number, before.value - now.value, %(limit)s
              FROM (%(now)s) now JOIN (%(before)s) before USING (provider_id)
             WHERE now.number >= %(cases)s AND before.number >= %(cases)s AND before.value - now.value >= %(limit)s
            """, now=self._get_share_query(company, *stars), before=self._get_share_query(company, *stars, before=1),
            cases=company.stokiva_alert_cases, limit=company.stokiva_alert_drop))

    @api.model
    def _find_refusal(self, company):
        """Share of the answered offers that were refused or not answered in time."""
        return self._find_above(
            company, REFUSED, (*REFUSED, 'offer_accepted_count'), company.stokiva_alert_refusal)

    @api.model
    def _find_late(self, company):
        """Share of the completed orders that were late, where no other than the provider is the reason."""
        return self._find_above(company, LATE, (*LATE, 'on_time_count'), company.stokiva_alert_late)

    @api.model
    def _find_above(self, company, top, bottom, limit):
        """Return the providers whose share lies above a threshold.

        :param company: res.company record
        :param tuple top: measures above the line
        :param tuple bottom: measures below it: the cases
        :param float limit: threshold
        """
        return self._query('provider_id cases value threshold', SQL(
            "SELECT provider_id, number, value, %s FROM (%s) share WHERE number >= %s AND value > %s",
            limit, self._get_share_query(company, top, bottom), company.stokiva_alert_cases, limit))

    @api.model
    def _get_share_query(self, company, top, bottom, before=0):
        """Return the query of a quotient of measures by provider: ``provider_id``, ``number`` of cases, ``value``.

        :param company: res.company record
        :param tuple top: measures of ``stokiva.performance`` above the line
        :param tuple bottom: measures below it
        :param int before: 0 for the last days, 1 for as many before them
        """
        first, last = self._get_days(company, before)

        def add(names):
            return SQL(" + ").join(SQL("COALESCE(SUM(f.%s), 0)", SQL.identifier(name)) for name in names)

        return SQL(
            """
            SELECT f.provider_id, (%(bottom)s) AS number, (%(top)s)::float / NULLIF(%(bottom)s, 0) AS value
              FROM stokiva_performance f JOIN stokiva_provider p ON p.id = f.provider_id AND p.active
             WHERE f.company_id = %(company)s AND f.day BETWEEN %(first)s AND %(last)s
          GROUP BY f.provider_id
            """, top=add(top), bottom=add(bottom), company=company.id, first=first, last=last)

    @api.model
    def _get_days(self, company, before=0, today=None):
        """Return the first and the last of the days that alerts look at, or of as many days before them.

        :param company: res.company record
        :param int before: how many times further back
        :param date today: the day of the check; today when left out
        """
        days = timedelta(days=company.stokiva_alert_days)
        last = (today or fields.Date.today()) - before * days
        return last - days + timedelta(days=1), last

    # === WHAT PROVIDERS HAVE === #

    @api.model
    def _find_authorisation(self, company):
        """Authorisations of active providers that end within 30 days, or have ended."""
        return self._find_ending(company, 'authorisation')

    @api.model
    def _find_document(self, company):
        """Documents of active providers that end within 30 days, or have ended."""
        return self._find_ending(company, 'document')

    @api.model
    def _find_ending(self, company, kind):
        """Return what of a company's providers ends; that of shared ones is the main company's.

        :param company: res.company record
        :param str kind: ``authorisation`` or ``document``
        """
        companies = [company.id] + [False] * (company == self.env.ref('base.main_company'))
        rows = self.env[f'stokiva.provider.{kind}'].search_fetch(
            [('date_to', '<=', fields.Date.today() + WARNING), ('provider_id.active', '=', True),
             ('company_id', 'in', companies)], ['provider_id', 'date_to'])
        return [{f'{kind}_id': row.id, 'provider_id': row.provider_id.id, 'date': row.date_to} for row in rows]

    @api.model
    def _find_stock(self, company):
        """How many of a provider's parts lie below their minimum; the vans' stock counts with it."""
        return self._query('provider_id cases', SQL(
            """
            SELECT provider_id, COUNT(*) FROM (
                SELECT rule.id, place.stokiva_provider_id AS provider_id
                  FROM stock_warehouse_orderpoint rule
                  JOIN stock_location place ON place.id = rule.location_id
                  JOIN stokiva_provider p ON p.id = place.stokiva_provider_id AND p.active
                  JOIN stock_location own ON (own.id = place.id OR own.location_id = place.id)
                       AND own.stokiva_is_defective IS NOT TRUE
             LEFT JOIN stock_quant quant ON quant.location_id = own.id AND quant.product_id = rule.product_id
                 WHERE rule.active AND rule.company_id = %s
              GROUP BY rule.id, place.stokiva_provider_id
                HAVING COALESCE(SUM(quant.quantity), 0) < rule.product_min_qty) short
          GROUP BY provider_id
            """, company.id))

    # === WHERE NOBODY GOES, AND WHAT RISES === #

    @api.model
    def _find_district(self, company):
        """Districts from which orders came in the last days, and that nobody covers."""
        end = fields.Datetime.now()
        start = end - timedelta(days=company.stokiva_alert_days)
        orders = dict(self.env['stokiva.work.order']._read_group(
            [('company_id', '=', company.id), ('opened_at', '>=', start), ('opened_at', '<', end),
             ('city_id', '!=', False)], ['city_id'], ['__count']))
        uncovered = self.env['stokiva.coverage']._read_group(
            [('company_id', '=', company.id), ('city_id', 'in', [city.id for city in orders]), ('kind', '=', 'none')],
            ['city_id']) if orders else []
        return [{'city_id': city.id, 'cases': orders[city]} for (city,) in uncovered]

    @api.model
    def _find_fault(self, company):
        """Faults that a model has had more often in the last 30 days than in the year before them."""
        now = fields.Datetime.now()
        recent, earlier = now - timedelta(days=FAULT_DAYS), now - timedelta(days=FAULT_YEAR)
        rows = self._query('model fault recent earlier', SQL(
            """
            SELECT o.product_id, fault.id, COUNT(*) FILTER (WHERE o.opened_at >= %(recent)s),
                   COUNT(*) FILTER (WHERE o.opened_at < %(recent)s)
              FROM stokiva_work_order o
        CROSS JOIN LATERAL (VALUES (o.opened_symptom_id), (o.cause_id)) AS fault(id)
             WHERE o.company_id = %(company)s AND o.opened_at >= %(earlier)s AND o.product_id IS NOT NULL
                   AND fault.id IS NOT NULL AND o.state <> 'canceled'
          GROUP BY o.product_id, fault.id
            """, company=company.id, recent=recent, earlier=earlier))
        cases = {(row['model'], row['fault']): (row['recent'], row['earlier']) for row in rows}
        models = {model for (model, _fault), (late, _before) in cases.items() if late >= faults.FEWEST}
        rising = faults.find_rising(
            {key: value for key, value in cases.items() if key[0] in models},
            self._get_exposures(company, models, earlier.date(), recent.date(), now.date()))
        return [
            {'product_id': model, 'fault_id': fault, 'cases': cases[model, fault][0], 'value': times or 0}
            for (model, fault), times in rising.items()]

    @api.model
    def _get_exposures(self, company, models, earlier, recent, today):
        """Return how many days devices of each model were in service, of late and before.

        :param company: res.company record
        :param set models: ids of products
        :param date earlier: first day of the earlier time
        :param date recent: first day of the time of late
        :param date today: the day after its last
        :return: ``{product id: (recent, earlier)}``
        """
        rows = self._query('model recent earlier', SQL(
            """
            SELECT product_id, SUM(GREATEST(0, LEAST(until, %(today)s) - GREATEST(since, %(recent)s))),
                   SUM(GREATEST(0, LEAST(until, %(recent)s) - GREATEST(since, %(earlier)s)))
              FROM (
                SELECT product_id, COALESCE(date_installed, date_delivered, date_sold, create_date::date) AS since,
                       COALESCE(date_returned, %(today)s) AS until
                  FROM stokiva_device
                 WHERE company_id = %(company)s AND product_id = ANY(%(models)s)) device
          GROUP BY product_id
            """, company=company.id, models=list(models), today=today, recent=recent, earlier=earlier))
        return {row['model']: (row['recent'], row['earlier']) for row in rows}
