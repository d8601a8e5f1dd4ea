"""Checks and re-encodes uploaded photos. No ORM."""
import io

from PIL import Image, ImageOps, UnidentifiedImageError, WebPImagePlugin

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2000
# Odoo lets Pillow load few formats by itself; importing the plugin registers WebP.
FORMATS = ('JPEG', 'PNG', WebPImagePlugin.WebPImageFile.format)


class BadImage(ValueError):
    """Raised with a code: ``too_large`` or ``not_an_image``."""


def normalise(content):
    """Return a photo as JPEG without metadata, upright and at most ``MAX_SIDE`` pixels a side.

    :param bytes content: what was uploaded
    :return: bytes
    :raise BadImage: if it is too large or not a photo
    """
    if len(content) > MAX_BYTES:
        raise BadImage('too_large')
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise BadImage('too_large')
        image = ImageOps.exif_transpose(image).convert('RGB')
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadImage('not_an_image') from error
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=85, optimize=True)
    return out.getvalue()
