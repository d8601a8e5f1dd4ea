from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import figures, workflow

# The work is done, as the technician says: what the lines name is fitted. A quote's parts are not.
USED_STATES = (workflow.AWAITING_APPROVAL, workflow.COMPLETED)
FIELD_CHANNELS = ('portal', 'field')
FIELD_ROLES = (workflow.TECHNICIAN, workflow.PROVIDER)


class WorkOrder(models.Model):
    """Parts as stock: they leave the provider's stock when the order is submitted, and come back if it is not done.

    The event only marks the order, in its own row; a job right after the commit makes the moves. Stock is
    shared by all orders of a provider: written inside the event, it would make them conflict.
    """
    _inherit = 'stokiva.work.order'

    parts_due = fields.Boolean(
        "Parts To Be Moved", readonly=True, copy=False, help="The job that moves parts has not seen the order yet.")
    part_alert = fields.Char("Parts Not in Stock", compute='_compute_part_alert')

    _parts_due_idx = models.Index("(id) WHERE parts_due")

    @api.depends('part_line_ids.stock_state')
    def _compute_part_alert(self):
        for order in self:
            short = order.part_line_ids.filtered(lambda line: line.stock_state == 'short')
            order.part_alert = ", ".join(short.mapped('name'))

    # === THE EVENT === #

    def _post_event(self, events):
        """Mark the orders whose parts have to leave or to come back; from the office only what is there."""
        res = super()._post_event(events)
        concerned = events.filtered(lambda event: event._moves_parts()).work_order_id
        if concerned:
            concerned._follow_parts(events[0].channel, events[0].role)
        return res

    def _follow_parts(self, channel, role):
        """Check and mark what the stock has to follow after an event.

        :param str channel: of the event
        :param str role: of its actor
        :raise UserError: if a part has no serial number, or the office would take what is not there
        """
        used = self.filtered(lambda order: order.state in USED_STATES)
        lines = used.part_line_ids.filtered(lambda line: line._is_stocked())
        lines._check_lots()
        due = lines.filtered(lambda line: line.stock_state not in ('done', 'own') or not line._is_moved_rightly())
        pending = (self - used).part_line_ids.filtered(lambda line: line.stock_state in ('waiting', 'short'))
        if not due and not pending and not self._get_part_moves():
            return
        _served, short = due._plan()
        if short and channel not in FIELD_CHANNELS and role not in FIELD_ROLES:
            # What the field has told of already is fitted: the office cannot unfit it.
            refused = {line: quantity for line, quantity in short.items() if line.stock_state != 'short'}
            if refused:
                raise UserError(self._describe_short(refused))
        (due - self.env['stokiva.part.line'].union(*short)).stock_state = 'waiting'
        self._mark_short(short)
        self.parts_due = True
        self._wake_parts_job()

    def _describe_short(self, short):
        """Return in words what is not there.

        :param dict short: ``{stokiva.part.line record: missing quantity}``
        """
        rows = [
            self.env._(
                "%(part)s: %(quantity)s missing at %(provider)s",
                part=line.lot_id and f"{line.product_id.display_name} ({line.lot_id.name})" or line.product_id.display_name,
                quantity=figures.spell(self.env, quantity), provider=line.work_order_id.provider_id.name)
            for line, quantity in short.items()]
        return self.env._(
            "There is not enough in stock. Send parts there first, or tick “Provider's own part”.\n%s",
            "\n".join(rows))

    def _mark_short(self, short):
        """Note lines whose part is fitted but in no stock, and ask a dispatcher to look into it.

        :param dict short: ``{stokiva.part.line record: missing quantity}``
        """
        news = self.env['stokiva.part.line'].union(*short).filtered(lambda line: line.stock_state != 'short')
        news.stock_state = 'short'
        for order, lines in news.grouped('work_order_id').items():
            order.activity_schedule(
                'stokiva_service.mail_activity_type_part', user_id=order._get_dispatcher().id,
                note=order._describe_short({line: short[line] for line in lines}))

    @api.model
    def _wake_parts_job(self):
        """Let the job run after this transaction's commit."""
        cron_id = self.env['ir.model.data']._xmlid_to_res_id('stokiva_service.ir_cron_parts_move')
        # sudo: what stock follows from an event is nobody's right and everybody's consequence
        self.env['ir.cron'].sudo().browse(cron_id)._trigger()

    # === THE JOB === #

    @api.model
    def _cron_move_parts(self, batch_size=100):
        """Make the moves of orders that events have marked. A failing order never stops the others."""
        domain = [('parts_due', '=', True)]
        orders = self.search(domain, limit=batch_size, order='id')
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        for order in orders:
            order.try_lock_for_update().filtered_domain(domain)._move_parts_safely()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _move_parts_safely(self):
        """Move an order's parts in a savepoint; what stock refuses is for a dispatcher to look into."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._move_parts()
        except UserError as error:
            lines = self.part_line_ids.filtered(lambda line: line.stock_state == 'waiting')
            lines.stock_state = 'short'
            self.activity_schedule(
                'stokiva_service.mail_activity_type_part', user_id=self._get_dispatcher().id, note=str(error))
        self.parts_due = False

    def _move_parts(self):
        """Make stock agree with the order's state and lines: fitted parts leave, others come back."""
        self.ensure_one()
        if self.state not in (*USED_STATES, *workflow.CLOSED):
            return  # reworked meanwhile: what was fitted stays so until it is submitted anew
        order = self.with_company(self.company_id)
        lines = order.part_line_ids.filtered(lambda line: line._is_stocked() and line.stock_state != 'own')
        if order.state not in USED_STATES:
            lines = lines.browse()
        held = order.part_line_ids.filtered(lambda line: line._is_pay_held())
        right = lines.filtered(lambda line: line._is_moved_rightly())
        order._get_part_moves().filtered(
            lambda move: move.stokiva_part_line_id not in right)._stokiva_take_back_parts()
        (order.part_line_ids - lines).filtered(lambda line: line.stock_state in ('waiting', 'short', 'done')).write(
            {'stock_state': False, 'return_state': False, 'return_due': False})
        served, short = (lines - right)._plan()
        for line, takes in served.items():
            line._move(takes)
        order._mark_short(short)
        order._settle_part_alerts()
        released = held.filtered(lambda line: line.stock_state != 'short')
        if released:
            released._post_settled()

    def _settle_part_alerts(self):
        """Close the dispatcher's to-do of orders whose parts are all settled."""
        settled = self.filtered(lambda order: not order.part_alert)
        settled.activity_feedback(['stokiva_service.mail_activity_type_part'])

    def _get_part_moves(self):
        """Return the moves by which parts of the orders left a stock and did not come back."""
        moves = self.env['stock.move'].search([
            ('stokiva_work_order_id', 'in', self.ids), ('state', '=', 'done'), ('origin_returned_move_id', '=', False)])
        return moves.filtered(lambda move: 'done' not in move.returned_move_ids.mapped('state'))
