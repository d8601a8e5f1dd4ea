import uuid
from datetime import datetime, timedelta

from odoo.addons.stokiva_portal.field import protocol

from .common import PortalCommon


class FieldCommon(PortalCommon):
    """A technician's phone, as the server sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device_uuid = str(uuid.uuid4())

    def _op(self, order, type_='event', ago=0, requires=(), op_uuid=None, **payload):
        """One operation, made so many minutes ago by a phone whose clock is right."""
        return {
            'uuid': op_uuid or str(uuid.uuid4()), 'type': type_, 'work_order_id': order.id, 'payload': payload,
            'client_time': _now(minutes=-ago), 'requires': list(requires)}

    def _sync(self, *ops, **envelope):
        """Send operations as the app does, and return the answer."""
        self.env.flush_all()
        answer = self.make_jsonrpc_request('/field/sync', {
            'protocol': protocol.VERSION, 'device': self.device_uuid, 'sent_at': _now(), 'ops': list(ops), **envelope})
        self.env.invalidate_all()
        return answer

    def _statuses(self, *ops, **envelope):
        """Return ``(status, code)`` of each operation."""
        return [(row['status'], row.get('code')) for row in self._sync(*ops, **envelope)['results']]

    def _upload(self, order, kind='before', status=200, file=None, token=None, **values):
        """Send a photo as the app does, and return the answer."""
        values = {
            'csrf_token': token or self._sync()['csrf_token'], 'uid': self.session.uid, 'uuid': str(uuid.uuid4()),
            'device': self.device_uuid, 'work_order_id': order.id, 'kind': kind, 'taken_at': _now(), 'sent_at': _now(),
            **values}
        response = self.url_open(
            '/field/media', data=values, files={'file': ('photo.jpg', file or self._get_jpeg(), 'image/jpeg')},
            allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:500])
        self.env.invalidate_all()
        return response.json()


def _now(**delta):
    return (datetime.utcnow() + timedelta(**delta)).isoformat(timespec='milliseconds') + 'Z'
