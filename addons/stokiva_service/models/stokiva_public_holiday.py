import holidays

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
    state_id = fields.Many2one(
        'res.country.state', "Only in", index='btree_not_null', ondelete='cascade',
        domain="[('country_id', '=', country_id)]", help="If chosen, only providers in this province or state are closed.")
    closed_from = fields.Float(
        "Closed from", aggregator=None,
        help="0:00: closed all day. On a half day the hour from which providers are closed.")
    company_id = fields.Many2one(
        'res.company', index='btree_not_null',
        help="If chosen, only this company's providers are closed, otherwise all in the country.")
    active = fields.Boolean(
        default=True, help="An archived holiday is a working day; loading holidays again leaves it archived.")

    _uniq = models.UniqueIndex(
        "(country_id, date, COALESCE(company_id, 0), COALESCE(state_id, 0))",
        "The country or region has a holiday on this day already, perhaps archived.")
    _hour_range = models.Constraint(
        'CHECK(closed_from >= 0 AND closed_from < 24)', "The hour goes from 0:00 to 23:59.")

    @api.constrains('country_id', 'state_id')
    def _check_state_id(self):
        for holiday in self.filtered('state_id'):
            if holiday.state_id.country_id != holiday.country_id:
                raise ValidationError(self.env._(
                    "%(state)s is not in %(country)s.", state=holiday.state_id.name, country=holiday.country_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._follow(records.country_id, records.state_id)
        return records

    def write(self, vals):
        countries, states = self.country_id, self.state_id
        res = super().write(vals)
        self._follow(countries | self.country_id, states | self.state_id)
        return res

    def unlink(self):
        countries, states = self.country_id, self.state_id
        res = super().unlink()
        self._follow(countries, states)
        return res

    @api.model
    def _follow(self, countries, states):
        """Let opening hours follow changed holidays, and providers those of their region."""
        if states:
            # sudo: providers of every company, archived ones too
            providers = self.env['stokiva.provider'].sudo().with_context(active_test=False).search(
                [('state_id', 'in', states.ids)])
            self.env.add_to_compute(providers._fields['holiday_state_id'], providers)
        self.env['stokiva.opening']._mark(countries=countries.ids)

    @api.model
    def _get_regions(self, states):
        """Return those of the provinces or states that have holidays of their own.

        :param states: `res.country.state`
        """
        groups = self.env['stokiva.public.holiday'].sudo()._read_group(  # sudo: whether there are any
            [('state_id', 'in', states.ids)], ['state_id'])
        return states.browse(state.id for (state,) in groups)

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
            (holiday.country_id, holiday.state_id, holiday.date)
            for holiday in self.with_context(active_test=False).search([
                ('country_id', 'in', countries.ids), ('company_id', '=', False)])}
        places = [
            (country, state) for country in countries
            for state in (self.env['res.country.state'], *self._get_known_states(country))]
        created = self.create([
            {'country_id': country.id, 'state_id': state.id, 'date': day, **values}
            for country, state in places
            for day, values in self._get_calendar(country, years, state).items()
            if (country, state, day) not in known])
        for lang, _name in self.env['res.lang'].get_installed():
            translated = created.with_context(lang=lang)
            for (country, state), batch in translated.grouped(lambda day: (day.country_id, day.state_id)).items():
                names = batch._get_calendar(country, years, state)
                for holiday in batch:
                    holiday.name = names[holiday.date]['name']
        return created

    @api.model
    def _get_known_states(self, country):
        """Return the provinces or states with providers, of which the package knows holidays of their own.

        :param country: `res.country`
        """
        # sudo: providers of every company
        groups = self.env['stokiva.provider'].sudo()._read_group(
            [('holiday_country_id', '=', country.id), ('state_id', '!=', False)], ['state_id'])
        is_known = country.code in holidays.list_supported_countries()
        subdivisions = getattr(holidays, country.code).subdivisions if is_known else ()
        return self.env['res.country.state'].union(*(state for (state,) in groups)).filtered(
            lambda state: self._get_subdivision(state) in subdivisions and state.country_id == country)

    @api.model
    def _get_subdivision(self, state):
        """Return the package's code of a province or state; Odoo writes some with the country before it."""
        return (state.code or '').removeprefix(f'{state.country_id.code}-')

    @api.model
    def _get_calendar(self, country, years, state=None):
        """Return a country's holidays, or what a region has besides them, in the user's language where the package has it.

        :param country: `res.country`
        :param years: iterable of int
        :param state: `res.country.state`; empty for what holds in all of the country
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
                    for day, name in source(
                        years=list(years), categories=(category,), language=language,
                        subdiv=self._get_subdivision(state) if state else None).items()}
        if state:
            everywhere = self._get_calendar(country, years)
            days = {
                day: values for day, values in days.items()
                if day not in everywhere or values['closed_from'] < everywhere[day]['closed_from']}
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
