"""The customer's page by axe: WCAG AA in light and dark, on a small phone, in both languages, in all that it shows."""
import pytest
from approvals import make_asked, make_world
from axe_playwright_python.sync_playwright import Axe

STANDARD = {'runOnly': {'type': 'tag', 'values': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}
MAX_BYTES = 30_000


@pytest.fixture(scope='module')
def links(new_database, new_server, odoo_env):
    """Return the server, and the path of a link for each thing that the page may show."""
    database = new_database()
    with odoo_env(database) as env:
        world = make_world(env)
        asked, signed, answered, disputed, strange = (make_asked(world, env) for _number in range(5))
        company_lang = env.company.partner_id
        company_lang.lang = 'en_US'
        paths = {}
        for name, order in (('asked', asked), ('answered', answered), ('disputed', disputed), ('strange', strange)):
            request = order.approval_ids
            paths[name] = f'/o/{request._get_token()}'
            event = {'answered': 'approve', 'disputed': 'dispute', 'strange': 'not_mine'}.get(name)
            if event:
                order._apply_event(event, {
                    'approval_id': request.id, 'comment': "Thank you", 'stars': 4}, actor=order.partner_id, channel='link')
        signed.service_type_id = asked.service_type_id.copy({'name': "Signed", 'needs_signature': True})
        paths['signed'] = f"/o/{signed.approval_ids.filtered(lambda item: item.state == 'pending')._get_token()}"
        paths['dead'] = '/o/nothing'
    yield new_server(database), paths


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_axe_finds_nothing(links, open_page, scheme):
    server, paths = links
    page = open_page(server, device='phone', color_scheme=scheme, bypass_csp=True, viewport={'width': 360, 'height': 740})
    open_page.allowed = ['404', 'ERR_']
    for name, path in paths.items():
        for lang in ('en_US', 'tr_TR'):
            page.goto(f'{path}?lang={lang}')
            found = Axe().run(page, options=STANDARD)
            assert not found.violations_count, f'{name}, {lang}, {scheme}: {found.generate_report()}'
            width = page.evaluate('document.documentElement.scrollWidth')
            assert width <= 360, f'{name}, {lang}: {width} px wide'


def test_light_and_without_scripts(links, open_page):
    server, paths = links
    page = open_page(server, device='phone', java_script_enabled=False)
    sizes = []
    page.on('response', lambda response: '/photo/' in response.url or sizes.append(len(response.body())))
    page.goto(paths['signed'])
    page.wait_for_load_state('networkidle')
    assert sum(sizes) < MAX_BYTES, sizes
    page.locator('button[value=approve]').click()
    page.locator('#e_signature').wait_for(state='visible')
    page.locator('#name').fill("Ayşe Yılmaz")
    page.locator('#typed').check()
    page.locator('button[value=approve]').click()
    page.locator('.note.ok').wait_for()
