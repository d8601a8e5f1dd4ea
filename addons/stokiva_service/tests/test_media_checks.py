import io
import json
import random
import zipfile
from datetime import datetime

from PIL import Image

from odoo.tests import BaseCase, tagged

from .. import media
from ..media import archive, similarity
from . import media_samples as samples

LIMITS = {media.PHOTO: 2**20, media.VIDEO: 2**20, media.DOCUMENT: 2**20}


@tagged('post_install', '-at_install')
class TestMediaChecks(BaseCase):

    def _refused(self, content, code, limits=None):
        with self.assertRaises(media.BadMedia) as caught:
            media.take_in(content, limits or LIMITS)
        self.assertEqual(caught.exception.code, code)

    # === PHOTOS === #

    def test_photos_are_upright_small_and_without_hidden_data(self):
        content = samples.jpeg(samples.picture(size=(3000, 1000)), exif=samples.labelled_exif())
        accepted = media.take_in(content, LIMITS)
        stored = Image.open(io.BytesIO(accepted.content))
        self.assertEqual((accepted.media_type, accepted.mimetype, stored.format), ('photo', 'image/jpeg', 'JPEG'))
        self.assertEqual(stored.size, (667, 2000))
        self.assertFalse(stored.getexif())
        self.assertNotIn(b'2026:03:04', accepted.content)
        self.assertEqual(accepted.facts.taken_at.isoformat(), '2026-03-04T12:30:00+03:00')
        for found, expected in zip(accepted.facts.position, samples.POSITION, strict=True):
            self.assertAlmostEqual(found, expected, 5)

    def test_torn_labels_are_unknown(self):
        for exif in (
            samples.labelled_exif(taken='yesterday'), samples.labelled_exif(taken='0000:00:00 00:00:00'),
            samples.labelled_exif(offset='soon'), samples.labelled_exif(offset='+99:99'),
        ):
            self.assertIsNone(media.take_in(samples.jpeg(exif=exif), LIMITS).facts.taken_at)
        exif = samples.labelled_exif(offset=None)
        exif.get_ifd(0x8825)[2] = (400.0, 0.0, 0.0)
        facts = media.take_in(samples.jpeg(exif=exif), LIMITS).facts
        self.assertEqual((facts.taken_at, facts.position), (datetime(2026, 3, 4, 12, 30), None))

    def test_what_hides_behind_a_photo_is_gone(self):
        script = b'<script>alert(1)</script>'
        for content in (samples.jpeg() + script, samples.png() + b'PK\3\4' + script, samples.jpeg(exif=b'Exif\0\0' + script)):
            self.assertNotIn(script, media.take_in(content, LIMITS).content)

    def test_what_is_no_photo(self):
        self._refused(b'', 'empty')
        for content in (b'<svg onload="alert(1)"/>', b'<html>', b'GIF89a' + b'\0' * 50, b'MZ' + b'\0' * 50, b'\0'):
            self._refused(content, 'unknown')
        self._refused(samples.jpeg()[:300], 'not_a_photo')
        self._refused(b'\xff\xd8\xff' + b'<script>' * 20, 'not_a_photo')
        self._refused(samples.bomb(), 'too_many_pixels')
        self._refused(samples.jpeg() + b'\0' * 2**20, 'too_large')
        self._refused(samples.jpeg(), 'unknown', {media.VIDEO: 2**20})

    # === PICTURES THAT LOOK THE SAME === #

    def test_same_picture(self):
        """Whichever of the two was cropped."""
        prints = {seed: similarity.fingerprint(samples.picture(seed)) for seed in range(0, 15, 3)}
        for seed, whole in prints.items():
            self.assertEqual(len(whole.split()), len(similarity.WINDOWS))
            image = samples.picture(seed)
            for box in ((0, 0, 640, 480), (60, 40, 640, 480), (30, 0, 610, 440)):
                again = Image.open(io.BytesIO(samples.jpeg(image.crop(box).resize((300, 225)), quality=40)))
                part = similarity.fingerprint(again)
                for newer, older in ((whole, part), (part, whole)):
                    self.assertLessEqual(similarity.get_distance(newer, older), similarity.MAX_DISTANCE, (seed, box))
        self.assertFalse([
            (one, other) for one in prints for other in prints
            if one != other and similarity.get_distance(prints[one], prints[other]) <= similarity.MAX_DISTANCE])
        self.assertEqual(similarity.fingerprint(Image.new('RGB', (400, 300), 'white')), '')

    # === VIDEOS === #

    def test_videos(self):
        for content, mimetype, seconds in (
            (samples.mp4(7), 'video/mp4', 7), (samples.mp4(3, brand=b'qt  '), 'video/mp4', 3),
            (samples.webm(2.5), 'video/webm', 2.5), (samples.webm(2.5, unknown=True), 'video/webm', 2.5),
        ):
            accepted = media.take_in(content, LIMITS)
            self.assertEqual((accepted.media_type, accepted.mimetype), ('video', mimetype))
            self.assertEqual(accepted.content, content)
            self.assertAlmostEqual(accepted.duration, seconds)

    def test_what_is_no_video(self):
        script = b'<script>alert(1)</script>'
        for content in (
            samples.mp4() + script, samples.mp4()[:-10], samples.mp4(handler=b'soun'), samples.mp4()[:40],
            samples.mp4() + samples.mp4(), samples.mp4() + samples.box(b'html', script),
            b'\0\0\0\x18ftypheic' + b'\0' * 12, b'\0\0\0\1ftyp' + b'\xff' * 8,
            samples.webm() + script, samples.webm(doc_type=b'matroska'), samples.webm(track=b'\x02'),
            samples.webm()[:-3], samples.webm(unknown=True) + script, b'\x1a\x45\xdf\xa3', b'\x1a\x45\xdf\xa3\xff',
        ):
            with self.subTest(content[:60]):
                self._refused(content, 'not_a_video')
        self._refused(samples.mp4() + b'\0' * 2**20, 'too_large')

    def test_damaged_files_are_refused_and_nothing_worse(self):
        luck = random.Random(19)
        for whole in (samples.mp4(), samples.webm(), samples.webm(unknown=True), samples.pdf(), samples.png()):
            for _attempt in range(150):
                damaged = bytearray(whole)
                for _place in range(luck.randint(1, 6)):
                    damaged[luck.randrange(len(damaged))] = luck.randrange(256)
                try:
                    media.take_in(bytes(damaged[:luck.randint(1, len(damaged))]), LIMITS)
                except media.BadMedia as error:
                    self.assertTrue(error.code)

    # === DOCUMENTS === #

    def test_documents(self):
        for content in (samples.pdf(), samples.packed_pdf(b'1 0 <</Type/Annot>>')):
            accepted = media.take_in(content, LIMITS)
            self.assertEqual((accepted.media_type, accepted.mimetype), ('document', 'application/pdf'))
            self.assertEqual(accepted.content, content)

    def test_what_is_no_document(self):
        self._refused(b'%PDF-1.4 <script>', 'not_a_document')
        self._refused(samples.pdf() + b'PK\3\4' + b'\0' * 2000, 'not_a_document')
        for extra in (
            b'/OpenAction<</S/JavaScript/JS(app.alert(1))>>', b'/OpenAction<</S/J#61vaScript>>',
            b'/OpenAction<</S/Launch/F(cmd.exe)>>', b'/Names<</EmbeddedFiles 9 0 R>>',
        ):
            self._refused(samples.pdf(extra), 'active_document')
        self._refused(samples.packed_pdf(b'<</S/JavaScript>>'), 'active_document')
        self._refused(samples.pdf(b'/Encrypt 9 0 R'), 'locked_document')
        self._refused(samples.packed_pdf(b'x', b'/Filter[/FlateDecode/ASCIIHexDecode]'), 'locked_document')
        self._refused(samples.packed_pdf(b'x', b''), 'locked_document')
        self._refused(samples.packed_pdf(b'\0' * 40 * 2**20), 'locked_document')
        self._refused(samples.pdf(b'/Obj#53tm'), 'locked_document')

    # === ARCHIVE === #

    def test_archive(self):
        parts = list(archive.pack({'work_order': "WO/1 ş"}, [('01-a.jpg', lambda: b'one'), ('02-b.pdf', lambda: b'two')]))
        self.assertGreater(len(parts), 2, "it is sent while it is written")
        packed = zipfile.ZipFile(io.BytesIO(b''.join(parts)))
        self.assertEqual(packed.namelist(), ['manifest.json', '01-a.jpg', '02-b.pdf'])
        self.assertEqual((packed.read('02-b.pdf'), packed.testzip()), (b'two', None))
        self.assertEqual(json.loads(packed.read('manifest.json')), {'work_order': "WO/1 ş"})

    def test_names_in_archives(self):
        for text, expected in (
            ("Ön kapı", '07-label-on-kapi.jpg'), ("../../etc/passwd", '07-label-etc-passwd.jpg'), ("", '07-label.jpg'),
            ("<script>.html", '07-label-script-html.jpg'), ("C:\\CON\0\n", '07-label-c-con.jpg'), (None, '07-label.jpg'),
            ("x" * 300, f"07-label-{'x' * 40}.jpg"),
        ):
            self.assertEqual(archive.safe_name(7, 'label', text, 'image/jpeg'), expected)
        self.assertEqual(archive.safe_name(7, 'label', "a", 'text/html'), '07-label-a.bin')
