import base64
import functools
import json

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.misc import file_open

from .. import audit, signatures, tokens
from .approval_content import format_moment, prepare_block

WRONG_TOKENS = 30  # per address and window of the throttle
REQUESTS = 120
MAX_BODY = 1_000_000
MAX_COMMENT = 4000
MAX_NAME = 100
ANSWERED = ('approved', 'disputed')
EVENTS = ('approve', 'dispute')
NOT_MINE = 'not_mine'
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
def _asset_url(name):
    """Return the URL of one of the page's files, which changes with its content."""
    with file_open(f'stokiva_service/static/src/approval/{name}', 'rb') as file:
        return f'/stokiva_service/static/src/approval/{name}?v={audit.sha256(file.read())[:12]}'


class ApprovalPage(http.Controller):
    """The customer's page behind the link of an approval. The token in the path is the only authority."""

    @http.route('/o/<string:token>', type='http', auth='public', methods=['GET'], save_session=False)
    def approval_page(self, token, lang=None, **_query):
        """Show what is asked, or what was answered; changes nothing."""
        approval = self._open(token, lang)
        return self._render_page(approval, token) if approval else self._render_dead()

    # csrf=False: no cookie gives a right here, who knows the token may answer.
    @http.route(
        '/o/<string:token>', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=MAX_BODY)
    def approval_answer(self, token, lang=None, **post):
        """Carry out the customer's answers, all or none."""
        approval = self._open(token, lang, post)
        if not approval:
            return self._render_dead()
        asked = self._get_asked(approval)
        if not asked:  # sent twice, or answered on another way meanwhile
            return self._redirect(token)
        if {f'{item.id}': item.shown_hash for item in asked} != self._get_seen(post):
            is_same = tokens.hashed(token) == approval.token_hash
            return self._render_page(approval, token if is_same else approval._get_token(), changed=True)
        form = self._read_form(post, asked)
        if not form['errors']:
            try:
                with request.env.cr.savepoint():
                    self._answer(asked, form)
            except UserError as error:
                form['errors']['form'] = error.args[0]
            else:
                return self._redirect(token)
        return self._render_page(approval, token, form=form)

    @http.route(
        ['/o/<string:token>/photo/<int:media_id>', '/o/<string:token>/photo/<int:media_id>/<any(thumb):size>'],
        type='http', auth='public', methods=['GET'], save_session=False)
    def approval_photo(self, token, media_id, size=None, **_query):
        """Send a photo that belongs to what the page shows."""
        approval = self._open(token, is_photo=True)
        media = self._get_photo(approval, media_id) if approval else None
        if not media:
            return self._render_dead()
        content = base64.b64decode(media.image_256 if size else media.image)
        return request.make_response(content, headers={
            **SECURITY_HEADERS, 'Content-Type': 'image/jpeg', 'Content-Disposition': 'inline',
            'Content-Security-Policy': "default-src 'none'"}.items())

    # === WHO ASKS FOR WHAT === #

    def _open(self, token, lang=None, post=None, is_photo=False):
        """Return the request that a token opens now, in sudo and in the page's language, else None.

        :param str token: from the path
        :param str lang: code of the language that was chosen on the page
        :param dict post: what was sent, when something was
        :param bool is_photo: photos of a living link are not counted
        """
        # A member of staff who opens a customer's link acts as the customer, not as himself.
        request.update_env(user=request.env.ref('base.public_user').id)
        throttle, address = request.env['stokiva.throttle'], request.httprequest.remote_addr
        if throttle._is_exhausted('approval_wrong', address, WRONG_TOKENS):
            return None
        if not is_photo and not throttle._hit('approval', address, REQUESTS):
            return None
        approval = request.env['stokiva.approval']._find_by_token(token)
        living = self._get_living(approval, post)
        if not living:
            throttle._hit('approval_wrong', address, WRONG_TOKENS)
        self._set_lang(living, lang)
        return living and living.with_context(lang=request.env.lang)

    def _get_living(self, approval, post):
        """Return the request that a link still stands for, else None.

        A void request stands for the one that replaced it if the customer had it before his eyes: he is
        told of the change instead of being sent away.
        """
        if not approval or approval.expires_at <= fields.Datetime.now():
            return None
        if approval.state in ('pending', *ANSWERED):
            return approval
        if approval.state == 'void' and post and post.get(f'hash_{approval.id}') == approval.shown_hash:
            return approval.work_order_id.approval_ids.filtered(
                lambda item: item.kind == approval.kind and item._is_answerable())[:1] or None
        return None

    def _set_lang(self, approval, lang):
        """Choose the page's language: as asked for, else the customer's, else the company's."""
        installed = [code for code, _name in request.env['res.lang'].get_installed()]
        wanted = [lang]
        if approval:
            order = approval.work_order_id
            wanted += [order.partner_id.lang, order.company_id.partner_id.lang]
        request.update_context(lang=next((code for code in wanted if code in installed), request.env.lang))

    def _get_asked(self, approval):
        """Return the requests that wait for an answer on the page, the link's own first."""
        return approval._get_page_approvals().filtered(lambda item: (
            item._is_answerable() and item.work_order_id.partner_id == approval.work_order_id.partner_id))

    def _get_answered(self, approval, asked):
        """Return the requests whose answers the page still tells: the link's own, and the last of each
        other order of the group that is not asked about now."""
        order = approval.work_order_id
        answered = approval if approval.state in ANSWERED else approval.browse()
        for other in (order._get_group() - order - asked.work_order_id).sorted('id'):
            if other.partner_id == order.partner_id:
                answered |= other.approval_ids.filtered(lambda item: item.kind == approval.kind).filtered(
                    lambda item: item.state in ANSWERED and item.expires_at > fields.Datetime.now())[:1]
        return answered

    def _get_photo(self, approval, media_id):
        """Return a photo if what the page shows lists it, unchanged."""
        asked = self._get_asked(approval)
        for item in asked | self._get_answered(approval, asked):
            for photo in json.loads(item.shown).get('photos') or ():
                if photo['id'] == media_id:
                    media = request.env['stokiva.media'].sudo().browse(media_id).exists()
                    return media if media.sha256 == photo['sha256'] else None
        return None

    # === ANSWERING === #

    def _get_seen(self, post):
        """Return ``{id: hash}`` of the requests that the customer had before his eyes, as texts."""
        return {name.removeprefix('hash_'): value for name, value in post.items() if name.startswith('hash_')}

    def _read_form(self, post, asked):
        """Return what the customer sent, checked.

        :param dict post: names and values of the form, not trusted
        :param asked: stokiva.approval records that are answered
        :return: dict ``answers`` and ``comments`` by id, ``comment name stars signature typed`` and
            ``errors`` by field
        """
        def text(name):
            value = post.get(name)
            return value.replace('\r\n', '\n').replace('\0', '').strip() if isinstance(value, str) else ''

        not_mine = text('answer') == NOT_MINE
        form = {
            'answers': {item.id: 'dispute' if not_mine else text(f'answer_{item.id}') for item in asked},
            'comments': {item.id: text(f'comment_{item.id}') for item in asked},
            'comment': text('comment'), 'name': text('name'), 'signature': text('signature'),
            'stars': int(text('stars')) if text('stars') in ('1', '2', '3', '4', '5') else 0,
            'typed': bool(post.get('typed')), 'not_mine': not_mine, 'errors': {},
        }
        self._check_answers(form, asked)
        approved = asked.filtered(lambda item: form['answers'][item.id] == 'approve')
        self._check_signature(form, bool(approved.work_order_id.service_type_id.filtered('needs_signature')))
        return form

    def _check_answers(self, form, asked):
        """Note the errors of answers and words."""
        for item in asked:
            words = form['comments'][item.id] or (form['comment'] if len(asked) == 1 else '')
            if form['answers'][item.id] not in EVENTS:
                form['errors'][f'answer_{item.id}'] = request.env._("Please choose your answer.")
            elif form['answers'][item.id] == 'dispute' and item.kind == 'work' and not (words or form['not_mine']):
                name = 'comment' if len(asked) == 1 else f'comment_{item.id}'
                form['errors'][name] = request.env._("Please say in a few words what is wrong.")
        for name, value in (('comment', form['comment']), *(
                (f'comment_{id_}', words) for id_, words in form['comments'].items())):
            if len(value) > MAX_COMMENT:
                form['errors'][name] = request.env._("Please use at most %(max)s characters.", max=MAX_COMMENT)

    def _check_signature(self, form, is_needed):
        """Keep the signature in its normal form, and note what is missing if one is needed."""
        if form['signature']:
            try:
                form['signature'] = signatures.normalise(form['signature'])
            except signatures.BadSignature:
                form['signature'] = ''
        if is_needed and not form['signature'] and not form['typed']:
            form['errors']['signature'] = request.env._("Please sign, or tick the box below the field.")
        if is_needed and not form['name']:
            form['errors']['name'] = request.env._("Please write your name.")
        elif len(form['name']) > MAX_NAME:
            form['errors']['name'] = request.env._("Please use at most %(max)s characters.", max=MAX_NAME)

    def _answer(self, asked, form):
        """Carry the answers out through the door.

        :param asked: stokiva.approval records that are answered
        :param dict form: see ``_read_form``, without errors
        :raise UserError: if the door refuses one of them
        """
        for item in asked.sorted('work_order_id'):
            event = form['answers'][item.id]
            comment = form['comments'][item.id] if event == 'dispute' else ''
            if form['not_mine']:
                comment = request.env._("This job is not mine.")
            order = item.work_order_id
            order._apply_event(event, {
                'approval_id': item.id,
                'shown_hash': item.shown_hash,
                'signature': form['signature'] if event == 'approve' else '',
                'name': form['name'],
                'stars': 0 if form['not_mine'] else form['stars'],
                'comment': comment or form['comment'],
                'ip': request.httprequest.remote_addr,
                'user_agent': request.httprequest.user_agent.string,
            }, actor=order.partner_id, channel='link')

    # === RENDERING === #

    def _get_tz(self, approval):
        """Return the time zone in which times are told: where the work is done."""
        order = approval.work_order_id
        return order.provider_id.tz or order.company_id.partner_id.tz or 'Europe/Istanbul'

    def _render_page(self, approval, token, form=None, changed=False):
        """Render what is asked and what was answered.

        :param approval: stokiva.approval record of the link, in sudo
        :param str token: of the link that the form posts to
        :param dict form: what was typed and is wrong with it, see ``_read_form``
        :param bool changed: whether to say that the order has changed
        """
        asked = self._get_asked(approval)
        answered = self._get_answered(approval, asked)
        tz, order = self._get_tz(approval), approval.work_order_id
        env = approval.env
        return self._render('stokiva_service.approval_page', {
            'token': token,
            'kind': approval.kind,
            'blocks': [prepare_block(item, tz) for item in asked],
            'answered': [prepare_block(item, tz) for item in answered],
            'needs_signature': bool(asked.work_order_id.service_type_id.filtered('needs_signature')),
            'form': form or {'answers': {}, 'comments': {}, 'errors': {}},
            'changed': changed,
            'lead': env._("Dear %(customer)s,", customer=order.partner_id.name),
            'until': asked and env._(
                "This link is valid until %(moment)s and can be answered once.",
                moment=format_moment(env, min(asked.mapped('expires_at')), tz)),
            'company': order.company_id,
            'max_comment': MAX_COMMENT,
            'max_name': MAX_NAME,
        })

    def _render_dead(self):
        """Render the one answer to every link that is wrong, void, expired or used too often."""
        company = request.env['res.company'].sudo().browse(request.env.company.id)  # sudo: name and phone only
        return self._render('stokiva_service.approval_dead', {'company': company, 'token': None}, status=404)

    def _render(self, template, values, status=200):
        """Render a template into a response that is not stored, framed or indexed."""
        lang = request.env.lang
        html = request.env['ir.ui.view']._render_template(template, dict(
            values,
            lang_code=lang.replace('_', '-'),
            direction=request.env['res.lang']._get_data(code=lang).direction or 'ltr',
            query=f'?lang={lang}' if request.httprequest.args.get('lang') == lang else '',
            languages=[item for item in request.env['res.lang'].get_installed() if item[0] != lang],
            css=_asset_url('approval.css'), js=_asset_url('approval.js')))
        return request.make_response(html, status=status, headers={
            **SECURITY_HEADERS, 'Content-Type': 'text/html; charset=utf-8'}.items())

    def _redirect(self, token):
        """Send the browser to the page, which tells what was recorded."""
        lang = request.env.lang
        query = f'?lang={lang}' if request.httprequest.args.get('lang') == lang else ''
        response = request.redirect(f'/o/{token}{query}')
        response.headers.update(SECURITY_HEADERS)
        return response
