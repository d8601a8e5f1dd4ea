from odoo import api, fields, models


class PreauthorisationAnswer(models.TransientModel):
    """Asks for how much a pre-authorisation is granted, or why not."""
    _name = 'stokiva.preauthorisation.answer'
    _description = "Answer to a Pre-authorisation"

    request_id = fields.Many2one('stokiva.preauthorisation', required=True, ondelete='cascade')
    kind = fields.Selection([('grant', "Grant"), ('refuse', "Refuse")], required=True, default='grant')
    what = fields.Char(related='request_id.what', related_sudo=False)
    reason = fields.Text(related='request_id.reason', related_sudo=False)
    currency_id = fields.Many2one(related='request_id.currency_id', related_sudo=False)
    quantity = fields.Float(
        "Quantity granted", digits='Product Unit', compute='_compute_quantity', store=True, readonly=False)
    amount = fields.Monetary(
        "Paid at most", compute='_compute_amount', store=True, readonly=False, help="Without tax. 0: what the rate card says.")
    answer = fields.Char()

    @api.depends('request_id')
    def _compute_quantity(self):
        for wizard in self:
            wizard.quantity = wizard.request_id.quantity

    @api.depends('request_id')
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.request_id.amount

    def action_apply(self):
        """Grant or refuse.

        :return: an action that closes the question
        :rtype: dict
        """
        self.ensure_one()
        if self.kind == 'grant':
            self.request_id._grant(self.quantity, self.amount, self.answer)
        else:
            self.request_id._refuse(self.answer)
        return {'type': 'ir.actions.act_window_close'}
