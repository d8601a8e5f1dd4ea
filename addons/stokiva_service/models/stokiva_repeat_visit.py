from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

MANAGER = 'stokiva_service.group_stokiva_manager'


class RepeatVisit(models.Model):
    """A fault that came back, charged to whoever worked on it before.

    The written rule: work began on an order whose device was repaired by an earlier one, submitted at most the company's
    ``stokiva_repeat_days`` before this one was opened, and a symptom or the cause of both is the same or of one family. The
    last such order before is charged, that is its provider and technician, whoever goes this time, on the day on which it
    was completed. They may object; until a manager has waived it, it counts.
    """
    _name = 'stokiva.repeat.visit'
    _inherit = ['stokiva.audited']
    _description = "Repeat Visit"
    _order = 'opened_at desc, id desc'
    _rec_name = 'work_order_id'
    _log_access = False
    _personal_fields = frozenset({'objection', 'decision'})

    work_order_id = fields.Many2one(
        'stokiva.work.order', "Repeated by", required=True, readonly=True, index=True, ondelete='restrict')
    earlier_id = fields.Many2one(
        'stokiva.work.order', "Earlier Order", required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    provider_id = fields.Many2one('stokiva.provider', "Charged to", required=True, readonly=True, index=True)
    personnel_id = fields.Many2one('stokiva.personnel', "Technician", readonly=True, index='btree_not_null')
    device_id = fields.Many2one(related='work_order_id.device_id')
    repeating_provider_id = fields.Many2one(related='work_order_id.provider_id', string="Who Went Again")
    opened_at = fields.Datetime("Fault Came Back", required=True, readonly=True)
    days = fields.Integer("Days After", readonly=True, aggregator='avg')
    state = fields.Selection(
        [
            ('charged', "Charged to the provider"),
            ('objected', "Objected"),
            ('upheld', "Upheld"),
            ('waived', "Waived"),
        ],
        default='charged', required=True, readonly=True)
    objection = fields.Text(readonly=True)
    objected_at = fields.Datetime("Objected on", readonly=True)
    objected_by_id = fields.Many2one('res.users', "Objected by", readonly=True)
    decision = fields.Text("Why So Decided", readonly=True)
    decided_at = fields.Datetime("Decided on", readonly=True)
    decided_by_id = fields.Many2one('res.users', "Decided by", readonly=True)

    _order_uniq = models.UniqueIndex('(work_order_id)')
    _latest_idx = models.Index("(opened_at DESC, id DESC)")
    _provider_state_idx = models.Index("(provider_id, state)")

    @api.depends('work_order_id.name', 'earlier_id.name')
    def _compute_display_name(self):
        for repeat in self:
            repeat.display_name = f"{repeat.earlier_id.name} → {repeat.work_order_id.name}"

    def _get_logged_creations(self):
        return self.browse()

    # === FINDING === #

    @api.model
    def _get_pairs_query(self, orders):
        """Return the query of who repeats what: ``work_order_id`` and ``earlier_id``.

        :param SQL orders: query of the ids of the later orders
        :rtype: SQL
        """
        faults = [
            SQL("""
                SELECT f.kind, COALESCE(NULLIF(f.family, ''), f.id::text)
                  FROM (SELECT stokiva_fault_id AS id FROM stokiva_work_order_symptom_rel
                         WHERE stokiva_work_order_id = %(order)s.id
                         UNION SELECT %(order)s.opened_symptom_id UNION SELECT %(order)s.cause_id) own
                  JOIN stokiva_fault f ON f.id = own.id""", order=SQL(alias))
            for alias in ('o', 'old')]
        return SQL(
            """
            SELECT o.id AS work_order_id, old.id AS earlier_id
              FROM stokiva_work_order o
              JOIN res_company company ON company.id = o.company_id
              JOIN stokiva_work_order old ON old.device_id = o.device_id AND old.id <> o.id AND old.state = 'completed'
               AND old.submitted_at BETWEEN o.opened_at - company.stokiva_repeat_days * INTERVAL '1 day' AND o.opened_at
             WHERE o.id IN (%s) AND o.started_at IS NOT NULL AND EXISTS (%s)
            """, orders, SQL(" INTERSECT ").join(faults))

    @api.model
    def _get_pairs(self, orders):
        """Return the earlier orders that orders repeat.

        :param orders: stokiva.work.order records
        :return: ``{order: stokiva.work.order records}``
        """
        orders.flush_model(['company_id', 'device_id', 'state', 'submitted_at', 'opened_at', 'started_at',
                            'symptom_ids', 'opened_symptom_id', 'cause_id'])
        pairs = defaultdict(orders.browse)
        for later, earlier in self.env.execute_query(self._get_pairs_query(SQL("SELECT unnest(%s::integer[])", list(orders.ids)))):
            pairs[orders.browse(later)] |= orders.browse(earlier)
        return pairs

    @api.model
    def _find(self, orders):
        """Bring the repeat visits of orders up to date; those about which somebody said something stay.

        :param SQL orders: query of the ids of the later orders
        :return: ids of the earlier orders whose charge came or went
        :rtype: list
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            WITH pair AS MATERIALIZED (
                SELECT DISTINCT ON (found.work_order_id) found.*, old.company_id, old.provider_id, old.personnel_id,
                       o.opened_at, o.opened_at::date - old.submitted_at::date AS days
                  FROM (%(pairs)s) found
                  JOIN stokiva_work_order o ON o.id = found.work_order_id
                  JOIN stokiva_work_order old ON old.id = found.earlier_id
              ORDER BY found.work_order_id, old.submitted_at DESC, old.id DESC
            ), gone AS (
                DELETE FROM stokiva_repeat_visit r
                 WHERE r.state = 'charged' AND r.work_order_id IN (%(orders)s) AND NOT EXISTS (
                    SELECT 1 FROM pair WHERE (pair.work_order_id, pair.earlier_id) = (r.work_order_id, r.earlier_id))
             RETURNING r.earlier_id
            ), made AS (
                INSERT INTO stokiva_repeat_visit (
                    work_order_id, earlier_id, company_id, provider_id, personnel_id, opened_at, days, state)
                SELECT work_order_id, earlier_id, company_id, provider_id, personnel_id, opened_at, days, 'charged' FROM pair
                    ON CONFLICT (work_order_id) DO NOTHING
             RETURNING earlier_id
            )
            SELECT earlier_id FROM gone UNION SELECT earlier_id FROM made
            """, pairs=self._get_pairs_query(orders), orders=orders))
        earlier = [id_ for id_, in self.env.cr.fetchall()]
        self.invalidate_model()
        return earlier

    def _get_shared_faults(self):
        """Return why the work counts as repeated: faults of the later order that are the same as one of the earlier, or of
        one family with it.

        :return: stokiva.fault records
        """
        self.ensure_one()

        def key(fault):
            return fault.kind, fault.family or fault.id

        known, found = ({
            key(fault): fault for fault in order.symptom_ids | order.opened_symptom_id | order.cause_id
        } for order in (self.earlier_id, self.work_order_id))
        return self.env['stokiva.fault'].union(*(fault for key, fault in found.items() if key in known))

    # === APPEAL === #

    def _object(self, reason, actor=None):
        """Note that the provider does not see the repeat as its own; a manager decides.

        The caller has checked that the actor speaks for the provider.

        :param str reason: why, in the provider's words
        :param actor: res.users record, by default the current one
        :raise UserError: without a reason, or if it was objected to already
        """
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        for repeat in self:
            if repeat.state != 'charged':
                raise UserError(self.env._("%s was objected to already.", repeat.display_name))
        # sudo: nobody writes repeat visits but these methods
        self.sudo().write({
            'state': 'objected', 'objection': reason, 'objected_at': fields.Datetime.now(),
            'objected_by_id': (actor or self.env.user).id})

    def _decide(self, state, reason):
        """Uphold or waive the charge, as a manager.

        :param str state: ``upheld`` or ``waived``
        :param str reason: why
        :raise AccessError: if the user is no manager
        :raise UserError: without a reason
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("A manager decides about objections."))
        self.check_access('read')
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        # sudo: as above
        self.sudo().write({
            'state': state, 'decision': reason, 'decided_at': fields.Datetime.now(), 'decided_by_id': self.env.user.id})
