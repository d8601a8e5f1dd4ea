from odoo import fields, models

from .. import charging


class ResCompany(models.Model):
    """Where the money goes that technicians take from customers."""
    _inherit = 'res.company'

    stokiva_cash_journal_id = fields.Many2one(
        'account.journal', "Cash Is Booked in", check_company=True, ondelete='set null',
        domain=[('type', 'in', ('cash', 'bank'))],
        help="Cash that technicians take becomes a payment in this journal. Empty: it is only noted on the order.",
        prefetch='stokiva')
    stokiva_card_journal_id = fields.Many2one(
        'account.journal', "Card Payments Are Booked in", check_company=True, ondelete='set null',
        domain=[('type', 'in', ('cash', 'bank'))],
        help="Card payments on site become payments in this journal. Empty: they are only noted on the order.",
        prefetch='stokiva')
    stokiva_cash_kept = fields.Boolean(
        "Provider Keeps Cash", default=True,
        help="Outside providers keep the cash that they take; it is deducted from what they earn.", prefetch='stokiva')
    stokiva_card_kept = fields.Boolean(
        "Provider Keeps Card Payments",
        help="Cards are paid on the providers' own terminals: deducted as cash is. Otherwise the money goes straight to "
             "the company.", prefetch='stokiva')

    def _stokiva_get_payment_journal(self, method):
        """Return the journal that payments on site are booked in.

        :param str method: ``cash`` or ``card``
        :return: account.journal record, empty if they are only noted
        """
        self.ensure_one()
        return self.stokiva_cash_journal_id if method == charging.CASH else self.stokiva_card_journal_id

    def _stokiva_is_kept(self, method, provider):
        """Tell whether a provider keeps what the customer pays to its technician, until it is deducted.

        :param str method: ``cash`` or ``card``
        :param provider: stokiva.provider record; an in-house one keeps nothing
        :rtype: bool
        """
        self.ensure_one()
        is_kept = self.stokiva_cash_kept if method == charging.CASH else self.stokiva_card_kept
        return is_kept and provider.kind != 'in_house'
