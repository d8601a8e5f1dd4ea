"""Checks the containers of short videos: MP4 (ISO base media) and WebM (Matroska). No ORM.

Videos are stored as they came: nothing decodes them here. So the container must be whole, hold a picture
track, and nothing may follow it.
"""
import struct

from .common import BadMedia

EBML_START = b'\x1a\x45\xdf\xa3'

MP4_TOP = frozenset({
    b'ftyp', b'moov', b'mdat', b'free', b'skip', b'wide', b'udta', b'meta', b'uuid', b'pdin', b'moof', b'mfra',
    b'sidx', b'ssix', b'styp', b'prft', b'emsg',
})
EBML, SEGMENT, DOC_TYPE = 0x1A45DFA3, 0x18538067, 0x4282
INFO, SCALE, DURATION = 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, TRACK, TRACK_TYPE, CLUSTER = 0x1654AE6B, 0xAE, 0x83, 0x1F43B675
SEEK_HEAD, CUES, TAGS, CHAPTERS, VOID, CRC = 0x114D9B74, 0x1C53BB6B, 0x1254C367, 0x1043A770, 0xEC, 0xBF
# Timestamp, SimpleBlock, BlockGroup, PrevSize, Position: what recordings without known sizes go on with.
IN_CLUSTER = frozenset({0xE7, 0xA3, 0xA0, 0xAB, 0xA7})
# Attachments are left out: a video brings no files.
IN_SEGMENT = IN_CLUSTER | {INFO, TRACKS, CLUSTER, SEEK_HEAD, CUES, TAGS, CHAPTERS, VOID, CRC}


def check(content):
    """Return MIME type and duration of a video.

    :param bytes content: what was uploaded
    :return: MIME type, seconds (0 when unknown)
    :raise BadMedia: if it is not a whole video
    """
    try:
        if content.startswith(EBML_START):
            return 'video/webm', _check_webm(content)
        return 'video/mp4', _check_mp4(content)
    except (struct.error, IndexError, OverflowError, ZeroDivisionError) as error:
        raise BadMedia('not_a_video') from error


def _refuse_unless(condition):
    if not condition:
        raise BadMedia('not_a_video')


# -- MP4 ----------------------------------------------------------------------------------------------

def _boxes(content, position, end):
    """Yield type, start and end of the content of each box between two offsets."""
    while position < end:
        size, kind = struct.unpack_from('>I4s', content, position)
        start = position + 8
        if size == 1:
            size, = struct.unpack_from('>Q', content, start)
            start += 8
        elif size == 0:
            size = end - position
        stop = position + size
        _refuse_unless(start <= stop <= end)
        yield kind, start, stop
        position = stop


def _inside(content, box, *path):
    """Yield start and end of the boxes at a path below a box."""
    if not path:
        yield box
        return
    for kind, start, stop in _boxes(content, *box):
        if kind == path[0]:
            yield from _inside(content, (start, stop), *path[1:])


def _check_mp4(content):
    boxes = list(_boxes(content, 0, len(content)))
    kinds = [kind for kind, _start, _stop in boxes]
    _refuse_unless(kinds[0] == b'ftyp' and MP4_TOP.issuperset(kinds) and kinds.count(b'moov') == 1)
    _refuse_unless(b'mdat' in kinds)
    film = boxes[kinds.index(b'moov')][1:]
    handlers = {
        content[start + 8:start + 12] for start, _stop in _inside(content, film, b'trak', b'mdia', b'hdlr')}
    _refuse_unless(b'vide' in handlers)
    return max((_read_mp4_duration(content, start) for start, _stop in _inside(content, film, b'mvhd')), default=0.0)


def _read_mp4_duration(content, start):
    if content[start] == 1:
        scale, length = struct.unpack_from('>IQ', content, start + 20)
    else:
        scale, length = struct.unpack_from('>II', content, start + 12)
    unknown = length in (2**32 - 1, 2**64 - 1)
    return 0.0 if unknown else length / scale


# -- WebM ---------------------------------------------------------------------------------------------

def _number(content, position, keep_marker):
    """Return a number of variable length and the offset after it; None for an unknown size."""
    first = content[position]
    _refuse_unless(first)
    length = 9 - first.bit_length()
    raw = content[position:position + length]
    _refuse_unless(len(raw) == length)
    value = int.from_bytes(raw, 'big')
    if keep_marker:
        return value, position + length
    value &= (1 << 7 * length) - 1
    return (None if value == (1 << 7 * length) - 1 else value), position + length


def _elements(content, position, end):
    """Yield id, start and end of the content of each element between two offsets.

    A cluster of unknown size is yielded as empty: what it holds follows at the same level.
    """
    while position < end:
        kind, position = _number(content, position, keep_marker=True)
        size, start = _number(content, position, keep_marker=False)
        if size is None:
            _refuse_unless(kind in (SEGMENT, CLUSTER))
            size = end - start if kind == SEGMENT else 0
        _refuse_unless(start + size <= end)
        yield kind, start, start + size
        position = start + size


def _check_webm(content):
    parts = list(_elements(content, 0, len(content)))
    _refuse_unless([kind for kind, _start, _stop in parts] == [EBML, SEGMENT])
    header = {kind: content[start:stop] for kind, start, stop in _elements(content, *parts[0][1:])}
    _refuse_unless(header.get(DOC_TYPE, b'').rstrip(b'\0') == b'webm')
    has_picture, duration = False, 0.0
    kinds = set()
    for kind, start, stop in _elements(content, *parts[-1][1:]):
        _refuse_unless(kind in IN_SEGMENT)
        kinds.add(kind)
        if kind == TRACKS:
            has_picture = any(
                content[first:last] == b'\x01'
                for track, low, high in _elements(content, start, stop) if track == TRACK
                for name, first, last in _elements(content, low, high) if name == TRACK_TYPE)
        elif kind == INFO:
            duration = _read_webm_duration(content, start, stop)
    _refuse_unless(has_picture and CLUSTER in kinds)
    return duration


def _read_webm_duration(content, start, stop):
    info = {kind: content[first:last] for kind, first, last in _elements(content, start, stop)}
    raw = info.get(DURATION)
    if not raw:
        return 0.0
    value, = struct.unpack('>d' if len(raw) == 8 else '>f', raw)
    scale = int.from_bytes(info.get(SCALE, b''), 'big') or 1_000_000
    seconds = value * scale / 1e9
    return seconds if 0 < seconds < 1e6 else 0.0
