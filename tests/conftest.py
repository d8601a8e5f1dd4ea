"""Fixtures of the tests across addons: databases, servers, browsers. Run by `make test ARGS=tests`.

    def test_x(server, open_page):
        page = open_page(server, device='phone')
        log_in(page, 'demo', 'secret')

Whatever is made here is gone after the test (or, for what `new_…` makes, after the module).
Pictures and traces of failed tests are in .state/artifacts/<test>/.
"""
import contextlib
import itertools
import os
import re

import pytest
from commands import install
from helpers import (
    ARTIFACTS,
    BROWSER_ARGS,
    DATABASE_PREFIX,
    Server,
    db_tool,
    drop_leftovers,
    find_chromium,
    forget_environment,
    open_environment,
)

# Odoo's package for Debian leaves one file of the web client out.
IGNORED_ERRORS = [re.compile(r'selfie_segmentation')]
DEVICES = {
    'desktop': {'viewport': {'width': 1440, 'height': 900}},
    'phone': {'viewport': {'width': 390, 'height': 844}, 'is_mobile': True, 'has_touch': True, 'device_scale_factor': 2},
}
_numbers = itertools.count(1)


def pytest_sessionstart():
    drop_leftovers()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Let fixtures know how their test ended: `request.node.failed`."""
    report = (yield).get_result()
    item.failed = getattr(item, 'failed', False) or report.failed


# -- databases ----------------------------------------------------------------------------------------

@pytest.fixture(scope='module')
def new_database():
    """Return a function that clones a database and returns the clone's name.

    Its argument is the source: 'test' (Odoo with all our addons, the default), 'base' (Odoo with what
    they depend on) or a database's name. Nobody may be connected to a source given by its name.
    """
    made = []

    def clone(source='test'):
        name = f'{DATABASE_PREFIX}{os.getpid()}_{next(_numbers)}'
        made.append(name)
        db_tool('clone', source, name)
        return name

    yield clone
    for name in made:
        forget_environment(name)
    if made:
        db_tool('drop', *made)


@pytest.fixture
def database(new_database):
    """Return the name of a fresh database with all our addons."""
    name = new_database()
    yield name
    forget_environment(name)
    db_tool('drop', name)


@pytest.fixture(scope='session')
def service_database():
    """Return the name of a database with our core alone, installed without a warning; to be cloned."""
    name = f'{DATABASE_PREFIX}{os.getpid()}_service'
    db_tool('clone', 'base', name)
    install(name, 'stokiva_service')
    yield name
    db_tool('drop', name)


@pytest.fixture(scope='session')
def odoo_env():
    """Return a context manager: `with odoo_env(database) as env:` works as the superuser, in this process.

    The transaction is committed at the end of the block, rolled back on an exception. Transactions are
    real: open several, also in threads, for tests of concurrency.
    """
    return open_environment


# -- servers ------------------------------------------------------------------------------------------

@pytest.fixture(scope='module')
def new_server(new_database):
    """Return a function that serves a database (first argument) and returns a `helpers.Server`.

    Further arguments are options of Odoo's command line, e.g. '--max-cron-threads=1'.
    """
    with contextlib.ExitStack() as stack:
        def start(database, *options):
            server = Server(database, *options)
            stack.callback(server.stop)
            server.wait()
            return server

        yield start


@pytest.fixture
def server(new_server, database):
    """Return a `helpers.Server` (url, database, log) on a fresh database with all our addons."""
    server = new_server(database)
    yield server
    server.stop()


# -- browser ------------------------------------------------------------------------------------------

@pytest.fixture(scope='session')
def playwright():
    """Return what drives browsers."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope='session')
def browser(playwright):
    """Return Debian's Chromium, driven by Playwright."""
    chromium = playwright.chromium.launch(executable_path=find_chromium(), args=BROWSER_ARGS)
    yield chromium
    chromium.close()


@pytest.fixture
def open_page(browser, request):
    """Return a function that opens a page with cookies of its own: `open_page(server, device='desktop')`.

    Devices: 'desktop' (1440 x 900), 'phone' (390 x 844, touch). Further keywords go to Playwright's
    `new_context`, e.g. `locale='tr-TR'`. A script error on any page fails the test, unless a regular
    expression in `open_page.allowed` matches it.
    """
    opened, errors = [], []

    def note(text):
        if not any(pattern.search(text) for pattern in [*IGNORED_ERRORS, *map(re.compile, open_.allowed)]):
            errors.append(text)

    def open_(server, device='desktop', **options):
        context = browser.new_context(
            base_url=server.url, timezone_id='Europe/Istanbul', **{**DEVICES[device], **options})
        context.set_default_timeout(90_000)  # only a failure, or a machine that does much else, waits that long
        context.tracing.start()  # what was done, said and fetched; with pictures of it, a sixth more work
        page = context.new_page()
        page.on('pageerror', lambda error: note(f'{page.url}: {error}'))
        page.on('console', lambda message: message.type == 'error' and note(
            f'{page.url}: {message.text} {message.location.get("url", "")}'))
        opened.append((context, page))
        return page

    open_.allowed = []
    yield open_
    # What is cut off by closing the pages is no error.
    found = list(errors)
    failed = request.node.failed or found
    folder = ARTIFACTS / re.sub(r'[^\w.-]+', '_', request.node.nodeid)
    for index, (context, page) in enumerate(opened, start=1):
        if failed:
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(Exception):  # a page that crashed has no picture
                page.screenshot(path=folder / f'page{index}.png', full_page=True)
            context.tracing.stop(path=folder / f'trace{index}.zip')
        context.close()
    if found and not request.node.failed:
        pytest.fail('errors in the browser:\n' + '\n'.join(found))


@pytest.fixture
def page(open_page, server):
    """Return a desktop page on a fresh server."""
    return open_page(server)
