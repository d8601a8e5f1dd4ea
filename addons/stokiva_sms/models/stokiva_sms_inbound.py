import hashlib
import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
MAX_TEXT = 2000
KEPT_DAYS = 730


class SmsInbound(models.Model):
    """SMS that came in. The web request only adds a row; a cron reads it."""
    _name = 'stokiva.sms.inbound'
    _description = "Received SMS"
    _order = 'id desc'
    _rec_name = 'number_raw'
    _log_access = False

    gateway_id = fields.Many2one('stokiva.sms.gateway', readonly=True, ondelete='set null', index='btree_not_null')
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    message_ref = fields.Char("Gateway's own number", readonly=True)
    number_raw = fields.Char("From", readonly=True, help="As received.")
    number = fields.Char(readonly=True, help="E.164.")
    number_to = fields.Char("To", readonly=True)
    text = fields.Text(readonly=True)
    source_ip = fields.Char("Handed in by", readonly=True, groups='base.group_system')
    received_at = fields.Datetime("Received on", required=True, readonly=True)
    dedupe = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ('new', "New"),
            ('done', "Carried out"),
            ('stopped', "Wants no more SMS"),
            ('unclear', "Not understood"),
            ('late', "Too late"),
            ('wrong_code', "Wrong code"),
            ('unmatched', "Nothing was asked"),
            ('ignored', "Ignored"),
        ],
        default='new', required=True, readonly=True)
    verdict = fields.Selection(
        [('approve', "Yes"), ('reject', "No"), ('stop', "Stop"), ('unclear', "Unclear")], readonly=True)
    question_id = fields.Many2one(
        'stokiva.sms.question', "Answers", readonly=True, ondelete='set null', index='btree_not_null')
    work_order_id = fields.Many2one(
        'stokiva.work.order', readonly=True, ondelete='set null', index='btree_not_null')
    partner_id = fields.Many2one(
        'res.partner', "Sender", readonly=True, ondelete='set null', index='btree_not_null')
    note = fields.Char(readonly=True, help="Why it was not carried out.")
    is_answered = fields.Boolean("Answered by itself", readonly=True)
    is_open = fields.Boolean(
        "Waits for a person", readonly=True, help="Nobody has looked into it yet.")
    handled_by = fields.Many2one('res.users', "Looked into by", readonly=True, ondelete='set null')

    _dedupe_uniq = models.UniqueIndex('(dedupe)')
    # A number that writes without end is counted all the same.
    _number_idx = models.Index('(number, state, received_at) WHERE number IS NOT NULL')
    _new_idx = models.Index("(id) WHERE state = 'new'")
    _open_idx = models.Index("(company_id, id) WHERE is_open")

    @api.model
    def _store(self, company, gateway, sender, recipient, text, ref='', source_ip=False):
        """Keep what came in, once, and wake what reads it. Adds rows only, so it can conflict with nothing.

        :param company: res.company that owns the number
        :param gateway: stokiva.sms.gateway record, may be empty
        :param str sender: as received
        :param str recipient: as received
        :param str text: as received
        :param str ref: the gateway's own number of the message; without one, the content of the same minute counts
        :param str source_ip: who handed it in
        """
        now = fields.Datetime.now()
        sender, recipient, text, ref = (
            (value or '').replace('\0', '')[:size]
            for value, size in ((sender, 40), (recipient, 40), (text, MAX_TEXT), (ref, 100)))
        content = '\0'.join((sender, recipient, text, now.strftime('%Y-%m-%d %H:%M')))
        dedupe = f'{gateway.id}:{ref or hashlib.sha256(content.encode()).hexdigest()}'
        added = self.env.execute_query(SQL(
            """INSERT INTO stokiva_sms_inbound (company_id, gateway_id, message_ref, number_raw, number_to, text,
                                                source_ip, received_at, dedupe, state)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'new') ON CONFLICT (dedupe) DO NOTHING RETURNING id""",
            company.id, gateway.id or None, ref, sender, recipient, text, source_ip or None, now, dedupe))
        if added:
            cron_id = self.env['ir.model.data']._xmlid_to_res_id('stokiva_sms.ir_cron_sms_inbound')
            # sudo: a reply comes in without a user
            self.env['ir.cron'].sudo().browse(cron_id)._trigger()

    @api.model
    def _cron_read(self, batch_size=200):
        """Read what came in, in order. What fails keeps nothing else back."""
        domain = [('state', '=', 'new')]
        rows = self.search(domain, limit=batch_size, order='id')
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=self.search_count(domain))
        for row in rows:
            try:
                row.try_lock_for_update().filtered(lambda item: item.state == 'new')._read_reply()
                self.env.flush_all()
            except SerializationFailure:  # somebody answers at the same moment: read again a minute later
                self.env.cr.rollback()
            if not progress(1):
                break

    def action_handled(self):
        """Note that somebody looked into it.

        :raise AccessError: for anybody but dispatchers and managers
        """
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        # sudo: rows are written by their own methods only
        self.sudo().write({'is_open': False, 'handled_by': self.env.user.id})

    @api.autovacuum
    def _gc_old(self):
        """Delete what was received long ago."""
        old = self.search([('received_at', '<', fields.Datetime.now() - timedelta(days=KEPT_DAYS))], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000
