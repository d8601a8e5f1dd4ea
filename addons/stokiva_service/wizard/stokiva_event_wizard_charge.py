from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import charging

ASKED = {
    'refuse_warranty': ('refusal', 'photo', 'note'),
    'grant_warranty': ('reason',),
    'collect': ('method', 'amount', 'receipt'),
}


class EventWizard(models.TransientModel):
    """What the dialog asks about warranty and money."""
    _inherit = 'stokiva.event.wizard'

    has_charged_lines = fields.Boolean(compute='_compute_charge')
    has_fault_photo = fields.Boolean(compute='_compute_charge')
    quote_text = fields.Text("What the customer is asked to accept", compute='_compute_charge')
    amount = fields.Monetary(compute='_compute_amount', store=True, readonly=False)
    refusal = fields.Selection('_get_refusals', "Why the warranty does not hold")
    photo = fields.Image("Photo that shows it", max_width=0, max_height=0, attachment=False)
    method = fields.Selection('_get_methods', "Paid by", default='cash')
    receipt = fields.Char("Receipt number")

    @api.model
    def _get_refusals(self):
        return self.env['stokiva.work.order']._fields['warranty_refusal']._description_selection(self.env)

    @api.model
    def _get_methods(self):
        return [(key, self.env._("Cash") if key == 'cash' else self.env._("Card")) for key in charging.PAYMENT_METHODS]

    @api.depends('event', 'work_order_ids')
    @api.depends_context('lang')
    def _compute_charge(self):
        for wizard in self:
            orders_sudo = wizard._get_orders().sudo()  # sudo: taxes are read by accountants, here only summed up
            wizard.has_charged_lines = bool(orders_sudo) and all(orders_sudo.mapped('amount_charged'))
            wizard.has_fault_photo = bool(orders_sudo) and all(
                'fault' in order._get_photo_kinds() for order in orders_sudo)
            wizard.quote_text = "\n\n".join(
                order._get_spoken_text(self._prepare_quoted(order)) for order in orders_sudo
            ) if wizard.event == 'quote' and wizard.has_charged_lines else False

    @api.model
    def _prepare_quoted(self, order):
        """Return what the customer would be shown by a quote of the charged lines."""
        return order._get_shown_content() | order._prepare_quote({'text': ""})

    @api.depends('event', 'work_order_ids')
    def _compute_amount(self):
        for wizard in self:
            orders = wizard._get_orders()
            wizard.amount = orders.amount_open if wizard.event == 'collect' and len(orders) == 1 else wizard.amount

    @api.model
    def _get_asked_names(self):
        """Add the events of warranty and money."""
        return super()._get_asked_names() | ASKED

    @api.model
    def _get_title(self, event):
        """Add the events of warranty and money."""
        titles = {
            'refuse_warranty': self.env._("Refuse the warranty"),
            'grant_warranty': self.env._("Grant the warranty after all"),
            'collect': self.env._("Note a payment"),
        }
        return titles.get(event) or super()._get_title(event)

    def _check_given(self):  # pylint: disable=missing-return
        """Ask for the photo before the door does."""
        super()._check_given()
        if self.event == 'refuse_warranty' and not (self.photo or self.has_fault_photo):
            raise UserError(self.env._("Add a photo that shows why the warranty is refused."))

    def _prepare_given(self):
        """Name what is given as the door does; the price of charged lines is theirs."""
        given = super()._prepare_given()
        given.pop('photo', None)
        if 'refusal' in given:
            given['reason'] = given.pop('refusal')
        if self.event == 'quote' and self.has_charged_lines:
            given.pop('amount', None)
        return given

    def action_confirm(self):
        """Store the photo first, by which the warranty is refused.

        :return: as before
        """
        self.ensure_one()
        if self.event == 'refuse_warranty' and self.photo:
            self.env['stokiva.media'].create([
                {'work_order_id': order.id, 'kind': 'fault', 'image': self.photo} for order in self._get_orders()])
        return super().action_confirm()
