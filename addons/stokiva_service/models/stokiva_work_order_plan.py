from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import workflow

PLANNED = ('personnel_id', 'window_start', 'window_end')


class WorkOrder(models.Model):
    """What happens when a card is dragged in a calendar or kanban: an event, never a direct write."""
    _inherit = 'stokiva.work.order'

    def action_plan_by_drag(self, values):
        """Plan the order as it was dropped, through the event ``plan``.

        :param dict values: ``window_start`` and ``window_end`` as server texts in UTC, or ``personnel_id``
        :return: True
        :raise AccessError: if the user does not belong to the office
        :raise UserError: if it is not possible; nothing is changed
        """
        self.check_access('read')
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This is for the office."))
        given = {name: values[name] for name in PLANNED if values.get(name)}
        if given.get('window_end') and self._to_datetime(given['window_end']) < fields.Datetime.now():
            raise UserError(self.env._("This time has passed. Choose a later one."))
        self._apply_event('plan', given, actor=self.env.user, channel='office')
        return True

    def action_drop(self, name, value):
        """Do what dropping the card on a column of a kanban, or on a provider of the board, stands for.

        A technician is planned at once; for a provider the dialog with the ranking opens.

        :param str name: field that the columns are grouped by
        :param value: the column's
        :return: True, or the action of a dialog
        :raise UserError: if it stands for nothing or is not possible; nothing is changed
        """
        self.check_access('read')
        if name == 'personnel_id':
            if not value:
                raise UserError(self.env._("A technician is not taken away, but replaced by another one."))
            return self.action_plan_by_drag({'personnel_id': value})
        is_new = all(order.state == workflow.CREATED for order in self)
        if name == 'provider_id' and value or name == 'board_column' and value == 'answer' and is_new:
            action = self.with_context(stokiva_event='assign' if is_new else 'reassign').action_event()
            if name == 'provider_id':
                self.env[action['res_model']].browse(action['res_id']).provider_id = value
            return action
        raise UserError(self.env._("Cards move on by what happens to the order. Open it to take the next step."))
