"""Renders the customer's page, for whoever shows it: the link, the customer's portal, the technician's phone."""
import functools

from odoo.http import request
from odoo.tools.misc import file_open

from .. import audit
from ..models.stokiva_approval_answer import MAX_COMMENT
from .approval_content import format_moment, prepare_block
from .approval_form import MAX_FILES, MAX_NAME
from .theme import get_theme_url

ANSWERED = ('approved', 'disputed')
RETRY_SECONDS = 600
ASSETS = 'stokiva_service/static/src/approval/'
SECURITY_HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"),
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex, nofollow',
    'Cache-Control': 'no-store',
}


@functools.cache
def get_asset_url(path):
    """Return the URL of a file of an addon, which changes with its content.

    :param str path: from the addon's name on
    """
    with file_open(path, 'rb') as file:
        return f'/{path}?v={audit.sha256(file.read())[:12]}'


def choose_lang(order, lang):
    """Choose the page's language: as asked for, else the customer's, else the company's.

    :param order: stokiva.work.order record in sudo that the page is about, or None
    :param str lang: code of the language that was chosen on the page, not trusted
    """
    installed = [code for code, _name in request.env['res.lang'].get_installed()]
    wanted = [lang]
    if order:
        wanted += [order.partner_id.lang, order.company_id.partner_id.lang]
    request.update_context(lang=next((code for code in wanted if code in installed), request.env.lang))


def get_asked(approval):
    """Return the requests that wait for an answer on the page, the link's own first."""
    return approval._get_page_approvals().filtered(lambda item: (
        item._is_answerable() and item.work_order_id.partner_id == approval.work_order_id.partner_id))


def get_answered(approval, asked):
    """Return the requests whose answers the page still tells: the link's own, and the last of each
    other order of the group that is not asked about now."""
    order = approval.work_order_id
    answered = approval if approval.state in ANSWERED else approval.browse()
    for other in (order._get_group() - order - asked.work_order_id).sorted('id'):
        if other.partner_id == order.partner_id:
            answered |= other.approval_ids.filtered(lambda item: item.kind == approval.kind).filtered(
                lambda item: item.state in ANSWERED and item._is_link_alive())[:1]
    return answered


def render_page(approval, asked, url, photo_url, form=None, template='stokiva_service.approval_page', **values):
    """Render what is asked and what was answered.

    :param approval: stokiva.approval record in sudo, in the page's language
    :param asked: stokiva.approval records that can be answered
    :param str url: to which the form posts
    :param str photo_url: under which an order's photos are; ``{order}`` stands for its id
    :param dict form: what was typed and is wrong with it, see ``approval_form.read_form``
    :param str template: XML id of the page
    :param values: further values of the template
    """
    order, env = approval.work_order_id, approval.env
    answered = get_answered(approval, asked)
    tz = order.provider_id.tz or order.company_id.partner_id.tz or 'Europe/Istanbul'

    def prepare(items):
        return [prepare_block(item, tz) | {'photo_url': photo_url.format(order=item.work_order_id.id)} for item in items]

    return render(template, {
        'url': url,
        'thumb': '/thumb',
        'kind': approval.kind,
        'blocks': prepare(asked),
        'answered': prepare(answered),
        'needs_signature': bool(asked.work_order_id.service_type_id.filtered('needs_signature')),
        'form': form or {'answers': {}, 'comments': {}, 'errors': {}},
        'changed': False,
        'is_muted': order._is_muted(),
        'lead': env._("Dear %(customer)s,", customer=order.partner_id.name),
        'until': asked and env._(
            "This link is valid until %(moment)s and can be answered once.",
            moment=format_moment(env, min(asked.mapped('expires_at')), tz)),
        'company': order.company_id,
        'max_comment': MAX_COMMENT,
        'max_name': MAX_NAME,
        'max_files': MAX_FILES,
        'csrf': None,
        'can_type': True,
        **values,
    })


def render_dead(is_slowed=False):
    """Render the one answer to every link that is wrong, void or expired.

    :param bool is_slowed: whether the address has tried too many: it is told to wait
    """
    company = request.env['res.company'].sudo().browse(request.env.company.id)  # sudo: name, phone and colour only
    response = render('stokiva_service.approval_dead', {'company': company, 'url': None}, 429 if is_slowed else 404)
    if is_slowed:
        response.headers['Retry-After'] = f'{RETRY_SECONDS}'
    return response


def render(template, values, status=200, headers=SECURITY_HEADERS):
    """Render a template into a response that is not stored or indexed, and not framed unless the headers say so.

    :param str template: XML id
    :param dict values: of the template, with ``company``: res.company record in sudo
    :param int status: of HTTP
    :param dict headers: for the browser's safety
    """
    lang = request.env.lang
    html = request.env['ir.ui.view']._render_template(template, dict(
        values,
        lang_code=lang.replace('_', '-'),
        direction=request.env['res.lang']._get_data(code=lang).direction or 'ltr',
        query=get_query(),
        theme=get_theme_url(values['company']),
        languages=[item for item in request.env['res.lang'].get_installed() if item[0] != lang],
        css=get_asset_url(f'{ASSETS}approval.css'), js=get_asset_url(f'{ASSETS}approval.js')))
    return request.make_response(html, status=status, headers={
        **headers, 'Content-Type': 'text/html; charset=utf-8'}.items())


def get_query():
    """Return the query that keeps the language that was chosen on the page."""
    lang = request.env.lang
    return f'?lang={lang}' if request.httprequest.args.get('lang') == lang else ''


def redirect(url):
    """Send the browser to the page, which tells what was recorded."""
    response = request.redirect(f'{url}{get_query()}')
    response.headers.update(SECURITY_HEADERS)
    return response
