"""The forms of warranty and money."""
from odoo.addons.stokiva_service import charging

from .words import get_selection


class ChargeForms:
    """What a provider's people must give for them; part of ``EventForms``."""

    def _inputs_refuse_warranty(self):
        labels = get_selection(self.order, 'warranty_refusal')
        return [
            {'name': 'reason', 'type': 'select', 'label': self.env._("Why the warranty does not hold"), 'required': True,
             'options': [(key, labels[key]) for key in charging.REFUSALS], 'empty': self.env._("Choose")},
            {'name': 'note', 'type': 'textarea', 'label': self.env._("What is to be seen"),
             'hint': self.env._("Add a photo of the kind “Fault” first.")},
        ]

    def _inputs_quote(self):
        text = {
            'name': 'text', 'type': 'textarea', 'label': self.env._("What is to be done, and why"), 'required': True}
        if self.order.amount_charged:  # the lines say the price
            return [text]
        return [
            {'name': 'amount', 'type': 'number', 'required': True, 'hint': self.env._(
                "Tax included. Better add labour and parts first: then the customer sees each price."),
             'label': self.env._("Price in %s", self.order.currency_id.name)},
            text,
        ]

    def _inputs_collect(self):
        order = self.order
        labels = {'cash': self.env._("Cash"), 'card': self.env._("Card")}
        return [
            {'name': 'method', 'type': 'select', 'label': self.env._("Paid by"), 'required': True,
             'options': [(key, labels[key]) for key in charging.PAYMENT_METHODS]},
            {'name': 'amount', 'type': 'number', 'required': True,
             'label': self.env._("Amount in %s", order.currency_id.name),
             'value': self.formats.amount(order.amount_open, order.currency_id) if order.provider_id.can_see_prices else ''},
            {'name': 'receipt', 'type': 'text', 'label': self.env._("Receipt number")},
        ]
