"""What the customer's page shows of a request, taken from the stored canonical JSON and nothing else."""
import json
from datetime import timedelta

from babel.numbers import format_decimal

from odoo.tools import babel_locale_parse, format_datetime, formatLang

from .. import audit

DATE = 'd MMMM y'
MOMENT = 'd MMMM, HH:mm'
TIME = 'HH:mm'


def prepare_block(approval, tz):
    """Return a request as the template wants it, formatted in the language of the approval's environment.

    :param approval: stokiva.approval record in sudo
    :param str tz: name of the time zone of the times
    :return: dict of texts and lists; ``shown`` is the stored content itself
    :rtype: dict
    """
    env = approval.env
    shown = json.loads(approval.shown)
    return {
        'id': approval.id,
        'kind': approval.kind,
        'state': approval.state,
        'hash': approval.shown_hash,
        'shown': shown,
        **prepare_content(env, shown, tz),
        'photos': _prepare_photos(env, shown),
        'headline': approval.answered_at and _get_headline(approval, tz),
        'comment': approval.comment,
    }


def prepare_content(env, shown, tz):
    """Return time, lines and total of what a customer is shown, as texts in the environment's language.

    :param env: environment
    :param dict shown: see ``stokiva.work.order._get_shown_content``
    :param str tz: name of the time zone of the times
    :return: dict of ``when``, ``lines`` (``text note price`` each), ``total``, and for charged work ``subtotal``,
        ``taxes`` (``text price`` each) and ``fee``, the price of the diagnosis alone
    """
    currency = env['res.currency'].with_context(active_test=False).search(
        [('name', '=', shown.get('currency'))], limit=1)

    def price(amount):
        return formatLang(env, amount or 0.0, currency_obj=currency)

    taxes = shown.get('taxes') or []
    return {
        'when': _format_when(env, shown, tz),
        'lines': [
            *(_prepare_line(env, line, currency, env._("labour")) for line in shown.get('labour') or ()),
            *(_prepare_line(env, line, currency, env._("part")) for line in shown.get('parts') or ()),
        ],
        'subtotal': taxes and price(shown.get('untaxed')) or None,
        'taxes': [{'text': tax['text'], 'price': price(tax['amount'])} for tax in taxes],
        'total': price(shown.get('amount')),
        'fee': price(shown['diagnosis_fee']) if shown.get('diagnosis_fee') else None,
    }


def format_moment(env, moment, tz):
    """Return a naive UTC datetime as day, month and time, in the language of the environment."""
    return format_datetime(env, moment, tz=tz, dt_format=MOMENT, lang_code=env.lang)


def _get_headline(approval, tz):
    """Return one sentence that says what was answered and when."""
    env = approval.env
    moment = format_moment(env, approval.answered_at, tz)
    if approval.kind == 'work':
        if approval.state == 'approved':
            return env._("Thank you. Your approval was recorded on %(moment)s.", moment=moment)
        return env._("We have your message of %(moment)s.", moment=moment)
    if approval.state == 'approved':
        return env._("Thank you. You accepted the price on %(moment)s.", moment=moment)
    return env._("You declined the price on %(moment)s.", moment=moment)


def _format_when(env, shown, tz):
    """Return day and time of the work, as far as they are known."""
    if not shown.get('started_at'):
        return ''
    start = audit.parse_iso(shown['started_at'])
    end = audit.parse_iso(shown.get('finished_at') or shown['started_at'])
    text = format_datetime(env, start, tz=tz, dt_format=f"{DATE} · {TIME}", lang_code=env.lang)
    if end - start >= timedelta(minutes=1):
        is_short = end - start < timedelta(hours=12)
        text += "–" + format_datetime(
            env, end, tz=tz, dt_format=TIME if is_short else f"{DATE} · {TIME}", lang_code=env.lang)
    return text


def _prepare_line(env, line, currency, what):
    """Return text, note and price of a line of labour or parts."""
    quantity = line.get('quantity') or 1
    number = format_decimal(quantity, format='#,##0.###', locale=babel_locale_parse(env.lang))
    prices = {'warranty': env._("warranty"), 'goodwill': env._("free of charge")}
    return {
        'text': line.get('text'),
        'note': what if quantity == 1 else env._("%(what)s, quantity %(number)s", what=what, number=number),
        'price': prices.get(line.get('coverage')) or formatLang(
            env, line.get('amount') or 0.0, currency_obj=currency),
    }


def _prepare_photos(env, shown):
    """Return id and caption of the photos, before the work first and after it next."""
    labels = dict(env['stokiva.media']._fields['kind']._description_selection(env))
    order = list(labels)
    photos = sorted(shown.get('photos') or (), key=lambda photo: (order.index(photo['kind']), photo['id']))
    return [{'id': photo['id'], 'caption': labels[photo['kind']]} for photo in photos]
