import base64
import io

from PIL import Image, ImageDraw, PngImagePlugin

from odoo.tests import BaseCase

from .. import signatures


def drawn(size=(680, 340), background='white', kind='PNG', **options):
    """A stroke on paper, as base64 text."""
    image = Image.new('RGBA', size, background)
    ImageDraw.Draw(image).line([(40, 40), (size[0] - 40, size[1] - 40)], fill='black', width=6)
    out = io.BytesIO()
    (image if kind == 'PNG' else image.convert('RGB')).save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


class TestSignatures(BaseCase):

    def _assert_refused(self, text, code):
        with self.assertRaises(signatures.BadSignature) as caught:
            signatures.normalise(text)
        self.assertEqual(caught.exception.args[0], code)

    def test_a_drawing_becomes_a_plain_png_on_white(self):
        info = PngImagePlugin.PngInfo()
        info.add_text('Comment', "carried along")
        content = base64.b64decode(signatures.normalise(drawn(background=(0, 0, 0, 0), pnginfo=info)))
        self.assertNotIn(b"carried along", content)
        image = Image.open(io.BytesIO(content))
        self.assertEqual((image.format, image.mode, image.size), ('PNG', 'L', (680, 340)))
        self.assertEqual((image.getpixel((0, 0)), image.getpixel((40, 40))), (255, 0))

    def test_what_is_no_signature_is_refused(self):
        blank = io.BytesIO()
        Image.new('RGB', (300, 100), 'white').save(blank, 'PNG')
        self._assert_refused(base64.b64encode(blank.getvalue()).decode(), 'empty')
        self._assert_refused(drawn(kind='JPEG'), 'not_a_png')
        self._assert_refused("<script>", 'not_a_png')
        self._assert_refused(base64.b64encode(b'\x89PNG\r\n\x1a\nrest').decode(), 'not_a_png')
        self._assert_refused(drawn(size=(4000, 3000)), 'too_large')
        self._assert_refused('A' * (signatures.MAX_BASE64 + 1), 'too_large')
