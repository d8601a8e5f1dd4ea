import json
import secrets
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import audit
from ..rows import append

ACTORS = {'user': 'res.users', 'personnel': 'stokiva.personnel', 'partner': 'res.partner'}
WINDOW = ('window_start', 'window_end')


class Row(NamedTuple):
    """A row of the log that is to be inserted.

    :param dict values: of its columns, ``hash`` among them
    :param str salt: of the digests in its payload
    :param dict personal: the values that they stand for
    """
    values: dict
    salt: str
    personal: dict


class Event(models.Model):
    """The audit log: append-only rows, chained by hash per order and per record. See ``docs/verify.md``."""
    _name = 'stokiva.event'
    _inherit = ['stokiva.held.mixin']
    _description = "Event"
    _order = 'work_order_id, seq'
    _log_access = False
    _rec_name = 'event'

    work_order_id = fields.Many2one('stokiva.work.order', readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    seq = fields.Integer("No.", required=True, readonly=True)
    event = fields.Char(required=True, readonly=True)
    state_before = fields.Char(readonly=True)
    state_after = fields.Char(readonly=True)
    actor_kind = fields.Char("Kind of actor", required=True, readonly=True)
    actor_id = fields.Integer("Actor's ID", readonly=True, aggregator=None)
    actor_name = fields.Char("Who", compute='_compute_actor_name', search='_search_actor_name')
    role = fields.Char(readonly=True)
    channel = fields.Char(
        required=True, readonly=True,
        help="office, portal, field, link, sms, call, on_site, document, cron, sale, api or system")
    occurred_at = fields.Datetime("When", required=True, readonly=True)
    recorded_at = fields.Datetime(required=True, readonly=True)
    key = fields.Char(readonly=True, help="The sender's own id of the event: a repetition changes nothing.")
    payload = fields.Text(required=True, readonly=True, help="Canonical JSON; personal values as salted digests.")
    prev_hash = fields.Char(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _order_seq_uniq = models.UniqueIndex('(work_order_id, seq)')
    _order_key_uniq = models.UniqueIndex('(work_order_id, key) WHERE key IS NOT NULL')
    _occurred_idx = models.Index('(occurred_at, event)')

    def init(self):
        """Let the database itself refuse to change or remove what was logged."""
        self._guard_table(self._table)

    @api.model
    def _guard_table(self, table):
        """Let the database refuse UPDATE, DELETE and TRUNCATE on a table of the log.

        :param str table: its name
        """
        row, statement = SQL.identifier(f'{table}_no_change'), SQL.identifier(f'{table}_no_truncate')
        table = SQL.identifier(table)
        self.env.cr.execute(SQL(
            """
            CREATE OR REPLACE FUNCTION stokiva_event_append_only() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'the audit log cannot be changed'
                    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS %(row)s ON %(table)s;
            CREATE TRIGGER %(row)s BEFORE UPDATE OR DELETE ON %(table)s
                FOR EACH ROW EXECUTE FUNCTION stokiva_event_append_only();
            DROP TRIGGER IF EXISTS %(statement)s ON %(table)s;
            CREATE TRIGGER %(statement)s BEFORE TRUNCATE ON %(table)s
                FOR EACH STATEMENT EXECUTE FUNCTION stokiva_event_append_only();
            """, row=row, statement=statement, table=table))

    def _compute_actor_name(self):
        names = {}
        for kind, rows in self.grouped('actor_kind').items():
            if kind != 'system':
                # sudo: a log row tells who acted even to those who may not open that person's record
                people = self.env[ACTORS[kind]].sudo().browse(set(rows.mapped('actor_id'))).exists()
                names |= {(kind, person.id): person.display_name for person in people}
        for row in self:
            if row.actor_kind == 'system':
                row.actor_name = self.env._("System")
            else:
                row.actor_name = names.get((row.actor_kind, row.actor_id)) or f"{row.actor_kind} {row.actor_id}"

    @api.model
    def _search_actor_name(self, operator, value):
        """Find the rows of users, people of providers and contacts whose name fits."""
        if operator not in ('ilike', '=ilike', 'like', 'in'):
            return NotImplemented
        domains = [Domain('actor_kind', '=', 'system')] if operator == 'in' and self.env._("System") in value else []
        for kind, model in ACTORS.items():
            # sudo: as above
            people = self.env[model].sudo().with_context(active_test=False).search([('display_name', operator, value)])
            domains.append(Domain('actor_kind', '=', kind) & Domain('actor_id', 'in', people.ids))
        return Domain.OR(domains)

    @api.model
    def _append(self, values):
        """Append one row per order to the log, chained to its last one.

        :param list values: as for ``_prepare``
        :return: stokiva.event records in the same order
        """
        return self._insert(self._prepare(values))

    @api.model
    def _prepare(self, values):
        """Return the next row of each order, to be inserted before the transaction ends.

        :param list values: dicts of ``work_order_id`` (record), ``event state_before state_after actor role
            channel key occurred_at payload``, as ``_prepare_event_values`` gives them
        :return: list of ``Row`` in the same order
        """
        kinds = {model: kind for kind, model in ACTORS.items()}
        recorded = fields.Datetime.now()
        rows = []
        for item in values:
            order, actor = item['work_order_id'], item['actor']
            rows.append({
                'work_order_id': order.id,
                'company_id': order.company_id.id,
                'seq': order.event_seq + 1,
                'event': item['event'],
                'state_before': item['state_before'],
                'state_after': item['state_after'],
                'actor_kind': kinds[actor._name] if actor else 'system',
                'actor_id': actor.id if actor else 0,
                'role': item['role'],
                'channel': item['channel'],
                'occurred_at': item['occurred_at'],
                'recorded_at': recorded,
                'key': item['key'],
                'payload': item['payload'],
                'prev_hash': order.event_hash or audit.GENESIS,
            })
        return [self._seal(row, audit.PERSONAL_KEYS) for row in rows]

    @api.model
    def _seal(self, row, keys):
        """Return a row with its hash, personal values as digests.

        :param dict row: its values, ``payload`` in the clear
        :param keys: the keys in the payload whose values are personal
        :rtype: Row
        """
        salt = secrets.token_hex(16)
        payload, personal = audit.mask(json.loads(audit.canonical(row['payload'])), salt, keys)
        values = {**row, 'payload': audit.canonical(payload)}
        values['hash'] = audit.event_hash({
            **values, 'occurred_at': audit.iso(row['occurred_at']), 'recorded_at': audit.iso(row['recorded_at'])})
        return Row(values, salt, personal)

    @api.model
    def _insert(self, rows):
        """Insert rows, all in one statement, and their personal values.

        :param list rows: of ``Row``
        :return: stokiva.event records in the same order
        """
        events = append(self.sudo(), [row.values for row in rows])  # sudo: nobody has the right to create log rows but this method
        append(self.env['stokiva.event.personal'], [
            {'event_id': event.id, 'salt': row.salt, 'clear': audit.canonical(row.personal)}
            for event, row in zip(events, rows, strict=True) if row.personal])
        return events

    @api.model_create_multi
    def create(self, vals_list):
        """Append rows; under ``env.su`` only.

        :raise AccessError: for anybody else
        """
        if not self.env.su:
            raise AccessError(self.env._("Only events write to the log."))
        return super().create(vals_list)

    def _get_plan_changes(self):
        """Tell plans apart by what they change of a visit that is planned already.

        :return: ``{row: 'same' or 'moved'}`` (to another time); a first plan is left out, and one at the same time for
            somebody else
        :rtype: dict
        """
        plans = self.filtered(lambda row: row.event == 'plan')
        if not plans:
            return {}
        before = self.search([
            ('work_order_id', 'in', plans.work_order_id.ids), ('id', 'not in', plans.ids),
            ('event', 'in', ('plan', 'suspend', 'assign', 'reassign'))]).grouped('work_order_id')
        changes = {}
        for row in plans:
            window, told = before.get(row.work_order_id, row.browse())._get_standing_plan()
            given = row._get_planned()
            if given.items() <= told.items():
                changes[row] = 'same'
            elif window.get('window_start') and given.get('window_start') and (
                    any(given.get(name, moment) != moment for name, moment in window.items())):
                changes[row] = 'moved'
        return changes

    def _get_standing_plan(self):
        """Return what is planned after the last of an order's rows, in the order of the log.

        :return: ``(window, told)``: the time that stands, and all that its provider was told, as ``_get_planned``
        :rtype: tuple(dict, dict)
        """
        window, told = {}, {}
        for row in self.sorted('seq'):
            if row.event in ('suspend', 'reassign'):
                window = {}
            given = row._get_planned()
            window |= {name: value for name, value in given.items() if name in WINDOW}
            told = told | given if row.event == 'plan' else {}
        return window, told

    def _get_planned(self):
        """Return what a row plans: ``window_start``, ``window_end`` (naive UTC; None: no time any more), ``personnel_id``,
        ``assistant_ids``.

        :rtype: dict
        """
        self.ensure_one()
        payload = self._get_payload()
        planned = {name: fields.Datetime.to_datetime(payload[name]) for name in WINDOW if name in payload}
        if payload.get('personnel_id'):
            planned['personnel_id'] = payload['personnel_id']
        if 'assistant_ids' in payload:
            planned['assistant_ids'] = sorted(payload['assistant_ids'] or ())
        return planned

    def _get_payload(self):
        """Return the payload as logged: digests in place of personal values.

        :rtype: dict
        """
        self.ensure_one()
        return json.loads(self.payload)

    def _verify(self):
        """Return the problems found in the chains whose rows these are, and against the seals.

        :return: list of ``audit_check.Finding``
        """
        verifier = self.env['stokiva.verifier']
        return verifier._verify_orders(self.work_order_id) + verifier._verify_records(self._get_records())

    def _get_records(self):
        """Return the records that these rows are about, as a set of ``(model, id)``."""
        return {(row.model, row.res_id) for row in self if row.model}

    def action_verify(self):
        """Verify the chains whose rows these are, and show the result.

        :return: an action that shows it
        :rtype: dict
        """
        domain = Domain.OR(
            [Domain('work_order_id', 'in', self.work_order_id.ids)]
            + [Domain('model', '=', model) & Domain('res_id', '=', res_id) for model, res_id in self._get_records()])
        return self.env['stokiva.verifier']._show(self._verify(), self.search_count(domain))

    def _get_hashed_values(self):
        """Return the row as ``audit.event_hash`` wants it."""
        self.ensure_one()
        return {
            'prev_hash': self.prev_hash, 'work_order_id': self.work_order_id.id, 'model': self.model,
            'res_id': self.res_id, 'seq': self.seq,
            'event': self.event, 'state_before': self.state_before or None,
            'state_after': self.state_after or None, 'actor_kind': self.actor_kind, 'actor_id': self.actor_id,
            'role': self.role or None, 'channel': self.channel, 'occurred_at': audit.iso(self.occurred_at),
            'recorded_at': audit.iso(self.recorded_at), 'key': self.key or None, 'payload': self.payload,
        }
