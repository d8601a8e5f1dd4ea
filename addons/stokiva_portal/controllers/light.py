"""What the pages for visitors without a login share: their frame, language, limits and forms."""
from urllib.parse import urlencode

from odoo.http import request

from odoo.addons.stokiva_service.controllers import approval_render

ASSETS = 'stokiva_portal/static/src/light/'
MAX_BODY = 20_000
# In the throttle's window of ten minutes: pages shown to one address, where thousands may share one.
PAGES = 600


def become_public():
    """Let nobody's login count: a member of staff who looks at the page is a visitor."""
    request.update_env(user=request.env.ref('base.public_user').id)


def get_throttle():
    return request.env['stokiva.throttle']


def get_address():
    return request.httprequest.remote_addr


def is_own_form():
    """Tell whether a form was sent by a page of ours, also one in another site's frame.

    No cookie gives a right here; but nobody shall make a visitor's browser book without his doing.
    """
    headers = request.httprequest.headers
    if 'Sec-Fetch-Site' in headers:
        return headers['Sec-Fetch-Site'] == 'same-origin'
    origin = headers.get('Origin')
    return not origin or origin == request.httprequest.host_url.rstrip('/')


def get_lang():
    """Return the code of the language that was chosen on the page, None if none was."""
    return request.env.lang if request.httprequest.args.get('lang') == request.env.lang else None


def make_url(path, **query):
    """Return a path with its query, and the language that was chosen on the page."""
    query = {name: value for name, value in {**query, 'lang': get_lang()}.items() if value}
    return f'{path}?{urlencode(query)}' if query else path


def redirect(url):
    """Answer a form: show a page by GET, which says by itself who may frame it."""
    response = request.redirect(url, code=303)
    response.headers.update({'Referrer-Policy': 'same-origin', 'Cache-Control': 'no-store'})
    return response


def parse_id(text):
    """Return an id that a form or query holds, 0 for anything else."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_text(post, name, limit):
    """Return a line of a form without blanks at its ends and what cannot be stored, cut to a limit."""
    value = post.get(name)
    return value.replace('\0', '').strip()[:limit] if isinstance(value, str) else ''


def render(template, company, values, status=200, kept=None):
    """Render a page in the frame of the approval's; the company's other sites may show it.

    :param str template: XML id
    :param company: res.company record in sudo
    :param dict values: of the template
    :param int status: of HTTP
    :param dict kept: query that a change of the language keeps
    """
    headers = dict(approval_render.SECURITY_HEADERS)
    policy = headers['Content-Security-Policy'].replace("script-src", "connect-src 'self'; script-src")
    # A browser tells then from where a form comes, which ``is_own_form`` asks.
    headers['Referrer-Policy'] = 'same-origin'
    if company._stokiva_is_booking() and (origins := (company.stokiva_booking_origins or '').split()):
        policy = policy.replace("frame-ancestors 'none'", " ".join(["frame-ancestors 'self'", *origins]))
        del headers['X-Frame-Options']
    headers['Content-Security-Policy'] = policy
    kept = {name: value for name, value in (kept or {}).items() if value}
    return approval_render.render(template, {
        'company': company, 'url': None, 'error': None, 'make_url': make_url,
        'lang': get_lang(),
        'kept_query': kept and f'{urlencode(kept)}&',
        'more_css': approval_render.get_asset_url(f'{ASSETS}light.css'),
        'more_js': approval_render.get_asset_url(f'{ASSETS}light.js'), **values}, status, headers)


def render_slowed(company):
    """Tell who asks too often to wait."""
    response = render('stokiva_portal.light_slowed', company, {}, 429)
    response.headers['Retry-After'] = f'{approval_render.RETRY_SECONDS}'
    return response
