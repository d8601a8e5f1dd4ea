import hashlib
import io
import json
import zipfile

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from . import media_samples as samples
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestMediaHttp(WorkOrderCommon, HttpCase):

    def setUp(self):
        super().setUp()
        self.order = self._open_order()
        self.url = f'/stokiva/orders/{self.order.id}/media'
        self.env.flush_all()

    def _login(self, user):
        self.authenticate(user.login, user.login.ljust(8, 'x'))

    def _upload(self, *contents, status=200, names=(), csrf=True, url=None, **values):
        """Send files as the gallery does; return the answer."""
        names = names or [f'{number}.jpg' for number in range(len(contents))]
        data = {'kind': 'before', **values}
        if csrf:
            data['csrf_token'] = http.Request.csrf_token(self)
        response = self.url_open(url or self.url, data=data, files=[
            ('files', (name, content, 'image/jpeg')) for name, content in zip(names, contents, strict=True)])
        self.assertEqual(response.status_code, status, response.text[:500])
        self.env.invalidate_all()
        return response

    def test_many_files_are_one_event(self):
        self._login(self.user_dispatcher)
        events = len(self.order.event_ids)
        answer = self._upload(samples.jpeg(), samples.mp4(), samples.pdf(), samples.png(samples.picture(2)))
        self.assertEqual(answer.json(), {'count': 4})
        self.assertEqual(
            self.order.media_ids.sorted('id').mapped('media_type'), ['photo', 'video', 'document', 'photo'])
        self.assertEqual(set(self.order.media_ids.mapped('kind')), {'before'})
        self.assertEqual(self.order.media_ids.create_uid, self.user_dispatcher)
        self.assertEqual(len(self.order.event_ids), events + 1)

    def test_all_or_none(self):
        self._login(self.user_dispatcher)
        for name, content, words in (
            ('a.jpg', b'<html><script>alert(1)</script>', "a.jpg: This file is not a photo"),
            ('a.svg', b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg: This file is not"),
            ('a.png', b'\x89PNG\r\n\x1a\n<html><script>alert(1)</script>', "a.png: This file is not a photo"),
            ('bomb.png', samples.bomb(), "bomb.png: A photo may have at most 50 megapixels"),
            ('big.jpg', samples.jpeg() + b'\0' * 50 * 2**20, "big.jpg: A photo may have at most 15 MB"),
            ('a.mp4', samples.mp4() + b'<script>', "a.mp4: This file is not a whole video"),
            ('a.pdf', samples.pdf(b'/OpenAction<</S/JavaScript>>'), "a.pdf: This PDF holds scripts"),
            ('<script>alert(1)</script>.jpg', b'', "<script>alert(1)</script>.jpg: The file is empty."),
        ):
            with self.subTest(name):
                answer = self._upload(samples.jpeg(), content, names=['good.jpg', name], status=400)
                self.assertIn(words, answer.json()['error'])
                self.assertEqual(answer.headers['Content-Type'].split(';')[0], 'application/json')
                self.assertFalse(self.order.media_ids)
        self._upload(status=400)
        self._upload(*[samples.jpeg(samples.picture(size=(8, 8)))] * 31, status=400)
        self._upload(samples.jpeg(), kind='nope', status=400)
        self.company.stokiva_media_count = 1
        self.env.flush_all()
        self._upload(samples.jpeg(), samples.png(), status=400)
        self.assertFalse(self.order.media_ids)
        self.assertEqual(len(self.order.event_ids), 1)

    def test_too_much_for_the_server(self):
        self._login(self.user_dispatcher)
        self._upload(b'\0' * 65 * 2**20, status=413)
        self.assertFalse(self.order.media_ids)

    def test_who_may(self):
        self._login(self.user_dispatcher)
        with mute_logger('odoo.http'):
            self._upload(samples.jpeg(), csrf=False, status=400)
        self._upload(samples.jpeg(), url='/stokiva/orders/999999999/media', status=404)
        for user, status in (
            (self.user_technician, 404), (self.user_customer, 404), (self.user_provider_a, 404),
            (self.user_settlement, 403),
        ):
            with self.subTest(user.login):
                self._login(user)
                self._upload(samples.jpeg(), status=status)
                expected = 404 if status == 404 else 200
                self.assertEqual(self.url_open(f'{self.url}.zip').status_code, expected)
        self.authenticate(None, None)
        self.assertNotIn('zip', self.url_open(f'{self.url}.zip').headers['Content-Type'])
        self.assertFalse(self.order.media_ids)

    def test_closed_order(self):
        order = self._submitted()
        self._answer(order)
        self.env.flush_all()
        count = len(order.media_ids)
        self._login(self.user_dispatcher)
        self._upload(samples.jpeg(), url=f'/stokiva/orders/{order.id}/media', status=400)
        self.assertEqual(len(order.media_ids), count)

    def test_nothing_that_is_sent_can_act(self):
        self._login(self.user_dispatcher)
        self._upload(samples.jpeg() + b'<script>alert(1)</script>', samples.mp4(), samples.pdf())
        self.order.media_ids[0].name = "<script>alert(1)</script>.html"
        self.env.flush_all()
        for item in self.order.media_ids:
            field = 'image' if item.media_type == 'photo' else 'file'
            response = self.url_open(f'/web/content/stokiva.media/{item.id}/{field}')
            self.assertEqual(response.headers['Content-Type'], item.mimetype)
            self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
            self.assertIn("default-src 'none'", response.headers['Content-Security-Policy'])
            self.assertNotIn(b'<script>', response.content)

    def test_zip(self):
        self._login(self.user_dispatcher)
        self._upload(samples.jpeg(exif=samples.labelled_exif()), samples.mp4())
        self.order.media_ids.sorted('id')[0].name = "../../<b>Ön</b>"
        self.env.flush_all()
        self._login(self.user_settlement)
        response = self.url_open(f'{self.url}.zip')
        number = self.order.name.replace('/', '-').lower()
        self.assertIn(f'{number}.zip', response.headers['Content-Disposition'])
        self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
        packed = zipfile.ZipFile(io.BytesIO(response.content))
        manifest = json.loads(packed.read('manifest.json'))
        self.assertEqual(manifest['work_order'], self.order.name)
        self.assertEqual(packed.namelist(), ['manifest.json', *(entry['file'] for entry in manifest['files'])])
        self.assertEqual(
            [entry['file'] for entry in manifest['files']], ['01-before-b-on-b.jpg', '02-before.mp4'])
        for entry in manifest['files']:
            self.assertEqual(hashlib.sha256(packed.read(entry['file'])).hexdigest(), entry['sha256'])
        self.assertEqual(manifest['files'][0]['taken_at'][:16], '2026-03-04T09:30')
        self.assertEqual(manifest['files'][0]['channel'], 'office')

    def test_zip_of_an_order_without_files(self):
        self._login(self.user_dispatcher)
        packed = zipfile.ZipFile(io.BytesIO(self.url_open(f'{self.url}.zip').content))
        self.assertEqual(packed.namelist(), ['manifest.json'])
