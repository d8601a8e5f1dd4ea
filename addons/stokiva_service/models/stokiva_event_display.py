from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from .. import audit, figures, labels
from .stokiva_assignment import REJECT_REASONS


class Event(models.Model):
    """How a row of the log reads for the office. What is stored and hashed stays as it is."""
    _inherit = 'stokiva.event'

    event_label = fields.Char("What", compute='_compute_labels')
    channel_label = fields.Char("By", compute='_compute_labels')
    role_label = fields.Char("As", compute='_compute_labels')
    change = fields.Char("State", compute='_compute_labels')
    detail = fields.Char("Details", compute='_compute_detail')

    @api.depends('event', 'channel', 'role', 'state_before', 'state_after')
    @api.depends_context('lang')
    def _compute_labels(self):
        states = dict(self.env['stokiva.work.order']._fields['state']._description_selection(self.env))
        for row in self:
            row.event_label = labels.label(self.env, labels.EVENTS, row.event)
            row.channel_label = labels.label(self.env, labels.CHANNELS, row.channel)
            row.role_label = labels.label(self.env, labels.ROLES, row.role)
            passed = [states.get(state, state) for state in (row.state_before, row.state_after) if state]
            row.change = " → ".join(dict.fromkeys(passed)) if row.state_before != row.state_after else False

    @api.depends('subject', 'event_label')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.subject} · {row.event_label}"

    @api.depends('payload')
    @api.depends_context('lang', 'tz')
    def _compute_detail(self):
        payloads = {row: row._get_payload() for row in self}
        names = self._get_payload_names(payloads)
        for row, payload in payloads.items():
            row.detail = " · ".join(row._describe(payload, names)) or False

    @api.model
    def _get_payload_names(self, payloads):
        """Return the names of the records that payloads mention, read once per model.

        :param dict payloads: row → its payload
        :return: ``{(model, id): name}``
        """
        wanted = {}
        for row, payload in payloads.items():
            for key, model in (('provider_id', 'stokiva.provider'), ('personnel_id', 'stokiva.personnel')):
                if payload.get(key):
                    wanted.setdefault(model, set()).add(payload[key])
            for name, change in (payload.get('changes') or {}).items():
                field = row._get_changed_fields().get(name)
                if field is not None and field.relational and isinstance(change, list):
                    wanted.setdefault(field.comodel_name, set()).update(
                        *(value for value in change if isinstance(value, list)))
        return {
            (model, record.id): record.display_name
            for model, ids in wanted.items()
            # sudo: a log row names what it is about even to those who may not open it
            for record in self.env[model].sudo().browse(ids).exists()}

    def _describe(self, payload, names):
        """Return what an event says besides its kind, as short translated texts; to be extended.

        :param dict payload: as logged, digests in place of personal values
        :param dict names: as ``_get_payload_names`` returns it
        :return: list of str
        """
        self.ensure_one()
        texts = [
            names.get((model, payload.get(key)))
            for key, model in (('provider_id', 'stokiva.provider'), ('personnel_id', 'stokiva.personnel'))]
        if payload.get('window_start'):
            texts.append(format_datetime(
                self.env, fields.Datetime.to_datetime(payload['window_start']), dt_format='short'))
        outcomes = self.env['stokiva.visit']._fields['outcome']._description_selection(self.env)
        texts.append(dict(outcomes).get(payload.get('outcome')))
        reason = payload.get('reason')
        if self.event == 'reject' and reason in dict(REJECT_REASONS):
            reasons = self.env['stokiva.assignment']._fields['reason']._description_selection(self.env)
            reason = dict(reasons)[reason]
        if self.event == 'refuse_warranty':
            refusals = self.env['stokiva.work.order']._fields['warranty_refusal']._description_selection(self.env)
            reason = dict(refusals).get(reason, reason)
        texts.append(reason)
        texts.append(labels.label(self.env, labels.PAYMENT_METHODS, payload.get('method')))
        if isinstance(payload.get('amount'), (int, float)):
            texts.append(self.company_id.currency_id.format(payload['amount']))
        texts += [payload.get('receipt'), payload.get('number')]
        if payload.get('attempt'):
            texts.append(f"× {payload['attempt']}")
        call_outcomes = self.env['stokiva.approval']._fields['call_outcome']._description_selection(self.env)
        texts.append(dict(call_outcomes).get(payload.get('call_outcome')))
        if payload.get('kept'):
            texts.append(self.env._("kept by the provider"))
        if payload.get('stars'):
            texts.append("★" * payload['stars'])
        for name, change in (payload.get('changes') or {}).items():
            texts.append(self._describe_change(name, change, names))
        return [text for text in texts if text]

    def _get_changed_fields(self):
        """Return the fields of the model whose record the row is about."""
        return self.env[self.model or 'stokiva.work.order']._fields if not self.model or self.model in self.env else {}

    def _describe_change(self, name, change, names):
        """Return one edited field as “label: before → after”.

        :param str name: field of the order or record
        :param change: list of value before and value after, or the digest of a personal value
        :param dict names: as ``_get_payload_names`` returns it
        :rtype: str
        """
        field = self._get_changed_fields().get(name)
        label = field._description_string(self.env) if field is not None else name
        if isinstance(change, str):  # a personal value, logged as a digest
            return f"{label}: …"
        before, after = change
        if isinstance(before, dict) or isinstance(after, dict):
            return f"{label}: {self._describe_lines(before or {}, after or {})}"
        return f"{label}: {self._describe_value(field, before, names)} → {self._describe_value(field, after, names)}"

    @api.model
    def _describe_lines(self, before, after):
        """Return added, changed and removed lines as “+ Pump, − Hose”."""
        marks = [
            ("+", [after[key] for key in after if key not in before]),
            ("±", [after[key] for key in after if key in before and after[key] != before[key]]),
            ("−", [before[key] for key in before if key not in after]),
        ]
        kinds = dict(self.env['stokiva.media']._fields['kind']._description_selection(self.env))
        return ", ".join(
            f"{mark} {line.get('text') or kinds.get(line.get('kind')) or ''}"
            for mark, lines in marks for line in lines)

    @api.model
    def _describe_value(self, field, value, names):
        """Return a value as people read it."""
        if value is None or value is False or value in ('', []):
            return "–"
        if field is not None and field.relational and isinstance(value, list):
            return ", ".join(names.get((field.comodel_name, id_), str(id_)) for id_ in value)
        if field is not None and field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value)
        if field is not None and field.type == 'datetime':
            return format_datetime(self.env, audit.parse_iso(value), dt_format='short')
        if field is not None and field.type == 'date':
            return format_date(self.env, value)
        if isinstance(value, float):
            return figures.spell(self.env, value, decimals=10)  # what stands in the log is told whole
        return self.env._("yes") if value is True else str(value)
