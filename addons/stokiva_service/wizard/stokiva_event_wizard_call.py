from odoo import api, fields, models
from odoo.exceptions import UserError

BY_TELEPHONE = frozenset({'approve', 'dispute'})
# Ways in which a call ends that are answers, and events of their own.
ANSWERS = frozenset({'approve', 'dispute', 'not_mine'})


class EventWizard(models.TransientModel):
    """The customer's answer by telephone or on paper: what is read out to him, who answered and in which words."""
    _inherit = 'stokiva.event.wizard'

    # Stored: the answer is to what was read out, not to what the order became meanwhile.
    approval_id = fields.Many2one('stokiva.approval', compute='_compute_approval_id', store=True, precompute=True)
    shown_text = fields.Text("What the customer is asked to approve", compute='_compute_shown_text')
    spoken_with = fields.Char("Spoken with", compute='_compute_spoken_with', store=True, readonly=False)
    comment = fields.Text("Customer's words")
    way = fields.Selection([('call', "By telephone"), ('document', "On paper")], "How he answered", default='call')
    can_attach = fields.Boolean(compute='_compute_can_attach')
    document = fields.Binary("Signed paper", attachment=False)
    document_name = fields.Char("File name")
    call_outcome = fields.Selection('_get_call_outcomes', "How the call ended")
    call_at = fields.Datetime("Call again on")
    call_count = fields.Integer(related='approval_id.call_count', related_sudo=False)
    call_note = fields.Char(related='approval_id.call_note', related_sudo=False)
    stars = fields.Selection(
        [('0', "Not asked"), ('1', "Very bad"), ('2', "Bad"), ('3', "Fair"), ('4', "Good"), ('5', "Very good")],
        default='0', string="Satisfaction")

    @api.depends('event', 'work_order_ids')
    def _compute_approval_id(self):
        for wizard in self:
            orders_sudo = wizard._get_orders().sudo()  # sudo: what the customer sees anyhow
            wizard.approval_id = (
                orders_sudo._get_pending_approvals()[orders_sudo]
                if len(orders_sudo) == 1 and wizard.event in (*BY_TELEPHONE, 'call') else False)

    @api.depends('approval_id', 'work_order_ids')
    @api.depends_context('lang')
    def _compute_shown_text(self):
        for wizard in self:
            approval_sudo = wizard.approval_id.sudo()  # sudo: what the customer sees anyhow, of the user's orders
            is_own = approval_sudo.work_order_id in wizard._get_orders()
            wizard.shown_text = is_own and approval_sudo.spoken_text

    @api.depends('partner_id')
    def _compute_spoken_with(self):
        for wizard in self:
            wizard.spoken_with = wizard.partner_id.name

    @api.depends_context('uid')
    def _compute_can_attach(self):
        self.can_attach = self.env.user.has_group('stokiva_service.group_stokiva_manager')

    @api.model
    def _get_call_outcomes(self):
        outcomes = self.env['stokiva.approval']._fields['call_outcome']._description_selection(self.env)
        return [
            *outcomes, ('approve', self.env._("Approves")), ('dispute', self.env._("Does not approve")),
            ('not_mine', self.env._("Wrong number, not his job"))]

    def _get_event(self):
        """A call that brought an answer is that answer."""
        return self.call_outcome if self.event == 'call' and self.call_outcome in ANSWERS else super()._get_event()

    def _get_channel(self):
        """An answer that somebody in the office took down came by telephone, or on a paper that is attached."""
        event = self._get_event()
        if self.event == 'approve' and self.way == 'document':
            return 'document'
        return 'call' if event in (*ANSWERS, 'call') else super()._get_channel()

    def _check_given(self):
        """An answer is one order's, and somebody's."""
        is_answer = self._get_event() in BY_TELEPHONE
        if is_answer and len(self.work_order_ids) > 1:
            raise UserError(self.env._("Ask for each order on its own."))
        if is_answer and not (self.comment and self.spoken_with):
            raise UserError(self.env._("Write down who answered, and in which words."))
        if self.event == 'call' and not self.call_outcome:
            raise UserError(self.env._("Say how the call ended."))
        return super()._check_given()

    def _prepare_given(self):
        """Say which request is answered, as it was read out."""
        given = super()._prepare_given()
        if self._get_event() in BY_TELEPHONE:
            given |= {'approval_id': self.approval_id.id, 'shown_hash': self.approval_id.sudo().shown_hash}  # sudo: as shown
        if 'stars' in given:
            given['stars'] = int(given['stars'])
        way = given.pop('way', None)
        if self.event != 'approve' or way != 'document':
            given = {name: value for name, value in given.items() if not name.startswith('document')}
        return given
