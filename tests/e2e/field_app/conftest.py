"""A phone with the technicians' app, and the company behind it."""
import os
import signal
from pathlib import Path

import pytest
from field_app.world import PASSWORD, FieldWorld
from helpers import (
    BROWSER_ARGS,
    DATABASE_PREFIX,
    Server,
    db_tool,
    find_chromium,
    forget_environment,
)
from PIL import Image, ImageDraw

PHONE = {
    'viewport': {'width': 360, 'height': 780}, 'is_mobile': True, 'has_touch': True, 'locale': 'en-GB',
    'timezone_id': 'Europe/Istanbul'}
# What a browser says when nothing answers.
NO_ANSWER = 'net::ERR_'


class Phone:
    """One phone; what it stores outlives its browser.

    :ivar page: Playwright's page with the app
    """

    def __init__(self, playwright, folder, url):
        self._playwright, self._folder, self.url = playwright, folder, url
        self.errors = []
        self.context = None
        self.start()

    def start(self):
        """Open the browser, as after it was closed or killed."""
        self.context = self._playwright.chromium.launch_persistent_context(
            self._folder, executable_path=find_chromium(), args=BROWSER_ARGS, base_url=self.url, **PHONE)
        self.context.set_default_timeout(60_000)
        self.page = self.context.pages[0]
        self.page.on('pageerror', lambda error: self.errors.append(str(error)))
        self.page.on('console', lambda message: message.type == 'error' and NO_ANSWER not in message.text
                     and self.errors.append(message.text))

    def kill(self):
        """End the browser as the system does when memory is short."""
        mark = f'--user-data-dir={self._folder}'.encode()
        for entry in Path('/proc').iterdir():
            if entry.name.isdecimal():
                try:
                    if mark in (entry / 'cmdline').read_bytes().split(b'\0'):
                        os.kill(int(entry.name), signal.SIGKILL)
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue
        self.page.wait_for_event('close') if not self.page.is_closed() else None

    def open(self):
        """Open the app."""
        self.page.goto('/field/app')
        self.page.wait_for_function('window.stokivaField?.state.ready')

    def sign_in(self, login):
        """Sign in with the app's own form, and wait until the app works without a connection."""
        self.open()
        self.fill_login(login)
        self.page.wait_for_function('stokivaField.state.orders.length')
        self.page.evaluate('navigator.serviceWorker.ready.then(() => 1)')
        self.page.wait_for_function('navigator.serviceWorker.controller')

    def fill_login(self, login):
        """Sign in by the form that is shown."""
        self.page.locator('input[name=login]').fill(login)
        self.page.locator('input[name=password]').fill(PASSWORD)
        self.page.get_by_role('button', name="Sign in").click()

    def sign_in_again(self, login):
        """Sign in when the session has ended."""
        self.page.evaluate('void stokivaField.sync.now()')
        self.page.wait_for_function('stokivaField.state.link === "auth"')
        self.go('login')
        self.fill_login(login)

    def go(self, path=''):
        """Show one of the app's screens."""
        self.page.evaluate(f'location.hash = "#/{path}"')

    def press(self, name):
        """Press a button, and wait until what it does is on the disk."""
        self._do(self.page.get_by_role('button', name=name, exact=True).first.click)

    def choose(self, name):
        """Choose a row of a list, and wait as `press` does."""
        self._do(self.page.locator('.li', has_text=name).first.click)

    def tick(self, number):
        """Tick an item of the checklist, and wait as `press` does."""
        self._do(self.page.locator('.tick input').nth(number).check)

    def _do(self, action):
        before = self.count()
        action()
        self.page.wait_for_function(f'stokivaField.state.ops.length > {before}')

    def count(self):
        """Return how many operations are on the phone."""
        # A new version opens the page again: then it has to have read them.
        [number] = self.page.wait_for_function(
            'window.stokivaField?.state.ready && [stokivaField.state.ops.length + stokivaField.state.busy]').json_value()
        return number

    def take_photo(self, kind, path):
        """Take a photo, and wait until it is stored."""
        before = self.count()
        self.page.locator(f'input[data-kind={kind}]').set_input_files(path)
        self.page.wait_for_function(f'stokivaField.state.ops.length > {before} && !stokivaField.state.busy')

    def sign(self):
        """Draw on the field for signatures."""
        pad = self.page.locator('.pad canvas')
        pad.evaluate('(pad) => pad.scrollIntoView({block: "center"})')  # not under the buttons
        box = pad.bounding_box()
        mouse = self.page.mouse
        mouse.move(box['x'] + 20, box['y'] + 90)
        mouse.down()
        for step in range(12):
            mouse.move(box['x'] + 20 + 20 * step, box['y'] + (30 if step % 2 else 100))
        mouse.up()

    def wait_until_sent(self, left=0):
        """Send until so many operations are left."""
        for _try in range(150):
            self.page.evaluate('void stokivaField.sync.now()')
            self.page.wait_for_timeout(400)
            if self.count() <= left:
                return
        raise AssertionError(f"not sent: {self.page.evaluate('JSON.stringify([stokivaField.state.link, stokivaField.state.ops])')}")


@pytest.fixture(scope='package')
def company(odoo_env):
    """Return the world and a server on it, one for all stories: each makes jobs of its own."""
    database = f'{DATABASE_PREFIX}{os.getpid()}_field'
    db_tool('clone', 'test', database)
    with odoo_env(database) as env:
        world = FieldWorld(env, ('emre', 'kerem', 'deniz', 'ece'))
    world.server, world.open_env = Server(database), lambda: odoo_env(database)
    world.server.wait()
    yield world
    world.server.stop()
    forget_environment(database)
    db_tool('drop', database)


@pytest.fixture
def new_phone(playwright, company, tmp_path):
    """Return a function that makes a new phone."""
    phones = []

    def make():
        phone = Phone(playwright, str(tmp_path / f'phone{len(phones)}'), company.server.url)
        phones.append(phone)
        return phone

    yield make
    errors = [error for phone in phones for error in phone.errors]
    for phone in phones:
        phone.context.close()
    assert not errors


@pytest.fixture(scope='module')
def photo(tmp_path_factory):
    """Return the path of a photo as a camera makes it, too large to be sent as it is."""
    path = tmp_path_factory.mktemp('photos') / 'photo.jpg'
    image = Image.effect_noise((2400, 1800), 60).convert('RGB')
    ImageDraw.Draw(image).ellipse([600, 400, 1700, 1500], fill=(180, 190, 200))
    image.save(path, quality=92)
    return path
