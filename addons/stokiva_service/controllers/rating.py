"""The page behind the link by which a customer rates a completed order, without a login."""
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.stokiva_rating_give import MAX_COMMENT, STARS
from . import approval_render
from .approval import WRONG_TOKENS
from .approval_content import format_moment

# In the throttle's window, by one link.
REQUESTS = 60


class RatingPage(http.Controller):
    """The token in the path is the only authority; it dies when the rating cannot be changed any more."""

    @http.route('/o/r/<string:token>', type='http', auth='public', methods=['GET'], save_session=False)
    def rating_page(self, token, lang=None, **_query):
        """Show the stars; changes nothing."""
        rating = self._open_rating(token, lang)
        return self._render_rating(rating, token) if rating else self._refuse_rating()

    # csrf=False: no cookie gives a right here, who knows the token may rate.
    @http.route(
        '/o/r/<string:token>', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=100_000)
    def rating_send(self, token, lang=None, stars=None, comment=None, **_post):
        """Note the customer's opinion."""
        rating = self._open_rating(token, lang)
        if not rating:
            return self._refuse_rating()
        comment = (comment or '').replace('\0', '')
        try:
            with request.env.cr.savepoint():
                rating._give(STARS.get(stars, 0), comment, 'link')
        except UserError as error:
            return self._render_rating(rating, token, 400, error=str(error), comment=comment)
        return approval_render.redirect(f'/o/r/{token}')

    def _open_rating(self, token, lang):
        """Return the rating that a token opens now, in sudo and in the page's language, else an empty record.

        :param str token: from the path, not trusted
        :param str lang: code of the language that was chosen on the page
        """
        # A member of staff who opens a customer's link acts as the customer, not as himself.
        request.update_env(user=request.env.ref('base.public_user').id)
        rating = request.env['stokiva.rating']._find_by_token(token)
        if rating and not request.env['stokiva.throttle']._hit('rating', rating.token_hash, REQUESTS):
            rating = rating.browse()
        approval_render.choose_lang(rating, lang)
        return rating.with_context(lang=request.env.lang)

    def _refuse_rating(self):
        """Answer a link that opens nothing, as an approval's; who tries many of either is told to wait."""
        return approval_render.render_dead(not request.env['stokiva.throttle']._hit(
            'approval_wrong', request.httprequest.remote_addr, WRONG_TOKENS))

    def _render_rating(self, rating, token, status=200, error=None, comment=None):
        order, env = rating.work_order_id, rating.env
        tz = order.provider_id.tz or order.company_id.partner_id.tz or 'Europe/Istanbul'
        return approval_render.render('stokiva_service.rating_page', {
            'url': f'/o/r/{token}',
            'number': order.name,
            'device': order.device_id.display_name,
            'service': order.service_type_id.name,
            'provider': order.provider_id.name,
            'when': format_moment(env, order.completed_at, tz),
            'until': env._("You can rate until %(moment)s.", moment=format_moment(env, rating.expires_at, tz)),
            'form': {'stars': rating.stars, 'comment': comment if error else rating.comment},
            'reply': rating.reply,
            'error': error,
            'company': order.company_id,
            'max_comment': MAX_COMMENT,
        }, status)
