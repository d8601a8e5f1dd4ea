"""Reads what a customer sent from his page, and carries it out through the door."""
import base64

from odoo.exceptions import UserError
from odoo.http import request

from .. import signatures
from ..given import MOST_FILES as MAX_FILES
from ..models.stokiva_approval_answer import MAX_COMMENT

MAX_NAME = 100
EVENTS = ('approve', 'dispute')
NOT_MINE = 'not_mine'


def get_seen(post):
    """Return ``{id: hash}`` of the requests that the customer had before his eyes, as texts."""
    return {name.removeprefix('hash_'): value for name, value in post.items() if name.startswith('hash_')}


def is_seen(post, asked):
    """Tell whether what is asked is what the customer saw."""
    return {f'{item.id}': item.shown_hash for item in asked} == get_seen(post)


def read_form(post, asked):
    """Return what the customer sent, checked.

    :param dict post: names and values of the form, not trusted
    :param asked: stokiva.approval records that are answered
    :return: dict ``answers``, ``comments`` and ``photos`` by id, ``comment name stars signature typed not_mine`` and
        ``errors`` by field
    """
    def text(name):
        value = post.get(name)
        return value.replace('\r\n', '\n').replace('\0', '').strip() if isinstance(value, str) else ''

    not_mine = text('answer') == NOT_MINE
    form = {
        'answers': {item.id: NOT_MINE if not_mine else text(f'answer_{item.id}') for item in asked},
        'comments': {item.id: text(f'comment_{item.id}') for item in asked},
        'photos': {item.id: _get_files('photos' if len(asked) == 1 else f'photos_{item.id}') for item in asked},
        'comment': text('comment'), 'name': text('name'), 'signature': text('signature'),
        'stars': int(text('stars')) if text('stars') in ('1', '2', '3', '4', '5') else 0,
        'typed': bool(post.get('typed')), 'not_mine': not_mine, 'errors': {},
    }
    if not not_mine:
        _check_answers(form, asked)
        approved = asked.filtered(lambda item: form['answers'][item.id] == 'approve')
        check_signature(form, bool(approved.work_order_id.service_type_id.filtered('needs_signature')))
    return form


def _get_files(name):
    """Return the files of a field, without the empty one that browsers send for none."""
    return [file for file in request.httprequest.files.getlist(name) if file.filename]


def _check_answers(form, asked):
    """Note the errors of answers, words and photos."""
    for item in asked:
        words = form['comments'][item.id] or (form['comment'] if len(asked) == 1 else '')
        field = 'comment' if len(asked) == 1 else f'comment_{item.id}'
        if form['answers'][item.id] not in EVENTS:
            form['errors'][f'answer_{item.id}'] = request.env._("Please choose your answer.")
        elif form['answers'][item.id] == 'dispute' and item.kind == 'work' and not words:
            form['errors'][field] = request.env._("Please say in a few words what is wrong.")
        elif len(form['photos'][item.id]) > MAX_FILES:
            form['errors'][field] = request.env._("Please add at most %(max)s photos.", max=MAX_FILES)
    for name, value in (('comment', form['comment']), *(
            (f'comment_{id_}', words) for id_, words in form['comments'].items())):
        if len(value) > MAX_COMMENT:
            form['errors'][name] = request.env._("Please use at most %(max)s characters.", max=MAX_COMMENT)


def check_signature(form, is_needed, can_type=True):
    """Keep the signature in its normal form, and note what is missing if one is needed.

    :param dict form: ``signature name typed errors``
    :param bool is_needed: whether somebody has to sign
    :param bool can_type: whether a typed name can stand for the drawing
    """
    env, errors = request.env, form['errors']
    if form['signature']:
        try:
            form['signature'] = signatures.normalise(form['signature'])
        except signatures.BadSignature:
            form['signature'] = ''
    if is_needed and not form['signature'] and not (can_type and form['typed']):
        errors['signature'] = env._("Please sign, or tick the box below the field.") if can_type else env._("Please sign.")
    if is_needed and not form['name']:
        errors['name'] = env._("Please write your name.")
    elif len(form['name']) > MAX_NAME:
        errors['name'] = env._("Please use at most %(max)s characters.", max=MAX_NAME)


def carry_out(asked, form, actor, channel):
    """Carry the answers out through the door, all or none; what the door refuses is noted in the form.

    :param asked: stokiva.approval records that are answered
    :param dict form: see ``read_form``, without errors
    :param actor: who answers, as in ``_apply_event``; None for each order's customer
    :param str channel: key of ``approving.CHANNELS``
    :return: whether it was done
    :rtype: bool
    """
    try:
        with request.env.cr.savepoint():
            for item in asked.sorted('work_order_id'):
                order = item.work_order_id
                order._apply_event(
                    form['answers'][item.id], prepare_given(item, form), actor=actor or order.partner_id, channel=channel)
    except UserError as error:
        form['errors']['form'] = error.args[0]
        return False
    return True


def prepare_given(item, form):
    """Return what the event of one answer is given.

    :param item: stokiva.approval record
    :param dict form: see ``read_form``
    """
    event = form['answers'][item.id]
    given = {
        'approval_id': item.id,
        'ip': request.httprequest.remote_addr,
        'user_agent': request.httprequest.user_agent.string[:300],
    }
    if event == NOT_MINE:
        return given
    comment = form['comments'][item.id] if event == 'dispute' else ''
    given |= {
        'shown_hash': item.shown_hash,
        'name': form['name'],
        'stars': form['stars'],
        'comment': comment or form['comment'],
    }
    if event == 'approve':
        return given | {'signature': form['signature'], 'typed': form['typed']}
    return given | {'photos': [base64.b64encode(file.read()).decode() for file in form['photos'][item.id]]}
