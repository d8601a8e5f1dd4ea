from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .. import hours


class Provider(models.Model):
    """When a provider is open: weekly hours, exceptional days, public holidays."""
    _inherit = 'stokiva.provider'

    resource_calendar_id = fields.Many2one(
        'resource.calendar', "Weekly Hours", compute='_compute_resource_calendar_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', check_company=True, ondelete='restrict', tracking=True,
        domain="[('schedule_type', '=', 'fully_fixed')]", groups='base.group_user',
        help="Providers that choose the same hours share them. Without hours the provider is closed, but for its "
             "exceptional days.")
    hours_text = fields.Char("Open", compute='_compute_hours_text', groups='base.group_user')
    holiday_country_id = fields.Many2one(
        'res.country', "Public Holidays of", compute='_compute_holiday_country_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', groups='base.group_user',
        help="The provider is closed on this country's public holidays. If empty, it works on them.")
    holiday_state_id = fields.Many2one(
        'res.country.state', "Regional Holidays of", compute='_compute_holiday_state_id', store=True, precompute=True,
        index='btree_not_null', groups='base.group_user',
        help="The provider's province, if it has holidays of its own: the provider is closed on those, too.")
    day_ids = fields.One2many('stokiva.provider.day', 'provider_id', "Exceptional Days", groups='base.group_user')

    @api.depends('company_id')
    def _compute_resource_calendar_id(self):
        for provider in self:
            calendar = provider.resource_calendar_id
            if not calendar or (calendar.company_id and calendar.company_id != provider.company_id):
                provider.resource_calendar_id = provider.company_id.resource_calendar_id

    @api.depends('partner_id.country_id')
    def _compute_holiday_country_id(self):
        for provider in self:
            provider.holiday_country_id = (
                provider.holiday_country_id or provider.partner_id.country_id or provider.company_id.country_id)

    @api.depends('partner_id.state_id', 'holiday_country_id')
    def _compute_holiday_state_id(self):
        # Provinces without holidays of their own share the hours of the country.
        regional = self.env['stokiva.public.holiday']._get_regions(self.partner_id.state_id)
        changed = self.browse()
        for provider in self:
            state = provider.partner_id.state_id & regional
            state = state.filtered(lambda state: state.country_id == provider.holiday_country_id)  # noqa: B023
            if provider.holiday_state_id != state:
                changed |= provider
            provider.holiday_state_id = state
        if changed.ids:
            self.env['stokiva.opening']._mark(providers=changed.ids)

    @api.depends('resource_calendar_id.stokiva_key')
    @api.depends_context('lang')
    def _compute_hours_text(self):
        calendars = self.resource_calendar_id
        texts = {}
        for calendar_id, week in calendars._stokiva_get_weeks().items():
            # The two weeks, once if they are the same.
            parts = dict.fromkeys(
                calendars._stokiva_get_text({day: spans for (parity, day), spans in week if parity == number})
                for number in (0, 1))
            texts[calendar_id] = " / ".join(filter(None, parts))
        for provider in self:
            provider.hours_text = texts.get(provider.resource_calendar_id.id, False)

    @api.constrains('resource_calendar_id')
    def _check_resource_calendar_id(self):
        for calendar in self.resource_calendar_id:
            if calendar.schedule_type == 'flexible':
                raise ValidationError(self.env._(
                    "%s has no fixed hours. Choose hours with a beginning and an end.", calendar.name))
            calendar.attendance_ids._check_stokiva_hours()

    @api.model_create_multi
    def create(self, vals_list):
        providers = super().create(vals_list)
        self.env['stokiva.opening']._mark(providers=providers.ids)
        return providers

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {'resource_calendar_id', 'holiday_country_id', 'tz', 'company_id', 'partner_id'}:
            self.env['stokiva.opening']._mark(providers=self.ids)
        return res

    def _opening_intervals(self, start, end):
        """Return when these providers are open, in one query for all of them.

        Known are 30 days back and 400 days ahead; outside, nobody is open.

        :param datetime start: from, naive UTC
        :param datetime end: until, naive UTC
        :return: ``{provider id: [(start, end), …]}``, naive UTC, disjoint, in order, cut at the two ends; an empty
            list for who is closed all the time
        :rtype: dict
        """
        openings = self.env['stokiva.opening'].sudo()  # sudo: opening hours only, of providers that the caller has
        openings._rebuild_marked()
        rows = self.env.execute_query(SQL(
            "SELECT provider_id, GREATEST(start_at, %s), LEAST(end_at, %s) FROM (%s) AS opening", start, end,
            openings._get_query(SQL(
                "p.id = ANY(%s) AND o.date BETWEEN %s AND %s AND o.start_at < %s AND o.end_at > %s",
                list(self.ids), fields.Date.subtract(start.date(), days=1), fields.Date.add(end.date(), days=1),
                end, start))))
        intervals = defaultdict(list)
        for provider, begin, stop in rows:
            intervals[provider].append((begin, stop))
        return {provider: hours.merge(intervals[provider]) for provider in self.ids}

    def _open_minutes(self, start, end):
        """Return how many minutes these providers are open between two moments.

        :param datetime start: from, naive UTC
        :param datetime end: until, naive UTC
        :return: ``{provider id: minutes}``
        :rtype: dict
        """
        return {
            provider: hours.minutes_between(intervals, start, end)
            for provider, intervals in self._opening_intervals(start, end).items()}

    def action_view_openings(self):
        """Open the calendar of these providers' opening hours.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.provider_opening_action')
        action['domain'] = [('provider_id', 'in', self.ids)]
        return action
