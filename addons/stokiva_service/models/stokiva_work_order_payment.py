import logging

from odoo import fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain

from .. import labels

_logger = logging.getLogger(__name__)


class WorkOrder(models.Model):
    """Payments on site in the books: each one noted becomes one payment on the customer's invoice.

    They are booked by a cron: accounts that are closed or not set up never stop a technician, and numbers of journals
    are rows that many share.
    """
    _inherit = 'stokiva.work.order'

    is_payment_due = fields.Boolean(
        "Payment to be booked", readonly=True, copy=False, help="A payment on site is noted, but not booked yet.")
    payment_problem = fields.Char("Why not booked", readonly=True, copy=False)
    payment_ids = fields.One2many(
        'account.payment', 'stokiva_work_order_id', "Payments", readonly=True,
        groups='account.group_account_readonly,account.group_account_invoice')
    payment_count = fields.Integer(
        compute='_compute_payment_count', groups='account.group_account_readonly,account.group_account_invoice')

    _payment_due_idx = models.Index("(id) WHERE is_payment_due")

    def _compute_payment_count(self):
        counts = dict(self.env['account.payment']._read_group(
            [('stokiva_work_order_id', 'in', self.ids)], ['stokiva_work_order_id'], ['__count']))
        for order in self:
            order.payment_count = counts.get(order, 0)

    def _refuse_protected(self, names):
        """Payments have rules of their own: nobody reaches them through the order."""
        if 'payment_ids' in names:
            raise AccessError(self.env._("Payments are not changed through the work order."))
        return super()._refuse_protected(names)

    def _on_collect(self, given, actor, channel, occurred):
        """Note where the money is, and have it booked if the company books such payments."""
        payloads = super()._on_collect(given, actor, channel, occurred)
        for order in self:
            company = order.company_id
            payloads[order]['kept'] = company._stokiva_is_kept(given['method'], order.provider_id)
            if company.stokiva_cash_journal_id or company.stokiva_card_journal_id:
                order.write({'is_payment_due': True, 'payment_problem': False})
        return payloads

    def _post_event(self, events):
        """Wake the cron for payments that were noted."""
        res = super()._post_event(events)
        if events[:1].event == 'collect' and any(self.mapped('is_payment_due')):
            self.env.ref('stokiva_service.ir_cron_payment').sudo()._trigger()  # sudo: crons belong to administrators
        return res

    def _cron_book_payments(self, batch_size=100):
        """Book what was paid on site. What cannot be booked is noted on the order."""
        domain = Domain('is_payment_due', '=', True) & Domain('payment_problem', '=', False)
        orders = self.search(domain, limit=batch_size, order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self.search_count(domain))
        for order in orders.try_lock_for_update():
            try:
                with self.env.cr.savepoint():
                    order._book_payments()
            except (UserError, RedirectWarning) as error:  # accounting sends to its settings by the latter
                _logger.warning("A payment on site of %s is not booked: %s", order.name, error)
                order.payment_problem = error.args[0]
            if not cron._commit_progress(1):
                break

    def action_book_payments(self):
        """Book what was paid on site now, after what stood in the way was mended.

        :return: True
        :raise AccessError: if the user is no dispatcher
        :raise UserError: if it cannot be booked
        """
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher or a manager may do this."))
        self.check_access('write')
        orders = self.sudo().filtered('is_payment_due').sorted('id')  # sudo: after the check; dispatchers keep no books
        for order in orders._lock_rows():
            order._book_payments()
        return True

    def action_view_payments(self):
        """Open the payments that were taken on site.

        :return: window action
        """
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Payments on site"),
            'res_model': 'account.payment',
            'view_mode': 'list,form',
            'domain': [('stokiva_work_order_id', 'in', self.ids)],
            'context': {'create': False},
        }

    def _get_collect_events(self):
        """Return the events by which payments were noted or taken back.

        :return: stokiva.event records, oldest first
        """
        return self.env['stokiva.event'].search(
            [('work_order_id', 'in', self.ids), ('event', '=', 'collect')], order='work_order_id, seq')

    def _book_payments(self):
        """Book each payment that was noted and is not booked yet, and let it pay the invoice if there is one.

        :raise UserError: if a journal is missing, or accounting refuses
        """
        self.ensure_one()
        payment_model = self.env['account.payment'].with_company(self.company_id)
        booked = payment_model.search([('stokiva_work_order_id', '=', self.id)]).stokiva_event_id
        payments = payment_model.create([
            self._prepare_payment_values(event, event._get_payload())
            for event in self._get_collect_events() - booked])
        payments.action_post()
        self.write({'is_payment_due': False, 'payment_problem': False})
        self._reconcile_payments()

    def _prepare_payment_values(self, event, paid):
        """Return the values of a payment; what the office took back goes out again.

        :param event: stokiva.event record of the kind ``collect``
        :param dict paid: its payload
        :raise UserError: if no journal is chosen
        """
        self.ensure_one()
        label = labels.label(self.env, labels.PAYMENT_METHODS, paid['method'])
        journal = self.company_id._stokiva_get_payment_journal(paid['method'])
        if not journal:
            raise UserError(self.env._("No journal is chosen in the settings for “%s”.", label))
        occurred = fields.Datetime.context_timestamp(
            self.with_context(tz=self.provider_id.tz or self.company_id.partner_id.tz), event.occurred_at)
        return {
            'payment_type': 'inbound' if paid['amount'] > 0 else 'outbound',
            'partner_type': 'customer',
            'partner_id': self.partner_id.commercial_partner_id.id,
            'amount': abs(paid['amount']),
            'currency_id': self.currency_id.id,
            'date': occurred.date(),
            'journal_id': journal.id,
            'company_id': self.company_id.id,
            'memo': " · ".join(filter(None, [self.name, label, paid.get('receipt')])),
            'stokiva_work_order_id': self.id,
            'stokiva_event_id': event.id,
        }

    def _reconcile_payments(self):
        """Match what was paid on site with what was taken back, and the rest with the posted invoices."""
        self.ensure_one()
        payments = self.env['account.payment'].search(
            [('stokiva_work_order_id', '=', self.id), ('state', 'in', ('in_process', 'paid'))])
        taken = payments.move_id.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
        if any(line.balance > 0 and not line.reconciled for line in taken):
            taken.remove_move_reconcile()
            self._match(taken)
        invoices = self.charge_order_id.invoice_ids.filtered(
            lambda move: move.state == 'posted' and move.move_type == 'out_invoice')
        self._match(taken | invoices.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable'))

    def _match(self, lines):
        """Reconcile open journal items per account, where some face others."""
        for items in lines.filtered(lambda line: not line.reconciled).grouped('account_id').values():
            if len({line.balance > 0 for line in items}) == 2:
                items.reconcile()
