from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PartnerConsent(models.Model):
    """Which customer agreed to offers, or no longer does: when and how he said so. Rows are added, never changed;
    the latest counts.
    """
    _name = 'stokiva.partner.consent'
    _description = "Consent to Offers"
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'
    _check_company_auto = True

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    channel = fields.Selection([('email', "E-mail")], required=True, default='email')
    is_granted = fields.Boolean("Agrees", default=True)
    date = fields.Datetime("On", required=True, default=fields.Datetime.now)
    source = fields.Selection(
        [
            ('form', "Signed form"),
            ('call', "Telephone"),
            ('web', "Website"),
            ('reply', "Reply to a message"),
            ('register', "Consent register (İYS)"),
        ],
        "How", required=True)
    user_name = fields.Char("Entered by", required=True, readonly=True, help="Kept even when the login is deleted.")

    _latest_idx = models.Index('(partner_id, channel, date, id)')

    @api.model_create_multi
    def create(self, vals_list):
        """Add rows in the name of the current user.

        :raise ValidationError: if one lies in the future
        """
        consents = super().create([{**vals, 'user_name': self.env.user.name} for vals in vals_list])
        if any(consent.date > fields.Datetime.now() for consent in consents):
            raise ValidationError(self.env._("Nobody has agreed in the future."))
        return consents

    @api.model
    def _has(self, partner, company, channel):
        """Tell whether a customer agreed to offers.

        :param partner: res.partner record
        :param company: res.company record that makes the offer
        :param str channel: key of ``channel``
        :rtype: bool
        """
        return self.search([
            ('partner_id', '=', partner.id), ('company_id', '=', company.id), ('channel', '=', channel)],
            limit=1).is_granted
