import json

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.stokiva_service import figures

from .. import checks


class ClaimResult(models.Model):
    """What a check said of a settlement, with the evidence, and the limits and version of the rule by which it did.

    A result that changes becomes a new row; the former one stays, no longer current. Written by the checks alone.
    """
    _name = 'stokiva.claim.result'
    _description = "Result of a Check"
    _order = 'settlement_id desc, is_current desc, result_rank desc, id'
    _log_access = False

    settlement_id = fields.Many2one('stokiva.settlement', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    work_order_id = fields.Many2one(related='settlement_id.work_order_id')
    provider_id = fields.Many2one('stokiva.provider', readonly=True, index='btree_not_null')
    kind = fields.Selection(
        lambda self: self.env['stokiva.claim.rule']._fields['kind']._description_selection(self.env), "Check",
        required=True, readonly=True)
    result = fields.Selection(
        [(checks.PASS, "Nothing found"), (checks.WARN, "Warning"), (checks.HOLD, "Hold")], required=True, readonly=True)
    result_rank = fields.Integer(readonly=True, aggregator=None)
    evidence = fields.Json(readonly=True)
    summary = fields.Text("What Was Found", compute='_compute_summary')
    media_ids = fields.Many2many('stokiva.media', string="Photos", compute='_compute_media_ids')
    order_ids = fields.Many2many('stokiva.work.order', string="Other Orders", compute='_compute_order_ids')
    rule_id = fields.Many2one(
        'stokiva.claim.rule', readonly=True, index='btree_not_null', ondelete='set null')
    version = fields.Integer("Version of the Rule", readonly=True, aggregator=None)
    parameters = fields.Json("Limits", readonly=True)
    parameters_text = fields.Char("By These Limits", compute='_compute_parameters_text')
    checked_at = fields.Datetime("Checked on", required=True, readonly=True)
    is_current = fields.Boolean("Current", readonly=True)

    _current_uniq = models.UniqueIndex("(settlement_id, kind) WHERE is_current")
    _found_idx = models.Index("(company_id, kind, settlement_id DESC) WHERE is_current AND result_rank > 0")
    _order_idx = models.Index("(settlement_id DESC, is_current DESC, result_rank DESC, id)")

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for row in self:
            row.display_name = labels.get(row.kind)

    @api.depends('evidence')
    @api.depends_context('lang')
    def _compute_summary(self):
        words = self.env['stokiva.claim.words']
        for row in self:
            row.summary = "\n".join(words._describe(row.kind, finding) for finding in row.evidence or ())

    @api.depends('evidence')
    def _compute_media_ids(self):
        for row in self:
            row.media_ids = row._get_named('stokiva.media', 'media_id', 'old_media_id')

    @api.depends('evidence')
    def _compute_order_ids(self):
        for row in self:
            row.order_ids = row._get_named('stokiva.work.order', 'old_order_id')

    def _get_named(self, model, *keys):
        """Return the records that the evidence names and that the user may see."""
        ids = [finding[key] for finding in self.evidence or () for key in keys if finding.get(key)]
        return self.env[model].browse(dict.fromkeys(ids)).exists()._filtered_access('read')

    @api.depends('parameters')
    @api.depends_context('lang')
    def _compute_parameters_text(self):
        labels = self.env['stokiva.claim.rule']._fields
        for row in self:
            row.parameters_text = ", ".join(
                f"{labels[name]._description_string(self.env)} {figures.spell(self.env, value)}"
                for name, value in (row.parameters or {}).items() if name in labels)

    @api.model
    def _store(self, settlements, rows, now):
        """Keep what the checks said now; what did not change stays as it is.

        :param settlements: stokiva.settlement records that were checked
        :param list rows: dicts of ``settlement_id, kind, result, evidence, rule, parameters``
        :param datetime now: when
        :return: ``{settlement id: [kinds]}`` that say hold now and did not before
        :rtype: dict
        """
        self.flush_model()
        current = {
            (settlement, kind): (id_, result, version, evidence)
            for id_, settlement, kind, result, version, evidence in self.env.execute_query(SQL(
                """SELECT id, settlement_id, kind, result, version, evidence FROM stokiva_claim_result
                    WHERE is_current AND settlement_id = ANY(%s)""", list(settlements.ids)))}
        values, held, kept = [], {}, set()
        for row in rows:
            key = row['settlement_id'], row['kind']
            evidence = json.dumps(row['evidence'], default=str)
            former = current.get(key)
            if former and former[1:3] == (row['result'], row['rule'].version) and former[3] == json.loads(evidence):
                kept.add(former[0])
                continue
            if row['result'] == checks.HOLD and not (former and former[1] == checks.HOLD):
                held.setdefault(row['settlement_id'], []).append(row['kind'])
            values.append((
                *key, row['result'], checks.RESULTS.index(row['result']), evidence, row['rule'].id, row['rule'].version,
                json.dumps(row['parameters'])))
        self.env.cr.execute(SQL(
            "UPDATE stokiva_claim_result SET is_current = false WHERE id = ANY(%s)",
            [id_ for id_, *_rest in current.values() if id_ not in kept]))
        if values:
            self.env.cr.execute(SQL(
                """INSERT INTO stokiva_claim_result (settlement_id, company_id, provider_id, kind, result, result_rank,
                                                     evidence, rule_id, version, parameters, checked_at, is_current)
                   SELECT s.id, s.company_id, s.provider_id, row.kind, row.result, row.rank, row.evidence::jsonb, row.rule,
                          row.version, row.parameters::jsonb, %s, true
                     FROM unnest(%s::int[], %s, %s, %s, %s, %s::int[], %s::int[], %s)
                          row (settlement, kind, result, rank, evidence, rule, version, parameters)
                     JOIN stokiva_settlement s ON s.id = row.settlement""",
                now, *(list(column) for column in zip(*values, strict=True))))
        self.invalidate_model(flush=False)
        return held
