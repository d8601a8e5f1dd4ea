"""Fixtures of the stories: a served shop with its people, what they see, and the letters that they get.

Pictures of the main steps are always kept, in .state/artifacts/e2e/.
"""
import contextlib
import itertools
import os
import re
import shutil

import pytest
from e2e.mailbox import Mailbox
from e2e.master_data import PASSWORD, MasterData, open_shop
from e2e.office import Office
from e2e.portal import Jobs
from helpers import ARTIFACTS, DATABASE_PREFIX, db_tool, forget_environment, log_in
from PIL import Image, ImageDraw
from playwright.sync_api import expect

PICTURES = ARTIFACTS / 'e2e'
# An error that Odoo logs before it tries again.
RETRIED = 'could not serialize access'
CRONS = (
    'stokiva_service.ir_cron_message_send', 'mail.ir_cron_mail_scheduler_action', 'sms.ir_cron_sms_scheduler_action')

# Nothing waits that long unless much else runs on the machine.
expect.set_options(timeout=90_000)


class Shop:
    """A served company.

    :ivar Server server: where it is
    :ivar Mailbox mailbox: where its letters arrive
    """

    def __init__(self, server, mailbox, open_environment):
        self.server = server
        self.mailbox = mailbox
        self._open_environment = open_environment
        with self.env() as env:
            open_shop(env, server.url, mailbox.port)

    def env(self):
        """Return a context manager that yields the superuser's environment."""
        return self._open_environment(self.server.database)

    def send_messages(self):
        """Do what the crons do: render what waits in the outbox, and hand it to the mail server and the gateway."""
        for cron in CRONS:
            with self.env() as env:
                env.ref(cron).method_direct_trigger()


@pytest.fixture(scope='session')
def shop_database(odoo_env):
    """Return the name of a database with the master data, made once; to be cloned."""
    name = f'{DATABASE_PREFIX}{os.getpid()}_shop'
    db_tool('clone', 'test', name)
    with odoo_env(name) as env:
        MasterData(env)
    forget_environment(name)
    yield name
    db_tool('drop', name)


@pytest.fixture(scope='module')
def shop(shop_database, new_database, new_server, odoo_env):
    """Return a `Shop`, served for all tests of the module."""
    mailbox = Mailbox()
    yield Shop(new_server(new_database(shop_database)), mailbox, odoo_env)
    mailbox.stop()


@pytest.fixture
def snap(request):
    """Return a function that keeps a picture of a step: `snap(page, 'approved')`."""
    numbers = itertools.count(1)
    folder = PICTURES / request.node.name
    shutil.rmtree(folder, ignore_errors=True)

    def take(page, name, full_page=False):
        page.screenshot(
            path=folder / f'{next(numbers):02}-{name}.png', full_page=full_page, animations='disabled')
    return take


@pytest.fixture
def open_page(open_page, shop):
    """Return the function of tests/conftest.py; answers of the server above 499 fail the test, too."""
    broken = []

    def open_(*args, **kwargs):
        page = open_page(*args, **kwargs)
        page.on('response', lambda answer: answer.status >= 500 and broken.append(f'{answer.status} {answer.url}'))
        return page

    logged = len(shop.server.log.read_text())
    open_.allowed = open_page.allowed
    yield open_
    assert not broken
    errors = re.findall(
        r'^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*)*', shop.server.log.read_text()[logged:], re.M)
    errors = [error for error in errors if RETRIED not in error]
    assert not errors, '\n'.join(errors)


@pytest.fixture
def office(open_page, shop, snap):
    """Return a function that logs somebody in at a desk, or on a phone: `office(login)` → `Office`."""
    def enter(login, device='desktop'):
        page = open_page(shop.server, device=device)
        log_in(page, login, PASSWORD)
        return Office(page, snap)
    return enter


@pytest.fixture
def jobs(open_page, shop, snap):
    """Return a function that logs somebody of a provider in on a phone: `jobs(login)` → `Jobs`."""
    def enter(login):
        page = open_page(shop.server, device='phone')
        log_in(page, login, PASSWORD)
        return Jobs(page, snap)
    return enter


@pytest.fixture(scope='session')
def photo(tmp_path_factory):
    """Return a function that takes a photo, as large as a phone's: `photo('before')` → path of a JPEG."""
    folder = tmp_path_factory.mktemp('photos')

    def take(name, colour=(70, 110, 140)):
        path = folder / f'{name}.jpg'
        with contextlib.suppress(FileExistsError):
            image = Image.new('RGB', (2400, 1800), colour)
            pen = ImageDraw.Draw(image)
            pen.rounded_rectangle((700, 250, 1700, 1600), 60, fill='white', outline='grey', width=12)
            pen.ellipse((900, 650, 1500, 1250), fill=colour, outline='black', width=30)
            pen.text((800, 330), name.upper(), fill='black', font_size=120)
            image.save(path, quality=85)
        return path
    return take
