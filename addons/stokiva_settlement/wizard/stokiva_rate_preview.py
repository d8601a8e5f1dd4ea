from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class RatePreview(models.TransientModel):
    """Shows what an order would earn its provider by the cards of a day. Nothing is kept."""
    _name = 'stokiva.rate.preview'
    _description = "What an Order Would Pay"

    work_order_id = fields.Many2one('stokiva.work.order', required=True, ondelete='cascade')
    date = fields.Date("By the Cards of", required=True, default=fields.Date.context_today)
    provider_id = fields.Many2one(related='work_order_id.provider_id', related_sudo=False)
    currency_id = fields.Many2one('res.currency', compute='_compute_lines', store=True)
    line_ids = fields.One2many('stokiva.rate.preview.line', 'preview_id', compute='_compute_lines', store=True)
    amount_total = fields.Monetary("Total", compute='_compute_lines', store=True)

    @api.depends('work_order_id', 'date')
    def _compute_lines(self):
        for preview in self:
            currency, lines = preview._get_priced()
            preview.currency_id = currency
            preview.line_ids = [Command.clear(), *map(Command.create, lines)]
            preview.amount_total = sum(line['amount'] for line in lines)

    def _get_priced(self):
        """Return currency and values of the lines.

        :raise AccessError: if the user may not see order or settlements
        """
        self.ensure_one()
        order = self.work_order_id._origin or self.work_order_id
        company = order.company_id or self.env.company
        if not order or not self.date:
            return company.currency_id, []
        order.with_user(self.env.user).check_access('read')  # a client may name any before anything is saved
        self.env['stokiva.settlement'].check_access('read')
        order_sudo = order.sudo()  # sudo: officers do not read all of an order that its rates look at
        if not order_sudo.provider_id:
            return company.currency_id, []
        currency, lines, _basis = order_sudo._prepare_settlement_lines(self.date)[order_sudo]
        return currency, [
            {
                'name': line['name'], 'quantity': line['quantity'], 'rate': line['rate'], 'why': line['why'],
                'amount': currency.round(line['quantity'] * line['rate']),
            } for line in lines]

    @api.model
    def _open_for(self, order):
        """Return the action that shows what an order would pay.

        :param order: a stokiva.work.order record
        :raise UserError: if it has no provider yet
        """
        if not order.provider_id:
            raise UserError(self.env._("%s has no provider yet.", order.name))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("What %s would pay", order.name),
            'res_model': self._name,
            'res_id': self.create({'work_order_id': order.id}).id,
            'view_mode': 'form',
            'target': 'new',
        }
