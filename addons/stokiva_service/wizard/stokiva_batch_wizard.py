from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.stokiva_work_order_many import MAX_ORDERS

# What the dialog asks for each step.
ASKED = {
    'assign': ('provider_id', 'reason'),
    'plan': ('personnel_id', 'window_start', 'window_end'),
    'cancel': ('reason',),
}
WINDOW = timedelta(hours=2)


class BatchWizard(models.TransientModel):
    """Takes one step with many orders, each by the door, and says of each whether it succeeded or why not."""
    _name = 'stokiva.batch.wizard'
    _description = "Step of Many Work Orders"

    event = fields.Selection(
        [('assign', "Assign"), ('plan', "Plan"), ('cancel', "Cancel")], required=True, readonly=True)
    line_ids = fields.One2many('stokiva.batch.wizard.line', 'wizard_id', "Work orders", readonly=True)
    problem_line_ids = fields.One2many(
        'stokiva.batch.wizard.line', string="Not possible", compute='_compute_counts')
    is_done = fields.Boolean(readonly=True)
    ready_count = fields.Integer(compute='_compute_counts')
    done_count = fields.Integer(compute='_compute_counts')
    problem_count = fields.Integer(compute='_compute_counts')
    total_count = fields.Integer(compute='_compute_counts')
    done_text = fields.Char("Who got how many", compute='_compute_summary')
    problem_text = fields.Char("Why not", compute='_compute_summary')

    provider_ids = fields.Many2many('stokiva.provider', string="Present providers", compute='_compute_from_orders')
    company_id = fields.Many2one('res.company', compute='_compute_from_orders')
    provider_id = fields.Many2one(
        'stokiva.provider', domain="[('company_id', 'in', (company_id, False))]",
        help="Left empty, the engine chooses the best provider for each order.")
    reason = fields.Char()
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Technician", domain="[('provider_id', 'in', provider_ids)]")
    window_start = fields.Datetime("From")
    window_end = fields.Datetime("Until", compute='_compute_window_end', store=True, readonly=False)

    @api.depends('line_ids.result')
    def _compute_counts(self):
        for wizard in self:
            wizard.problem_line_ids = wizard.line_ids.filtered(lambda line: line.result in ('left_out', 'failed'))
            wizard.problem_count = len(wizard.problem_line_ids)
            wizard.total_count = len(wizard.line_ids)
            wizard.ready_count = len(wizard.line_ids.filtered(lambda line: line.result == 'ready'))
            wizard.done_count = len(wizard.line_ids.filtered(lambda line: line.result == 'done'))

    @api.depends('line_ids.result', 'line_ids.message', 'event')
    def _compute_summary(self):
        for wizard in self:
            done = wizard.line_ids.filtered(lambda line: line.result == 'done') if wizard.event == 'assign' else []
            wizard.done_text = self._count_texts(line.provider_id.name for line in done)
            wizard.problem_text = self._count_texts(line.message for line in wizard.problem_line_ids)

    @api.model
    def _count_texts(self, texts):
        """Return how often each text comes, the most frequent first, False where there is none."""
        return " · ".join(
            f"{text} ({count})" for text, count in Counter(filter(None, texts)).most_common()) or False

    @api.depends('line_ids.work_order_id')
    def _compute_from_orders(self):
        for wizard in self:
            orders = wizard._get_orders()
            wizard.provider_ids = orders.provider_id
            wizard.company_id = orders.company_id if len(orders.company_id) == 1 else False

    @api.depends('window_start')
    def _compute_window_end(self):
        for wizard in self:
            start, end = wizard.window_start, wizard.window_end
            wizard.window_end = start and (end if end and end > start else start + WINDOW)

    # === ACTIONS === #

    def action_confirm(self):
        """Take the step with all orders for which it is possible, and show of each how it went.

        :return: action that shows the dialog again, now with the results
        :raise UserError: if something is missing or it was done already
        """
        self.ensure_one()
        if self.is_done:
            raise UserError(self.env._("This was done already."))
        self._check_given()
        self._get_orders()
        lines = self.line_ids.filtered(lambda line: line.result == 'ready')
        if not lines:
            raise UserError(self.env._("None of these orders can take this step now."))
        self._take_step(lines)
        self.is_done = True
        return self._get_action()

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, orders, event):
        """Create the dialog for a step of orders; those that cannot take it are left out, with the reason.

        :param orders: stokiva.work.order records that the user may read
        :param str event: key of ``ASKED``
        :return: the dialog
        :raise UserError: if there is no such step, or there are too many orders
        """
        if event not in ASKED:
            raise UserError(self.env._("There is no such step: %(detail)s.", detail=event))
        if len(orders) > MAX_ORDERS:
            raise UserError(self.env._(
                "These are %(count)s orders. Choose at most %(most)s at a time.", count=len(orders), most=MAX_ORDERS))
        problems = orders._get_problems(event)
        return self.create({
            'event': event,
            'line_ids': [
                Command.create({
                    'work_order_id': order.id, 'message': problems.get(order),
                    'result': 'left_out' if order in problems else 'ready'})
                for order in orders],
        })

    def _get_orders(self):
        """Return the orders that the dialog is about.

        :raise AccessError: if the user may not see one: a client may name any
        """
        orders = self.line_ids.work_order_id._origin
        orders.with_user(self.env.user).check_access('read')
        return orders

    def _check_given(self):
        """Raise for what the office has to say; to be extended.

        :raise UserError: telling what to add
        """
        if self.event == 'cancel' and not self.reason:
            raise UserError(self.env._("Say why these orders are canceled."))
        if self.event == 'assign' and self.provider_id and not self.reason:
            raise UserError(self.env._("Say why %s, and not the first of each ranking.", self.provider_id.name))
        if self.event == 'plan' and not (self.personnel_id or self.window_start):
            raise UserError(self.env._("Choose a technician or a time."))

    def _prepare_given(self):
        """Return what the event is given, as plain JSON values; to be extended."""
        given = {}
        for name in ASKED[self.event]:
            value = self[name]
            if value:
                field = self._fields[name]
                given[name] = value.id if field.relational else (
                    fields.Datetime.to_string(value) if field.type == 'datetime' else value)
        return given

    def _take_step(self, lines):
        """Take the step: with all at once, and where that is refused with each alone."""
        try:
            with self.env.cr.savepoint():
                self._apply(lines)
        except UserError:
            for line in lines:
                # An order may have gone along with one before it.
                if line.result == 'ready':
                    try:
                        with self.env.cr.savepoint():
                            self._apply(line)
                    except UserError as error:
                        line.write({'result': 'failed', 'message': str(error)})

    def _apply(self, lines):
        """Carry out the event on the orders of the lines, and note the results."""
        orders = lines.work_order_id
        if self.event == 'assign' and not self.provider_id:
            done = orders._assign_automatically(actor=self.env.user, channel='office')
        else:
            events = orders._apply_event(self.event, self._prepare_given(), actor=self.env.user, channel='office')
            done = self.env['stokiva.work.order'].browse(events.work_order_id.ids)
        self.line_ids.filtered(lambda line: line.work_order_id in done and line.result == 'ready').write(
            {'result': 'done'})
        for line in lines.filtered(lambda line: line.result == 'ready'):
            line.write({'result': 'failed', 'message': line.work_order_id.unassigned_reason})

    def _get_action(self):
        """Return the window action that shows this dialog."""
        self.ensure_one()
        titles = {
            'assign': self.env._("Assign work orders"),
            'plan': self.env._("Plan work orders"),
            'cancel': self.env._("Cancel work orders"),
        }
        return {
            'type': 'ir.actions.act_window',
            'name': titles[self.event],
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
        }
