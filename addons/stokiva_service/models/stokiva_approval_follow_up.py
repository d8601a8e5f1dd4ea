import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import approving

_logger = logging.getLogger(__name__)


class Approval(models.Model):
    """What is done while the customer does not answer: reminders by the same link, then the list of calls."""
    _inherit = 'stokiva.approval'

    follow_up_at = fields.Datetime("Next Step on", readonly=True, help="When the customer is reminded, or called.")
    reminder_count = fields.Integer("Reminders", readonly=True, aggregator=None)
    call_at = fields.Datetime("To Call on", readonly=True, help="From then on the customer is on the list of calls.")
    call_count = fields.Integer("Calls", readonly=True, aggregator=None, help="How often he was called in vain.")
    call_outcome = fields.Selection(
        [('not_reached', "Not reached"), ('call_back', "Wants to be called back")], "Last Call", readonly=True)
    call_note = fields.Char("Note of the Last Call", readonly=True)
    phone = fields.Char(related='work_order_id.partner_id.phone')
    device_id = fields.Many2one(related='work_order_id.device_id')
    spoken_text = fields.Text("What to Say", compute='_compute_spoken_text')

    _follow_up_idx = models.Index("(follow_up_at) WHERE follow_up_at IS NOT NULL")
    _call_idx = models.Index("(call_at, id) WHERE call_at IS NOT NULL")

    @api.depends('shown')
    @api.depends_context('lang')
    def _compute_spoken_text(self):
        for approval in self:
            approval.spoken_text = approval.work_order_id._get_spoken_text(approval._get_shown())

    # === BUTTONS === #

    def action_call(self):
        """Open the dialog of a call: what to say, and how it went.

        :return: window action
        """
        self.ensure_one()
        return self.work_order_id.with_context(stokiva_event='call').action_event()

    def action_remind(self):
        """Send the customer his link again.

        :return: True
        """
        self.ensure_one()
        return self.work_order_id.with_context(stokiva_event='remind').action_event()

    # === IN TIME === #

    def _plan_follow_up(self, **values):
        """Note a step, and when the next one is due.

        :param values: what else changes
        """
        for approval in self:
            hours = approval.company_id.stokiva_reminder_hours
            approval.write({'follow_up_at': fields.Datetime.now() + timedelta(hours=hours), **values})

    @api.model
    def _cron_expire(self, batch_size=500):
        """Mark requests whose link has ended; their customers are called."""
        now = fields.Datetime.now()
        domain = [('state', '=', 'pending'), ('expires_at', '<', now)]
        approvals = self.search(domain, limit=batch_size)
        approvals.write({'state': 'expired'})
        approvals.filtered(lambda item: not item.call_at and not item.work_order_id._is_muted()).write({'call_at': now})
        self.env['ir.cron']._commit_progress(len(approvals), remaining=self.search_count(domain))

    @api.model
    def _cron_follow_up(self, batch_size=200):
        """Do the next step for requests that nobody answers. One that fails keeps no other back."""
        domain = [('follow_up_at', '<=', fields.Datetime.now())]
        approvals = self.search(domain, limit=batch_size, order='follow_up_at, id')
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=self.search_count(domain))
        for approval in approvals:
            approval.try_lock_for_update().filtered_domain(domain)._follow_up_safely()
            if not progress(1):
                break

    def _follow_up_safely(self):
        """Do the next step in a savepoint; after a failure it is tried again an interval later."""
        for approval in self:
            try:
                with self.env.cr.savepoint():
                    approval._follow_up()
            except UserError as error:
                _logger.warning("No next step for %s: %s", approval.display_name, error)
                approval._plan_follow_up()

    def _follow_up(self):
        """Do the next step: remind, else call, else take the silence for a yes where the company wants that."""
        self.ensure_one()
        order, company, now = self.work_order_id, self.company_id, fields.Datetime.now()
        if self._get_asked(order)[order] != self or order._is_muted():
            self.follow_up_at = False
        elif (silent_at := self._get_silent_at()) and silent_at <= now:
            order._apply_event('approve', {'approval_id': self.id}, actor=None, channel=approving.SILENT)
        elif self._is_answerable() and self.reminder_count < company.stokiva_reminder_count:
            together = self._get_page_approvals().filtered(
                lambda item: item.follow_up_at and item.reminder_count <= self.reminder_count)
            together.work_order_id._apply_event('remind', actor=None, channel='cron')
        else:
            self.write({'call_at': self.call_at or now, 'follow_up_at': silent_at})

    def _get_silent_at(self):
        """Return when the customer's silence counts as his approval, None if never.

        Never for a price, never where he has to sign, never when nothing reached him, and not when he asked to be
        called back.
        """
        self.ensure_one()
        days, order = self.company_id.stokiva_silent_days, self.work_order_id
        if not days or self.kind != 'work' or order.service_type_id.needs_signature or self.call_outcome == 'call_back':
            return None
        is_told = self.env['stokiva.message'].search_count([
            ('work_order_id', 'in', order._get_group().ids), ('audience', '=', 'customer'), ('state', '=', 'sent'),
            ('create_date', '>=', self.create_date)], limit=1)
        return self.create_date.replace(microsecond=0) + timedelta(days=days) if is_told else None
