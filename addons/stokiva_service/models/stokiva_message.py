import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import labels, messages
from ..rows import append

_logger = logging.getLogger(__name__)


class Message(models.Model):
    """The outbox: written with the event, rendered and sent after commit by a cron."""
    _name = 'stokiva.message'
    _description = "Message to Send"
    _order = 'id desc'

    rule_id = fields.Many2one('stokiva.message.rule', index='btree_not_null', readonly=True, ondelete='set null')
    channel = fields.Selection([('email', "E-mail")], required=True, readonly=True)
    audience = fields.Char(required=True, readonly=True)
    event = fields.Char(required=True, readonly=True)
    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, readonly=True, ondelete='cascade')
    group_ref = fields.Integer("Group", readonly=True, aggregator=None)
    event_id = fields.Many2one('stokiva.event', "Log row", readonly=True, ondelete='restrict', index='btree_not_null')
    partner_id = fields.Many2one('res.partner', "Recipient", required=True, index=True, readonly=True)
    personnel_id = fields.Many2one('stokiva.personnel', readonly=True, index='btree_not_null')
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    lang = fields.Selection(related='partner_id.lang', string="Language")
    state = fields.Selection(
        [('pending', "Waiting"), ('sent', "Sent"), ('failed', "Failed"), ('canceled', "Not sent")],
        default='pending', required=True, readonly=True)
    attempts = fields.Integer(readonly=True)
    error = fields.Char("Reason", readonly=True)
    date_sent = fields.Datetime("Sent on", readonly=True)
    send_after = fields.Datetime("Waits until", readonly=True, help="End of the recipient's quiet hours.")
    valid_until = fields.Datetime(readonly=True, help="Not sent later than this: it would mislead.")
    mail_id = fields.Many2one('mail.mail', "E-mail", index='btree_not_null', readonly=True, ondelete='set null')
    dedupe = fields.Char(readonly=True)
    event_label = fields.Char("About", compute='_compute_labels')
    audience_label = fields.Char("As", compute='_compute_labels')

    _dedupe_uniq = models.UniqueIndex('(dedupe)')
    _pending_idx = models.Index("(id) WHERE state = 'pending'")
    _failed_idx = models.Index("(id) WHERE state = 'failed'")

    @api.depends('event', 'audience')
    @api.depends_context('lang')
    def _compute_labels(self):
        audiences = dict(
            self.env['stokiva.message.rule']._fields['audience']._description_selection(self.env))
        for message in self:
            message.event_label = labels.label(self.env, {**labels.EVENTS, **labels.MESSAGES}, message.event)
            message.audience_label = audiences.get(message.audience, message.audience)

    @api.depends('event_label', 'partner_id')
    def _compute_display_name(self):
        for message in self:
            message.display_name = f"{message.event_label} → {message.partner_id.name}"

    # === WRITING === #

    @api.model
    def _enqueue(self, events, kind=None, occasion=''):
        """Write the outbox rows that the rules want for events, one for a whole group, and wake the cron.

        :param events: stokiva.event records of one kind
        :param str kind: whose rules apply, when not those of the events themselves; see ``messages``
        :param occasion: tells repetitions for the same events apart, e.g. the number of a reminder
        """
        for name, rows in ({kind: events} if kind else self._split_by_kind(events)).items():
            self._write_rows(name, [(row.work_order_id, row) for row in rows], occasion)

    @api.model
    def _tell(self, orders, kind, occasion):
        """Write the outbox rows that the rules want for what is no event of orders.

        :param orders: stokiva.work.order records
        :param str kind: one of ``labels.MESSAGES``
        :param occasion: with kind and order it names what happened: nobody is told of it twice
        """
        no_event = self.env['stokiva.event']
        # sudo: whoever notices it, the rules apply
        self._write_rows(kind, [(order, no_event) for order in orders.sudo()], occasion)

    @api.model
    def _has_rules(self, kind, companies):
        """Tell whether somebody may have to be told.

        :param str kind: see ``_enqueue``
        :param companies: res.company records
        """
        return any(self.env['stokiva.message.rule']._get_rules(kind, company.id) for company in companies)

    @api.model
    def _split_by_kind(self, events):
        """Return events by the name of the kind of message that they cause; who plans the same again tells nobody.

        :param events: stokiva.event records of one event
        :rtype: dict
        """
        changes = events._get_plan_changes()
        return events.filtered(lambda row: changes.get(row) != 'same').grouped(
            lambda row: messages.name_of(row.event, row.state_after, changes.get(row) == 'moved'))

    @api.model
    def _write_rows(self, kind, facts, occasion):
        """Write outbox rows.

        :param str kind: whose rules apply
        :param list facts: ``(stokiva.work.order record in sudo, stokiva.event record or none)``
        :param occasion: see ``_enqueue``
        """
        rule_model = self.env['stokiva.message.rule']
        companies = {order.company_id for order, _event in facts}
        rules = {company: rule_model._get_rules(kind, company.id) for company in companies}
        if not any(rules.values()):
            return
        orders = self.env['stokiva.work.order'].sudo().union(*(order for order, _event in facts))  # sudo: see _enqueue
        recipients = {
            audience: self._get_recipients(audience, orders, kind)
            for audience in {rule.audience for company_rules in rules.values() for rule in company_rules}}
        met = {
            rule.id: self._check_condition(rule, orders)
            for company_rules in rules.values() for rule in company_rules if rule.condition}
        rows = {}
        for order, event in facts:
            for rule in rule_model._choose(rules[order.company_id], order):
                holding, error = met.get(rule.id, (orders, False))
                if order not in holding:
                    continue
                for partner, person in recipients[rule.audience][order]:
                    group = (order.group_id or order).id
                    rows.setdefault((group, rule.id, partner.id), {
                        'rule_id': rule.id, 'channel': rule.channel, 'audience': rule.audience,
                        'event': kind, 'work_order_id': order.id, 'group_ref': group,
                        'event_id': event.id, 'partner_id': partner.id, 'personnel_id': person.id,
                        'company_id': order.company_id.id,
                        'valid_until': self._get_useful_until(kind, event),
                        'dedupe': ':'.join(map(str, filter(None, (
                            rule.id, event.id or f'{kind}:{order.id}', partner.id, occasion)))),
                        'state': 'failed' if error else 'pending', 'error': error or False,
                    })
        if orders.group_id:
            rows = self._leave_out_waiting(rows)
        if occasion:
            rows = self._leave_out_known(rows)
        if rows:
            append(self, list(rows.values()), then=self._prepare_waking())

    @api.model
    def _get_useful_until(self, kind, event):
        """Return until when a message says something useful.

        :param str kind: see ``messages``
        :param event: stokiva.event record that causes it, or none
        :rtype: datetime
        """
        about, now = messages.kind(kind), fields.Datetime.now()
        # What was done an hour ago is told now by a phone that had no line.
        moment = event.occurred_at if about.momentary and event.event == kind else now
        return moment + timedelta(hours=about.hours)

    @api.model
    def _check_condition(self, rule, orders):
        """Find the orders for which a rule's condition holds. A bad one stops nothing.

        :param rule: ``Snapshot`` of the rule
        :param orders: stokiva.work.order records in sudo
        :return: the orders, all if it cannot be used, and why not as a text for the office, or False
        """
        try:
            with self.env.cr.savepoint():
                # sudo: the rule applies to whoever causes the event
                return self.env['stokiva.message.rule'].sudo().browse(rule.id)._filter_met(orders), False
        except Exception as error:  # a domain can raise anything
            _logger.info("Condition of message rule %s: %s", rule.id, error)
            return orders, self.env._("The rule's condition cannot be used: %s", str(error)[:300])

    @api.model
    def _wake_sender(self, at=None):
        """Let the cron run.

        :param datetime at: see ``_prepare_waking``
        """
        self.env.cr.execute(self._prepare_waking(at))

    @api.model
    def _prepare_waking(self, at=None):
        """Return the statement by which the cron runs, told of it after the commit, if it is to run at once.

        What ``_trigger`` does, with nothing to read: every sale comes here.

        :param datetime at: naive UTC time of the run; default after this transaction's commit
        :rtype: SQL
        """
        cron = self.env['ir.cron'].browse(
            self.env['ir.model.data']._xmlid_to_res_id('stokiva_service.ir_cron_message_send'))
        if not at:
            self.env.cr.postcommit.add(cron._notifydb)
        return SQL(
            """INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date, write_uid, write_date)
               VALUES (%(cron)s, %(at)s, %(user)s, %(now)s, %(user)s, %(now)s)""",
            cron=cron.id, at=at or fields.Datetime.now(), user=self.env.uid, now=self.env.cr.now())

    @api.model
    def _leave_out_waiting(self, rows):
        """Return the rows without those that wait already for another order of the same group."""
        waiting = self.sudo().search([  # sudo: the outbox is read by the office only
            ('state', '=', 'pending'), ('group_ref', 'in', [key[0] for key in rows]),
            ('rule_id', 'in', [key[1] for key in rows])])
        known = {(row.group_ref, row.rule_id.id, row.partner_id.id) for row in waiting}
        return {key: row for key, row in rows.items() if key not in known}

    @api.model
    def _leave_out_known(self, rows):
        """Return the rows without those that were written before on the same occasion."""
        # sudo: the outbox is read by the office only
        known = set(self.sudo().search([('dedupe', 'in', [row['dedupe'] for row in rows.values()])]).mapped('dedupe'))
        return {key: row for key, row in rows.items() if row['dedupe'] not in known}

    @api.model
    def _get_recipients(self, audience, orders, kind=''):
        """Return whom an audience means for orders; to be extended.

        :param str audience: of the rule
        :param orders: stokiva.work.order records in sudo
        :param str kind: what they are told, see ``messages``
        :return: ``{order: list of (res.partner, stokiva.personnel or empty)}``
        """
        nobody = self.env['stokiva.personnel']
        if audience == 'customer':
            return {order: [(order.partner_id, nobody)] for order in orders}
        if audience == 'manager':
            return {order: [(order._get_dispatcher().partner_id, nobody)] for order in orders}
        if audience == 'provider':
            providers = {
                order: order.provider_id or order.assignment_ids.sorted('id')[-1:].provider_id for order in orders}
            dispatchers = orders.provider_id.union(*providers.values())._get_dispatchers().grouped('provider_id')
            people = {order: dispatchers.get(provider, nobody) for order, provider in providers.items()}
        else:
            people = {order: order.personnel_id | order._get_crew() for order in orders}
        return {
            order: [(person.partner_id, person) for person in persons] for order, persons in people.items()}
