"""Rows that code appends and nobody edits while they are new: an INSERT, and nothing else of what ``create`` does.

Inside ``holding`` they wait, so that all that a sale makes goes in by one statement, with what was written to it by then.
Models whose rows may wait inherit ``stokiva.held.mixin``: whoever looks for them in the database by the framework's means
has them inserted before, and so has whoever writes something that may point to them.
"""
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field as attribute
from functools import lru_cache

from odoo.tools import SQL

from . import prepared

# Where a transaction has what waits.
HELD = 'stokiva.rows'


@dataclass
class _Held:
    """What waits in a transaction.

    :param dict numbers: numbers that were drawn ahead, by database sequence
    :param dict rows: values of columns by id, by model
    """
    numbers: dict
    rows: dict = attribute(default_factory=dict)


@lru_cache
def _get_head(table, columns):
    """Return the beginning of an INSERT.

    :param str table: its name
    :param tuple columns: their names
    :rtype: SQL
    """
    return SQL("INSERT INTO %s (%s) VALUES", SQL.identifier(table), SQL(", ").join(map(SQL.identifier, columns)))


@contextmanager
def holding(env, counts):
    """Let the rows that are appended in here wait for each other, at most until the end of it.

    :param env: environment
    :param dict counts: how many numbers to draw ahead from database sequences; those of tables say how many rows can wait
    """
    insert_held(env)
    data, outer = env.cr.precommit.data, env.cr.precommit.data.get(HELD)
    sequences = [sequence for sequence, count in counts.items() for _number in range(count)]
    drawn, known = zip(*env.execute_query(SQL(
        "SELECT nextval(name::regclass), %s FROM unnest(%s) AS name", prepared.KNOWN, sequences)), strict=True)
    prepared.note_known(env, known[0])
    data[HELD] = _Held({sequence: [] for sequence in counts})
    for sequence, number in zip(sequences, drawn, strict=True):
        data[HELD].numbers[sequence].append(number)
    try:
        yield
        insert_held(env)
    finally:
        data.pop(HELD, None)
        if outer:
            data[HELD] = outer


def draw(env, sequence, count):
    """Return numbers of a database sequence, of those that were drawn ahead, if there are enough.

    :rtype: list
    """
    held = env.cr.precommit.data.get(HELD)
    numbers = held.numbers.get(sequence, []) if held else []
    if len(numbers) < count:
        return [number for number, in env.execute_query(SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)", sequence, count))]
    held.numbers[sequence] = numbers[count:]
    return numbers[:count]


def get_held(model):
    """Return the ids of a model's records that wait to be inserted.

    :rtype: collections.abc.Set
    """
    held = model.env.cr.precommit.data.get(HELD)
    return held.rows.get(model._name, {}).keys() if held else frozenset()


def insert_held(env):
    """Insert all that waits, by one statement."""
    parts = _take_held(env)
    if parts:
        env.execute_query(SQL("WITH %s SELECT", SQL(", ").join(parts)))


def append(model, rows, *, then=None):
    """Insert rows of a model, at once or together with others, see ``holding``.

    There are no defaults, no computed fields, no checks in Python and no tracking: the caller has the right, and gives
    every value. Extensions of ``create`` are not called.

    :param model: the model, in the environment of the records to return
    :param list rows: dicts with the same keys, names of columns
    :param SQL then: another INSERT, done by the same statement, that cannot wait; it may read the ids from ``new``
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
    names, values = tuple(rows[0]), list(zip(*columns.values(), strict=True))
    held = model.env.cr.precommit.data.get(HELD)
    if held and not then and len(held.numbers.get(f'{model._table}_id_seq', ())) >= len(rows):
        ids = draw(model.env, f'{model._table}_id_seq', len(rows))
        held.rows.setdefault(model._name, {}).update(
            (id_, dict(zip(names, row, strict=True))) for id_, row in zip(ids, values, strict=True))
        # Whoever flushes all finds that there is something.
        model.env._field_dirty[model._fields[names[0]]].update(ids)
    else:
        query = SQL("%s %s RETURNING id", _get_head(model._table, names), SQL(", ").join(values))
        # They may point to what waits.
        parts = _take_held(model.env)
        if then or parts:
            parts += [SQL("new AS (%s)", query), *([SQL("further AS (%s)", then)] if then else ())]
            query = SQL("WITH %s SELECT id FROM new ORDER BY id", SQL(", ").join(parts))
        ids = [id_ for id_, in model.env.execute_query(query)]
    records = model.browse(ids)
    fill_cache(records, {field: values for field, values in columns.items() if field.type != 'json'})
    for field, values in columns.items():
        if field.type == 'many2one':
            _follow_inverses(field, records, values)
    return records


def fill_cache(records, columns):
    """Put values of new records into the record cache: ``_insert_cache`` for many fields that nobody has translated.

    :param dict columns: list of values, one per record, by field
    """
    env, ids = records.env, records._ids
    for field, values in columns.items():
        cache = field._get_cache(env) if field in env._field_depends_context else env.transaction.field_data[field]
        cache.update(zip(ids, values, strict=True))


def _take_held(env):
    """Return what inserts all that waits, with what was written to it by now.

    :return: list of SQL, parts of a WITH clause
    """
    held = env.cr.precommit.data.get(HELD)
    if not held or not held.rows:
        return []
    for field in [field for field in env.transaction.tocompute if field.model_name in held.rows]:
        env[field.model_name]._recompute_field(field, tuple(held.rows.get(field.model_name, ())))
    waiting, held.rows = held.rows, {}
    for field, dirty in list(env._field_dirty.items()):
        rows = waiting.get(field.model_name, {})
        for id_ in [id_ for id_ in rows if id_ in dirty]:
            with suppress(KeyError):  # the cache was emptied without a flush: what was created stands
                rows[id_][field.name] = field.get_column_update(env[field.model_name].browse(id_))
            dirty.discard(id_)
        if not dirty:
            env._field_dirty.pop(field, None)
    parts = []
    for name, rows in waiting.items():
        model = env[name]
        names = dict.fromkeys(name for row in rows.values() for name, value in row.items() if value is not None)
        new, further = SQL.identifier(f'{model._table}_new'), model._get_further_insert()
        parts.append(SQL(
            "%s AS (%s %s %s)", new, _get_head(model._table, ('id', *names)),
            SQL(", ").join((id_, *map(row.get, names)) for id_, row in rows.items()),
            SQL("RETURNING *") if further else SQL()))
        if further:
            parts.append(SQL("%s AS (%s)", SQL.identifier(f'{model._table}_further'), further))
    return parts


def _follow_inverses(field, records, values):
    """Let the lists follow that the record cache has of the records to which new ones point.

    :param field: many2one
    :param records: the new ones
    :param list values: ids they point to, or None
    """
    known = records.env.transaction.field_data
    cached = [inverse._get_cache(records.env) for inverse in records.pool.field_inverses[field] if known.get(inverse)]
    for record, value in zip(records, values, strict=True) if cached else ():
        if any(value in lists for lists in cached):
            field._update_inverses(record, value)
