import json
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import audit, config, labels, tokens, workflow

MAX_COMMENT = 4000
MAX_SIGNATURE = 400_000
QUOTABLE = workflow.TABLE['quote'].sources
# What a quote shows besides the order itself; it stays when the order changes.
QUOTE_KEYS = ('text', 'lump_sum', 'diagnosis_fee', 'diagnosis_price')


class Approval(models.Model):
    _name = 'stokiva.approval'
    _description = "Request for the Customer's Approval"
    _order = 'id desc'
    _check_company_auto = True

    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, ondelete='restrict', readonly=True)
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, precompute=True, index=True)
    kind = fields.Selection([('quote', "Quote"), ('work', "Work")], required=True, readonly=True)
    state = fields.Selection(
        [
            ('pending', "Waiting"),
            ('approved', "Approved"),
            ('disputed', "Refused"),
            ('void', "Void"),
            ('expired', "Expired"),
        ],
        default='pending', required=True, readonly=True, index=True)
    nonce = fields.Char(required=True, readonly=True, groups='base.group_system')
    token_hash = fields.Char(readonly=True, groups='base.group_system')
    expires_at = fields.Datetime("Link valid until", required=True, readonly=True)
    shown = fields.Text("Shown to the customer", required=True, readonly=True, help="Canonical JSON.")
    shown_hash = fields.Char("SHA-256 of what was shown", required=True, readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True)
    channel = fields.Char(readonly=True)
    ip = fields.Char("IP address", readonly=True, groups='stokiva_service.group_stokiva_manager')
    user_agent = fields.Char(readonly=True, groups='stokiva_service.group_stokiva_manager')
    signature = fields.Binary(attachment=True, readonly=True)
    signed_by = fields.Char(readonly=True)
    comment = fields.Text("Customer's words", readonly=True)
    stars = fields.Integer(readonly=True, aggregator=None, help="1 to 5; 0 when the customer gave none.")
    channel_label = fields.Char("By", compute='_compute_labels')
    stars_text = fields.Char("Satisfaction", compute='_compute_labels')

    _token_hash_uniq = models.UniqueIndex('(token_hash) WHERE token_hash IS NOT NULL')
    _one_pending = models.UniqueIndex("(work_order_id, kind) WHERE state = 'pending'")
    _stars_range = models.Constraint('CHECK(stars BETWEEN 0 AND 5)', "Stars go from 1 to 5.")

    @api.depends('work_order_id.name', 'kind')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for approval in self:
            approval.display_name = f"{approval.work_order_id.name} · {labels.get(approval.kind, '')}"

    @api.depends('channel', 'stars')
    @api.depends_context('lang')
    def _compute_labels(self):
        for approval in self:
            approval.channel_label = labels.label(self.env, labels.CHANNELS, approval.channel)
            approval.stars_text = "★" * approval.stars + "☆" * (5 - approval.stars) if approval.stars else False

    @api.model
    def _request(self, orders, kind, extra=None):
        """Ask the customers: void what is pending of the kind and make a new request per order.

        :param orders: stokiva.work.order records in sudo
        :param str kind: ``quote`` or ``work``
        :param dict extra: added to what is shown
        :return: stokiva.approval records
        """
        orders.approval_ids.filtered(lambda approval: approval.kind == kind)._void()
        orders.approval_ids.flush_recordset(['state'])  # only one may wait: the old ones end before it begins
        values = []
        for order in orders:
            shown = audit.canonical(dict(order._get_shown_content(), kind=kind, **(extra or {})))
            values.append({
                'work_order_id': order.id, 'kind': kind, 'nonce': secrets.token_hex(16), 'shown': shown,
                'shown_hash': audit.sha256(shown),
                'expires_at': fields.Datetime.now() + timedelta(days=order.service_type_id.approval_days or 7),
            })
        approvals = self.sudo().create(values)  # sudo: only the door makes requests, for any actor
        for approval in approvals:
            approval.token_hash = tokens.hashed(approval._get_token())
        return approvals

    def _get_shown(self):
        """Return what the customer was shown.

        :return: see ``stokiva.work.order._get_shown_content``
        :rtype: dict
        """
        self.ensure_one()
        return json.loads(self.shown)

    def _refresh_quote(self):
        """Replace a waiting quote after the order changed, with the same words; end it when nothing is charged."""
        for approval in self.filtered(lambda item: item.kind == 'quote' and item.state == 'pending'):
            order, shown = approval.work_order_id, approval._get_shown()
            if 'lump_sum' not in shown and not order.amount_charged:
                approval._void()
                order.sla_paused = False
                continue
            kept = {key: shown[key] for key in QUOTE_KEYS if key in shown}
            if 'lump_sum' in kept:
                kept |= {'amount': kept['lump_sum'], 'untaxed': None, 'taxes': []}
            self._request(order, 'quote', kept)

    @api.model
    def _get_quoted_orders(self, orders):
        """Return those of the orders whose quote waits for the customer."""
        orders = orders.filtered(lambda order: order.state in QUOTABLE)
        return orders and self.search([
            ('work_order_id', 'in', orders.ids), ('kind', '=', 'quote'), ('state', '=', 'pending'),
        ]).work_order_id

    def _get_token(self):
        """Return the token of the link; needs the server's secret.

        :raise UserError: if no secret is configured
        """
        self.ensure_one()
        secret = config.get_secret()
        if not secret:
            raise UserError(self.env._(
                "Links to customers cannot be signed: set “secret” in the section [stokiva] of odoo.conf."))
        return tokens.make(secret, self.id, self.nonce)

    def _get_link(self):
        """Return the absolute URL of the customer's page.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.work_order_id.get_base_url()}/o/{self._get_token()}"

    @api.model
    def _find_by_token(self, token):
        """Return the request that a token opens, in sudo, whatever its state; else an empty record.

        :param str token: from the URL, not trusted
        """
        # sudo: the token is the customer's right; what is shown of the record is the page's business
        return self.sudo().search([('token_hash', '=', tokens.hashed(token))], limit=1)

    def _is_answerable(self):
        """Tell whether the request can still be answered."""
        return bool(self) and self.state == 'pending' and self.expires_at > fields.Datetime.now()

    def _get_page_approvals(self):
        """Return the requests that one page asks together: those of the group that wait, this one first."""
        self.ensure_one()
        group = self.work_order_id._get_group()
        others = (group - self.work_order_id).approval_ids.filtered(
            lambda approval: approval.kind == self.kind and approval._is_answerable())
        return self | others.sorted('work_order_id')

    def _answer(self, state, given, channel, occurred):
        """Store the customer's answer and return what the log keeps of it.

        :raise UserError: if what he was shown is no longer what stands in the order
        """
        self.ensure_one()
        if given.get('shown_hash') and given['shown_hash'] != self.shown_hash:
            raise UserError(self.env._("The order has changed. Please look at it again."))
        signature = given.get('signature') or False
        if signature and len(signature) > MAX_SIGNATURE:
            raise UserError(self.env._("The signature is too large."))
        stars = given.get('stars') or 0
        if stars not in range(6):
            raise UserError(self.env._("Stars go from 1 to 5."))
        self.write({
            'state': state, 'answered_at': occurred, 'channel': channel, 'signature': signature,
            'ip': given.get('ip'), 'user_agent': (given.get('user_agent') or '')[:300],
            'signed_by': (given.get('name') or '')[:100], 'comment': (given.get('comment') or '')[:MAX_COMMENT],
            'stars': stars,
        })
        return {
            'approval_id': self.id, 'shown_hash': self.shown_hash, 'stars': stars,
            'signature': signature and audit.sha256(signature), 'name': self.signed_by or None,
            'comment': self.comment or None, 'ip': self.ip or None, 'user_agent': self.user_agent or None,
        }

    def _void(self):
        """End requests that wait: what they show is no longer asked."""
        waiting = self.filtered(lambda approval: approval.state == 'pending')
        waiting.write({'state': 'void'})

    @api.model
    def _cron_expire(self, batch_size=500):
        """Mark requests whose link has ended."""
        domain = [('state', '=', 'pending'), ('expires_at', '<', fields.Datetime.now())]
        approvals = self.search(domain, limit=batch_size)
        approvals.write({'state': 'expired'})
        self.env['ir.cron']._commit_progress(len(approvals), remaining=self.search_count(domain))
