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
NOTHING = {'stars': 0, 'comment': ''}


def get_stored(rating):
    """Return stars and words of a rating as its form shows them."""
    return {'stars': rating.stars, 'comment': rating.comment or ''}


def get_shown(post, of):
    """Return the stars and words that a form holds.

    :param dict post: as sent, not trusted
    :param str of: end of the fields' names, empty for those about all
    """
    stars, comment = (post.get(f'{name}{of}') for name in ('stars', 'comment'))
    return {
        'stars': STARS.get(stars, 0) if isinstance(stars, str) else 0,
        'comment': comment.replace('\0', '').strip()[:MAX_COMMENT] if isinstance(comment, str) else ''}


def differ(ratings):
    """Tell whether ratings are not all alike: the page shows each by itself then."""
    return len({(rating.stars, rating.comment or '') for rating in ratings}) > 1


def read_opinions(ratings, post):
    """Return what was said of which order: what was changed at one of them wins over what was said of all.

    :param ratings: stokiva.rating records in sudo, of one link
    :param dict post: as sent, not trusted
    :return: list of ``(stokiva.rating record, stars, comment)``
    """
    common, is_apart, opinions = get_shown(post, ''), differ(ratings), []
    for rating in ratings:
        own = get_shown(post, f'_{rating.id}')
        is_changed = own != (get_stored(rating) if is_apart else NOTHING)
        if own['stars'] and (is_changed or not common['stars']):
            opinions.append((rating, own['stars'], own['comment'] or common['comment']))
        elif common['stars']:
            opinions.append((rating, common['stars'], common['comment']))
    return opinions


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
    def rating_send(self, token, lang=None, **post):
        """Note the customer's opinion of one order, or of each of a group."""
        rating = self._open_rating(token, lang)
        if not rating:
            return self._refuse_rating()
        opinions = read_opinions(rating._get_together(), post)
        try:
            with request.env.cr.savepoint():
                if not opinions:
                    rating._give(0, '', 'link')
                for item, stars, comment in opinions:
                    item._give(stars, comment, 'link')
        except UserError as error:
            return self._render_rating(rating, token, 400, error=str(error), post=post)
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

    def _render_rating(self, rating, token, status=200, error=None, post=None):
        order, env = rating.work_order_id, rating.env
        tz = order.provider_id.tz or order.company_id.partner_id.tz or 'Europe/Istanbul'
        ratings = rating._get_together()
        is_apart = post is None and differ(ratings)
        return approval_render.render('stokiva_service.rating_page', {
            'url': f'/o/r/{token}',
            'number': ", ".join(ratings.work_order_id.mapped('name')),
            'devices': [item.work_order_id.device_id.display_name for item in ratings],
            'service': order.service_type_id.name,
            'provider': order.provider_id.name,
            'when': format_moment(env, order.completed_at, tz),
            'until': env._("You can rate until %(moment)s.", moment=format_moment(
                env, min(ratings.mapped('expires_at')), tz)),
            'is_rated': any(ratings.mapped('stars')),
            'common': get_shown(post, '') if post else NOTHING if is_apart else get_stored(rating),
            'each': [{
                'of': f'_{item.id}', 'device': item.work_order_id.device_id.display_name,
                'form': get_shown(post, f'_{item.id}') if post else get_stored(item) if is_apart else NOTHING,
            } for item in ratings] if len(ratings) > 1 else [],
            'replies': list(dict.fromkeys(filter(None, ratings.mapped('reply')))),
            'error': error,
            'company': order.company_id,
            'max_comment': MAX_COMMENT,
        }, status)
