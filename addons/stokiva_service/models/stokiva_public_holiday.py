import holidays

from odoo import api, fields, models
from odoo.exceptions import UserError

# The law says "from 13:00" in Türkiye; elsewhere a half day is a free afternoon as a rule.
HALF_DAY_FROM = 13.0


class PublicHoliday(models.Model):
    _name = 'stokiva.public.holiday'
    _inherit = ['stokiva.audited']
    _description = "Public Holiday"
    _order = 'date, country_id, id'

    name = fields.Char("Holiday", required=True, translate=True)
    date = fields.Date(required=True, index=True)
    country_id = fields.Many2one(
        'res.country', required=True, index=True, default=lambda self: self.env.company.country_id)
    closed_from = fields.Float(
        "Closed from", aggregator=None,
        help="0:00: closed all day. On a half day the hour from which providers are closed.")
    company_id = fields.Many2one(
        'res.company', index='btree_not_null',
        help="If chosen, only this company's providers are closed, otherwise all in the country.")
    active = fields.Boolean(
        default=True, help="An archived holiday is a working day; loading holidays again leaves it archived.")

    _uniq = models.UniqueIndex(
        "(country_id, date, COALESCE(company_id, 0))", "The country has a holiday on this day already, perhaps archived.")
    _hour_range = models.Constraint(
        'CHECK(closed_from >= 0 AND closed_from < 24)', "The hour goes from 0:00 to 23:59.")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env['stokiva.opening']._mark(countries=records.country_id.ids)
        return records

    def write(self, vals):
        before = self.country_id
        res = super().write(vals)
        self.env['stokiva.opening']._mark(countries=(before | self.country_id).ids)
        return res

    def unlink(self):
        self.env['stokiva.opening']._mark(countries=self.country_id.ids)
        return super().unlink()

    @api.model
    def _load(self, countries, years):
        """Create the public holidays and half days that are missing; what is there stays, archived or not.

        They come from the package ``holidays``, which computes them without the internet.

        :param countries: `res.country`
        :param years: iterable of int
        :return: the holidays created
        :raise UserError: if the package does not know one of the countries
        """
        known = {
            (holiday.country_id, holiday.date)
            for holiday in self.with_context(active_test=False).search([
                ('country_id', 'in', countries.ids), ('company_id', '=', False)])}
        created = self.create([
            {'country_id': country.id, 'date': day, **values}
            for country in countries
            for day, values in self._get_calendar(country, years).items()
            if (country, day) not in known])
        for lang, _name in self.env['res.lang'].get_installed():
            for country, translated in created.with_context(lang=lang).grouped('country_id').items():
                names = translated._get_calendar(country, years)
                for holiday in translated:
                    holiday.name = names[holiday.date]['name']
        return created

    @api.model
    def _get_calendar(self, country, years):
        """Return a country's holidays in the user's language, where the package has it.

        :param country: `res.country`
        :param years: iterable of int
        :return: ``{date: {'name', 'closed_from'}}``, in order
        :raise UserError: if the package does not know the country
        """
        source = country.code in holidays.list_supported_countries() and getattr(holidays, country.code)
        if not source:
            raise UserError(self.env._(
                "The public holidays of %s are not known. Enter them by hand.", country.name))
        lang = self.env.lang or ''
        language = next((code for code in (lang, lang[:2]) if code in source.supported_languages), None)
        days = {}
        # Whole days last: they win where both fall on one day.
        for category, hour in (('half_day', HALF_DAY_FROM), ('public', 0)):
            if category in source.supported_categories:
                days |= {
                    day: {'name': name, 'closed_from': hour}
                    for day, name in source(years=list(years), categories=(category,), language=language).items()}
        return dict(sorted(days.items()))

    @api.model
    def _load_missing(self, years):
        """Load the years that are still empty, for the countries in which providers keep holidays.

        :param years: iterable of int
        """
        countries = self.env['res.country'].browse(
            country.id for (country,) in self.env['stokiva.provider']._read_group(
                [('holiday_country_id', '!=', False)], ['holiday_country_id'])
            if country.code in holidays.list_supported_countries())
        loaded = {
            (country, moment.year) for country, moment in self.with_context(active_test=False)._read_group(
                [('country_id', 'in', countries.ids), ('company_id', '=', False)], ['country_id', 'date:year'])}
        for country in countries:
            missing = [year for year in years if (country, year) not in loaded]
            if missing:
                self._load(country, missing)
