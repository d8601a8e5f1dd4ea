from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html

from .. import segments
from ..masking import mask

# In which states a report is no news.
IGNORED = {
    'queued': {'queued', 'sent', 'delivered'},
    'sent': {'sent', 'delivered'},
    'unconfirmed': {'unconfirmed', 'delivered', 'failed', 'canceled', 'queued'},
    'delivered': {'delivered'},
    'failed': {'failed', 'delivered'},
    'canceled': {'canceled', 'sent', 'delivered'},
}
# Odoo's queue learns of the end of a message from nobody else.
LOG_TO_SMS = {'delivered': 'sent', 'failed': 'error'}


class SmsLog(models.Model):
    """Journal of SMS. Outlives the rows of Odoo's queue, and never holds a link's token."""
    _name = 'stokiva.sms.log'
    _description = "SMS"
    _order = 'id desc'
    _rec_name = 'number'
    _check_company_auto = True

    uuid = fields.Char(
        "UUID", required=True, readonly=True, copy=False, default=lambda self: uuid4().hex,
        help="The same as in Odoo's SMS queue and in delivery reports.")
    message_id = fields.Many2one(
        'stokiva.message', "Outbox", index='btree_not_null', readonly=True, ondelete='set null')
    work_order_id = fields.Many2one(
        'stokiva.work.order', index='btree_not_null', readonly=True, ondelete='set null', check_company=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    event = fields.Char(readonly=True)
    audience = fields.Char(readonly=True)
    event_label = fields.Char("About", related='message_id.event_label')
    audience_label = fields.Char("As", related='message_id.audience_label')
    partner_id = fields.Many2one(
        'res.partner', "Recipient", index='btree_not_null', readonly=True, ondelete='set null')
    number = fields.Char(readonly=True, index='btree_not_null')
    lang = fields.Char("Language", readonly=True)
    body = fields.Text("Text", readonly=True, help="As sent, but with {link} in place of the real link.")
    encoding = fields.Selection([('gsm7', "GSM-7"), ('ucs2', "UCS-2")], readonly=True)
    characters = fields.Integer(
        readonly=True, aggregator=None, help="As counted on the air, with what operators append.")
    parts = fields.Integer(readonly=True, help="Messages that operators count and bill.")
    gateway = fields.Selection('_get_gateways', readonly=True)
    gateway_id = fields.Many2one(
        'stokiva.sms.gateway', "By", index='btree_not_null', readonly=True, ondelete='set null')
    gateway_ref = fields.Char("Gateway's Reference", readonly=True, copy=False)
    polled_at = fields.Datetime("Asked for on", readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, aggregator=None)
    is_uncertain = fields.Boolean(
        "Perhaps sent twice", readonly=True,
        help="The gateway or this server fell silent while the message was handed over: it was sent once more.")
    valid_until = fields.Datetime(readonly=True, help="Not sent later than this: it would mislead.")
    state = fields.Selection(
        [
            ('queued', "In queue"),
            ('sent', "Sent"),
            ('delivered', "Delivered"),
            ('unconfirmed', "Not confirmed"),
            ('failed', "Failed"),
            ('canceled', "Not sent"),
        ],
        default='queued', required=True, readonly=True)
    reason = fields.Char(readonly=True)
    date_sent = fields.Datetime("Sent on", readonly=True)
    date_done = fields.Datetime("Ended on", readonly=True)

    _uuid_uniq = models.UniqueIndex('(uuid)')
    _poll_idx = models.Index("(gateway_id, polled_at NULLS FIRST, id) WHERE state = 'sent' AND gateway_ref IS NOT NULL")
    _state_idx = models.Index('(state, id)')

    @api.model
    def _get_gateways(self):
        """Return the selection of gateways: the providers that a company may choose, and those of its own gateways."""
        providers = dict(self.env['res.company']._fields['sms_provider']._description_selection(self.env))
        providers.update(self.env['stokiva.sms.gateway']._fields['provider']._description_selection(self.env))
        return list(providers.items())

    # === ACTIONS === #

    def action_simulate_delivery(self):
        """Act as if the recorded messages had reached their phones.

        :raise AccessError: for anybody but dispatchers and managers
        :raise UserError: if a message was not taken by the gateway that only records
        """
        self._simulate('delivered')

    def action_simulate_failure(self):
        """Act as if the operator had reported the recorded messages as not delivered.

        :raise AccessError: for anybody but dispatchers and managers
        :raise UserError: if a message was not taken by the gateway that only records
        """
        self._simulate('failed')

    def _simulate(self, state):
        """Apply a made-up delivery report: ``delivered`` or ``failed``."""
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may simulate delivery reports."))
        if any(log.gateway != 'log' or log.state != 'sent' for log in self):
            raise UserError(self.env._(
                "Reports are simulated only for messages that the recording gateway has taken."))
        # sudo: reports change Odoo's queue and trackers, which belong to the system
        trackers = self.env['sms.tracker'].sudo().search([('sms_uuid', 'in', self.mapped('uuid'))])
        if state == 'delivered':
            trackers._action_update_from_sms_state('sent')
        else:
            trackers._action_update_from_provider_error('not_delivered')
        # Messages to mere numbers have no tracker that would tell the journal.
        self.sudo()._set_state(state)  # sudo: the journal is written by its own methods only

    def action_resend(self):
        """Send messages again that did not reach their phones.

        Those of the outbox are written anew, with what is true now.

        :raise AccessError: for anybody but dispatchers and managers
        """
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may send messages again."))
        dead = self.filtered(lambda log: log.state in ('failed', 'canceled'))
        dead.message_id.action_retry()
        # sudo: Odoo's queue belongs to the system
        others = self.env['sms.sms'].sudo().search([
            ('uuid', 'in', dead.filtered(lambda log: not log.message_id).mapped('uuid')), ('state', '=', 'error')])
        others._requeue()

    # === BUSINESS === #

    def _warn(self):
        """Tell the dispatcher that a customer was not reached; once, while he has not looked into it."""
        for order in self.filtered(lambda log: log.audience == 'customer').work_order_id:
            kind = self.env.ref('stokiva_sms.mail_activity_type_sms')
            if kind not in order.activity_ids.activity_type_id:
                user = order._get_dispatcher()
                own = order.with_context(lang=user.lang or order.company_id.partner_id.lang)
                own.activity_schedule(
                    'stokiva_sms.mail_activity_type_sms', user_id=user.id,
                    summary=own.env._("SMS to the customer failed: call or write"), note=self[:1].reason or '')

    def _queue(self, text):
        """Put the message into Odoo's queue and a note with the masked text on the order.

        :param str text: the text with the real link; Odoo's queue is the only place that keeps it
        """
        self.ensure_one()
        note = self.work_order_id._message_log_batch(
            {self.work_order_id.id: sms_content_to_rendered_html(self.body)},
            message_type='sms', partner_ids=self.partner_id.ids)
        sms = self.env['sms.sms'].create({
            'uuid': self.uuid,
            'number': self.number,
            'body': text,
            'partner_id': self.partner_id.id,
            'mail_message_id': note.id,
            'record_company_id': self.company_id.id,
            'stokiva_valid_until': self.valid_until,
            'stokiva_is_commercial': self.message_id.rule_id.consent == 'commercial',
        })
        self.env['mail.notification'].create({
            'author_id': note.author_id.id,
            'mail_message_id': note.id,
            'res_partner_id': self.partner_id.id,
            'sms_number': self.number,
            'notification_type': 'sms',
            'sms_id_int': sms.id,
            'sms_tracker_ids': [Command.create({'sms_uuid': self.uuid})],
            'is_read': True,
            'notification_status': 'ready',
        })

    def _queue_plain(self, text):
        """Put a message into Odoo's queue that belongs to no event.

        :param str text: what is sent
        """
        self.ensure_one()
        self.env['sms.sms'].create({
            'uuid': self.uuid, 'number': self.number, 'body': text, 'partner_id': self.partner_id.id,
            'record_company_id': self.company_id.id, 'stokiva_valid_until': self.valid_until})

    @api.model
    def _record_queued(self, sms):
        """Note a message that somebody put into Odoo's queue himself."""
        # sudo: the journal is written by its own methods only
        gateway = sms.stokiva_gateway_id
        return self.sudo().create({
            'uuid': sms.uuid, 'company_id': sms.record_company_id.id, 'number': sms.number,
            'gateway_id': gateway.id, 'gateway': gateway.provider,
            **self._prepare_text_values(sms.body, sms.number)})

    @api.model
    def _prepare_text_values(self, text, number):
        """Return what is stored of a text: masked, with its size on the way to a number.

        :param str text: the text with the real link
        :param str number: E.164
        """
        size = segments.measure(text, segments.suffix_for(number))
        return {
            'body': mask(text), 'encoding': size.encoding, 'characters': size.length, 'parts': size.parts}

    @api.model
    def _record(self, sms, runner=None):
        """Note that a message is being handed over, with a row if it did not come from the outbox.

        :param sms: sms.sms record
        :param runner: the way out, see ``tools.runner``
        :return: the journal's row
        """
        log = self.search([('uuid', '=', sms.uuid)])
        values = {'attempts': sms.stokiva_attempts}
        if runner:
            values.update(gateway=runner.provider, gateway_id=runner.gateway_id)
        if log:
            log.write(values)
            return log
        return self.create({
            'uuid': sms.uuid, 'company_id': sms._get_sms_company().id, 'partner_id': sms.partner_id.id,
            'number': sms.number, **self._prepare_text_values(sms.body or '', sms.number or ''), **values})

    def _set_state(self, state, reason=False):
        """Note what became of messages, here, in Odoo's queue and in the outbox; old news change nothing.

        :param str state: key of ``state``
        :param reason: why it failed
        """
        logs = self.filtered(lambda log: log.state not in IGNORED[state])
        if not logs:
            return
        moment = fields.Datetime.now()
        values = {'state': state, 'reason': reason}
        if state == 'sent':
            values['date_sent'] = moment
        elif state not in ('queued', 'unconfirmed'):
            values['date_done'] = moment
        logs.write(values)
        if state == 'unconfirmed':
            return
        if state in LOG_TO_SMS:
            self.env['sms.sms'].search([('uuid', 'in', logs.mapped('uuid'))]).state = LOG_TO_SMS[state]
        if state == 'failed':
            logs.message_id.write({'state': 'failed', 'error': reason})
            logs._warn()
        elif state == 'canceled':
            logs.message_id._set_canceled(reason or self.env._("Canceled in the SMS queue."))
        else:
            logs.message_id.filtered(lambda message: message.state != 'sent')._set_sent()
