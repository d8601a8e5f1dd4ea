from odoo import models


class ResCompany(models.Model):
    """Short texts to a number that belongs to nobody we know yet; a channel's addon extends both."""
    _inherit = 'res.company'

    def _stokiva_can_text(self):
        """Tell whether a short text can be sent to a telephone.

        :rtype: bool
        """
        self.ensure_one()
        return False

    def _stokiva_text(self, number, text, masked, valid_until):
        """Queue a short text; it is sent after the commit.

        :param str number: E.164
        :param str text: what is sent
        :param str masked: the same without its secret, for the journal
        :param datetime valid_until: naive UTC; not sent later
        :return: why it does not go there, False if it does
        """
        self.ensure_one()
        return self.env._("Short texts cannot be sent.")
