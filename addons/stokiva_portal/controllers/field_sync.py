"""What the technicians' app sends and gets."""
import json

from odoo import fields
from odoo.http import Controller, request, route

from odoo.addons.stokiva_service.given import is_id, is_text

from ..field import FieldSnapshot, get_stamp, protocol

MAX_SYNC = 512 * 1024
MAX_MEDIA = 8 * 1024 * 1024
MAX_NAME = 200
MAX_WAITING = 100_000


class FieldSync(Controller):
    """Operations in, results and the state of things out. Thin: all that matters is in the models."""

    @route('/field/sync', type='jsonrpc', auth='user', save_session=False, max_content_length=MAX_SYNC)
    def stokiva_field_sync(self, **params):
        """Carry out what the phone has kept, and tell it what differs from what it knows.

        :param params: ``protocol uid device sent_at digest catalogue ops more waiting name
            shares_position``
        :return: ``uid csrf_token server_time version lang unsaved results snapshot catalogue``; or ``state`` alone, when
            the phone has to do something first
        :rtype: dict
        """
        if state := self._find_obstacle(params):
            return {'state': state, 'uid': request.env.uid}
        now = fields.Datetime.now()
        skew = _get_skew(params.get('sent_at'), now)
        ops = params['ops']
        device = params['device']
        results = request.env['stokiva.field.op']._process_all(ops, device, skew, now)
        return {
            'uid': request.env.uid, 'lang': request.env.lang, 'name': request.env.user.name,
            'csrf_token': request.csrf_token(), 'server_time': fields.Datetime.to_string(now),
            # What Odoo has noted in the session and only a ping keeps: from where it is used.
            'unsaved': request.session.is_dirty,
            'version': request.env['stokiva.field.app']._get_version(), 'results': results,
            **self._get_news(params, skew, now)}

    def _get_news(self, params, skew, now):
        """Return what differs from what the phone knows: ``snapshot`` and ``catalogue``, None where nothing does."""
        devices, device = request.env['stokiva.field.device'], params['device']
        digest, print_ = protocol.read_digest(params.get('digest')), params.get('catalogue')
        if params.get('more'):
            # While more is to come, only what was touched is looked at again.
            touched = {op['work_order_id'] for op in params['ops'] if isinstance(op, dict) and is_id(op.get('work_order_id'))}
            return {'snapshot': FieldSnapshot(request.env).get_delta(digest, touched), 'catalogue': None}
        stamp = get_stamp(request.env)

        def get_known(digest, print_):
            return protocol.fingerprint([stamp, digest, print_])

        if is_text(print_) and (company := devices._find_knowing(device, get_known(digest, print_), now)):
            self._note_device(params, company, skew, now)
            return {'snapshot': None, 'catalogue': None}
        snapshot = FieldSnapshot(request.env)
        delta, catalogue = snapshot.get_delta(digest), snapshot.get_catalogue()
        now_print = protocol.fingerprint(catalogue)
        self._note_device(params, snapshot.orders[:1].company_id or request.env.company, skew, now)
        devices._set_known(device, get_known(protocol.apply_delta(digest, delta), now_print), now)
        return {'snapshot': delta, 'catalogue': None if now_print == print_ else dict(catalogue, fingerprint=now_print)}

    def _find_obstacle(self, params):
        """Return what has to be done first, None when the request can be carried out."""
        if params.get('protocol') != protocol.VERSION:
            return 'upgrade_required'
        if params.get('uid') not in (None, request.env.uid):
            return 'wrong_user'
        ops = params.get('ops')
        if not isinstance(ops, list) or len(ops) > protocol.MAX_OPS or not protocol.is_uuid(params.get('device')):
            return 'too_many_ops'
        if not request.env['stokiva.personnel']._get_of_user():
            return 'no_technician'
        return None

    def _note_device(self, params, company, skew, now):
        waiting, name = params.get('waiting'), params.get('name')
        is_count = type(waiting) is int and 0 <= waiting < MAX_WAITING
        request.env['stokiva.field.device']._note(
            params['device'], company, now,
            waiting=waiting if is_count else 0, skew=int(max(min(skew.total_seconds(), 2**31 - 1), -2**31)),
            version=request.env['stokiva.field.app']._get_version(), name=name[:MAX_NAME] if is_text(name) else None,
            shares_position=params.get('shares_position') is True)

    @route('/field/media', type='http', auth='user', methods=['POST'], save_session=False, max_content_length=MAX_MEDIA)
    def stokiva_field_media(self, file=None, **post):
        """Take one file; every answer is JSON, what is final has a status that says so."""
        if post.get('uid') != f'{request.env.uid}':
            return _answer({'state': 'wrong_user'}, 409)
        if not request.env['stokiva.personnel']._get_of_user():
            return _answer({'state': 'no_technician'}, 403)
        now = fields.Datetime.now()
        try:
            op = protocol.parse_op({
                'uuid': post.get('uuid'), 'type': 'media', 'client_time': post.get('taken_at'),
                'work_order_id': int(post['work_order_id']) if (post.get('work_order_id') or '').isdecimal() else None,
                'payload': {'kind': post.get('kind'), **_read_position(post)}})
            skew = _get_skew(post.get('sent_at'), now)
            if not file or not protocol.is_uuid(post.get('device')):
                raise protocol.Malformed('file')
        except protocol.Malformed:
            return _answer({'status': 'rejected', 'code': 'malformed', 'message': request.env._(
                "This could not be read. Please tell the office.")}, 422)
        file.seek(0)  # the request may be carried out again after a conflict
        op = protocol.with_content(op, file.read())
        result = request.env['stokiva.field.op']._process_media(op, post['device'], skew, now)
        return _answer(result, 500 if result['status'] == 'error' else 200)

    @route('/field/ping', type='jsonrpc', auth='user')
    def stokiva_field_ping(self):
        """Let the session live on; after a sync that came through, so that its new id is not lost on the way."""
        return {'uid': request.env.uid}

    @route('/field/push', type='jsonrpc', auth='user', save_session=False)
    def stokiva_field_push(self, subscription=None, key=None):
        """Give the key for which a browser can subscribe, and note its subscription.

        :return: ``{'key'}`` without a subscription, else ``{}``; for others than technicians ``{'state'}``
        :rtype: dict
        """
        if not request.env['stokiva.personnel']._get_of_user():
            return {'state': 'no_technician'}
        devices = request.env['mail.push.device']
        if subscription is None:
            return {'key': devices.get_web_push_vapid_public_key()}
        devices._stokiva_register(subscription, key)
        return {}


def _get_skew(text, now):
    """Return by how much the phone's clock is behind; nothing when it does not say.

    :param str text: when the phone sent, not trusted
    :param datetime now: naive UTC
    """
    try:
        return protocol.get_skew(protocol.parse_time(text), now)
    except protocol.Malformed:
        return protocol.get_skew(now, now)


def _read_position(post):
    try:
        return {name: float(post[name]) for name in ('latitude', 'longitude')}
    except (KeyError, ValueError):
        return {}


def _answer(values, status):
    return request.make_response(json.dumps(values), [('Content-Type', 'application/json')], status=status)
