from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import date_utils

from ..models.stokiva_provider_performance import LEAST_PEERS

# What the sheet is narrowed to.
FILTERS = ('provider_id', 'personnel_id', 'service_type_id', 'device_type_id', 'state_id')


class PerformanceSheet(models.TransientModel):
    """All figures of a provider, a technician or the network over a period: beside those of the period before and of peers."""
    _name = 'stokiva.performance.sheet'
    _description = "Performance over a Period"

    provider_id = fields.Many2one('stokiva.provider')
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Technician", domain="[('provider_id', '=?', provider_id)]")
    service_type_id = fields.Many2one('stokiva.service.type')
    device_type_id = fields.Many2one('stokiva.device.type')
    state_id = fields.Many2one('res.country.state', "Province")
    period = fields.Selection(
        [
            ('30', "Last 30 days"),
            ('90', "Last 90 days"),
            ('365', "Last 365 days"),
            ('month', "Last month"),
            ('quarter', "Last quarter"),
            ('year', "Last year"),
            ('other', "Other"),
        ],
        default='90', required=True)
    date_from = fields.Date(
        "From", compute='_compute_dates', store=True, readonly=False, required=True, precompute=True)
    date_to = fields.Date(
        "Until", compute='_compute_dates', store=True, readonly=False, required=True, precompute=True)
    line_ids = fields.One2many('stokiva.performance.sheet.line', 'sheet_id', "Figures", readonly=True)

    @api.depends('personnel_id', 'provider_id')
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = (
                sheet.personnel_id.display_name or sheet.provider_id.display_name or self.env._("All Providers"))

    @api.depends('period')
    def _compute_dates(self):
        for sheet in self:
            today = sheet.provider_id._get_today() if sheet.provider_id else fields.Date.context_today(sheet)
            if sheet.period in ('month', 'quarter', 'year'):
                start = date_utils.start_of(today, sheet.period)
                months = {'month': 1, 'quarter': 3, 'year': 12}[sheet.period]
                sheet.date_from, sheet.date_to = start - relativedelta(months=months), start - timedelta(days=1)
            elif sheet.period != 'other':
                sheet.date_from, sheet.date_to = today - timedelta(days=int(sheet.period) - 1), today
            else:
                sheet.date_from, sheet.date_to = sheet.date_from or today, sheet.date_to or today

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets._fill()
        return sheets

    # === FIGURES === #

    def _get_domain(self, first, last, without=()):
        """Return the domain of the rows that a period's figures are made of.

        :param date first: first day
        :param date last: last day
        :param without: names of filters that are left out
        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        domains = [Domain('day', '>=', first), Domain('day', '<=', last), Domain('company_id', 'in', self.env.companies.ids)]
        return Domain.AND(domains + [
            Domain(name, '=', id_) for name, id_ in self._get_filters().items() if name not in without])

    def _get_filters(self):
        """Return what the figures are narrowed to, ``{name: id}``."""
        self.ensure_one()
        return {name: self[name].id for name in FILTERS if self[name]}

    def _get_peers(self):
        """Return the figures of all others of the period together, and how many they are; of nobody for the network."""
        name = 'personnel_id' if self.personnel_id else 'provider_id'
        if not self[name]:
            return {}, 0
        domain = self._get_domain(self.date_from, self.date_to, ('provider_id', 'personnel_id'))
        domain &= Domain(name, 'not in', (self[name].id, False))
        model = self.env['stokiva.performance']
        values, number = model._get_values(domain)
        if name == 'personnel_id':
            [(number,)] = model._read_group(domain, aggregates=['personnel_id:count_distinct'])
        return (values, number) if number >= LEAST_PEERS else ({}, 0)

    def _fill(self):
        """Make the lines anew.

        :raise UserError: if the period ends before it begins
        """
        model = self.env['stokiva.performance']
        for sheet in self:
            if sheet.date_to < sheet.date_from:
                raise UserError(self.env._("The period ends before it begins."))
            length = sheet.date_to - sheet.date_from + timedelta(days=1)
            now, _number = model._get_values(sheet._get_domain(sheet.date_from, sheet.date_to))
            before, _number = model._get_values(sheet._get_domain(sheet.date_from - length, sheet.date_to - length))
            peers, number = sheet._get_peers()
            lines = [
                self.env['stokiva.performance.sheet.line']._prepare_values(
                    name, figure, now[name], before[name].value, peers.get(name), number)
                for name, figure in model._get_figures().items() if name in now]
            sheet.line_ids = [Command.clear(), *map(Command.create, lines)]

    # === ACTIONS === #

    def action_show(self):
        """Show the figures of what was chosen.

        :return: window action
        :rtype: dict
        """
        self._fill()
        return self._get_action()

    def action_view_days(self):
        """Open the days that the figures are made of.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.performance_action')
        return {
            **action, 'path': False, 'context': {},
            'domain': list(self._get_domain(self.date_from, self.date_to))}

    def _get_action(self):
        """Return the action that shows the sheet."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Performance: %s", self.display_name),
            'res_model': self._name, 'res_id': self.id, 'view_mode': 'form', 'views': [(False, 'form')]}
