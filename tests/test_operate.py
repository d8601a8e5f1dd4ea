"""What docs/operate.md tells operators to do, done as it stands there: a back-up becomes a server again."""
import base64
import os
import re
import subprocess

import pytest
from helpers import CONF, ROOT, STATE, db_tool, forget_environment
from test_concurrency import make_order
from test_install import PHOTO

ODOO = """#!/usr/bin/env bash
source "{root}/scripts/lib.sh"
pg_export
exec "$VENV/bin/python" -m odoo "$@"
"""
VERIFY = """#!/usr/bin/env bash
exec "{root}/scripts/verify" "$@"
"""


def read_commands(heading):
    """Return the commands of a section of the page."""
    page = (ROOT / 'docs/operate.md').read_text()
    section = re.search(rf'^## {heading}$(.*?)(?=^## |\Z)', page, re.M | re.S)[1]
    return ''.join(re.findall(r'^```sh\n(.*?)^```', section, re.M | re.S))


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs a section's commands, with `stokiva` being another database, on a machine that has
    no filestore yet.
    """
    for name, text in (('bin/odoo', ODOO), ('scripts/verify', VERIFY)):
        script = tmp_path / name
        script.parent.mkdir()
        script.write_text(text.format(root=ROOT))
        script.chmod(0o755)

    def run(heading, database, conf):
        (tmp_path / 'odoo.conf').write_bytes(conf.read_bytes())
        commands = re.sub(r'\bstokiva(_restored)?(?=[\s]|$)', rf'{database}\1', read_commands(heading), flags=re.M)
        assert database in commands
        done = subprocess.run(
            ['bash', '-euc', commands], check=False, capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, 'ODOO_RC': str(conf), 'PATH': f'{tmp_path / "bin"}:{os.environ["PATH"]}'})
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout

    return run


def test_back_up_and_restore(machine, new_database, odoo_env, tmp_path):
    database = new_database()
    with odoo_env(database) as env:
        order = env['stokiva.work.order'].browse(make_order(env))
        order._edit({'media_ids': [(0, 0, {'kind': 'before', 'image': PHOTO})]}, actor=None, channel='system')
        photo = base64.b64decode(order.media_ids.image)
        assert photo
        env['stokiva.sms.gateway'].create({
            'name': "Gateway", 'provider': 'kannel', 'endpoint': 'http://192.0.2.1/', 'username': 'u', 'password': 'p'})
        name, content = env['stokiva.seal']._seal(env.company)._get_file()
    (tmp_path / 'seals').mkdir()
    (tmp_path / 'seals' / name).write_bytes(content)
    forget_environment(database)

    machine('Back up', database, CONF)
    db_tool('drop', database)
    empty = tmp_path / 'empty.conf'
    empty.write_text(CONF.read_text().replace(str(STATE / 'data'), str(tmp_path / 'data')))
    assert empty.read_text() != CONF.read_text()
    try:
        assert 'no findings' in machine('Restore', database, empty)
        files = (tmp_path / 'data/filestore').rglob('*')
        assert photo in [path.read_bytes() for path in files if path.is_file()]
        with odoo_env(f'{database}_restored') as env:
            gateway = env['stokiva.sms.gateway'].search([('name', '=', "Gateway")])
            assert (gateway.provider, gateway.password) == ('log', False)
            assert not env['ir.cron'].search_count([('cron_name', 'like', 'Service:')])
    finally:
        forget_environment(f'{database}_restored')
        db_tool('drop', f'{database}_restored')
