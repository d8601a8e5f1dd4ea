"""Rows that code appends and nobody edits while they are new: one INSERT, and nothing else of what ``create`` does."""
from functools import lru_cache

from odoo.tools import SQL


@lru_cache
def _get_head(table, columns):
    """Return the beginning of an INSERT.

    :param str table: its name
    :param tuple columns: their names
    :rtype: SQL
    """
    return SQL("INSERT INTO %s (%s) VALUES", SQL.identifier(table), SQL(", ").join(map(SQL.identifier, columns)))


def append(model, rows, *, then=None):
    """Insert rows of a model in one statement.

    There are no defaults, no computed fields, no checks in Python and no tracking: the caller has the right, and gives
    every value. Extensions of ``create`` are not called.

    :param model: the model, in the environment of the records to return
    :param list rows: dicts with the same keys, names of columns
    :param SQL then: another INSERT, done by the same statement; it may read the ids from ``new``
    :return: the records in the same order, with these values in the cache, but for JSON
    """
    if not rows:
        return model.browse()
    if model._log_access:
        now, uid = model.env.cr.now(), model.env.uid
        rows = [{**row, 'create_date': now, 'create_uid': uid, 'write_date': now, 'write_uid': uid} for row in rows]
    # But for JSON, the cache holds what the database does.
    columns = {field: [
        field.convert_to_column(row[field.name], model, validate=False) if field.type == 'json'
        else field.convert_to_cache(row[field.name], model, validate=False) for row in rows
    ] for field in map(model._fields.get, rows[0])}
    query = SQL(
        "%s %s RETURNING id", _get_head(model._table, tuple(rows[0])), SQL(", ").join(zip(*columns.values(), strict=True)))
    if then:
        query = SQL("WITH new AS (%s), further AS (%s) SELECT id FROM new ORDER BY id", query, then)
    ids = model.env.execute_query(query)
    records = model.browse(id_ for id_, in ids)
    for field, values in columns.items():
        if field.type == 'json':
            continue
        field._insert_cache(records, values)
        if field.type == 'many2one':
            _follow_inverses(field, records, values)
    return records


def _follow_inverses(field, records, values):
    """Let the lists follow that the record cache has of the records to which new ones point.

    :param field: many2one
    :param records: the new ones
    :param list values: ids they point to, or None
    """
    cached = [inverse._get_cache(records.env) for inverse in records.pool.field_inverses[field]]
    for record, value in zip(records, values, strict=True):
        if any(value in lists for lists in cached):
            field._update_inverses(record, value)
