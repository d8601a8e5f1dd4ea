from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import approving, audit, media, signatures, tokens
from .stokiva_approval import CLOSED

_lt = LazyTranslate(__name__)

MAX_COMMENT = 4000
# How long a code may be typed, how often, and how many are sent for one order within a day.
CODE_MINUTES = 60
CODE_TRIES = 5
CODES_A_DAY = 5
PROBLEMS = {
    'channel': _lt("An answer cannot come this way."),
    'code': _lt("Type the code that the customer has on his own phone."),
    'document': _lt("Attach what the customer signed."),
    'signature': _lt("This service needs the customer's signature: by the link, on the technician's phone, or on paper."),
}
BAD_SIGNATURES = {
    'too_large': _lt("The signature is too large."),
    'not_a_png': _lt("The signature is not a picture."),
    'empty': _lt("The field for the signature is empty."),
}


class Approval(models.Model):
    """The answer and what proves it: by which channel, who, in which words, with which signature, code or paper."""
    _inherit = 'stokiva.approval'

    answered_at = fields.Datetime("Answered on", readonly=True, index='btree_not_null')
    channel = fields.Selection(
        [
            ('link', "Link"),
            ('sms', "SMS"),
            ('portal', "Portal"),
            ('call', "Telephone"),
            ('on_site', "On site, with code"),
            ('document', "Document"),
            ('silent', "Silent: no answer in time"),
            ('system', "Nobody was asked"),
        ],
        "By", readonly=True)
    ip = fields.Char("IP address", readonly=True, groups='stokiva_service.group_stokiva_manager')
    user_agent = fields.Char(readonly=True, groups='stokiva_service.group_stokiva_manager')
    signature = fields.Binary(attachment=True, readonly=True)
    signed_by = fields.Char(readonly=True)
    comment = fields.Text("Customer's words", readonly=True)
    document = fields.Binary("Signed Paper", attachment=True, readonly=True)
    document_name = fields.Char("File Name", readonly=True)
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Shown by", readonly=True, index='btree_not_null', ondelete='restrict',
        help="On whose phone the customer looked and signed.")
    code_number = fields.Integer("Codes sent", readonly=True, aggregator=None)
    code_sent_at = fields.Datetime(readonly=True)
    code_of_id = fields.Many2one(
        'stokiva.approval', "Code of", readonly=True, index='btree_not_null', ondelete='set null',
        help="The request of the same trip whose code holds for this one, too.")

    def _answer(self, state, given, channel, occurred, roles):
        """Store the customer's answer and return what the log keeps of it.

        :param str state: ``approved`` or ``disputed``
        :param dict given: what the event was given
        :param str channel: key of ``approving.CHANNELS``
        :param datetime occurred: when
        :param roles: of the actor on the order
        :rtype: dict
        :raise UserError: if what he was shown is no longer what stands in the order, or the answer proves nothing
        """
        self.ensure_one()
        if given.get('shown_hash') and given['shown_hash'] != self.shown_hash:
            raise UserError(self.env._("The order has changed. Please look at it again."))
        needs_signature = self.work_order_id.service_type_id.needs_signature
        if problem := approving.problem_of(state, channel, roles, given, needs_signature):
            raise UserError(self.env._(PROBLEMS[problem]))  # pylint: disable=gettext-variable
        # Whoever says no on the technician's phone harms but the technician: only a yes needs the code.
        is_coded = channel == approving.ON_SITE and state == 'approved'
        if is_coded:
            self._check_code(given['code'])
        stars = given.get('stars') or 0
        if stars not in range(6):
            raise UserError(self.env._("Stars go from 1 to 5."))
        signature = self._read_signature(given)
        content, digest = self._read_document(given)
        self.write({
            'state': state, 'answered_at': occurred, 'channel': channel, 'signature': signature,
            'ip': given.get('ip'), 'user_agent': (given.get('user_agent') or '')[:300],
            'signed_by': (given.get('name') or '')[:100], 'comment': (given.get('comment') or '')[:MAX_COMMENT],
            'stars': stars, 'document': content, 'document_name': content and given.get('document_name'),
            'personnel_id': channel == approving.ON_SITE and self._read_personnel(given).id, **CLOSED,
        })
        payload = {
            'approval_id': self.id, 'shown_hash': self.shown_hash, 'stars': stars,
            'signature': signature and audit.sha256(signature), 'name': self.signed_by or None,
            'comment': self.comment or None, 'ip': self.ip or None, 'user_agent': self.user_agent or None,
        }
        if content:
            payload['document'] = digest
        if channel == approving.ON_SITE:
            payload['personnel_id'] = self.personnel_id.id
        if is_coded:
            payload['code_number'] = self._get_coded().code_number
            if self.code_of_id:
                payload['code_of'] = self.code_of_id.id
        if photos := self._store_photos(given):
            payload['photos'] = photos.mapped('sha256')
        return payload

    def _read_signature(self, given):
        """Return the signature in its normal form, False without.

        :raise UserError: if it is no drawing
        """
        if not given.get('signature'):
            return False
        try:
            return signatures.normalise(given['signature'])
        except signatures.BadSignature as error:
            raise UserError(self.env._(  # pylint: disable=gettext-variable
                BAD_SIGNATURES[error.args[0]])) from error

    def _read_personnel(self, given):
        """Return on whose phone the customer answered, nobody where that is not said.

        :return: stokiva.personnel record
        :raise UserError: if there is no such person
        """
        person = self.env['stokiva.personnel'].browse(given.get('personnel_id') or ())
        if person != person.exists():
            raise UserError(self.env._("This value cannot be used: %s.", 'personnel_id'))
        return person

    def _read_document(self, given):
        """Return what is stored of an attached paper, and its hash.

        :return: base64 and SHA-256; False twice without a paper
        :rtype: tuple
        :raise UserError: if it is neither a photo nor a PDF
        """
        if not given.get('document'):
            return False, False
        values = self.env['stokiva.media']._prepare_content({'file': given['document']}, self.company_id)
        if values['media_type'] == media.VIDEO:
            raise UserError(self.env._("Attach a photo or a PDF."))
        return values['image'] or values['file'], values['sha256']

    def _store_photos(self, given):
        """Add the photos with which the customer shows what is wrong to the order.

        :return: stokiva.media records
        """
        return self.env['stokiva.media'].create([
            {'work_order_id': self.work_order_id.id, 'kind': 'complaint', 'image': photo, 'channel': 'customer'}
            for photo in given.get('photos') or ()])

    # === THE CODE ON THE CUSTOMER'S OWN PHONE === #

    def _get_signed_together(self):
        """Return the requests that a customer answers by one signature and one code: his of the same trip, this one first."""
        order = self.work_order_id
        return self._get_page_approvals().filtered(lambda item: (
            item.work_order_id.partner_id == order.partner_id and item.work_order_id.provider_id == order.provider_id))

    def _get_coded(self):
        """Return the request that the code was sent for: this one, or another of the same trip."""
        return self.code_of_id or self

    def _get_code(self):
        """Return the code that was sent last; it is computed and stored nowhere."""
        self.ensure_one()
        coded = self._get_coded()
        return coded._make_code(coded.code_number)

    def _renew_code(self):
        """Let another code hold from now on, for all that is signed together.

        :raise UserError: if there were too many today
        """
        self.ensure_one()
        if not self._is_answerable():
            raise UserError(self.env._("The link of this request has ended. Ask the customer again first."))
        if not self.env['stokiva.throttle']._hit('approval_codes', f'{self.work_order_id.id}', CODES_A_DAY, 24 * 60):
            raise UserError(self.env._(
                "The customer was sent %s codes today. He can still answer by the link.", CODES_A_DAY))
        self.write({'code_number': self.code_number + 1, 'code_sent_at': fields.Datetime.now(), 'code_of_id': False})
        (self._get_signed_together() - self).code_of_id = self

    def _is_code_valid(self):
        """Tell whether a code was sent that may still be typed."""
        self.ensure_one()
        sent_at = self._get_coded().code_sent_at
        return bool(sent_at) and sent_at > fields.Datetime.now() - timedelta(minutes=CODE_MINUTES)

    def _check_code(self, code):
        """Raise unless somebody typed the code. Each try counts, also those that are rolled back.

        :param code: as typed, not trusted
        :raise UserError: telling what to do
        """
        self.ensure_one()
        if not self._is_code_valid():
            raise UserError(self.env._("Send the customer a code first."))
        coded = self._get_coded()
        tries = self.env['stokiva.throttle']._hit(
            'approval_code', f'{self.id}/{coded.id}/{coded.code_number}', CODE_TRIES, CODE_MINUTES)
        if not tries:
            raise UserError(self.env._("Too many wrong codes. Send the customer a new one."))
        if not tokens.is_same(self._get_code(), code):
            raise UserError(self.env._("This is not the code that was sent last."))
