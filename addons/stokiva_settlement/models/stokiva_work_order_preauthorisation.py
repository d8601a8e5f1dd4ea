from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.stokiva_service import workflow

from .. import preauthorising, rates
from .stokiva_preauthorisation import DECIDERS, MAX_TEXT
from .stokiva_settlement_line_decision import REDUCED, REJECTED

GROUPS = ','.join(DECIDERS)
MAX_NUMBER = 1e6


class WorkOrder(models.Model):
    """What the provider asks before doing it, and what comes of it in the settlement."""
    _inherit = 'stokiva.work.order'

    preauthorisation_ids = fields.One2many(
        'stokiva.preauthorisation', 'work_order_id', "Pre-authorisations", readonly=True, groups=GROUPS)
    preauthorisation_count = fields.Integer(compute='_compute_preauthorisation_count', groups=GROUPS)

    def _compute_preauthorisation_count(self):
        counts = dict(self.env['stokiva.preauthorisation']._read_group(
            [('work_order_id', 'in', self.ids)], ['work_order_id'], ['__count']))
        for order in self:
            order.preauthorisation_count = counts.get(order, 0)

    def _refuse_protected(self, names):
        """Pre-authorisations have rules of their own: nobody reaches them through the order."""
        if 'preauthorisation_ids' in names:
            raise AccessError(self.env._("Pre-authorisations are not changed through the work order."))
        return super()._refuse_protected(names)

    def action_view_preauthorisations(self):
        """Open the orders' pre-authorisations.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.preauthorisation_action')
        return {**action, 'domain': [('work_order_id', 'in', self.ids)], 'context': {}}

    def action_ask_preauthorisation(self):
        """Note what the provider asks for by telephone.

        :return: an action that opens the form
        :rtype: dict
        """
        self.ensure_one()
        self._check_can_ask()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Pre-authorisation of %s", self.name),
            'res_model': 'stokiva.preauthorisation.ask',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_work_order_id': self.id},
        }

    # === ASKING === #

    def _check_can_ask(self):
        """Raise unless the provider is at work on the order.

        :raise UserError: if it is not
        """
        self.ensure_one()
        if self.state not in workflow.WITH_PROVIDER:
            raise UserError(self.env._("Pre-authorisation is asked for while the provider has the job: %s", self.name))

    def _ask_preauthorisation(self, values, user):
        """Ask before doing something; a rule answers at once, or a person is reminded. To be called in sudo.

        :param dict values: ``kind`` (``labour``, ``part``, ``distance``), ``quantity`` (hours or times, pieces,
            kilometres, in all), ``amount`` (expected, without tax, in the company's currency; may be missing),
            ``reason``, and what: ``workmanship_id``, ``product_id`` or ``what`` in words
        :param user: res.users record who asks, for the provider
        :return: stokiva.preauthorisation record
        :raise UserError: if it is not the time, or something is missing or impossible
        """
        self._check_can_ask()
        values = self._prepare_preauthorisation_values(values) | {'asked_by_id': user.id}
        rules = self.env['stokiva.preauthorisation.rule']._find(self.company_id).get(self.company_id, ())
        chosen = preauthorising.pick_rule(
            [rule._to_rule() for rule in rules], values['kind'], self.provider_id.id)
        if preauthorising.is_granted(chosen, values['quantity'], values['amount']):
            values |= {
                'state': preauthorising.GRANTED, 'rule_id': chosen.id, 'decided_at': fields.Datetime.now(),
                'granted_quantity': values['quantity'], 'granted_amount': values['amount']}
        request = self.env['stokiva.preauthorisation'].with_context(mail_create_nosubscribe=True).create([values])
        if request.state == preauthorising.ASKED:
            request.activity_schedule(
                'mail.mail_activity_data_todo', user_id=self._get_dispatcher().id,
                summary=self.env._("Pre-authorisation: %s", request.what), note=request.reason)
        return request

    def _prepare_preauthorisation_values(self, values):
        """Return the values of a request from what was given.

        :raise UserError: if something is missing or impossible
        """
        kind, reason = values.get('kind'), (values.get('reason') or "").strip()[:MAX_TEXT]
        if kind not in preauthorising.KINDS:
            raise UserError(self.env._("Say what it is for: labour, a part or kilometres."))
        quantity, amount = rates.round_cents(values.get('quantity') or 0), values.get('amount') or 0
        if not 0 < quantity < MAX_NUMBER or not 0 <= amount < MAX_NUMBER * 1000:
            raise UserError(self.env._("Say how many and, if you know it, for how much."))
        if not reason:
            raise UserError(self.env._("Say why it is needed."))
        thing = self.env['stokiva.workmanship'].browse(kind == preauthorising.LABOUR and values.get('workmanship_id') or [])
        thing = thing or self.env['product.product'].browse(
            kind == preauthorising.PART and values.get('product_id') or [])
        what = thing.display_name or (values.get('what') or "").strip()[:MAX_TEXT] or (
            self.env._("Kilometres") if kind == preauthorising.DISTANCE else "")
        if not what:
            raise UserError(self.env._("Say which labour or part."))
        return {
            'work_order_id': self.id,
            'provider_id': self.provider_id.id,
            'company_id': self.company_id.id,
            'kind': kind,
            'workmanship_id': thing.id if thing._name == 'stokiva.workmanship' else False,
            'product_id': thing.id if thing._name == 'product.product' else False,
            'what': what,
            'quantity': quantity,
            'amount': self.company_id.currency_id.round(amount),
            'reason': reason,
        }

    def _tell_provider(self, text):
        """Write to those who lead the provider, on the thread of its offer, which the portal shows.

        :param str text: plain words in the provider's language
        """
        self.ensure_one()
        leading = self.provider_id.personnel_ids.filtered(lambda person: person.active and person._is_dispatcher())
        self.assignment_id.message_post(
            body=text, message_type='comment', subtype_xmlid='mail.mt_comment',
            partner_ids=leading.filtered('notify_email_status').partner_id.ids)

    def _get_granted(self, kind):
        """Return what was granted before, for claim checks and others. In sudo where the user may not read it.

        :param str kind: ``labour``, ``part`` or ``distance``
        :return: stokiva.preauthorisation records of the present provider, latest first
        """
        return self.preauthorisation_ids.filtered(
            lambda request: request.kind == kind and request.state == preauthorising.GRANTED
            and request.provider_id == request.work_order_id.provider_id)

    # === WHAT COMES OF IT === #

    def _prepare_settlement_lines(self, date=None):
        """Mark the lines that needed a pre-authorisation, and reduce what was granted for less or refused."""
        priced = super()._prepare_settlement_lines(date)
        rules = self.env['stokiva.preauthorisation.rule']._find(self.company_id)
        known = self.env['stokiva.preauthorisation'].search(
            [('work_order_id', 'in', self.ids)]).grouped('work_order_id')
        for order, (currency, lines, _basis) in priced.items():
            own_rules, own_requests = rules.get(order.company_id, ()), known.get(order, ())
            if own_rules or own_requests:
                order._judge_lines(currency, lines, own_rules, own_requests, date or order._get_settlement_date())
        return priced

    def _judge_lines(self, currency, lines, rules, requests, date):
        """Add to the values of settlement lines what pre-authorisations mean for them."""
        factor = self.company_id.currency_id._get_conversion_rate(
            self.company_id.currency_id, currency, self.company_id, date)
        known = [rule._to_rule(factor) for rule in rules]
        # A later refusal takes nothing back; what nobody has answered is as if nobody had asked.
        asked = [
            request for state in (preauthorising.GRANTED, preauthorising.REFUSED) for request in requests
            if request.state == state and request.provider_id == self.provider_id]
        answers = [request._to_answer(factor) for request in asked]
        claims = [line for line in lines if line['source'] in preauthorising.KINDS]
        lang = self.provider_id.partner_id.lang or self.company_id.partner_id.lang  # the provider reads it
        found = preauthorising.match([self._get_claimed_thing(line) for line in claims], answers)
        for line, place in zip(claims, found, strict=True):
            claim = line['source'], line['quantity'], line['rate'], currency.round(line['quantity'] * line['rate'])
            authorisation, limit = preauthorising.judge(
                claim, None if place is None else answers[place],
                preauthorising.pick_rule(known, line['source'], self.provider_id.id))
            line['authorisation'] = authorisation
            if limit is not None:
                limit = currency.round(limit)
                line.update({
                    'decision': REDUCED if limit else REJECTED, 'decided_amount': limit,
                    'decision_reason': asked[place].with_context(lang=lang)._get_reason(), 'decided_at': fields.Datetime.now()})
            if place is not None:
                line['preauthorisation_id'] = asked[place].id

    @api.model
    def _get_claimed_thing(self, line):
        """Return what a settlement line is for, as ``preauthorising.match`` wants it."""
        labour = self.env['stokiva.labour.line'].browse(line.get('labour_line_id') or [])
        part = self.env['stokiva.part.line'].browse(line.get('part_line_id') or [])
        return line['source'], (labour.workmanship_id or part.product_id).id or None
