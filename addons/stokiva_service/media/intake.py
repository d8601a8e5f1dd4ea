"""One way in for every uploaded file: what it is, is decided by its content, never by its name."""
from dataclasses import dataclass, field

from . import documents, photos, similarity, videos
from .common import BadMedia

PHOTO, VIDEO, DOCUMENT = 'photo', 'video', 'document'
PHOTO_STARTS = (b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n')


@dataclass
class Accepted:
    """Content that passed, and what it tells about itself.

    :ivar str media_type: ``photo``, ``video`` or ``document``
    :ivar bytes content: what is to be stored; photos are encoded anew
    :ivar str mimetype: of ``content``
    :ivar float duration: seconds, 0 when unknown
    :ivar str fingerprint: as ``similarity.fingerprint`` gives it
    :ivar photos.Facts facts: time and place of a photo
    """
    media_type: str
    content: bytes
    mimetype: str
    duration: float = 0.0
    fingerprint: str = ''
    facts: photos.Facts = field(default_factory=photos.Facts)


def find_type(content):
    """Return what content claims to be by its first bytes, or None."""
    if content.startswith(PHOTO_STARTS) or (content[:4] == b'RIFF' and content[8:12] == b'WEBP'):
        return PHOTO
    if content[4:8] == b'ftyp' or content.startswith(videos.EBML_START):
        return VIDEO
    if content.startswith(documents.START):
        return DOCUMENT
    return None


def take_in(content, limits):
    """Check content in full.

    :param bytes content: what was uploaded
    :param dict limits: most bytes per media type; a type that is missing is not welcome
    :rtype: Accepted
    :raise BadMedia: if it is refused
    """
    if not content:
        raise BadMedia('empty')
    media_type = find_type(content)
    if media_type not in limits:
        raise BadMedia('unknown')
    if len(content) > limits[media_type]:
        raise BadMedia('too_large', media_type)
    if media_type == PHOTO:
        image, facts = photos.open_photo(content)
        return Accepted(
            PHOTO, photos.encode(image), 'image/jpeg', fingerprint=similarity.fingerprint(image), facts=facts)
    if media_type == VIDEO:
        mimetype, duration = videos.check(content)
        return Accepted(VIDEO, content, mimetype, duration=duration)
    documents.check(content)
    return Accepted(DOCUMENT, content, 'application/pdf')
