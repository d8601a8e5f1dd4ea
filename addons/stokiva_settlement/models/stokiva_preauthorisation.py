from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.stokiva_service import figures

from .. import preauthorising, rates
from .stokiva_preauthorisation_rule import KINDS

MAX_TEXT = 2000
DECIDERS = ('stokiva_service.group_stokiva_dispatcher', 'stokiva_service.group_stokiva_settlement')


class Preauthorisation(models.Model):
    """What a provider asked before doing it, and the answer, by a rule or by a person."""
    _name = 'stokiva.preauthorisation'
    _inherit = ['stokiva.guarded', 'stokiva.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Pre-authorisation"
    _order = 'id desc'
    _rec_names_search = ['name', 'work_order_id.name']
    _check_company_auto = True

    _protected_fields = frozenset({
        'name', 'work_order_id', 'provider_id', 'company_id', 'kind', 'workmanship_id', 'product_id', 'what', 'quantity',
        'amount', 'reason', 'state', 'granted_quantity', 'granted_amount', 'answer', 'rule_id', 'asked_by_id',
        'decided_at', 'decided_by_id',
    })

    name = fields.Char("Number", required=True, readonly=True, copy=False, index='trigram')
    work_order_id = fields.Many2one(
        'stokiva.work.order', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    device_id = fields.Many2one(related='work_order_id.device_id')
    provider_id = fields.Many2one(
        'stokiva.provider', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(KINDS, "For", required=True, readonly=True)
    workmanship_id = fields.Many2one(
        'stokiva.workmanship', readonly=True, index='btree_not_null', ondelete='restrict', check_company=True)
    product_id = fields.Many2one(
        'product.product', "Part", readonly=True, index='btree_not_null', ondelete='restrict', check_company=True)
    what = fields.Char("Asked for", required=True, readonly=True)
    quantity = fields.Float(digits='Product Unit', required=True, readonly=True, help="In all: hours, pieces, kilometres.")
    amount = fields.Monetary("Expected amount", readonly=True, help="Without tax. 0: not said.")
    reason = fields.Text("Why it is needed", required=True, readonly=True)
    asked_by_id = fields.Many2one('res.users', "Asked by", readonly=True)
    create_date = fields.Datetime("Asked on", readonly=True)
    state = fields.Selection(
        [
            (preauthorising.ASKED, "Asked"),
            (preauthorising.GRANTED, "Granted"),
            (preauthorising.REFUSED, "Refused"),
        ],
        required=True, readonly=True, default=preauthorising.ASKED, tracking=True)
    granted_quantity = fields.Float(digits='Product Unit', readonly=True)
    granted_amount = fields.Monetary(readonly=True, help="Paid at most. 0: what the rate card says.")
    answer = fields.Char(readonly=True, tracking=True)
    rule_id = fields.Many2one(
        'stokiva.preauthorisation.rule', "Granted by rule", readonly=True, index='btree_not_null', ondelete='restrict')
    decided_at = fields.Datetime("Answered on", readonly=True)
    decided_by_id = fields.Many2one('res.users', "Answered by", readonly=True)

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "Ask for more than nothing.")
    _amounts_positive = models.Constraint(
        'CHECK(amount >= 0 AND granted_amount >= 0 AND granted_quantity >= 0)', "An amount cannot be negative.")
    _waiting_idx = models.Index("(company_id, id DESC) WHERE state = 'asked'")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Pre-authorisations are kept as evidence."))

    # === ANSWERING === #

    def action_grant(self):
        """Ask how much, and grant.

        :return: an action that opens the question
        :rtype: dict
        """
        return self._open_answer('grant', self.env._("Grant"))

    def action_refuse(self):
        """Ask why, and refuse.

        :return: an action that opens the question
        :rtype: dict
        """
        return self._open_answer('refuse', self.env._("Refuse"))

    def _open_answer(self, kind, name):
        self.ensure_one()
        self._check_state(preauthorising.ASKED)
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'stokiva.preauthorisation.answer',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_request_id': self.id, 'default_kind': kind},
        }

    def _grant(self, quantity=None, amount=None, answer=None):
        """Let the provider do it.

        :param float quantity: how many in all, default as asked for
        :param float amount: what is paid for it at most; 0: what the rate card says; default as asked for
        :param str answer: more about it
        :raise UserError: if it was answered already, or for nothing
        """
        quantity = self.quantity if quantity is None else rates.round_cents(quantity)
        amount = self.amount if amount is None else self.currency_id.round(amount)
        if quantity <= 0 or amount < 0:
            raise UserError(self.env._("Grant more than nothing, or refuse it."))
        self._decide(preauthorising.GRANTED, answer, {'granted_quantity': quantity, 'granted_amount': amount})

    def _refuse(self, answer):
        """Say no.

        :param str answer: why
        :raise UserError: if it was answered already, or the reason is missing
        """
        if not (answer or "").strip():
            raise UserError(self.env._("Say why, the provider may ask for it."))
        self._decide(preauthorising.REFUSED, answer, {})

    def _decide(self, state, answer, values):
        """Note the answer of a person, and tell the provider."""
        self.ensure_one()
        self._check_state(preauthorising.ASKED)
        if not any(self.env.user.has_group(group) for group in DECIDERS):
            raise AccessError(self.env._("Only dispatchers and settlement officers answer pre-authorisations."))
        self._write_protected({
            **values, 'state': state, 'answer': (answer or "").strip()[:MAX_TEXT], 'decided_at': fields.Datetime.now(),
            'decided_by_id': self.env.uid})
        self.activity_feedback(['mail.mail_activity_data_todo'])
        speaker = self.with_context(lang=self.provider_id.partner_id.lang or self.company_id.partner_id.lang)
        text = (
            speaker.env._("Granted: %s", speaker._describe_grant()) if state == preauthorising.GRANTED
            else speaker.env._("Refused: %s", self.what))
        # sudo: officers only read offers
        self.work_order_id.sudo()._tell_provider(" – ".join(filter(None, [text, self.answer])))

    def _describe_grant(self):
        """Return what was granted: what, how many, and at most how much."""
        self.ensure_one()
        text = f"{self.what}, {figures.spell(self.env, self.granted_quantity)}"
        return self.env._(
            "%(what)s, at most %(amount)s", what=text, amount=self.currency_id.format(self.granted_amount)
        ) if self.granted_amount else text

    # === FOR CLAIMS === #

    def _get_reason(self):
        """Return why less is paid than was claimed, in the language of the context."""
        self.ensure_one()
        if self.state == preauthorising.REFUSED:
            text = self.env._("%(request)s was refused", request=self.name)
        else:
            text = self.env._("%(request)s granted %(what)s", request=self.name, what=self._describe_grant())
        return ": ".join(filter(None, [text, self.answer]))

    def _to_answer(self, factor=1.0):
        """Return the request as ``preauthorising.py`` knows it.

        :param float factor: from the company's currency into that of the claims
        """
        self.ensure_one()
        return preauthorising.Answer(
            self.kind, (self.workmanship_id or self.product_id).id or None, self.state, self.granted_quantity,
            self.granted_amount * factor)
