from contextlib import contextmanager

from lxml.builder import E

from odoo import api, models, tools

from .. import snapshots

TECHNICAL = frozenset({
    'id', 'create_uid', 'create_date', 'write_uid', 'write_date', 'parent_path', 'message_main_attachment_id', 'warned_on'})


class Audited(models.AbstractModel):
    """Master data and configuration whose creation, change and deletion go into the audit log, before → after.

    A model may say which fields count, by name or by the prefix of their names (by default all that are stored
    and not derived), and which of them are personal: the log keeps digests of those.
    """
    _name = 'stokiva.audited'
    _description = "Change Log"

    _audited_fields = frozenset()
    _audited_prefix = ''
    _personal_fields = frozenset()

    @api.model
    @tools.ormcache()
    def _get_audited_names(self):
        """Return the names of the fields whose changes are logged.

        :rtype: frozenset
        """
        if self._audited_fields and not self._audited_prefix:
            return self._audited_fields
        return self._audited_fields | {
            name for name, field in self._fields.items()
            if field.store and field.type != 'one2many' and not (field.compute and field.readonly)
            and not field.related and name.startswith(self._audited_prefix) and name not in TECHNICAL}

    def _get_audited_company(self):
        """Return the company in whose log a record's chain begins; empty if all companies share it.

        :return: res.company record or none
        """
        self.ensure_one()
        return self.sudo().company_id if 'company_id' in self._fields else self.env['res.company']  # sudo: an id only

    def _filter_audited(self):
        """Return the records whose changes are logged; to be extended."""
        return self

    def _get_logged_creations(self):
        """Return the new records whose creation gets a row of its own; to be extended."""
        return self

    # === VIEWS === #

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        """Give every form the button that opens its record's change log, for managers."""
        arch, view = super()._get_view(view_id, view_type, **options)
        sheet = arch.find('.//sheet')
        if view_type == 'form' and not self._abstract and sheet is not None:
            box = sheet.find(".//div[@name='button_box']")
            if box is None:
                box = E.div({'class': 'oe_button_box', 'name': 'button_box'})
                sheet.insert(0, box)
            box.append(E.button({
                'name': 'action_view_changes', 'type': 'object', 'string': self.env._("Change Log"), 'icon': 'fa-history',
                'class': 'oe_stat_button', 'invisible': 'not id', 'groups': 'stokiva_service.group_stokiva_manager'}))
        return arch, view

    def action_view_changes(self):
        """Open the change log of these records.

        :return: window action
        """
        action = self.env['ir.actions.actions']._for_xml_id('stokiva_service.event_action_changes')
        action.update(domain=[('model', '=', self._name), ('res_id', 'in', self.ids)], context={})
        return action

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create records, and log what they began with."""
        with self._folding_changes(self._name):
            records = super().create(vals_list)
        logged = records._filter_audited()._get_logged_creations()
        if logged:
            logged._log_changes('create', {}, logged._snapshot_audited())
        return records

    def write(self, vals):
        """Write records, and log what changed; what this causes on the same records belongs to it."""
        records = self.browse()
        if self._get_audited_names() & vals.keys():
            records = self._get_unfolded()._filter_audited()
        if not records:
            return super().write(vals)
        before = records._snapshot_audited()
        with self._folding_changes(*((self._name, id_) for id_ in records.ids)):
            result = super().write(vals)
        records._log_changes(self._name_change, before, records._snapshot_audited())
        return result

    def unlink(self):
        """Delete records, and the audited ones that go with them, and log what they were."""
        self.check_access('unlink')
        for field in self._get_audited_lines():
            # sudo: the database would delete them, too, without asking for rights
            self.sudo().with_context(active_test=False)[field.name].unlink()
        records = self._filter_audited()
        before = records._snapshot_audited()
        companies = {record: record._get_audited_company() for record in records}
        result = super().unlink()
        records._log_changes('delete', before, {}, companies)
        return result

    # === THE LOG === #

    @api.model
    def _get_audited_lines(self):
        """Return the one2many fields whose audited records the database deletes with their record."""
        return [
            field for field in self._fields.values()
            if field.type == 'one2many' and field.inverse_name
            and isinstance(self.env[field.comodel_name], self.pool['stokiva.audited'])
            and getattr(self.env[field.comodel_name]._fields[field.inverse_name], 'ondelete', None) == 'cascade']

    def _snapshot_audited(self):
        """Return the values of the audited fields.

        :return: ``{record: {field: JSON-like value}}``
        """
        names = sorted(self._get_audited_names())
        return {
            record: {name: self._get_logged_value(seen, self._fields[name]) for name in names}
            # sudo: the log sees all that changes
            for record, seen in zip(self, self.sudo().with_context(active_test=False), strict=True)}

    @staticmethod
    def _get_logged_value(record, field):
        value = snapshots.value_of(record, field)
        return value if value or field.type in ('boolean', 'integer', 'float', 'monetary') else None

    def _log_changes(self, event, before, after, companies=None):
        """Append a row to the log for each record that differs.

        :param event: see ``stokiva.event._append_changes``
        :param dict before: as ``_snapshot_audited`` returns it; empty for new records
        :param dict after: as before; empty for deleted records
        :param dict companies: record → res.company, if the records are gone
        """
        changes = {}
        for record in self:
            old, new = before.get(record, {}), after.get(record, {})
            pairs = {name: [old.get(name), new.get(name)] for name in sorted({*old, *new})}
            # Of what is new or gone, what was empty says nothing.
            pairs = {
                name: pair for name, pair in pairs.items() if pair[0] != pair[1] and (any(pair) or (old and new))}
            if pairs or event == 'delete':
                changes[record] = pairs
        self.env['stokiva.event']._append_changes(event, changes, companies, self._personal_fields)

    @staticmethod
    def _name_change(change):
        """Return the event of a change: an edit, or that a record was archived or brought back."""
        return {(True, False): 'archive', (False, True): 'unarchive'}.get(tuple(change.get('active', ())), 'edit')

    @contextmanager
    def _folding_changes(self, *marks):
        """Let writes on what the marks name belong to the change that causes them, for this transaction."""
        busy = self.env.cr.precommit.data.setdefault('stokiva.audited', set())
        added = set(marks) - busy
        busy |= added
        try:
            yield
        finally:
            busy -= added

    def _get_unfolded(self):
        """Return the records of which no change is under way."""
        busy = self.env.cr.precommit.data.get('stokiva.audited', ())
        if not busy:
            return self
        records = self.browse(id_ for id_ in self.ids if (self._name, id_) not in busy)
        if self._name in busy:  # records are being created; others may change at the same time
            now = self.env.cr.now().replace(microsecond=0)
            records = records.filtered(lambda record: record.sudo().create_date < now)  # sudo: a technical field
        return records
