import base64
import hashlib
import io

import psycopg2
from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from . import media_samples as samples
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestMedia(WorkOrderCommon):

    def setUp(self):
        super().setUp()
        self.order = self._open_order()

    def _add(self, content, order=None, user=None, **values):
        return self.env['stokiva.media'].with_user(user or self.env.user).create({
            'work_order_id': (order or self.order).id, 'file': samples.encoded(content), **values})

    def test_what_is_known_of_a_photo(self):
        photo = self._add(samples.jpeg(exif=samples.labelled_exif()), user=self.user_call_centre, kind='fault')
        self.assertRecordValues(photo, [{
            'media_type': 'photo', 'mimetype': 'image/jpeg', 'channel': 'office', 'kind': 'fault', 'file': False,
            'taken_at': photo.taken_at.replace(2026, 3, 4, 9, 30, 0), 'create_uid': self.user_call_centre.id,
        }])
        self.assertTrue(photo.image and photo.image_256 and photo.sha256)
        self.assertEqual(len(photo.perceptual_hash), 64)
        self.assertAlmostEqual(photo.latitude, samples.POSITION[0], 5)
        self.assertAlmostEqual(photo.longitude, samples.POSITION[1], 5)
        unlabelled = self._add(samples.jpeg())
        self.assertFalse(unlabelled.taken_at or unlabelled.latitude or unlabelled.longitude)

    def test_what_is_stored_is_what_was_hashed(self):
        photo = self._add(samples.jpeg(samples.picture(size=(4000, 3000))), user=self.user_dispatcher)
        other = self._add(samples.jpeg())
        other.with_user(self.user_dispatcher).image = samples.encoded(samples.png(samples.picture(size=(2500, 2000))))
        self.env.flush_all()
        self.env.invalidate_all()
        for item in photo | other:
            content = base64.b64decode(item.image)
            self.assertEqual(max(Image.open(io.BytesIO(content)).size), 2000)
            self.assertEqual(hashlib.sha256(content).hexdigest(), item.sha256)

    def test_a_camera_without_zone_is_in_the_zone_of_whoever_uploads(self):
        self.env.user.tz = 'Europe/Istanbul'
        photo = self._add(samples.jpeg(exif=samples.labelled_exif(offset=None)))
        self.assertEqual(str(photo.taken_at), '2026-03-04 09:30:00')
        future = self._add(samples.jpeg(exif=samples.labelled_exif(taken='2199:01:01 00:00:00')))
        self.assertFalse(future.taken_at)

    def test_videos_and_documents(self):
        video, document = self._add(samples.webm(3)), self._add(samples.pdf())
        self.assertRecordValues(video | document, [
            {'media_type': 'video', 'mimetype': 'video/webm', 'duration': 3, 'image': False, 'image_256': False},
            {'media_type': 'document', 'mimetype': 'application/pdf', 'duration': 0, 'image': False, 'image_256': False},
        ])
        self.assertEqual(video.file, samples.encoded(samples.webm(3)).encode())

    def test_only_photos_are_evidence(self):
        self.service_type_repair.photos_before = 1
        order = self._in_progress()
        self._add(samples.pdf(), order, kind='before')
        self._add(samples.mp4(), order, kind='before')
        self.assertEqual(order.missing_photo_kind, 'before')
        self.assertTrue(order._get_missing_evidence())
        self._add(samples.jpeg(), order, kind='before')
        self.assertFalse(order.missing_photo_kind)

    def test_limits(self):
        self.company.write({'stokiva_photo_mb': 1, 'stokiva_video_mb': 0, 'stokiva_media_count': 2})
        with self.assertRaisesRegex(ValidationError, "at most 1 MB"):
            self._add(samples.jpeg() + b'\0' * 2**20)
        with self.assertRaisesRegex(ValidationError, "not a photo"):
            self._add(samples.mp4())
        self._add(samples.jpeg())
        with self.assertRaisesRegex(ValidationError, "at most 2 photos"):
            self.order.media_ids = [Command.create({'image': samples.encoded(samples.jpeg())}) for _number in 'ab']
        self.env.invalidate_all()
        self.assertEqual(len(self.order.media_ids), 1)
        for values in ({'stokiva_photo_mb': 0}, {'stokiva_video_mb': 61}, {'stokiva_media_count': 0}):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.company.write(values)

    def test_huge_photo(self):
        with self.assertRaisesRegex(ValidationError, "A photo may have at most 15 MB"):
            self._add(samples.jpeg() + b'\0' * 50 * 2**20)
        self.assertFalse(self.order.media_ids)

    def test_bad_content_changes_nothing(self):
        photo = self._add(samples.jpeg())
        before = photo.read(['sha256', 'image', 'media_type'])
        events = len(self.order.event_ids)
        for values in (
            {'image': samples.encoded(samples.pdf())}, {'image': samples.encoded(b'<svg/>')}, {'image': False},
            {'file': 'not base64 !'}, {'file': samples.encoded(samples.bomb())}, {'image': 'ş'},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                photo.with_user(self.user_dispatcher).write(values)
        self.assertEqual(photo.read(['sha256', 'image', 'media_type']), before)
        self.assertEqual(len(self.order.event_ids), events)

    def test_what_the_server_found_cannot_be_given(self):
        forged = {
            'sha256': 'f' * 64, 'perceptual_hash': '0' * 64, 'fingerprint': '0' * 64, 'media_type': 'video', 'channel': 'field',
            'latitude': 1.0, 'similar_id': False, 'mimetype': 'text/html'}
        photo = self._add(samples.jpeg(), user=self.user_dispatcher, **forged)
        values = photo.read(list(forged))
        photo.with_user(self.user_dispatcher).write(dict(forged, name="x" * 999))
        self.env.invalidate_all()
        self.assertEqual(photo.read(list(forged)), values)
        self.assertEqual((photo.channel, photo.mimetype, photo.latitude), ('office', 'image/jpeg', 0))
        self.assertEqual(len(photo.name), 200)

    def test_kept_with_the_closed_order(self):
        order = self._submitted()
        self._answer(order)
        photo = order.media_ids[0]
        for change in (
            lambda: photo.with_user(self.user_manager).write({'kind': 'fault'}),
            lambda: photo.with_user(self.user_manager).unlink(),
            lambda: self._add(samples.jpeg(), order, self.user_manager),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertTrue(photo.exists().image)

    def test_wrong_order(self):
        for user in (self.user_technician, self.user_settlement, self.user_sales):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._add(samples.jpeg(), user=user)
        self.assertFalse(self.order.media_ids)

    # === SIMILAR PHOTOS === #

    def test_same_picture_in_another_order(self):
        first = self._add(samples.jpeg(samples.picture(3)))
        other = self._open_order()
        again = self._add(samples.jpeg(samples.picture(3).crop((50, 10, 640, 470)).resize((320, 240)), quality=50), other)
        self._add(samples.jpeg(samples.picture(4)), other)
        twin = self._add(samples.jpeg(samples.picture(3)), self.order)
        self.assertNotEqual(again.sha256, first.sha256)
        self.assertEqual((again.similar_id, again.similar_order_id), (first, self.order))
        self.assertTrue(0 < again.similar_distance <= 50)
        self.assertEqual((other.similar_media_count, self.order.similar_media_count), (1, 1))
        self.assertEqual(twin.similar_id, again, "not one of the same order")
        found = self.env['stokiva.media'].search([('similar_id', '!=', False), ('work_order_id', '=', other.id)])
        self.assertEqual(found, again)

    def test_same_bytes_in_another_order(self):
        content = samples.pdf(b'/Lang(x-test-media)')
        first = self._add(content)
        again = self._add(content, self._open_order())
        self.assertEqual((again.similar_id, again.similar_distance), (first, 0))

    def test_other_companies_are_not_compared(self):
        self._add(samples.jpeg(samples.picture(5)))
        self.env.flush_all()
        company = self.env['res.company'].create({'name': "Other"})
        self.env.cr.execute("UPDATE stokiva_media SET company_id = %s", [company.id])
        self.env.invalidate_all()
        self.assertFalse(self._add(samples.jpeg(samples.picture(5)), self._open_order()).similar_id)

    def test_similar_photos_are_found_by_index(self):
        self._add(samples.jpeg())
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env['stokiva.media']._get_band_query(2)
        self.env.cr.execute(SQL(
            "EXPLAIN WITH looks AS (SELECT 1 AS company_id, 0 AS work_order_id, 'a' AS look, NULL::int AS id) %s", SQL(
                query.code.replace("AND old.id < look.id", ""), *query.params)))
        self.assertIn('stokiva_media_band_2_idx', str(self.env.cr.fetchall()))

    # === COST === #

    def test_gallery_costs_the_same_for_few_and_many(self):
        specification = dict.fromkeys((
            'kind', 'name', 'media_type', 'mimetype', 'sha256', 'duration', 'taken_at', 'create_date'), {}) | {
            'similar_order_id': {'fields': {'display_name': {}}}}
        counts = []
        for number in (2, 2, 12):
            order = self._open_order()
            for seed in range(number):
                self._add(samples.jpeg(samples.picture(seed, (80, 60))), order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read = order.with_user(self.user_dispatcher).web_read({'media_ids': {'fields': specification}})
            self.assertEqual(len(read[0]['media_ids']), number)
            counts.append(self.env.cr.sql_log_count - before)
        # In the first order none was seen before.
        self.assertEqual(counts[2], counts[1])
