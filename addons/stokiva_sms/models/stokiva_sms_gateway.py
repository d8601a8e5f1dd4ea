import ipaddress
import json
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.addons.sms_twilio.tools.sms_api import SmsApiTwilio

from ..signing import get_reply_signature, get_report_signature
from ..tools import outcomes, presets
from ..tools.runner import Run
from ..tools.sms_api import APIS, SmsApiLog

SYSTEM = 'base.group_system'


class SmsGateway(models.Model):
    """One way by which a company's SMS leave, and by which replies come in."""
    _name = 'stokiva.sms.gateway'
    _inherit = ['stokiva.audited']
    _description = "SMS Gateway"
    _order = 'company_id, sequence, id'
    # Neither secrets, nor what the queue notes.
    _audited_fields = frozenset({
        'active', 'allowed_ips', 'allows_links', 'company_id', 'endpoint', 'http_auth', 'http_format', 'http_method', 'name',
        'number_format', 'provider', 'reply_to', 'sender', 'sequence'})

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="The first that works is used; the others step in when it fails.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    provider = fields.Selection(
        [
            ('log', "Only record"),
            ('kannel', "Kannel"),
            ('http', "HTTP gateway"),
            ('twilio', "Twilio"),
            ('iap', "Odoo"),
        ],
        required=True, default='log',
        help="Accounts of Twilio and Odoo are those of the company, under General Settings.")
    sender = fields.Char(
        help="Name or number that the phone shows. Names have 3 to 11 characters without Turkish letters, must be "
             "approved by the operator, and cannot be answered.")
    reply_to = fields.Char(
        "Replies to", help="Number or short code that customers write to. Without it nobody is asked to reply by SMS.")
    allows_links = fields.Boolean(
        "May send links", compute='_compute_allows_links', store=True, readonly=False, precompute=True,
        help="Operators in Türkiye do not deliver messages from abroad that hold a link.")

    endpoint = fields.Char("URL", groups=SYSTEM)
    username = fields.Char("User", groups=SYSTEM, copy=False)
    password = fields.Char(groups=SYSTEM, copy=False)
    webhook_secret = fields.Char(
        groups=SYSTEM, copy=False, required=True, default=lambda self: secrets.token_hex(32),
        help="Signs the addresses by which the gateway reports and hands in replies.")
    callback_url = fields.Char(
        "Reaches us at", groups=SYSTEM, help="Address of this server as the gateway sees it. If empty, its web address.")
    allowed_ips = fields.Char(
        "May come from", groups=SYSTEM, help="Addresses or networks, separated by commas. If empty, any.")
    reply_url = fields.Char("Address for replies", compute='_compute_reply_url', groups=SYSTEM)

    http_preset = fields.Selection(
        [('netgsm', "Netgsm"), ('iletimerkezi', "İleti Merkezi"), ('verimor', "Verimor")], "Preset",
        help="Made from the vendor's documents, not verified on a live account: send a test message first.")
    http_method = fields.Selection(
        [('POST', "POST"), ('GET', "GET")], compute='_compute_http', store=True, readonly=False, precompute=True)
    http_auth = fields.Selection(
        [('none', "In the body or headers"), ('basic', "Basic")], "Authentication", compute='_compute_http',
        store=True, readonly=False, precompute=True)
    http_format = fields.Selection(
        [('json', "JSON"), ('form', "Form")], "Format", compute='_compute_http', store=True, readonly=False,
        precompute=True)
    number_format = fields.Selection(
        [('e164', "+905321234567"), ('international', "905321234567"), ('national', "5321234567")],
        compute='_compute_http', store=True, readonly=False, precompute=True)
    http_headers = fields.Text("Headers", groups=SYSTEM, help="A line each, “Name: value”.")
    http_body = fields.Text(
        "Body", groups=SYSTEM, compute='_compute_http', store=True, readonly=False, precompute=True,
        help="With {number} {text} {sender} {uuid} {dlr_url} {username} {password} {encoding} {iysfilter} {iys}. JSON, or for a form a "
             "line “name=value” for each field.")
    http_code_path = fields.Char(
        "Code in the answer", compute='_compute_http', store=True, readonly=False, precompute=True,
        help="Where in the JSON of the answer the code stands, e.g. response.status.code. If empty, the HTTP status.")
    http_codes = fields.Text(
        "Codes", compute='_compute_http', store=True, readonly=False, precompute=True,
        help="A line each, code=meaning. Meanings: ok, down, busy, config, number, text, uncertain.")

    health = fields.Selection(
        [('unknown', "Not used yet"), ('ok', "Working"), ('failing', "Failing")], compute='_compute_health')
    blocked_until = fields.Datetime("Rests until", readonly=True, copy=False)
    failures = fields.Integer("Failures in a row", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime("Last failure", readonly=True, copy=False)
    last_success_at = fields.Datetime("Last success", readonly=True, copy=False)
    test_number = fields.Char("Test to", copy=False)

    @api.depends('failures', 'last_success_at', 'last_error_at')
    def _compute_health(self):
        for gateway in self:
            if gateway.failures:
                gateway.health = 'failing'
            else:
                gateway.health = 'ok' if gateway.last_success_at else 'unknown'

    @api.depends('provider')
    def _compute_allows_links(self):
        for gateway in self:
            gateway.allows_links = gateway.provider not in ('twilio', 'iap')

    @api.depends('http_preset')
    def _compute_http(self):
        defaults = self._get_http_defaults()
        for gateway in self:
            preset = presets.PRESETS.get(gateway.http_preset, {})
            for name, value in defaults.items():
                gateway[name] = preset.get(name, value)

    @api.model
    def _get_http_defaults(self):
        """Return the settings of an HTTP gateway without a preset; to be extended with the fields.

        :rtype: dict
        """
        return {
            'http_method': 'POST', 'http_auth': 'basic', 'http_format': 'json', 'number_format': 'e164',
            'http_body': json.dumps({
                'to': '{number}', 'from': '{sender}', 'text': '{text}', 'id': '{uuid}', 'report': '{dlr_url}'}, indent=2),
            'http_code_path': False, 'http_codes': "200=ok\n201=ok\n202=ok"}

    @api.depends('webhook_secret', 'callback_url', 'provider')
    def _compute_reply_url(self):
        for gateway in self:
            gateway.reply_url = gateway._get_reply_url() if gateway._origin.id else False

    @api.constrains('allowed_ips')
    def _check_allowed_ips(self):
        for gateway in self:
            try:
                gateway._get_networks()
            except ValueError as error:
                raise ValidationError(self.env._("“%s” is not an address or network.", gateway.allowed_ips)) from error

    @api.constrains('http_body', 'http_format')
    def _check_http_body(self):
        for gateway in self:
            if gateway.http_format == 'json':
                try:
                    json.loads(gateway.http_body or '{}')
                except ValueError as error:
                    raise ValidationError(self.env._("The body is not JSON: %s.", error)) from error

    @api.constrains('provider', 'endpoint')
    def _check_endpoint(self):
        for gateway in self:
            if gateway.provider in APIS and not (gateway._get_endpoint() or '').startswith(('http://', 'https://')):
                raise ValidationError(self.env._("%s needs a URL that begins with http:// or https://.", gateway.name))

    # === SETTINGS === #

    def _get_endpoint(self):
        """Return the URL that messages are sent to: as typed, else the preset's."""
        return self.endpoint or presets.PRESETS.get(self.provider == 'http' and self.http_preset, {}).get('endpoint')

    def _get_networks(self):
        """Return the networks that webhooks may come from.

        :raise ValueError: if one is none
        """
        return [
            ipaddress.ip_network(part.strip(), strict=False) for part in (self.allowed_ips or '').split(',')
            if part.strip()]

    def _is_allowed_source(self, address):
        """Tell whether webhooks may come from an address."""
        networks = self._get_networks()
        try:
            return not networks or any(ipaddress.ip_address(address) in network for network in networks)
        except ValueError:
            return False

    def _get_base(self):
        """Return the address at which the gateway reaches this server."""
        return (self.callback_url or self.get_base_url()).rstrip('/')

    def _get_reply_url(self):
        """Return the address at which the gateway hands in replies."""
        if self.provider == 'twilio':
            return f'{self._get_base()}/stokiva_sms/{self.id}/twilio'
        signature = get_reply_signature(self.webhook_secret, self.id)
        kind = 'kannel' if self.provider == 'kannel' else 'push'
        return f'{self._get_base()}/stokiva_sms/{self.id}/{kind}/{signature}'

    def _get_settings(self):
        """Return what an API needs, as plain values that outlive the transaction.

        :rtype: dict
        """
        self.ensure_one()
        names = (
            'username', 'password', 'sender', 'http_method', 'http_auth', 'http_format', 'http_headers',
            'http_body', 'http_code_path', 'http_codes', 'number_format')
        base, secret, gateway_id = self._get_base(), self.webhook_secret, self.id

        def report_url(uuid, attempt):
            signature = get_report_signature(secret, gateway_id, uuid)
            return f'{base}/stokiva_sms/{gateway_id}/report/{uuid}/{signature}?n={attempt}'

        return {**{name: self[name] for name in names}, 'endpoint': self._get_endpoint(), 'report_url': report_url}

    def _get_api(self):
        """Return the object that hands messages over, see ``SmsApiBase``."""
        self.ensure_one()
        if self.provider in APIS:
            return APIS[self.provider](self.env, self._get_settings())
        api_class = {'twilio': SmsApiTwilio, 'iap': SmsApi}.get(self.provider, SmsApiLog)
        result = api_class(self.with_company(self.company_id).env)
        result._set_company(self.company_id)
        return result

    def _is_two_way(self):
        """Tell whether people can answer its messages."""
        return bool(self.reply_to) and self.provider != 'iap'

    @api.model
    def _get_runners(self):
        """Return the ways out of all companies, for one run of the queue.

        :rtype: Run
        """
        return Run(self.env)

    # === HEALTH === #

    def _note_success(self):
        """Note that the gateway took a message; one write a minute at most."""
        now = fields.Datetime.now()
        for gateway in self:
            if gateway.failures or not gateway.last_success_at or now - gateway.last_success_at > timedelta(minutes=1):
                gateway.write({'failures': 0, 'blocked_until': False, 'last_success_at': now})

    def _note_failure(self, outcome, reason):
        """Give the gateway a rest, and tell a person when only a person can help.

        :param str outcome: ``down`` or ``config``
        :param str reason: the gateway's words
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.write({
            'failures': self.failures + 1, 'last_error': (reason or '')[:300], 'last_error_at': now,
            'blocked_until': now + timedelta(minutes=outcomes.pause(outcome, self.failures + 1))})
        if outcome == outcomes.CONFIG and self.failures == 1:
            self._warn()

    def _warn(self):
        """Tell the company's dispatcher, once a failure, that messages wait for a person."""
        user = self.company_id._stokiva_get_dispatcher()
        if user:
            gateway = self.with_context(lang=user.lang or self.env.lang)
            user.partner_id.activity_schedule(
                'mail.mail_activity_data_warning', user_id=user.id,
                summary=gateway.env._("SMS gateway %s refuses messages", gateway.name), note=gateway.last_error)

    # === ACTIONS === #

    def action_test(self):
        """Send a test message through this gateway, whatever else the company uses.

        :return: an action that shows the journal
        :rtype: dict
        :raise UserError: without a valid number to send to
        """
        self.ensure_one()
        self.check_access('write')
        number = self.company_id._phone_format(number=self.test_number, country=self.company_id.country_id)
        if not number:
            raise UserError(self.env._("Enter the mobile number that the test goes to."))
        sms = self.env['sms.sms'].create({
            'number': number, 'record_company_id': self.company_id.id, 'stokiva_gateway_id': self.id,
            'body': self.env._("Test message of %(company)s by %(gateway)s. çğıöşü", company=self.company_id.name, gateway=self.name),
        })
        self.env['stokiva.sms.log']._record_queued(sms)
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_sms.stokiva_sms_log_action')
        return dict(action, domain=[('uuid', '=', sms.uuid)])

    def action_unblock(self):
        """Let messages try the gateway again at once."""
        self.check_access('write')
        self.write({'blocked_until': False, 'failures': 0})
        self.env['sms.sms']._wake_queue()

    def action_new_secret(self):
        """Make the addresses of reports and replies invalid, and give new ones."""
        self.check_access('write')
        for gateway in self:
            gateway.webhook_secret = secrets.token_hex(32)
