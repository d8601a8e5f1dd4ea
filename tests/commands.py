"""Odoo's command line on a database, with its log looked at."""
import os
import subprocess
import sys

from helpers import CONF, ODOO, ROOT, STATE


def _run(database, name, command, stdin=None, **environment):
    log = STATE / 'log' / f'{name}-{database}.log'
    with log.open('w') as stream:
        done = subprocess.run(
            [sys.executable, ODOO, *command], check=False, stdin=stdin, stdout=stream,
            stderr=subprocess.STDOUT, cwd=ROOT, env={**os.environ, **environment})
    assert not done.returncode, f'odoo {command[0]} failed:\n{log.read_text()[-4000:]}'
    checked = subprocess.run(
        [sys.executable, ROOT / 'scripts/check_log', log], check=False, capture_output=True, text=True)
    assert not checked.returncode, checked.stdout


def install(database, *addons):
    """Install addons; a warning in the log is a failure.

    :param str database: its name
    :param str addons: technical names
    """
    _run(database, 'install', [
        'server', '-c', CONF, '-d', database, '-i', ','.join(addons), '--stop-after-init', '--no-http'])


def uninstall(database, *addons):
    """Uninstall addons with all that depend on them; a warning in the log is a failure.

    :param str database: its name
    :param str addons: technical names
    """
    _run(database, 'uninstall', ['module', 'uninstall', '-c', CONF, '-d', database, *addons])


def load_demo(database, *addons):
    """Load the demo data of installed addons as `make run` does; a warning in the log is a failure.

    :param str database: its name
    :param str addons: technical names
    """
    with (ROOT / 'scripts/load_demo.py').open() as script:
        _run(database, 'demo', ['shell', '-c', CONF, '-d', database, '--no-http'], stdin=script,
             STOKIVA_ADDONS=','.join(addons))
