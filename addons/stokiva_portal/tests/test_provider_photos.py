from odoo.tests import tagged

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderPhotos(PortalCommon):

    def setUp(self):
        super().setUp()
        self.order = self._in_progress()
        self.url = f'/my/jobs/{self.order.id}/photos'

    def _send(self, *files, status=303, **values):
        return self._post(
            self.url, files=[('photos', file) for file in files], status=status, **{'kind': 'before', **values})

    def test_several_at_once(self):
        self._login(self.user_technician_a)
        self._send(('a.jpg', self._get_jpeg(), 'image/jpeg'), ('b.jpg', self._get_jpeg((400, 100)), 'image/jpeg'))
        self.assertEqual(self.order.media_ids.mapped('kind'), ['before', 'before'])

    def test_what_is_no_photo_is_refused_and_nothing_changed(self):
        self._login(self.user_technician_a)
        for name, content in (
                ('a.jpg', b'<script>alert(1)</script>'), ('a.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
                ('a.jpg', b'')):
            response = self._send(
                ('good.jpg', self._get_jpeg(), 'image/jpeg'), (name, content, 'image/jpeg'), status=400)
            self.assertIn("not a photo", response.text)
        self.assertFalse(self.order.media_ids)
        self._send(status=400)
        self._send(('a.jpg', self._get_jpeg(), 'image/jpeg'), kind='nope', status=400)
        self._send(*[('a.jpg', self._get_jpeg((20, 20)), 'image/jpeg')] * 11, status=400)
        self.assertFalse(self.order.media_ids)

    def test_too_large(self):
        self._login(self.user_technician_a)
        response = self._send(('a.jpg', self._get_jpeg() + b'\0' * 16 * 1024 * 1024, 'image/jpeg'), status=400)
        self.assertIn("15 MB", response.text)
        self.assertFalse(self.order.media_ids)

    def test_photos_are_for_those_on_the_job(self):
        self._work(self.order)
        photo, foreign = self.order.media_ids[0], self._submitted().media_ids[0]
        self._login(self.user_technician_a)
        response = self.url_open(f'{self.url}/{photo.id}?size=256')
        self.assertEqual((response.status_code, response.headers['Content-Type']), (200, 'image/jpeg'))
        self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
        self._get(f'{self.url}/{foreign.id}', 404)
        for user in (self.user_provider_b, self.user_second_technician_a, self.user_customer):
            self._login(user)
            self._get(f'{self.url}/{photo.id}', 404)

    def test_removing(self):
        self._work(self.order)
        self._login(self.user_technician_a)
        self._post(self.url, remove=self.order.media_ids[0].id)
        self.assertEqual(len(self.order.media_ids), 1)
