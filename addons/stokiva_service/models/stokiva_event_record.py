from odoo import SUPERUSER_ID, api, fields, models

from .. import audit
from ..folding import fold


class Event(models.Model):
    """Changes of master data and configuration: a chain per record, in the same table as those of the orders."""
    _inherit = 'stokiva.event'

    model = fields.Selection('_get_audited_models', "Kind", readonly=True)
    res_id = fields.Many2oneReference("Record's ID", model_field='model', readonly=True, aggregator=None)
    is_shared = fields.Boolean("For all companies", readonly=True)
    subject = fields.Char("About", compute='_compute_subject')

    _record_seq_uniq = models.UniqueIndex('(model, res_id, seq) WHERE model IS NOT NULL')
    _one_chain = models.Constraint(
        'CHECK((work_order_id IS NULL) = (model IS NOT NULL AND res_id IS NOT NULL))',
        "A row of the log belongs to a work order or to a record.")

    @api.model
    def _get_audited_models(self):
        """Return the models whose changes are logged, as a selection in the user's language."""
        audited = self.env.registry['stokiva.audited']
        kinds = {
            name: self.env[name]._description for name, model in self.env.registry.items()
            if issubclass(model, audited) and not model._abstract}
        # sudo: names only. Not by ``_get``, which remembers, while an addon is installed, that it has no row yet.
        rows = self.env['ir.model'].sudo().search_fetch([('model', 'in', list(kinds))], ['model', 'name'])
        return sorted((kinds | {row.model: row.name for row in rows}).items(), key=lambda item: fold(item[1]))

    @api.depends('work_order_id', 'model', 'res_id')
    @api.depends_context('lang')
    def _compute_subject(self):
        for model, rows in self.grouped('model').items():
            if not model:
                for row in rows:
                    row.subject = row.work_order_id.name
                continue
            # sudo: a log row names what it is about even to those who may not open it
            records = self.env[model].sudo().browse(set(rows.mapped('res_id'))).exists() if model in self.env else ()
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.subject = names.get(row.res_id) or f"{row.res_id}"

    @api.model
    def _append_changes(self, event, changes, companies=None, keys=frozenset()):
        """Append one row per record to the log, chained to its last one, in one statement.

        :param event: what happened, or a function that tells it from a record's changes
        :param dict changes: record of one model → ``{field: [before, after]}``
        :param dict companies: record → res.company, if it cannot be asked any more
        :param keys: names of the fields whose values are personal
        :return: stokiva.event records in the order of ``changes``
        """
        if not changes:
            return self.browse()
        records = next(iter(changes)).browse(record.id for record in changes)
        chains = self.env['stokiva.event.chain'].sudo()  # sudo: nobody has the right to write log rows but this method
        heads = chains._lock(
            records, companies or {record: record._get_audited_company() for record in changes})
        actor = self.env.user if self.env.uid != SUPERUSER_ID else self.env['res.users']
        now = fields.Datetime.now()
        events = self._insert([self._seal({
            'model': record._name,
            'res_id': record.id,
            'company_id': heads[record.id]['company_id'],
            'is_shared': heads[record.id]['is_shared'],
            'seq': heads[record.id]['seq'] + 1,
            'event': event(change) if callable(event) else event,
            'state_before': None,
            'state_after': None,
            'actor_kind': 'user' if actor else 'system',
            'actor_id': actor.id or 0,
            'role': self._get_actor_role(actor),
            'channel': ('portal' if actor.share else 'office') if actor else 'system',
            'occurred_at': now,
            'recorded_at': now,
            'key': None,
            'payload': {'changes': change},
            'prev_hash': heads[record.id]['hash'] or audit.GENESIS,
        }, keys) for record, change in changes.items()])
        chains._move(events)
        return events

    @api.model
    def _forget_personal(self, domain):
        """Erase the clear personal values of rows; their digests stay in the log.

        :param domain: of the rows
        """
        rows = self.sudo().search(domain)  # sudo: the caller has checked who may anonymise
        self.env['stokiva.event.personal'].sudo().search([('event_id', 'in', rows.ids)]).unlink()  # sudo: as above

    @api.model
    def _get_actor_role(self, actor):
        """Return the first of a user's roles in the office, as the log knows roles; None if he has none."""
        if not actor:
            return 'system'
        groups = self.env['stokiva.work.order']._get_role_groups() | {
            'settlement': 'stokiva_service.group_stokiva_settlement', 'administrator': 'base.group_system'}
        return next((role for role, group in groups.items() if actor.has_group(group)), None)
