"""What every benchmark needs: an environment on the database given, and a table."""
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def environment(database=None):
    """Yield a superuser environment on a database, ``argv[1]`` if none is named; nothing is committed."""
    database = database or sys.argv[1]
    config.parse_config(['-c', os.environ['ODOO_RC'], '-d', database, '--no-http', '--log-level=error'])
    with Registry(database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        try:
            yield env
        finally:
            cr.rollback()


def measure_confirmation(env, customers, product, count, read_cpu=time.process_time, get_line=lambda index: {}):
    """Confirm fresh sales of one product in one call, and roll back.

    :param env: environment to work in
    :param customers: res.partner, taken in turn
    :param product: product.product to sell
    :param int count: how many sales
    :param read_cpu: function that returns the CPU seconds used so far; of this process by default
    :param get_line: function of a sale's index that returns more values of its line
    :return: wall seconds, CPU seconds, queries
    """
    savepoint = env.cr.savepoint(flush=True)
    sales = env['sale.order'].create([
        {'partner_id': customers[index % len(customers)].id,
         'order_line': [(0, 0, {'product_id': product.id, 'product_uom_qty': 1, **get_line(index)})]}
        for index in range(count)])
    env.flush_all()
    env.cr.precommit.run()
    env.invalidate_all()
    sales.mapped('order_line.product_id.name')
    queries, wall, cpu = env.cr.sql_log_count, time.perf_counter(), read_cpu()
    sales.action_confirm()
    env.flush_all()
    env.cr.precommit.run()
    result = time.perf_counter() - wall, read_cpu() - cpu, env.cr.sql_log_count - queries
    env.cr.postcommit.clear()
    savepoint.close(rollback=True)
    env.invalidate_all()
    return result


def vacuum(env):
    """Commit, and leave the tables as autovacuum does a minute after so many new rows."""
    env.cr.commit()
    env.cr.connection.autocommit = True
    env.cr.execute('VACUUM ANALYZE')
    env.cr.connection.autocommit = False


def backend_cpu(pid):
    """Return the seconds that PostgreSQL's process has worked, 0 where it is on another machine."""
    try:
        return int(Path(f'/proc/{pid}/schedstat').read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def copy_rows(env, record, count, spread, values):
    """Copy a row many times. Its indexes and foreign keys are made anew afterwards, which is faster.

    :param record: what to copy; ids follow on its own
    :param int count: how many
    :param list spread: values of columns, taken in turn
    :param str values: SQL of a jsonb with further values, made from ``number``
    """
    cr, name = env.cr, record._table
    cr.execute("""
        SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
               format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
          FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'
         UNION ALL
        SELECT pg_get_indexdef(indexrelid), format('DROP INDEX %%I', indexrelid::regclass::text)
          FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary
           AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)""", [name, name])
    again = cr.fetchall()
    for _make, drop in again:
        cr.execute(drop)
    cr.execute(f"""
        INSERT INTO {name}
        SELECT copied.*
          FROM {name} original
          JOIN generate_series(1, %s) number ON original.id = %s
          JOIN LATERAL jsonb_populate_record(
              original, jsonb_build_object('id', original.id + number)
                  || (%s::jsonb -> (number %% %s)) || ({values.replace('%', '%%')})::jsonb) copied ON true""",
        [count, record.id, json.dumps(spread), len(spread)])
    cr.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
    for make, _drop in again:
        cr.execute(make)


def db_tool(*arguments):
    """Run ``scripts/db``."""
    subprocess.run([ROOT / 'scripts/db', *arguments], check=True)


@contextmanager
def clone(source, part=''):
    """Yield the name of a clone that is dropped afterwards.

    :param str source: base, test or a database's name
    :param part: tells clones of one run apart
    """
    database = f'stokiva_bench_{source}{part}_{os.getpid()}'
    db_tool('clone', source, database)
    try:
        yield database
    finally:
        db_tool('drop', database)


def table(head, rows):
    """Print rows under a head, columns aligned."""
    lines = [tuple(map(str, head)), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print('  '.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
