from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import sla

# Written by hand, by a dispatcher; all else follows from the order's events.
EXPLAINED = frozenset({'reason_id', 'reason_note'})
PROMISES = [('assign', "Assignment"), ('accept', "Answer"), ('arrive', "Arrival"), ('complete', "Completion")]
# Fields of the row that are the same in ``sla.Clock``.
SAME = ('minutes', 'percent', 'started_at', 'ended_at', 'deadline', 'risk_at', 'state', 'stage')


class SlaClock(models.Model):
    """One time promised for an order: since when it counts, when it is due, whether it was kept.

    Follows the order's events, see ``sla.follow``; nothing else writes it but the alerts and the reason of a lateness.
    """
    _name = 'stokiva.sla.clock'
    _inherit = ['stokiva.held.mixin', 'stokiva.audited']
    _description = "Promised Time"
    _order = 'id'
    _rec_name = 'clock'
    _audited_fields = EXPLAINED
    _personal_fields = frozenset({'reason_note'})

    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    policy_id = fields.Many2one(
        'stokiva.sla.policy', "Service Level", required=True, readonly=True, index=True, ondelete='restrict')
    policy_version = fields.Integer("Version", readonly=True, aggregator=None)
    clock = fields.Selection(PROMISES, "Promise", required=True, readonly=True)
    provider_id = fields.Many2one('stokiva.provider', readonly=True, index='btree_not_null')
    assignment_id = fields.Many2one('stokiva.assignment', "Offer", readonly=True, index='btree_not_null')
    minutes = fields.Integer("Promised (minutes)", readonly=True, aggregator='avg')
    percent = fields.Integer("At Risk After (%)", readonly=True, aggregator=None)
    window_start = fields.Datetime("Agreed From", readonly=True)
    window_end = fields.Datetime("Agreed Until", readonly=True)
    started_at = fields.Datetime("Counts From", required=True, readonly=True)
    runs = fields.Json(readonly=True, prefetch=False)
    deadline = fields.Datetime("Due", readonly=True)
    risk_at = fields.Datetime("At Risk From", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    state = fields.Selection(
        [
            ('running', "Running"),
            ('paused', "Stopped"),
            ('kept', "Kept"),
            ('broken', "Broken"),
            ('void', "Not counted"),
        ],
        required=True, readonly=True, default='running')
    stage = fields.Integer("Told", readonly=True, aggregator=None)
    alert_at = fields.Datetime("Next Alert", readonly=True)
    is_kept = fields.Integer("Kept", readonly=True, aggregator='sum')
    is_broken = fields.Integer("Broken", readonly=True, aggregator='sum')
    late_minutes = fields.Integer("Late (minutes)", readonly=True, aggregator='avg')
    kept_rate = fields.Float("Kept (%)", compute='_compute_kept_rate', digits=(5, 1), aggregator='avg')
    reason_id = fields.Many2one(
        'stokiva.late.reason', "Why Late", index='btree_not_null', ondelete='restrict',
        domain="[('company_id', 'in', (company_id, False))]")
    reason_note = fields.Char("Remark")
    reason_party = fields.Selection(related='reason_id.party', string="Due To")

    service_type_id = fields.Many2one(related='work_order_id.service_type_id')
    device_type_id = fields.Many2one(related='work_order_id.device_type_id')
    city_id = fields.Many2one(related='work_order_id.city_id', string="District")
    partner_id = fields.Many2one(related='work_order_id.partner_id', string="Customer")
    personnel_id = fields.Many2one(related='work_order_id.personnel_id', string="Technician")
    time_left = fields.Char(compute='_compute_time_left')
    is_late = fields.Boolean("Late Now", compute='_compute_time_left', search='_search_is_late')

    _alert_idx = models.Index("(alert_at, id) WHERE alert_at IS NOT NULL")
    _running_idx = models.Index("(deadline) WHERE state = 'running'")
    _started_idx = models.Index("(started_at)")

    @api.depends('is_kept', 'is_broken')
    def _compute_kept_rate(self):
        for clock in self:
            clock.kept_rate = 100 * clock.is_kept

    @api.depends('deadline', 'state')
    @api.depends_context('lang')
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for clock in self:
            is_running = clock.state == sla.RUNNING and clock.deadline
            clock.is_late = is_running and clock.deadline < now
            clock.time_left = clock.work_order_id._get_time_left(clock.deadline) if is_running else False

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('state', '=', sla.RUNNING) & Domain('deadline', '<', fields.Datetime.now())

    @api.depends('work_order_id.name', 'clock')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['clock']._description_selection(self.env))
        for clock in self:
            clock.display_name = f"{clock.work_order_id.name}: {labels.get(clock.clock, '')}"

    def _read_group_select(self, aggregate_spec, query):
        """Let reports divide what was kept by what was kept or broken; what runs or does not count is left out."""
        if aggregate_spec != 'kept_rate:avg':
            return super()._read_group_select(aggregate_spec, query)
        kept, broken = (self._field_to_sql(self._table, name, query) for name in ('is_kept', 'is_broken'))
        return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s + %s), 0)", kept, kept, broken)

    # === CRUD === #

    def write(self, vals):
        """Write the reason of a lateness; the rest only under ``env.su``.

        :raise AccessError: on any other field
        """
        if not self.env.su and vals.keys() - EXPLAINED:
            raise AccessError(self.env._("Promised times follow the work order. Only the reason of a lateness can be given."))
        return super().write(vals)

    def _get_logged_creations(self):
        return self.browse()

    # === FROM AND TO THE CLOCKS OF sla.py === #

    def _to_clock(self):
        """Return the clock of a row."""
        self.ensure_one()
        return sla.Clock(
            kind=self.clock, runs=[sla.Run.from_json(run) for run in self.runs or ()],
            window=(self.window_start, self.window_end) if self.window_end else None,
            ref=self.assignment_id.id or None, provider_id=self.provider_id.id or None, policy_id=self.policy_id.id,
            **{name: self[name] or None if self._fields[name].type == 'datetime' else self[name] for name in SAME})

    @api.model
    def _prepare_values(self, clock, policy, moment):
        """Return the values of a clock's row.

        :param clock: sla.Clock
        :param dict policy: snapshot of its policy
        :param datetime moment: up to which its alerts are told
        :rtype: dict
        """
        start, end = clock.window or (False, False)
        is_late = bool(clock.deadline and clock.ended_at and clock.ended_at > clock.deadline)
        due = (clock.stage, None)
        if clock.state == sla.RUNNING:
            # What was reached is told by the cron: an event writes its order's rows only.
            reached, following = sla.get_alert(clock, policy['levels'], moment)
            due = (clock.stage, moment if reached > clock.stage else following)
        return {
            **{name: getattr(clock, name) for name in SAME},
            'runs': [run.to_json(clock.deadline) for run in clock.runs],
            'window_start': start, 'window_end': end, 'provider_id': clock.provider_id, 'alert_at': due[1],
            'policy_id': clock.policy_id, 'policy_version': policy['version'],
            'is_kept': int(clock.state == sla.KEPT),
            'is_broken': int(clock.state == sla.BROKEN or (clock.state in sla.UNDER_WAY and clock.stage >= sla.BREACH)),
            'late_minutes': round((clock.ended_at - clock.deadline).total_seconds() / 60) if is_late else 0,
        }
