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
    event_label = fields.Char("When", related='message_id.event_label')
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
    state = fields.Selection(
        [
            ('queued', "In queue"),
            ('sent', "Sent"),
            ('delivered', "Delivered"),
            ('failed', "Failed"),
            ('canceled', "Not sent"),
        ],
        default='queued', required=True, readonly=True)
    reason = fields.Char(readonly=True)
    date_sent = fields.Datetime("Sent on", readonly=True)
    date_done = fields.Datetime("Ended on", readonly=True)

    _uuid_uniq = models.UniqueIndex('(uuid)')
    _state_idx = models.Index('(state, id)')

    @api.model
    def _get_gateways(self):
        """Return the selection of gateways: those that a company may choose."""
        return self.env['res.company']._fields['sms_provider']._description_selection(self.env)

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

    # === BUSINESS === #

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
    def _record_taken(self, messages, company, gateway):
        """Note what a gateway takes, with rows for SMS that did not come from the outbox.

        :param list messages: as for ``SmsApiBase._send_sms_batch``
        :param company: res.company that sends
        :param str gateway: its key
        """
        numbers = {
            number['uuid']: (number['number'], message['content'])
            for message in messages for number in message['numbers']}
        known = self.search([('uuid', 'in', list(numbers))])
        known.filtered(lambda log: log.gateway != gateway).gateway = gateway
        others = self.env['sms.sms'].search([('uuid', 'in', list(numbers.keys() - set(known.mapped('uuid'))))])
        values = []
        for sms in others:
            number, text = numbers[sms.uuid]
            values.append({
                'uuid': sms.uuid, 'company_id': company.id, 'partner_id': sms.partner_id.id, 'number': number,
                'gateway': gateway, 'state': 'sent', 'date_sent': fields.Datetime.now(),
                **self._prepare_text_values(text or '', number or ''),
            })
        self.create(values)

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
        elif state != 'queued':
            values['date_done'] = moment
        logs.write(values)
        if state in LOG_TO_SMS:
            self.env['sms.sms'].search([('uuid', 'in', logs.mapped('uuid'))]).state = LOG_TO_SMS[state]
        if state == 'failed':
            logs.message_id.write({'state': 'failed', 'error': reason})
        elif state == 'canceled':
            logs.message_id._set_canceled(reason or self.env._("Canceled in the SMS queue."))
        else:
            logs.message_id.filtered(lambda message: message.state != 'sent')._set_sent()
