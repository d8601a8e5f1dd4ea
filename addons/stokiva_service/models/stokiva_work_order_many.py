from odoo import models
from odoo.exceptions import AccessError, UserError

from .. import workflow

# As many as are taken in one transaction, hence locked at once.
MAX_ORDERS = 500


class WorkOrder(models.Model):
    """One step for many orders, chosen in the list."""
    _inherit = 'stokiva.work.order'

    def action_event_for_many(self):
        """Open the dialog that takes the step named in the button's context with each of the orders.

        :return: window action of the dialog
        :raise AccessError: if the user does not belong to the office, or may not see one of the orders
        :raise UserError: if there is no such step for many
        """
        self.check_access('read')
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This is for the office."))
        return self.env['stokiva.batch.wizard']._open_for(self, self.env.context.get('stokiva_event'))._get_action()

    def action_assign_waiting(self):
        """Open the dialog that lets the engine assign the chosen orders, or all that wait for a provider.

        :return: window action of the dialog
        :raise UserError: if none waits
        """
        orders = self or self.search([('state', '=', workflow.CREATED)], limit=MAX_ORDERS)
        if not orders:
            raise UserError(self.env._("No order waits for a provider."))
        return orders.with_context(stokiva_event='assign').action_event_for_many()

    def _get_problems(self, event):
        """Say why the user cannot take a step, whatever it is given; without a query per order.

        :param str event: key of ``workflow.TABLE``
        :return: ``{order: sentence}``, only those with a problem
        """
        given = dict.fromkeys(workflow.TABLE[event].required, True)
        facts = self.sudo()._get_facts(self.env.user, {})  # sudo: nothing but the problem is told
        problems = {}
        for order, of_order in facts.items():
            try:
                order._raise_problem(event, workflow.problem_of(event, given, of_order), of_order)
            except UserError as error:
                problems[self.browse(order.id)] = str(error)
        return problems
