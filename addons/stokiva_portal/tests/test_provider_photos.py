import base64
import json

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.stokiva_service.tests import media_samples as samples

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
        for name, content, words in (
                ('a.jpg', b'<script>alert(1)</script>', "not a photo"),
                ('a.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a photo"),
                ('a.jpg', b'', "The file is empty"), ('a.jpg', samples.bomb(), "megapixels"),
                ('a.pdf', samples.pdf(b'/OpenAction<</S/JavaScript>>'), "holds scripts"),
                ('a.mp4', samples.mp4() + b'<script>', "not a whole video")):
            response = self._send(
                ('good.jpg', self._get_jpeg(), 'image/jpeg'), (name, content, 'image/jpeg'), status=400)
            self.assertIn(words, response.text)
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

    def test_orders_of_others(self):
        for user in (self.user_provider_b, self.user_second_technician_a, self.user_customer):
            with self.subTest(user.login):
                self._login(user)
                self._send(('a.jpg', self._get_jpeg(), 'image/jpeg'), status=404)
        self.assertFalse(self.order.media_ids)

    def test_too_many_for_the_order(self):
        self.company.stokiva_media_count = 2
        self.env.flush_all()
        self._login(self.user_technician_a)
        self._send(('a.jpg', self._get_jpeg(), 'image/jpeg'))
        files = [(f'{side}.jpg', self._get_jpeg((side, side)), 'image/jpeg') for side in (50, 60)]
        self.assertIn("at most 2 photos", self._send(*files, status=400).text)
        self.assertEqual(len(self.order.media_ids), 1)

    def test_videos_and_documents(self):
        self._login(self.user_technician_a)
        self._send(('a.mp4', samples.mp4(), 'text/html'), ('b.html', samples.pdf(), 'text/html'), kind='work')
        video, document = self.order.media_ids
        self.assertEqual(
            self.order.media_ids.mapped(lambda item: (item.media_type, item.channel, item.create_uid)),
            [('video', 'portal', self.user_technician_a), ('document', 'portal', self.user_technician_a)])
        for item, mimetype, disposition in (
                (video, 'video/mp4', 'inline'), (document, 'application/pdf', 'attachment')):
            response = self.url_open(f'{self.url}/{item.id}')
            self.assertEqual(response.headers['Content-Type'], mimetype)
            self.assertTrue(response.headers['Content-Disposition'].startswith(disposition))
            self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
            self.assertEqual(response.headers['Content-Security-Policy'], "default-src 'none'")
            self.assertEqual(response.content, base64.b64decode(item.file))
        page = self._get(f'/my/jobs/{self.order.id}')
        self.assertIn('<video', page)
        self.assertIn('o_stokiva_document', page)

    def test_customers_are_shown_photos_only(self):
        order = self._submitted()
        order._edit({'media_ids': [
            Command.create({'kind': 'document', 'file': samples.encoded(samples.pdf())}),
        ]}, actor=self.user_dispatcher, channel='office')
        document = order.media_ids.filtered(lambda item: item.media_type == 'document')
        pending = order.approval_ids.filtered(lambda item: item.state == 'pending')
        self.assertNotIn(document.id, [photo['id'] for photo in json.loads(pending.shown)['photos']])
        self._answer(order)
        self._login(self.user_customer)
        self._get(f'/my/service/{order.id}/photos/{order._get_photos()[0].id}')
        self._get(f'/my/service/{order.id}/photos/{document.id}', 404)

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
