"""What the fixtures of conftest.py are made of."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from odoo_command import hash_passwords_fast

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / '.state'
CONF = STATE / 'odoo.conf'
ARTIFACTS = STATE / 'artifacts'
ODOO = ROOT / 'tests/odoo_command.py'
DATABASE_PREFIX = 'stokiva_t_'
BROWSER_ARGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
]
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
# `make proof`: at full size
PROOF = bool(os.environ.get('STOKIVA_PROOF'))


def db_tool(*arguments):
    """Call scripts/db and return what it prints.

    :raise RuntimeError: with the messages of the failed call
    """
    done = subprocess.run([ROOT / 'scripts/db', *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'scripts/db {" ".join(arguments)}: {done.stderr}')
    return done.stdout


def drop_leftovers():
    """Drop the databases of test runs that were killed."""
    for name in db_tool('list').split():
        found = re.match(rf'{DATABASE_PREFIX}(\d+)_', name)
        if found and not Path(f'/proc/{found[1]}').exists():
            db_tool('drop', name)


# -- in this process ----------------------------------------------------------------------------------

@contextlib.contextmanager
def open_environment(database, user_id=None):
    """Yield an Odoo environment on a database, in this process, and commit at the end.

    :param str database: its name
    :param int user_id: id of the acting user; the superuser when left out
    """
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.tools import config  # noqa: PLC0415

    if not config['config'] or Path(config['config']) != CONF:
        config.parse_config(['-c', str(CONF), '--no-http', '--log-level=warn'], setup_logging=True)
        hash_passwords_fast()
    registry = Registry(database)
    registry.check_signaling()
    with registry.cursor() as cr:
        yield api.Environment(cr, user_id or SUPERUSER_ID, {})
        cr.commit()
    registry.signal_changes()


def forget_environment(database):
    """Close this process's connections to a database, and forget its models."""
    if 'odoo.sql_db' in sys.modules:
        from odoo import sql_db  # noqa: PLC0415
        from odoo.modules.registry import Registry  # noqa: PLC0415

        Registry.delete(database)
        sql_db.close_db(database)


# -- a server -----------------------------------------------------------------------------------------

class Server:
    """One Odoo server, with threads, on a free port; `wait()` for it, `stop()` it.

    :ivar str url: http://localhost:<port>
    :ivar str database: name of the only database it serves
    :ivar Path log: its log
    """

    def __init__(self, database, *options):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.url = f'http://localhost:{self.port}'
        self.database = database
        self.log = STATE / 'log' / f'server-{database}.log'
        self.log.write_text('')
        self._options = options
        self.start()

    def start(self):
        """Start it, again after `stop()`, on the same port."""
        with self.log.open('a') as stream:
            self.process = subprocess.Popen(
                # With workers, Odoo starts one more process by the path of its own script.
                [sys.executable, ODOO, 'server', '-c', CONF, '-d', self.database,
                 '--db-filter', f'^{self.database}$', '--http-port', str(self.port), *self._options],
                stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)

    def wait(self, seconds=180):
        """Return when the server says that it is well, as operators ask it, and the login page is served.

        :raise RuntimeError: with the end of the log, when the server ended or did not answer in time
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                for page in ('health', 'login'):
                    urllib.request.urlopen(f'{self.url}/web/{page}', timeout=seconds).read()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f'no Odoo at {self.url}:\n' + '\n'.join(self.log.read_text().splitlines()[-30:]))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


# -- in the browser -----------------------------------------------------------------------------------

def find_chromium():
    """Return the path of the machine's Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)))


def log_in(page, login, password):
    """Log in by the form, as people do; ends on the page that Odoo opens then."""
    page.goto('/web/login')
    page.locator('input[name=login]').fill(login)
    page.locator('input[name=password]').fill(password)
    page.locator('.oe_login_form button[type=submit]').click()
    page.wait_for_url(re.compile(r'/(odoo|my|web(?!/login))'))
