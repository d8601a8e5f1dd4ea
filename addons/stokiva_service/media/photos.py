"""Opens uploaded photos, reads when and where they were taken, and encodes them anew. No ORM."""
import io
import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from PIL import Image, ImageOps, WebPImagePlugin

from .common import BadMedia

MAX_PIXELS = 50_000_000
MAX_SIDE = 2000
# Odoo lets Pillow load few formats by itself; importing the plugin registers WebP.
FORMATS = ('JPEG', 'PNG', WebPImagePlugin.WebPImageFile.format)
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
TAKEN, TAKEN_OFFSET = 0x9003, 0x9011
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4


@dataclass
class Facts:
    """What a photo says of itself, as far as it can be believed.

    :ivar datetime taken_at: naive in the camera's own time zone, aware if the zone is known
    :ivar tuple position: latitude and longitude in degrees
    """
    taken_at: datetime = None
    position: tuple = None


def open_photo(content):
    """Return a photo upright, without metadata, at most ``MAX_SIDE`` pixels a side, and its facts.

    :param bytes content: what was uploaded
    :return: PIL image, `Facts`
    :raise BadMedia: if it is not a photo, or has more pixels than anybody's camera
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise BadMedia('too_many_pixels')
        facts = read_facts(image)
        image.draft('RGB', (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at the size wanted
        image = ImageOps.exif_transpose(image).convert('RGB')
        image.thumbnail((MAX_SIDE, MAX_SIDE))
    except BadMedia:
        raise
    except Image.DecompressionBombError as error:
        raise BadMedia('too_many_pixels') from error
    except Exception as error:  # hostile bytes make Pillow raise whatever it likes
        raise BadMedia('not_a_photo') from error
    return image, facts


def encode(image):
    """Return an image as the bytes of a JPEG that holds nothing but its pixels."""
    bare = Image.new('RGB', image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, 'JPEG', quality=85, optimize=True)
    return out.getvalue()


def read_facts(image):
    """Return what the EXIF block says; nonsense counts as unknown.

    :param image: PIL image
    :rtype: Facts
    """
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(EXIF_IFD), exif.get_ifd(GPS_IFD)
    except Exception:  # the photo counts, not its torn label
        return Facts()
    return Facts(_unless_torn(_read_moment, details), _unless_torn(_read_position, gps))


def _unless_torn(read, block):
    try:
        return read(block)
    except (ArithmeticError, IndexError, TypeError, ValueError):
        return None


def _read_moment(details):
    if not details.get(TAKEN):
        return None
    moment = datetime.strptime(str(details[TAKEN]).strip('\0 '), '%Y:%m:%d %H:%M:%S')
    offset = str(details.get(TAKEN_OFFSET) or '').strip('\0 ')
    if offset:
        sign = -1 if offset[0] == '-' else 1
        hours, minutes = offset.lstrip('+-').split(':')
        zone = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
        moment = moment.replace(tzinfo=zone)
    return moment


def _read_position(gps):
    if not (gps.get(LATITUDE) and gps.get(LONGITUDE)):
        return None
    latitude = _read_degrees(gps[LATITUDE], gps.get(LATITUDE_REF) == 'S')
    longitude = _read_degrees(gps[LONGITUDE], gps.get(LONGITUDE_REF) == 'W')
    # Cameras without a fix write 0, 0.
    if abs(latitude) > 90 or abs(longitude) > 180 or not (latitude or longitude):
        return None
    return latitude, longitude


def _read_degrees(parts, is_negative):
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError(value)
    return -value if is_negative else value
