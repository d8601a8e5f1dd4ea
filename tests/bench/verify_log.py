"""How long the verification of the whole event log takes, and how much memory: many work orders and records.

    scripts/bench verify_log
    tests/bench/verify_log.py DATABASE [--events 1000000]

The process exits with 1 when the sound log has findings, when memory grows by more than the bound, or when what was
done to one event in the middle is not named. DATABASE is cloned; the clone is dropped.
"""
import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time

from common import clone, copy_rows, environment, table
from screens import make_first

CHAIN = 10  # events of an order
RECORDS = 20  # one change of master data per so many events
MEMORY_MB = 100
COLUMNS = (
    'work_order_id', 'model', 'res_id', 'company_id', 'seq', 'event', 'state_before', 'state_after', 'actor_kind', 'actor_id',
    'role', 'channel', 'occurred_at', 'recorded_at', 'payload', 'prev_hash', 'hash')
MOMENT = '2026-01-01T00:00:00Z'


def make_chain(chain, length, company):
    """Yield the rows of a chain.

    :param dict chain: its columns
    """
    from odoo.addons.stokiva_service import audit  # noqa: PLC0415 - found when the environment is there

    previous = audit.GENESIS
    for seq in range(1, length + 1):
        row = {
            'work_order_id': None, 'model': None, 'res_id': None, **chain, 'company_id': company, 'seq': seq, 'event': 'edit',
            'state_before': 'created', 'state_after': 'created', 'actor_kind': 'user', 'actor_id': 2, 'role': 'dispatcher',
            'channel': 'office', 'occurred_at': MOMENT, 'recorded_at': MOMENT, 'key': None, 'prev_hash': previous,
            'payload': audit.canonical({'changes': {'internal_note': [None, f"Note {seq} of what was found at the customer's"]}})}
        previous = row['hash'] = audit.event_hash(row)
        yield row


def write(env, chains, length, company):
    """Copy chains into the log, and their ends into a temporary table.

    :param chains: iterable of columns of each
    :return: number of rows
    """
    rows, ends, count = io.StringIO(), io.StringIO(), 0

    def flush():
        for stream, name, columns in (
            (rows, 'stokiva_event', COLUMNS), (ends, 'stokiva_bench_end', ('work_order_id', 'model', 'res_id', 'seq', 'hash')),
        ):
            stream.seek(0)
            env.cr._obj.copy_expert(f"COPY {name} ({', '.join(columns)}) FROM STDIN", stream)
            stream.seek(0)
            stream.truncate()

    def line(row, columns):
        return '\t'.join(r'\N' if row[name] is None else str(row[name]) for name in columns) + '\n'

    for chain in chains:
        for row in make_chain(chain, length, company):
            rows.write(line(row, COLUMNS))
            count += 1
        ends.write(line(row, ('work_order_id', 'model', 'res_id', 'seq', 'hash')))
        if rows.tell() > 10_000_000:
            flush()
    flush()
    return count


def fill(env, events):
    """Make orders and records with chains by SQL, and seal them.

    :return: number of rows of the log
    """
    make_first(env)
    order = env['stokiva.work.order'].search([], limit=1, order='id desc')
    env.flush_all()
    orders = events // CHAIN
    copy_rows(env, order, orders, [{}], "jsonb_build_object('name', 'B' || number)")
    env.cr.execute("""CREATE TEMPORARY TABLE stokiva_bench_end (
        work_order_id int, model varchar, res_id int, seq int, hash varchar) ON COMMIT DROP""")
    company = order.company_id
    write(env, ({'work_order_id': order.id + number} for number in range(1, orders + 1)), CHAIN, company.id)
    write(
        env, ({'model': 'stokiva.fault', 'res_id': 10**6 + number} for number in range(events // RECORDS)), 1, company.id)
    env.cr.execute("""
        UPDATE stokiva_work_order AS work_order SET event_seq = bench.seq, event_hash = bench.hash
          FROM stokiva_bench_end AS bench WHERE work_order.id = bench.work_order_id;
        INSERT INTO stokiva_event_chain (model, res_id, company_id, seq, hash)
        SELECT model, res_id, %s, seq, hash FROM stokiva_bench_end WHERE model IS NOT NULL;
        ANALYZE stokiva_event; ANALYZE stokiva_work_order; ANALYZE stokiva_event_chain""", [company.id])
    begin = time.perf_counter()
    env['stokiva.seal']._seal(company)
    env.cr.execute("SELECT count(*) FROM stokiva_event")
    return env.cr.fetchone()[0], time.perf_counter() - begin


def measure(database):
    """Verify everything, and print what it took; for a process of its own."""
    with environment(database) as env:
        verifier = env['stokiva.verifier']
        verifier._verify_orders(env['stokiva.work.order'].search([], limit=1))
        before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        events, seals, findings = verifier._verify_all()
        print(json.dumps({
            'events': events, 'seals': seals, 'seconds': time.perf_counter() - begin,
            'megabytes': (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
            'findings': verifier._describe(findings)}))


def verify(database):
    """Return what ``measure`` printed in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, database, '--measure'], check=True, capture_output=True, text=True, env=os.environ)
    return json.loads(done.stdout.splitlines()[-1])


def tamper(env):
    """Change one byte in the middle of the log, as the owner of the table can; return what must be told."""
    env.cr.execute("""
        SELECT work_order_id, seq FROM stokiva_event WHERE work_order_id IS NOT NULL ORDER BY id
        OFFSET (SELECT count(*) / 2 FROM stokiva_event WHERE work_order_id IS NOT NULL) LIMIT 1""")
    order, seq = env.cr.fetchone()
    env.cr.execute("ALTER TABLE stokiva_event DISABLE TRIGGER USER")
    env.cr.execute(
        "UPDATE stokiva_event SET payload = payload || ' ' WHERE work_order_id = %s AND seq = %s", [order, seq])
    env.cr.execute("ALTER TABLE stokiva_event ENABLE TRIGGER USER")
    return f"{env['stokiva.work.order'].browse(order).name}: event {seq} was changed."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('database')
    parser.add_argument('--events', type=int, default=1_000_000)
    parser.add_argument('--measure', action='store_true', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return measure(options.database)
    problems = []
    with clone('test') as database:
        with environment(database) as env:
            count, sealing = fill(env, options.events)
            env.cr.commit()
        sound = verify(database)
        with environment(database) as env:
            told = tamper(env)
            env.cr.commit()
        wrong = verify(database)
    table(('events', 'sealed in s', 'verified in s', 'events/s', 'MB more', 'findings'), [
        (count, f'{sealing:.1f}', f"{sound['seconds']:.1f}", round(count / sound['seconds']), f"{sound['megabytes']:.0f}",
         len(sound['findings']))])
    if sound['events'] != count or sound['findings']:
        problems.append(f"{sound['events']} of {count} events were read; {sound['findings']}")
    if sound['megabytes'] > MEMORY_MB:
        problems.append(f"verification took {sound['megabytes']:.0f} MB more, {MEMORY_MB} are allowed")
    if wrong['findings'] != [told]:
        problems.append(f"“{told}” was not found, but {wrong['findings']}")
    for problem in problems:
        print(problem)
    return bool(problems)


if __name__ == '__main__':
    sys.exit(main())
