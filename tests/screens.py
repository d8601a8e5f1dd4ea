"""Looks at the screens of docs/screens.toml in the demo company: pictures, weight, shifts, what axe says."""
import gzip
import http.client
import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import tomllib
from axe_playwright_python.sync_playwright import Axe
from helpers import ROOT, log_in
from PIL import Image

SCREENS = ROOT / 'docs/screens.toml'
PICTURES = ROOT / 'docs/img'
SIZES = {
    'phone': {'viewport': {'width': 390, 'height': 844}, 'is_mobile': True, 'has_touch': True},
    'desktop': {'viewport': {'width': 1400, 'height': 900}},
}
NARROW = 360
MAX_LIGHT = 100_000
MAX_PICTURE = 60_000
# Shifts below this nobody sees: https://web.dev/articles/cls calls up to 0.1 good.
MAX_SHIFT = 0.01
AXE = {'runOnly': {'type': 'tag', 'values': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}
COUNT_SHIFTS = """
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
"""
# What nginx packs by config/nginx.conf, and how hard.
PACKED = ('text/', 'application/xml', 'application/json', 'application/javascript', 'image/svg+xml', 'application/manifest+json')
MIN_PACKED = 1024
LEVEL = 5


def read_screens():
    """Return the tables of the list.

    :rtype: list
    """
    return tomllib.loads(SCREENS.read_text())['screen']


# -- records of the demo company ----------------------------------------------------------------------

def _find_order(login, state):
    def find(env):
        user = env['res.users'].search([('login', '=', login)])
        orders = env['stokiva.work.order'].with_user(user)
        domain = orders._get_job_domain() if login != 'customer' else orders._get_request_domain()
        return orders.sudo().search([*domain, ('state', '=', state)], order='id', limit=1).id

    return find


def _find_device(env):
    user = env['res.users'].search([('login', '=', 'customer')])
    return env['stokiva.device'].search([('partner_id', '=', user.partner_id.id)], order='id', limit=1).id


def _find_newest(model, domain, order='id desc'):
    return lambda env: env[model].search(domain, order=order, limit=1).id


def _find_company(env):
    company = env['stokiva.provider'].search([], limit=1).company_id or env.company
    company.stokiva_booking = True
    return company.id


def _find_tracking(env):
    order = env['stokiva.work.order'].search([('state', 'in', ('on_the_way', 'accepted'))], order='state desc', limit=1)
    return env['stokiva.tracking']._get_for(order)._get_path()


FINDERS = {
    'company': _find_company,
    'tracking': _find_tracking,
    'approval': lambda env: '/o/' + env['stokiva.approval'].search(
        [('state', '=', 'pending'), ('kind', '=', 'work')], limit=1)._get_token(),
    'rating': lambda env: '/o/r/' + env['stokiva.rating'].search([('stars', '>', 0)], limit=1)._get_token(),
    'offer': _find_order('kadikoy', 'assigned'),
    'job': _find_order('kadikoy', 'accepted'),
    'request': _find_order('customer', 'awaiting_approval'),
    'person': lambda env: env['stokiva.personnel'].search(
        [('user_id.login', '=', 'kadikoy')]).provider_id.personnel_ids.filtered(lambda person: person.role == 'technician')[:1].id,
    'device': _find_device,
    'order': _find_newest('stokiva.work.order', [('state', '=', 'completed'), ('media_ids', '!=', False)]),
    'settlement': _find_newest('stokiva.settlement', [('state', '=', 'approved')]),
    'statement': _find_newest('stokiva.statement', [('state', '=', 'confirmed')]),
    'provider': _find_newest('stokiva.provider', [('kind', '=', 'authorised')], 'id'),
    'sale': _find_newest('sale.order', [('stokiva_work_order_ids', '!=', False)]),
}


def find_addresses(env, screens):
    """Return the address of each screen in a database with the demo company.

    :param env: environment of the superuser
    :param list screens: as ``read_screens`` gives them
    :return: ``{name: path}``
    :rtype: dict
    """
    values = {name: find(env) for name, find in FINDERS.items() if any(f'{{{name}}}' in item['url'] for item in screens)}
    missing = [name for name, value in values.items() if not value]
    assert not missing, f'not in the demo company: {missing}'
    return {item['name']: item['url'].format(**values) for item in screens}


# -- looking ------------------------------------------------------------------------------------------

class Viewer:
    """A browser that looks at screens, signed in once for each login and size.

    :param browser: of Playwright
    :param str url: of the server
    :param dict addresses: as ``find_addresses`` gives them
    :param str lang: code of the browser's language
    """

    def __init__(self, browser, url, addresses, lang='tr-TR'):
        self.browser, self.url, self.addresses, self.lang = browser, url, addresses, lang
        self._states = {}

    def open(self, screen, size='phone', **options):
        """Open a screen in a browser without anything in its cache, and return Playwright's page.

        ``page.foreign`` are the addresses on other servers that it asked for, ``page.received`` the bytes and
        kinds that came.
        """
        login = screen.get('login')
        if login and login not in self._states:
            context = self.browser.new_context(base_url=self.url, locale=self.lang)
            page = context.new_page()
            log_in(page, login, login)
            self._states[login] = context.storage_state()
            context.close()
        context = self.browser.new_context(
            base_url=self.url, locale=self.lang, timezone_id='Europe/Istanbul', bypass_csp=True, reduced_motion='reduce',
            storage_state=self._states.get(login), **{**SIZES[size], **options})
        context.set_default_timeout(90_000)
        page = context.new_page()
        page.add_init_script(COUNT_SHIFTS)
        page.foreign, page.received = [], {}
        page.on('request', lambda request: request.url.startswith((self.url, 'data:', 'blob:')) or page.foreign.append(request.url))
        session = context.new_cdp_session(page)
        session.send('Network.enable')
        kinds = {}
        session.on('Network.responseReceived', lambda event: kinds.update({event['requestId']: event['type']}))
        session.on('Network.loadingFinished', lambda event: page.received.update({
            event['requestId']: (kinds.get(event['requestId']), event['encodedDataLength'])}))
        answer = page.goto(self.addresses[screen['name']])
        self._settle(page, screen)
        assert answer.ok, f"{screen['name']}: {answer.status}"
        assert '/web/login' not in page.url, f"{screen['name']}: nobody is signed in"
        return page

    def _settle(self, page, screen):
        """Wait until fonts and pictures, which are asked for late, have come."""
        if screen.get('office'):  # its bus never rests
            page.locator('.o_action_manager > :not(:empty)').first.wait_for()
            page.wait_for_timeout(2500)
        else:
            page.wait_for_load_state('networkidle')
        page.evaluate('document.fonts.ready.then(() => 0)')
        page.wait_for_timeout(300)

    def measure(self, screen):
        """Return what a screen weighs on a phone that sees it for the first time.

        :return: ``bytes`` in all, ``html`` of it, ``again`` when it is opened again, ``requests``, ``shift``, ``foreign``
        :rtype: dict
        """
        page = self.open(screen)
        self._settle(page, screen)
        measured = {
            'bytes': sum(size for _kind, size in page.received.values()),
            'html': sum(size for kind, size in page.received.values() if kind == 'Document'),
            'requests': len(page.received), 'shift': page.evaluate('window.shifts'), 'foreign': page.foreign}
        page.received.clear()
        page.reload()
        self._settle(page, screen)
        measured['again'] = sum(size for _kind, size in page.received.values())
        page.context.close()
        return measured

    def inspect(self, screen):
        """Return what is wrong with a screen on a phone, empty if nothing is: axe's findings, width, foreign addresses.

        :rtype: list
        """
        page = self.open(screen)
        found = Axe().run(page, options=AXE)
        problems = [found.generate_report()] if found.violations_count else []
        problems += [f'asks {url}' for url in page.foreign]
        page.set_viewport_size({'width': NARROW, 'height': 740})
        width = page.evaluate('document.documentElement.scrollWidth')
        if width > NARROW:
            problems.append(f'{width} px wide on a screen of {NARROW}')
        page.context.close()
        return problems

    def take_picture(self, screen, size, folder=PICTURES):
        """Take a small picture of a screen, and return its path."""
        page = self.open(screen, size)
        shot = page.screenshot(full_page=size == 'phone', animations='disabled')
        page.context.close()
        path = folder / f"{screen['name']}-{size}.png"
        path.write_bytes(shrink(shot))
        return path


def shrink(content):
    """Return a picture as a PNG of few colours, at most ``MAX_PICTURE`` bytes, cut at the foot if it must be.

    :param bytes content: PNG
    """
    image = Image.open(io.BytesIO(content)).convert('RGB')
    while True:
        for colours in (128, 64, 32):
            out = io.BytesIO()
            image.quantize(colours, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
            if out.tell() <= MAX_PICTURE:
                return out.getvalue()
        image = image.crop((0, 0, image.width, image.height * 4 // 5))


# -- nginx --------------------------------------------------------------------------------------------

class Packing:
    """Stands before a server and packs what it sends, as nginx does by our configuration; a context manager.

    :param str url: of the server
    """

    def __init__(self, url):
        target = urlsplit(url)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_one(self):
                connection = http.client.HTTPConnection(target.hostname, target.port, timeout=120)
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() != 'accept-encoding'}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ('content-length', 'transfer-encoding', 'connection', 'date', 'server'):
                        self.send_header(name, value)
                if len(content) >= MIN_PACKED and (answer.getheader('Content-Type') or '').startswith(PACKED):
                    content = gzip.compress(content, LEVEL)
                    self.send_header('Content-Encoding', 'gzip')
                self.send_header('Content-Length', len(content))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = handle_one

            def log_message(self, *_args):
                """Keep silent."""

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self._server.handle_error = lambda *_args: None  # a browser that goes on before all has come
        self.url = f'http://localhost:{self._server.server_port}'

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_args):
        self._server.shutdown()
        self._server.server_close()
