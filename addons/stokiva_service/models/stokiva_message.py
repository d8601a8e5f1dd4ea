import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import labels

_logger = logging.getLogger(__name__)
LINK = '{link}'
MAX_ATTEMPTS = 5


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
    dedupe = fields.Char(readonly=True)
    event_label = fields.Char("When", compute='_compute_labels')
    audience_label = fields.Char("As", compute='_compute_labels')

    _dedupe_uniq = models.UniqueIndex('(dedupe)')
    _pending_idx = models.Index("(id) WHERE state = 'pending'")

    @api.depends('event', 'audience')
    @api.depends_context('lang')
    def _compute_labels(self):
        audiences = dict(
            self.env['stokiva.message.rule']._fields['audience']._description_selection(self.env))
        for message in self:
            message.event_label = labels.label(self.env, labels.EVENTS, message.event)
            message.audience_label = audiences.get(message.audience, message.audience)

    @api.depends('event_label', 'partner_id')
    def _compute_display_name(self):
        for message in self:
            message.display_name = f"{message.event_label} → {message.partner_id.name}"

    @api.model
    def _enqueue(self, events, event=None):
        """Write the outbox rows that the rules want for events, one for a whole group, and wake the cron.

        :param events: stokiva.event records of one kind
        :param str event: whose rules apply, when not those of the events themselves
        """
        rules = {
            company: self.env['stokiva.message.rule']._get_rules(event or events[:1].event, company.id)
            for company in events.company_id}
        if not any(rules.values()):
            return
        recipients = {
            audience: self._get_recipients(audience, events.work_order_id)
            for audience in {rule[1] for company_rules in rules.values() for rule in company_rules}}
        rows = {}
        for row in events:
            order = row.work_order_id
            for rule_id, audience, channel in rules[row.company_id]:
                for partner, person in recipients[audience][order]:
                    group = (order.group_id or order).id
                    rows.setdefault((group, rule_id, partner.id), {
                        'rule_id': rule_id, 'channel': channel, 'audience': audience,
                        'event': event or row.event, 'work_order_id': order.id, 'group_ref': group,
                        'event_id': row.id, 'partner_id': partner.id, 'personnel_id': person.id,
                        'company_id': row.company_id.id,
                        'dedupe': f'{rule_id}:{row.id}:{partner.id}',
                    })
        if events.work_order_id.group_id:
            rows = self._leave_out_waiting(rows)
        if rows:
            self.sudo().create(list(rows.values()))  # sudo: nobody writes to the outbox but this method
            self._wake_sender()

    @api.model
    def _wake_sender(self):
        """Let the cron run after this transaction's commit."""
        cron_id = self.env['ir.model.data']._xmlid_to_res_id('stokiva_service.ir_cron_message_send')
        # sudo: waking the sender is nobody's right and everybody's consequence
        self.env['ir.cron'].sudo().browse(cron_id)._trigger()

    @api.model
    def _leave_out_waiting(self, rows):
        """Return the rows without those that wait already for another order of the same group."""
        waiting = self.sudo().search([  # sudo: the outbox is read by the office only
            ('state', '=', 'pending'), ('group_ref', 'in', [key[0] for key in rows]),
            ('rule_id', 'in', [key[1] for key in rows])])
        known = {(row.group_ref, row.rule_id.id, row.partner_id.id) for row in waiting}
        return {key: row for key, row in rows.items() if key not in known}

    @api.model
    def _get_recipients(self, audience, orders):
        """Return whom an audience means for orders; to be extended.

        :param str audience: of the rule
        :param orders: stokiva.work.order records in sudo
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

    # === SENDING === #

    @api.model
    def _cron_send(self, batch_size=100):
        """Render and hand over what waits. A failing message never stops the others."""
        domain = [('state', '=', 'pending')]
        messages = self.search(domain, limit=batch_size, order='id')
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        for message in messages:
            message = message.try_lock_for_update().filtered_domain(domain)
            message._deliver_safely()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _deliver_safely(self):
        """Deliver one message in a savepoint, noting a failure on it."""
        try:
            with self.env.cr.savepoint():
                self._deliver()
        except Exception as error:  # a template can raise anything; the row keeps the reason
            _logger.info("Message %s was not sent: %s", self.ids, error)
            self.attempts += 1
            self.error = str(error)[:500]
            if self.attempts >= MAX_ATTEMPTS:
                self.state = 'failed'

    def _deliver(self):
        """Hand messages over to their channel; a channel's addon takes its own rows and calls super.

        Sets ``state`` to sent, or canceled with the reason in ``error``. May raise: the row is tried again.
        """
        for message in self:
            if not message.partner_id.email:
                message._set_canceled(self.env._("%s has no e-mail address.", message.partner_id.name))
            elif message.personnel_id and not message.personnel_id.notify_email:
                message._set_canceled(self.env._("%s does not want e-mails.", message.partner_id.name))
            else:
                message._deliver_email()

    def _deliver_email(self):
        """Queue one e-mail in Odoo's own mail queue."""
        self.ensure_one()
        template = self.rule_id.template_id
        self.env['mail.mail'].create({
            'subject': self._render(template, 'subject'),
            'body_html': self._replace_link(self._render(template, 'body_html')),
            'email_from': self.company_id.email_formatted or self.env.user.email_formatted,
            'recipient_ids': [fields.Command.link(self.partner_id.id)],
            'auto_delete': True,
        })
        self._set_sent()

    def _render(self, template, field):
        """Return a template's text for the message's order in the recipient's language, link still masked.

        :param template: mail.template or sms.template record
        :param str field: name of its text field
        """
        self.ensure_one()
        installed = dict(self.env['res.lang'].get_installed())
        lang = self.lang if self.lang in installed else self.company_id.partner_id.lang
        return template._render_field(
            field, self.work_order_id.ids, set_lang=lang or 'en_US',
            add_context=self._prepare_render_context(lang or 'en_US'))[self.work_order_id.id]

    def _prepare_render_context(self, lang):
        """Return what templates can name besides the order; to be extended.

        :param str lang: code of the recipient's language
        :return: dict with ``recipient``, ``link``, and how the visit ended: ``outcome``, ``outcome_label``
        """
        self.ensure_one()
        outcome = self.event_id._get_payload().get('outcome') if self.event_id else None
        outcomes = dict(self.env['stokiva.visit']._fields['outcome']._description_selection(
            self.with_context(lang=lang).env))
        return {
            'recipient': self.partner_id, 'link': LINK,
            'outcome': outcome, 'outcome_label': outcomes.get(outcome, ""),
        }

    def _replace_link(self, text):
        """Return a rendered text with the real link in place of ``{link}``; only for the hand-over."""
        self.ensure_one()
        if LINK not in (text or ''):
            return text
        return text.replace(LINK, self._get_link())

    def _get_link(self):
        """Return the link that the message carries: to the waiting approval, else to the company's site.

        To be extended by addons that have pages for the audience.
        """
        self.ensure_one()
        if self.audience == 'customer':
            approval = self.work_order_id._get_group().approval_ids.filtered(
                lambda item: item._is_answerable())[:1]
            if approval:
                return approval._get_link()
        return self.work_order_id.get_base_url()

    def _set_sent(self):
        """Note that the channel took the message."""
        self.write({'state': 'sent', 'date_sent': fields.Datetime.now(), 'error': False})

    def _set_canceled(self, reason):
        """Note why the message is not sent at all."""
        self.write({'state': 'canceled', 'error': reason})

    def action_retry(self):
        """Send failed or unsent messages again.

        :raise AccessError: for anybody but dispatchers and managers
        """
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may send messages again."))
        # sudo: rows of the outbox are written by its methods only
        self.sudo().filtered(lambda message: message.state in ('failed', 'canceled')).write(
            {'state': 'pending', 'attempts': 0, 'error': False})
        self._wake_sender()
