from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.stokiva_service import workflow

# How far the first statement of each provider has come; those not named wait in a draft.
STAGES = {'kadikoy': 'paid', 'cankaya': 'paid', 'uskudar': 'billed', 'maltepe': 'confirmed', 'konak': 'closed'}
# Their second ones, in turn.
LATER_STAGES = ('objected', 'sent')
# What providers ask for before doing it: device, kind, quantity, amount, what and why, and what the office says.
REQUESTS = (
    ('mehmet_fr72', 'distance', 24, 0, False, "Köprü kapalı, çevre yolundan gidiliyor", None),
    ('ali_bm600', 'part', 1, 1450, "Sirkülasyon motoru", "Keçesi yanmış, motor su alıyor", None),
    ('orhan_oc60', 'part', 1, 2200, "Brülör takımı", "Alev düzensiz", "Önce yalnız termokupl değişsin"),
)


class Demo(models.AbstractModel):
    _inherit = 'stokiva.demo'

    @api.model
    def _load_settlements(self):
        """Settle the demo orders, approve and bill the older settlements; a second call does nothing."""
        if self.env['stokiva.statement'].search_count([], limit=1):
            return
        # Mails wait, as all mails of the demo; what is noted is in the company's language.
        self = self.with_context(
            mail_activity_quick_update=True, mail_notify_force_send=False, lang=self.env.company.partner_id.lang)
        self._ask_preauthorisations()
        settlements = self._settle_demo_orders()
        officer = self._ref('user_settlement')
        today = fields.Date.context_today(self)
        recent = settlements.filtered(lambda settlement: settlement.date > today - timedelta(days=5)).sorted('id').with_user(officer)
        self._decide_lines(recent)
        self._adjust_settlements(recent[-2:])
        decided = (settlements - recent).with_user(officer)
        decided.filtered(lambda settlement: not settlement.is_above_limit).action_approve()
        approved = decided.filtered(lambda settlement: settlement.state == 'approved')
        old = approved.filtered(lambda settlement: settlement.date < today - timedelta(days=10))
        stages = {self._ref(f'provider_{name}'): stage for name, stage in STAGES.items()}
        for statement in old._create_statements():
            self._advance_statement(statement, stages.get(statement.provider_id, 'draft'))
        later = (approved - old).filtered(lambda settlement: settlement.provider_id._get_dispatchers().user_id)
        for statement, stage in zip(later._create_statements(), LATER_STAGES, strict=False):
            self._advance_statement(statement, stage)

    @api.model
    def _ask_preauthorisations(self):
        """Let providers ask before they drive far or fit expensive parts: a rule, a dispatcher or nobody answers."""
        rule_model = self.env['stokiva.preauthorisation.rule']
        rule_model.create([
            {'kind': 'part', 'needed_above': 1000},
            {'kind': 'distance', 'needed_above': 300, 'is_automatic': True, 'grant_quantity': 30}])
        for device, kind, quantity, amount, what, why, refusal in REQUESTS:
            order = self._ref(f'device_{device}').work_order_ids.filtered(lambda order: order.state in workflow.WITH_PROVIDER)
            asker = order.provider_id._get_dispatchers().user_id[:1] or self._ref('user_dispatcher')
            request = order._ask_preauthorisation(
                {'kind': kind, 'quantity': quantity, 'amount': amount, 'what': what, 'reason': why}, asker)
            if refusal:
                request.with_user(self._ref('user_dispatcher'))._refuse(refusal)

    @api.model
    def _decide_lines(self, settlements):
        """Check settlements, put one on hold, reduce a line of the next and ask about one of the last.

        :param settlements: stokiva.settlement records of the settlement officer, pending
        """
        settlements.action_check()
        held, reduced, asked = settlements[0], settlements[1], settlements[-1]
        if not held.held_at:
            held._hold("Etiketteki seri numarası fotoğrafla aynı değil")
        asked.line_ids.filtered('can_decide')[:1]._send_back("Hangi parça onarıldı? Bir fotoğraf ekler misiniz?")
        line = reduced.line_ids.filtered('can_decide')[:1]
        line._decide('reduced', "Tek gidişte iki iş yapıldı", amount=line.claimed_amount * 0.8)

    @api.model
    def _settle_demo_orders(self):
        """Give each completed demo order its settlement, priced by the rate cards that are there now.

        :return: stokiva.settlement records
        """
        orders = self.env['stokiva.work.order'].browse(
            row.res_id for row in self.env['ir.model.data'].search([
                ('module', '=', 'stokiva_service'), ('model', '=', 'stokiva.work.order')]))
        orders.filtered(lambda order: order.state == 'completed').sorted('completed_at')._create_settlements()
        settlements = self.env['stokiva.settlement'].search([('work_order_id', 'in', orders.ids)])
        settlements.filtered('is_unpriced').action_recompute()
        return settlements

    @api.model
    def _adjust_settlements(self, settlements):
        """Put a bonus and a deduction on settlements that wait for a decision.

        :param settlements: two stokiva.settlement records
        """
        reasons = [("Müşteri övgüsü", 150.0, "5 yıldız, yorumlu"), ("Eksik fotoğraf", -80.0, "“Önce” fotoğrafı bulanık")]
        for settlement, (name, rate, why) in zip(settlements, reasons, strict=False):
            settlement.with_user(self._ref('user_settlement')).line_ids = [
                Command.create({'name': name, 'rate': rate, 'why': why})]

    @api.model
    def _advance_statement(self, statement, stage):
        """Send, confirm, bill and pay a statement as far as wanted, without a bill where there is no purchase journal.

        Who leads a provider and has a login answers in the portal.

        :param statement: stokiva.statement record of the settlement officer
        :param str stage: ``draft sent objected confirmed closed billed`` or ``paid``
        """
        if stage == 'draft':
            return
        leader = statement.provider_id._get_dispatchers().user_id[:1]
        if leader:
            statement.action_send()
            # sudo: as the portal answers
            answering = statement.with_user(leader).sudo()
            if stage == 'objected':
                answering._answer(statement.revision, [(answering.settlement_ids[0], "Yol iki kez gidildi, biri yazılmamış")])
            elif stage != 'sent':
                answering._answer(statement.revision, [])
        else:
            statement.action_confirm()
        if stage == 'closed':
            statement.action_close()
        journals = self.env['account.journal'].search([
            ('company_id', '=', statement.company_id.id), ('type', 'in', ('purchase', 'bank'))])
        if stage not in ('billed', 'paid') or len(set(journals.mapped('type'))) < 2:
            return
        statement.action_create_bill()
        bill = statement.with_env(self.env).bill_id
        bill.action_post()
        if stage == 'paid':
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=bill.ids).create({})._create_payments()
