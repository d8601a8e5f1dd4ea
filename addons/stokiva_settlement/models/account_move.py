from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """The vendor bill of a statement: posted as it was made, once, and settled against earlier credit notes."""
    _inherit = 'account.move'

    stokiva_statement_id = fields.Many2one(
        'stokiva.statement', "Statement of a provider", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups='stokiva_service.group_stokiva_settlement')

    def _post(self, soft=True):
        """Refuse a bill that is not its statement's any more, and settle what was carried over.

        :raise UserError: if the statement has another bill by now, or the bill amounts to something else
        """
        bills_sudo = self.sudo().filtered('stokiva_statement_id')  # sudo: accountants have no rights on statements
        for bill in bills_sudo:
            statement = bill.stokiva_statement_id
            if statement.bill_id != bill:
                raise UserError(self.env._("%s has another bill by now. This one stays cancelled.", statement.name))
            if statement.currency_id.compare_amounts(
                    -bill.amount_untaxed if bill.move_type == 'in_refund' else bill.amount_untaxed, statement.amount_total):
                raise UserError(self.env._(
                    "The bill does not amount to %(amount)s any more, as the statement %(statement)s says. Cancel the bill, "
                    "and change the statement.", amount=statement.currency_id.format(statement.amount_total),
                    statement=statement.name))
        posted = super()._post(soft)
        for statement in bills_sudo.stokiva_statement_id:
            connected = statement._get_connected()
            if len(connected) > 1:
                lines = connected.bill_id.line_ids.filtered(lambda line: (
                    line.parent_state == 'posted' and line.account_type == 'liability_payable' and not line.reconciled))
                for open_lines in lines.grouped('account_id').values():
                    open_lines.reconcile()
        return posted
