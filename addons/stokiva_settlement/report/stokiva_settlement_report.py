from odoo import fields, models
from odoo.tools import SQL


class SettlementReport(models.Model):
    """What providers earn, line by line and person by person, in the company's currency, and how long it waits to be
    paid.
    """
    _name = 'stokiva.settlement.report'
    _description = "Analysis of Settlements"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'settlement_id'
    _depends = {
        'account.move': ['invoice_date', 'state'],
        'res.city': ['state_id'],
        'res.company': ['currency_id'],
        'res.partner': ['state_id'],
        'stokiva.provider': ['kind'],
        'stokiva.settlement': [
            'approved_at', 'company_id', 'company_rate', 'date', 'held_at', 'provider_id', 'rejected_at',
            'service_type_id', 'state', 'statement_id', 'work_order_id'],
        'stokiva.settlement.line': [
            'amount', 'bearer', 'card_id', 'claimed_amount', 'decision', 'quantity', 'settlement_id', 'source'],
        'stokiva.settlement.share': ['part', 'personnel_id', 'settlement_id'],
        'stokiva.statement': ['bill_id'],
        'stokiva.work.order': ['city_id', 'device_type_id', 'site_id'],
    }

    company_id = fields.Many2one('res.company')
    currency_id = fields.Many2one('res.currency')
    date = fields.Date("Completed")
    settlement_id = fields.Many2one('stokiva.settlement', aggregator='count_distinct')
    work_order_id = fields.Many2one('stokiva.work.order', aggregator='count_distinct')
    statement_id = fields.Many2one('stokiva.statement')
    provider_id = fields.Many2one('stokiva.provider')
    provider_kind = fields.Selection(
        lambda self: self.env['stokiva.provider']._fields['kind']._description_selection(self.env), "Kind of Provider")
    personnel_id = fields.Many2one('stokiva.personnel')
    service_type_id = fields.Many2one('stokiva.service.type')
    device_type_id = fields.Many2one('stokiva.device.type')
    state_id = fields.Many2one('res.country.state', "Province")
    city_id = fields.Many2one('res.city', "District")
    card_id = fields.Many2one('stokiva.rate.card', "Rate card")
    source = fields.Selection(
        lambda self: self.env['stokiva.settlement.line']._fields['source']._description_selection(self.env))
    bearer = fields.Selection(
        lambda self: self.env['stokiva.settlement.line']._fields['bearer']._description_selection(self.env), "Borne by")
    decision = fields.Selection(
        lambda self: self.env['stokiva.settlement.line']._fields['decision']._description_selection(self.env))
    stage = fields.Selection(
        [
            ('held', "On hold"),
            ('pending', "Pending"),
            ('approved', "Approved, in no statement"),
            ('in_statement', "In a statement"),
            ('billed', "Billed, not paid"),
            ('paid', "Paid"),
            ('rejected', "Rejected"),
        ], "State")
    age = fields.Selection(
        [('30', "0–30 days"), ('60', "31–60 days"), ('90', "61–90 days"), ('more', "More than 90 days")], "Unpaid For",
        help="Since the bill's day, and before it is billed since the approval.")
    unpaid_since = fields.Date()
    quantity = fields.Float(aggregator=None)
    claimed = fields.Monetary(help="What the rate cards say, in the company's currency.")
    reduced = fields.Monetary(help="What was not approved of it.")
    amount = fields.Monetary("Earned", help="What is paid, in the company's currency.")

    @property
    def _table_query(self):
        # Ids: line and share side by side, within the 53 bits of a browser's numbers.
        return SQL(
            """
            SELECT (l.id::bigint << 22) + COALESCE(person.id, 0) %% (1 << 22) AS id,
                   s.company_id, company.currency_id, s.date, l.settlement_id, s.work_order_id, s.statement_id, s.provider_id,
                   provider.kind AS provider_kind, person.personnel_id, s.service_type_id, o.device_type_id,
                   COALESCE(city.state_id, site.state_id) AS state_id, o.city_id, l.card_id, l.source, l.bearer, l.decision,
                   CASE WHEN s.state = 'pending' AND s.held_at IS NOT NULL THEN 'held'
                        WHEN s.state <> 'approved' THEN s.state
                        WHEN bill.id IS NOT NULL THEN 'billed'
                        WHEN s.statement_id IS NOT NULL THEN 'in_statement'
                        ELSE 'approved' END AS stage,
                   unpaid.since AS unpaid_since,
                   CASE WHEN unpaid.since IS NULL THEN NULL
                        WHEN CURRENT_DATE - unpaid.since <= 30 THEN '30'
                        WHEN CURRENT_DATE - unpaid.since <= 60 THEN '60'
                        WHEN CURRENT_DATE - unpaid.since <= 90 THEN '90'
                        ELSE 'more' END AS age,
                   l.quantity * share.part AS quantity,
                   l.claimed_amount * share.part * s.company_rate AS claimed,
                   (l.claimed_amount - l.amount) * share.part * s.company_rate AS reduced,
                   l.amount * share.part * s.company_rate AS amount
              FROM stokiva_settlement_line l
              JOIN stokiva_settlement s ON s.id = l.settlement_id
              JOIN res_company company ON company.id = s.company_id
              JOIN stokiva_provider provider ON provider.id = s.provider_id
              JOIN stokiva_work_order o ON o.id = s.work_order_id
         LEFT JOIN res_partner site ON site.id = o.site_id
         LEFT JOIN res_city city ON city.id = o.city_id
         LEFT JOIN stokiva_statement statement ON statement.id = s.statement_id
         LEFT JOIN account_move bill ON bill.id = statement.bill_id AND bill.state <> 'cancel'
         LEFT JOIN stokiva_settlement_share person
                ON person.settlement_id = s.id AND person.part > 0 AND l.source <> 'deduction'
        CROSS JOIN LATERAL (SELECT COALESCE(person.part, 1) AS part) share
        CROSS JOIN LATERAL (
                SELECT CASE WHEN s.state = 'approved' THEN COALESCE(bill.invoice_date, s.approved_at::date) END AS since
                   ) unpaid
            """)

    def action_open(self):
        """Open the settlement.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'stokiva.settlement', 'res_id': self.settlement_id.id,
            'view_mode': 'form'}
