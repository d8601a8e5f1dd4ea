"""Checks drawn signatures. No ORM."""
import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError

MAX_BASE64 = 400_000
MAX_PIXELS = 8_000_000
MIN_INK = 40  # dark pixels; a slip of the finger is no signature


class BadSignature(ValueError):
    """Raised with a code: ``too_large``, ``not_a_png`` or ``empty``."""


def normalise(text):
    """Return a drawn signature as a grey PNG on white, without anything else that the file held.

    :param str text: base64 of a PNG
    :return: base64 of a PNG
    :rtype: str
    :raise BadSignature: if it is too large, no PNG, or nothing is drawn on it
    """
    if len(text) > MAX_BASE64:
        raise BadSignature('too_large')
    try:
        image = Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=('PNG',))
        if image.width * image.height > MAX_PIXELS:
            raise BadSignature('too_large')
        image = image.convert('RGBA')
    except (
        binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
    ) as error:
        if isinstance(error, BadSignature):
            raise
        raise BadSignature('not_a_png') from error
    paper = Image.new('RGBA', image.size, 'white')
    paper.alpha_composite(image)
    drawn = paper.convert('L')
    if sum(drawn.histogram()[:128]) < MIN_INK:
        raise BadSignature('empty')
    out = io.BytesIO()
    drawn.save(out, 'PNG', optimize=True)
    return base64.b64encode(out.getvalue()).decode()
