import base64
import json

from odoo import http
from odoo.http import request

from .. import tokens
from .approval_form import carry_out, is_seen, read_form
from .approval_render import (
    ANSWERED,
    SECURITY_HEADERS,
    choose_lang,
    get_answered,
    get_asked,
    redirect,
    render_dead,
    render_page,
)

# In the throttle's window: wrong links from one address; requests by one right link.
WRONG_TOKENS = 30
REQUESTS = 120
MAX_BODY = 25_000_000  # a few photos of a phone


class ApprovalPage(http.Controller):
    """The customer's page behind the link of an approval. The token in the path is the only authority.

    Who guesses is told to wait after some tries, and gets nothing in any case; a right link works all the while,
    also from the same address, which on mobile networks thousands share.
    """

    @http.route('/o/<string:token>', type='http', auth='public', methods=['GET'], save_session=False)
    def approval_page(self, token, lang=None, **_query):
        """Show what is asked, or what was answered; changes nothing."""
        approval = self._open(token, lang)
        return self._render(approval, token) if approval else self._refuse()

    # csrf=False: no cookie gives a right here, who knows the token may answer.
    @http.route(
        '/o/<string:token>', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=MAX_BODY)
    def approval_answer(self, token, lang=None, **post):
        """Carry out the customer's answers, all or none."""
        approval = self._open(token, lang, post)
        if not approval:
            return self._refuse()
        asked = get_asked(approval)
        if not asked:  # sent twice, or answered on another way meanwhile
            return redirect(f'/o/{token}')
        if not is_seen(post, asked):
            is_same = tokens.hashed(token) == approval.token_hash
            return self._render(approval, token if is_same else approval._get_token(), changed=True)
        form = read_form(post, asked)
        if not form['errors'] and carry_out(asked, form, None, 'link'):
            return redirect(f'/o/{token}')
        return self._render(approval, token, form=form)

    @http.route(
        ['/o/<string:token>/photo/<int:media_id>', '/o/<string:token>/photo/<int:media_id>/<any(thumb):size>'],
        type='http', auth='public', methods=['GET'], save_session=False)
    def approval_photo(self, token, media_id, size=None, **_query):
        """Send a photo that belongs to what the page shows."""
        approval = self._open(token, is_photo=True)
        media = self._get_photo(approval, media_id) if approval else None
        if not media:
            return self._refuse()
        content = base64.b64decode(media.image_256 if size else media.image)
        return request.make_response(content, headers={
            **SECURITY_HEADERS, 'Content-Type': 'image/jpeg', 'Content-Disposition': 'inline',
            'Content-Security-Policy': "default-src 'none'"}.items())

    def _open(self, token, lang=None, post=None, is_photo=False):
        """Return the request that a token opens now, in sudo and in the page's language, else None.

        :param str token: from the path
        :param str lang: code of the language that was chosen on the page
        :param dict post: what was sent, when something was
        :param bool is_photo: photos of a living link are not counted
        """
        # A member of staff who opens a customer's link acts as the customer, not as himself.
        request.update_env(user=request.env.ref('base.public_user').id)
        throttle = request.env['stokiva.throttle']
        living = self._get_living(request.env['stokiva.approval']._find_by_token(token), post)
        if living and not is_photo and not throttle._hit('approval', living.token_hash, REQUESTS):
            living = None
        choose_lang(living and living.work_order_id, lang)
        return living and living.with_context(lang=request.env.lang)

    def _get_living(self, approval, post):
        """Return the request that a link still stands for, else None.

        A void request stands for the one that replaced it if the customer had it before his eyes: he is
        told of the change instead of being sent away.
        """
        if not approval or not approval._is_link_alive():
            return None
        if approval.state in ('pending', *ANSWERED):
            return approval
        if approval.state == 'void' and post and post.get(f'hash_{approval.id}') == approval.shown_hash:
            return approval.work_order_id.approval_ids.filtered(
                lambda item: item.kind == approval.kind and item._is_answerable())[:1] or None
        return None

    def _refuse(self):
        """Answer a link that opens nothing; who tries many of them is told to wait."""
        address = request.httprequest.remote_addr
        return render_dead(not request.env['stokiva.throttle']._hit('approval_wrong', address, WRONG_TOKENS))

    def _get_photo(self, approval, media_id):
        """Return a photo if what the page shows lists it, unchanged."""
        asked = get_asked(approval)
        for item in asked | get_answered(approval, asked):
            for photo in json.loads(item.shown).get('photos') or ():
                if photo['id'] == media_id:
                    media = request.env['stokiva.media'].sudo().browse(media_id).exists()
                    return media if media.sha256 == photo['sha256'] else None
        return None

    def _render(self, approval, token, form=None, changed=False):
        """Render the page behind a link.

        :param approval: stokiva.approval record of the link, in sudo
        :param str token: of the link that the form posts to
        :param dict form: what was typed and is wrong with it
        :param bool changed: whether to say that the order has changed
        """
        url = f'/o/{token}'
        return render_page(approval, get_asked(approval), url, f'{url}/photo', form=form, changed=changed)
