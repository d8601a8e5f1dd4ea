"""The audit log in a real database with real commits: what is done to it behind Odoo's back is told by
`scripts/verify`, what an upgrade does is not; the file of an order is checked without the database.
"""
import json
import os
import subprocess
import sys
import zipfile

import pytest
from helpers import CONF, ROOT, forget_environment
from test_concurrency import make_order

# What is done to the log of one order each, and what must be told of it; the tables' owner may do all that.
PAYLOAD = '{"reason":"never"}'
FORGED = f"""UPDATE stokiva_event SET payload = '{PAYLOAD}', hash = '%(first)s' WHERE work_order_id = %(order)s AND seq = 1"""
TAMPERING = {
    'delete': ("DELETE FROM stokiva_event WHERE work_order_id = %(order)s AND seq = 1", "events 1 to 1 were removed."),
    'change one byte': (
        "UPDATE stokiva_event SET payload = payload || ' ' WHERE work_order_id = %(order)s AND seq = 2",
        "event 2 was changed."),
    'reorder': (
        """UPDATE stokiva_event SET seq = -1 WHERE work_order_id = %(order)s AND seq = 1;
           UPDATE stokiva_event SET seq = 1 WHERE work_order_id = %(order)s AND seq = 2;
           UPDATE stokiva_event SET seq = 2 WHERE work_order_id = %(order)s AND seq = -1""",
        "the event in place 1 was number 2."),
    'cut the tail': (
        "DELETE FROM stokiva_event WHERE work_order_id = %(order)s AND seq = 2", "events 2 to 2 were cut off at the end."),
    'forge one': (FORGED, "event 1 was replaced by another."),
    'forge with recomputed hashes': (
        f"""{FORGED};
           UPDATE stokiva_event SET prev_hash = '%(first)s', hash = '%(second)s'
            WHERE work_order_id = %(order)s AND seq = 2;
           UPDATE stokiva_work_order SET event_hash = '%(second)s' WHERE id = %(order)s""",
        "events up to 2 were rewritten after seal 1."),
}


@pytest.fixture(scope='module')
def log(new_database, odoo_env, tmp_path_factory):
    """A database with sealed orders, one per way to tamper, and the folder of its seals."""
    database, folder = new_database(), tmp_path_factory.mktemp('seals')
    with odoo_env(database) as env:
        orders = {how: make_order(env) for how in [*TAMPERING, 'file']}
        fault = env['stokiva.fault'].create({
            'name': "Leaks", 'device_type_id': env['stokiva.device.type'].search([], limit=1).id, 'kind': 'symptom'})
        fault.name = "Leaks water"
        seal = env['stokiva.seal']._seal(env.company)
        name, content = seal._get_file()
        (folder / name).write_bytes(content)
    return database, folder, orders, fault.id


def verify(*arguments):
    """Run scripts/verify and return its exit code and what it prints."""
    done = subprocess.run([ROOT / 'scripts/verify', *arguments], check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_an_upgrade_with_a_new_column(log, odoo_env):
    database, folder, _orders, _fault = log
    assert verify(database, '--seals', folder)[0] == 0
    with odoo_env(database) as env:
        env['ir.model.fields'].create({
            'model_id': env['ir.model']._get_id('stokiva.event'), 'name': 'x_note', 'ttype': 'char',
            'field_description': "Note"})
    forget_environment(database)
    subprocess.run(
        [sys.executable, '-m', 'odoo', 'server', '-c', CONF, '-d', database, '-u', 'stokiva_service', '--stop-after-init',
         '--no-http', '--log-level=error'], check=True, cwd=ROOT)
    with odoo_env(database) as env:
        env.cr.execute("SELECT count(*) FROM stokiva_event WHERE x_note IS NULL")
        assert env.cr.fetchone()[0]
    code, told = verify(database, '--seals', folder)
    assert code == 0, told


def test_the_file_of_an_order_without_its_database(log, odoo_env, tmp_path):
    database, folder, orders, _fault = log
    path = tmp_path / 'order.zip'
    with odoo_env(database) as env:
        order = env['stokiva.work.order'].browse(orders['file'])
        manifest, files = order._get_file_archive()
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr('manifest.json', json.dumps(manifest))
            for name, read in files:
                archive.writestr(name, read())
                assert not name.endswith('.pdf') or read().startswith(b'%PDF')
    assert verify(path, '--seals', folder) == (0, "2 events: no findings\n")
    events = tmp_path / 'events.json'
    with zipfile.ZipFile(path) as archive:
        events.write_bytes(archive.read('events.json').replace(b'"seq": 2', b'"seq": 3'))
    code, told = verify(events)
    assert code == 1
    assert "events 2 to 2 were removed" in told
    assert verify(os.devnull)[0] == 2
    assert verify(CONF)[0] == 2


def test_every_way_to_tamper_is_named(log, odoo_env):
    """All at once, each on an order of its own; the change log of a record, too. The database is not sound afterwards."""
    database, folder, orders, fault = log
    expected = set()
    with odoo_env(database) as env:
        cr = env.cr
        known = {how: forge(env['stokiva.work.order'].browse(orders[how])) for how in TAMPERING}
        cr.execute("ALTER TABLE stokiva_event DISABLE TRIGGER USER")
        cr.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint "
                   "WHERE contype = 'f' AND confrelid = 'stokiva_event'::regclass")
        for table, name in cr.fetchall():
            cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for how, (statements, told) in TAMPERING.items():
            order = env['stokiva.work.order'].browse(orders[how])
            cr.execute(put(statements, order.id, known[how]))
            expected.add(f"{order.name}: {told}")
        cr.execute("UPDATE stokiva_event SET payload = '{}' WHERE model = 'stokiva.fault' AND res_id = %s AND seq = 2", [fault])
        expected.add("Fault Leaks water: event 2 was changed.")
        cr.execute("ALTER TABLE stokiva_event ENABLE TRIGGER USER")
    code, told = verify(database, '--seals', folder)
    assert code == 1
    assert expected <= set(told.splitlines()), told


def test_a_truncated_log(log, odoo_env):
    database, folder, orders, _fault = log
    with odoo_env(database) as env:
        name = env['stokiva.work.order'].browse(orders['file']).name
        env.cr.execute("ALTER TABLE stokiva_event DISABLE TRIGGER USER; TRUNCATE stokiva_event CASCADE")
    code, told = verify(database, '--seals', folder)
    assert code == 1
    assert f"{name}: events 1 to 2 were cut off at the end." in told
    assert f"{name}: all events, sealed in seal 1, were removed." in told
    assert "There are fewer events or chains than in seal 1." in told


def forge(order):
    """Return the hashes that the two events of an order would have if the first held something else."""
    from odoo.addons.stokiva_service import audit  # noqa: PLC0415

    first, second = (row._get_hashed_values() for row in order.event_ids.sorted('seq'))
    first_hash = audit.event_hash(first | {'payload': PAYLOAD})
    return {'first': first_hash, 'second': audit.event_hash(second | {'prev_hash': first_hash})}


def put(statements, order_id, hashes):
    for name, value in {'order': str(order_id), **hashes}.items():
        statements = statements.replace(f'%({name})s', value)
    return statements
