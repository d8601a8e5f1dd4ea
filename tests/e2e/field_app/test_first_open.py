"""What a new phone waits for, that it can keep the app, and that everybody can read it. Times: tests/bench/field_open.py."""
import pytest
from axe_playwright_python.sync_playwright import Axe
from field_app.opening import Opening
from screens import AXE, Packing

MAX_BYTES = 95_000
SCREENS = ('', 'outbox', 'parts', 'login', 'job/{}', 'job/{}/work', 'job/{}/checklist', 'job/{}/sign', 'job/{}/form/suspend')


@pytest.fixture
def job(company):
    """Return the id of a job that is under way, of a technician who has no other."""
    with company.open_env() as env:
        order = company.make_job(env, 'ece')
        for event in ('depart', 'start'):
            order._apply_event(event, actor=env['res.users'].browse(company.users['ece']), channel='field')
        return order.id


def test_first_screen(company, playwright, tmp_path, job):
    """The page, its script and what it has to say are all that comes before it; later nothing does."""
    with Packing(company.server.url) as packing:
        for login in (None, company.logins['ece']):
            opening = Opening(playwright, tmp_path / f'{login}', packing.url, login)
            first = opening.open()
            assert sorted(path.split('/')[1] for path in first['requests']) == ['field', 'web'], first
            assert first['bytes'] <= MAX_BYTES, first
            opening.settle()
            if login:
                assert opening.open()['requests'] == []
                assert_installable(opening)
                assert_readable(opening.page, job)
            opening.context.close()


def assert_installable(opening):
    page = opening.cdp.send('Page.getAppManifest')
    assert not page['errors'], page
    assert opening.cdp.send('Page.getInstallabilityErrors')['installabilityErrors'] == []
    scope = opening.page.evaluate('navigator.serviceWorker.ready.then((one) => one.scope)')
    assert scope == page['manifest']['scope'] and scope.endswith('/field/')


def assert_readable(page, job):
    """By axe's rules, and not wider than the phone, by day and by night."""
    page.set_viewport_size({'width': 360, 'height': 2400})  # so that the bars at the edges hide nothing
    for path in SCREENS:
        page.evaluate(f'location.hash = "#/{path.format(job)}"')
        page.wait_for_timeout(50)
        for scheme in ('light', 'dark'):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=AXE)
            assert not found.violations_count, f'{path}, {scheme}: {found.generate_report()}'
        assert page.evaluate('document.documentElement.scrollWidth') <= 360, path
