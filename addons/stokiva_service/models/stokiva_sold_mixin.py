from typing import NamedTuple

from odoo import api, models, tools
from odoo.models import MAGIC_COLUMNS

from ..rows import append, fill_cache

# No followers, no line in the chatter, no tracking.
QUIET = {'mail_create_nosubscribe': True, 'mail_create_nolog': True, 'tracking_disable': True}


class Plan(NamedTuple):
    """What there is to know of a model's fields to insert its rows.

    :param list stored: the fields but for those that the framework keeps for itself
    :param list computed: those of them that are computed
    :param frozenset simple: names of the columns that can be given as they are
    :param frozenset wanted: names of the columns that need a value, computed ones included
    :param frozenset defaults: names of the columns that have a default
    :param frozenset days: names of the columns with dates, which people may give as texts
    :param frozenset links: names of the columns by which others have lists of the records
    """
    stored: list
    computed: list
    simple: frozenset
    wanted: frozenset
    defaults: frozenset
    days: frozenset
    links: frozenset


class SoldMixin(models.AbstractModel):
    """Records that sales make, many at once and each at a customer's counter: made by one INSERT and little else.

    Where ``create`` would find out nothing that the model cannot say at once, its rows are inserted as they are.
    Everywhere else, also as soon as an extension adds a computed column or somebody a default, it is as always.
    """
    _name = 'stokiva.sold.mixin'
    _inherit = ['stokiva.company.mixin', 'stokiva.held.mixin']
    _description = "Made by Sales"

    @api.model_create_multi
    def create(self, vals_list):
        """Create records; quiet ones of the superuser by one INSERT, if nothing is left to be found out."""
        rows = self._prepare_rows(vals_list) if self.env.su and QUIET.items() <= self.env.context.items() else None
        if not rows:
            return super().create(vals_list)
        records = append(self, rows)
        names, plan = rows[0].keys(), self._get_plan()
        nothing, nobody = [None] * len(records), [()] * len(records)
        fill_cache(records, {  # as ``create`` does: what is empty is not read
            field: nobody if field.type in ('one2many', 'many2many') else nothing
            for field in plan.stored if field.name not in names})
        with self.env.protecting(plan.computed, records):
            # Whatever of others depends on a record that is new gets there by what it points to.
            records.modified(names & plan.links, create=True)
        records._validate_fields(names)
        records._check_company()
        return records

    @api.model
    def _prepare_rows(self, vals_list):
        """Return the values of all columns of new records, or nothing, where some of them are left to be found out.

        :param list vals_list: as for ``create``
        :return: list of dicts with the same keys, or None
        """
        plan = self._get_plan()
        if self.env['ir.default']._get_model_defaults(self._name) or any(
                name.startswith('default_') for name in self.env.context):
            return None
        if any(isinstance(vals.get(name), str) for vals in vals_list for name in plan.days):
            return None
        rows = []
        for vals, derived in zip(vals_list, self._derive_values(vals_list), strict=True):
            if not (vals.keys() <= plan.simple and derived.keys().isdisjoint(vals) and plan.wanted <= vals.keys() | derived.keys()):
                return None
            rows.append({**vals, **derived})
        empty = dict.fromkeys(name for row in rows for name in row)
        return [
            {**empty, **{name: self._fields[name].default(self) for name in plan.defaults - row.keys()}, **row} for row in rows]

    @api.model
    def _derive_values(self, vals_list):
        """Return what ``create`` would compute of new records; to be extended.

        :param list vals_list: as for ``create``
        :return: for each of them values by name, fewer than all where they hang on more than can be said at once
        :rtype: list of dicts
        """
        return [{} for _vals in vals_list]

    @api.model
    @tools.ormcache()
    def _get_plan(self):
        """Return what ``create`` has to know of the model's fields.

        :rtype: Plan
        """
        stored = [field for field in self._fields.values() if field.store and field.name not in MAGIC_COLUMNS]
        columns = [field for field in stored if field.column_type]
        return Plan(
            stored=stored,
            computed=[field for field in stored if field.compute],
            simple=frozenset(field.name for field in columns if not (
                field.inverse or field.translate or field.company_dependent or field.type == 'html')),
            wanted=frozenset(field.name for field in columns if field.compute or field.required and not field.default),
            defaults=frozenset(field.name for field in columns if field.default and not field.compute),
            days=frozenset(field.name for field in columns if field.type in ('date', 'datetime')),
            links=frozenset(field.name for field in columns if field.relational and self.pool.field_inverses[field]))
