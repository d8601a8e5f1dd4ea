from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..rows import append, get_held

REJECT_REASONS = [
    ('busy', "No free time"),
    ('far', "Too far"),
    ('skill', "Not our kind of work"),
    ('part', "No part"),
    ('other', "Other"),
]


class Assignment(models.Model):
    _name = 'stokiva.assignment'
    _inherit = ['stokiva.company.mixin', 'stokiva.held.mixin', 'mail.thread']
    _description = "Offer to a Provider"
    _order = 'offered_at desc, id desc'

    work_order_ids = fields.Many2many(
        'stokiva.work.order', 'stokiva_assignment_work_order_rel', 'assignment_id', 'work_order_id',
        "Work orders", readonly=True)
    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, readonly=True, check_company=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    state = fields.Selection(
        [
            ('offered', "Offered"),
            ('accepted', "Accepted"),
            ('rejected', "Rejected"),
            ('expired', "Expired"),
            ('withdrawn', "Withdrawn"),
        ],
        default='offered', required=True, readonly=True)
    offered_at = fields.Datetime("Offered on", required=True, readonly=True)
    expires_at = fields.Datetime("Answer until", required=True, readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True)
    reason = fields.Selection(REJECT_REASONS, readonly=True)
    note = fields.Char(readonly=True)
    is_automatic = fields.Boolean("Chosen by the engine", readonly=True)
    rule_id = fields.Many2one('stokiva.assignment.rule', index='btree_not_null', readonly=True, ondelete='set null')
    rule_version = fields.Char(readonly=True, help="Version of the formula, then rule and its version.")
    rule = fields.Json("Rule as It Was", readonly=True)
    rest_count = fields.Integer("And so Many More", readonly=True, aggregator=None)
    ranking = fields.Json(readonly=True, help="Whom the engine considered, best first: at most 50.")
    candidate_ids = fields.One2many('stokiva.assignment.candidate', 'assignment_id', "Candidates", readonly=True)

    _provider_state_idx = models.Index("(provider_id, state, expires_at)")
    _latest_idx = models.Index("(provider_id, offered_at)")
    _expiry_idx = models.Index("(expires_at) WHERE state = 'offered'")

    @api.depends('provider_id.name', 'work_order_ids.name')
    def _compute_display_name(self):
        for offer in self:
            orders = ", ".join(offer.work_order_ids.mapped('name'))
            offer.display_name = f"{orders} → {offer.provider_id.name}"

    @api.model
    def _make(self, vals_list):
        """Create offers. Where their threads keep quiet, as in a sale, one INSERT does it.

        :param list vals_list: values of the columns, those of each offer with the same keys; ``work_order_ids`` a list of ids
        :return: stokiva.assignment records in the same order
        """
        links = [vals.pop('work_order_ids') for vals in vals_list]
        if not self.env.context.get('tracking_disable'):
            return self.create([
                {**vals, 'work_order_ids': [Command.set(ids)]} for vals, ids in zip(vals_list, links, strict=True)])
        orders = self.env['stokiva.work.order'].browse(id_ for ids in links for id_ in ids)
        if get_held(orders) >= {*orders.ids}:
            further = None  # they go in with their links
        else:
            numbers, ids = zip(*((number, id_) for number, ids in enumerate(links, 1) for id_ in ids), strict=True)
            further = SQL(
                """INSERT INTO stokiva_assignment_work_order_rel (assignment_id, work_order_id)
                   SELECT new.id, link.work_order_id
                     FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM new) new
                     JOIN unnest(%s, %s) AS link(number, work_order_id) USING (number)""", list(numbers), list(ids))
        offers = append(self, [{'state': 'offered', **vals} for vals in vals_list], then=further)
        self._fields['work_order_ids']._insert_cache(offers, map(tuple, links))
        known = orders._fields['assignment_ids']._get_cache(orders.env)
        for offer, ids in zip(offers, links, strict=True):
            known.update({id_: (offer.id, *known[id_]) for id_ in ids if id_ in known})
        return offers

    def _answer(self, state, moment, reason=None, note=None):
        """Note the provider's answer, or that none came."""
        values = {'state': state, 'answered_at': moment}
        if reason:
            known = dict(REJECT_REASONS)
            values |= {'reason': reason if reason in known else 'other', 'note': note or (
                False if reason in known else reason)}
        self.filtered(lambda offer: offer.state == 'offered').write(values)

    @api.model
    def _cron_expire(self, batch_size=100):
        """Take back offers that nobody answered in time, so that the next provider gets the orders."""
        domain = [('state', '=', 'offered'), ('expires_at', '<', fields.Datetime.now())]
        offers = self.search(domain, limit=batch_size, order='expires_at, id')
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        for offer in offers:
            orders = offer.work_order_ids.filtered(
                lambda order: order.state == 'assigned' and order.assignment_id == offer)  # noqa: B023
            if orders:
                orders._apply_event('expire', actor=None, channel='cron')
            else:
                offer.write({'state': 'withdrawn', 'answered_at': fields.Datetime.now()})
            if not self.env['ir.cron']._commit_progress(1):
                break
