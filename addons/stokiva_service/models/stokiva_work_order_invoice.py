import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .. import workflow

_logger = logging.getLogger(__name__)


class WorkOrder(models.Model):
    """The sale through which the customer gets his invoice. Taxes, accounts and invoice are Odoo's own business."""
    _inherit = 'stokiva.work.order'

    charge_order_id = fields.Many2one(
        'sale.order', "Invoiced by", readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    charge_problem = fields.Char("Why not invoiced", readonly=True, copy=False)
    charge_state = fields.Selection(
        [('to_charge', "No sale yet"), ('to_invoice', "To invoice"), ('invoiced', "Invoiced")],
        "Invoice", compute='_compute_charge_state', search='_search_charge_state')

    _to_charge_idx = models.Index(
        "(id) WHERE amount_charged > 0 AND charge_order_id IS NULL AND state IN ('completed', 'returned')")

    @api.depends('state', 'amount_charged', 'charge_order_id.invoice_status', 'charge_order_id.state')
    def _compute_charge_state(self):
        for order in self:
            sale_sudo = order.charge_order_id.sudo()  # sudo: whether there is an invoice, nothing of it
            if order.state not in (workflow.COMPLETED, workflow.RETURNED) or not order.amount_charged:
                order.charge_state = False
            elif not sale_sudo or sale_sudo.state == 'cancel':
                order.charge_state = 'to_charge'
            else:
                order.charge_state = 'invoiced' if sale_sudo.invoice_status == 'invoiced' else 'to_invoice'

    def _search_charge_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        live = Domain('charge_order_id', 'any!', [('state', '!=', 'cancel')])
        invoiced = Domain('charge_order_id', 'any!', [('invoice_status', '=', 'invoiced')])
        states = {'to_charge': ~live, 'to_invoice': live & ~invoiced, 'invoiced': live & invoiced}
        charged = self._get_charged_domain()
        return Domain.OR([
            ~charged if not state else charged & states[state] for state in value if not state or state in states])

    @api.model
    def _get_charged_domain(self):
        """Return what makes a closed order one that has to be invoiced."""
        return Domain('state', 'in', (workflow.COMPLETED, workflow.RETURNED)) & Domain('amount_charged', '>', 0)

    def _has_charge_order(self):
        """Tell whether a sale for the invoice is there, and not cancelled."""
        self.ensure_one()
        return bool(self.charge_order_id) and self.charge_order_id.state != 'cancel'

    # === EVENT === #

    def _post_event(self, events):
        """Wake the cron for orders that have ended with something to pay: no fault in it stops the customer's yes."""
        res = super()._post_event(events)
        ended = events.filtered(lambda row: row.state_after != row.state_before and row.state_after in workflow.CLOSED)
        if any(order.amount_charged for order in ended.work_order_id):
            self.env.ref('stokiva_service.ir_cron_charge').sudo()._trigger()  # sudo: crons belong to administrators
        return res

    def _on_charge(self, given, actor, channel, occurred):
        payloads = {}
        for order in self:
            sale = order._create_charge_order()
            order.write({'charge_order_id': sale.id, 'charge_problem': False})
            payloads[order] = dict(given, sale_order_id=sale.id, number=sale.name, amount=sale.amount_total)
        return payloads

    def _create_charge_order(self):
        """Sell what is charged, as agreed: to be invoiced from there.

        :return: confirmed sale.order record
        :raise UserError: if something has no product, or today's taxes make another price than the customer accepted
        """
        self.ensure_one()
        sale = self.env['sale.order'].with_company(self.company_id).create(self._prepare_charge_order_values())
        if self.currency_id.compare_amounts(sale.amount_total, self.amount_charged):
            raise UserError(self.env._(
                "%(order)s: the customer accepted %(agreed)s, by the taxes of today it would be %(amount)s. Correct the "
                "taxes of the products first.", order=self.name,
                agreed=self.currency_id.format(self.amount_charged), amount=self.currency_id.format(sale.amount_total)))
        sale.action_confirm()
        for line in sale.order_line:  # done already, and not delivered from the warehouse
            line.qty_delivered = line.product_uom_qty
        return sale

    def _prepare_charge_order_values(self):
        """Return the values of the sale; to be extended."""
        return {
            'partner_id': self.partner_id.id,
            'partner_shipping_id': self.site_id.id,
            'company_id': self.company_id.id,
            'pricelist_id': False,  # prices are agreed, in the company's currency
            'user_id': self.user_id.id,
            'origin': self.name,
            'stokiva_charge_for_id': self.id,
            'order_line': [
                Command.create(self._prepare_charge_line_values(line)) for line in self._get_charged_lines()],
        }

    def _prepare_charge_line_values(self, line):
        """Return the values of a line of the sale; to be extended.

        :param line: labour or part
        """
        product = line._get_invoiced_product()
        if not product:
            raise UserError(self.env._(
                "No product stands for “%s” on the invoice. Choose one in the settings.", line.name))
        return {
            'product_id': product.id, 'name': line.name, 'product_uom_qty': line.quantity,
            'price_unit': line.price_unit, 'discount': 0.0}

    @api.model
    def _cron_charge(self, batch_size=100):
        """Make the sales of orders that have ended with something to pay. What cannot be is noted on the order."""
        domain = (
            self._get_charged_domain() & Domain('charge_order_id', '=', False) & Domain('charge_problem', '=', False))
        orders = self.search(domain, limit=batch_size, order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self.search_count(domain))
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    order._apply_event('charge', actor=None, channel='cron')
            except UserError as error:
                _logger.warning("No sale for the invoice of %s: %s", order.name, error)
                order.charge_problem = error.args[0]
            if not cron._commit_progress(1):
                break

    # === BUTTONS === #

    def action_charge(self):
        """Make the sale for the invoice now, and show it to those who may see sales.

        :return: window action, True for others
        :raise UserError: if it is there already, nothing is charged, or it cannot be made
        """
        self._apply_event('charge', actor=self.env.user, channel='office')
        if len(self) > 1 or not self.env['sale.order'].has_access('read'):
            return True
        return self.action_view_charge_order()

    def action_view_charge_order(self):
        """Open the sale through which the order is invoiced.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'sale.order',
            'res_id': self.charge_order_id.id,
            'view_mode': 'form',
        }
