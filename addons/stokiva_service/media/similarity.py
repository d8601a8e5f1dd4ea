"""Tells whether two photos show the same picture, also when one was scaled, compressed again or cropped by up to a
tenth of an edge. No ORM.

The hash is the perceptual hash of the library ``imagehash`` (signs of the lower frequencies of a cosine transform),
16 × 16 bits, of the middle of the photo, which every cropped copy still shows. Where in another photo that middle
would be depends on what was cut off, of which of the two: each photo therefore has *windows*, the hashes of all
places where it may be found, in steps of a twentieth of an edge. Two photos are alike if one of the newer one's
windows differs from the older one's hash in at most ``MAX_DISTANCE`` bits.
"""
import imagehash
import numpy
from PIL import Image

SIDE = 16
BITS = SIDE * SIDE
DIGITS = BITS // 4
# Edge of the picture of which the library makes a hash.
PART = 4 * SIDE
# Copies lie below, photos of similar rooms above; see docs/claims.md for what was measured.
MAX_DISTANCE = 50
# Windows that differ in more bits than this from a hash have no neighbour that is a copy of it.
MAX_NEAR = 88
# Hashes are looked up by these many groups of 16 bits, of the 64 that change least.
BANDS = 4
# With less contrast than this (of 255) there is nothing to compare: a wall, a lens cap.
MIN_CONTRAST = 16
# The pixels of which the windows are cut.
GREY = 160
MARGIN = 0.1
# What a copy may lack on both sides of an edge, together at most a tenth.
CUTS = ((0, 0), (0, 0.05), (0.05, 0), (0, 0.1), (0.05, 0.05), (0.1, 0))


def _order_bits():
    """Return the places of the bits of the hash, those of the lowest frequencies first."""
    places = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    return tuple(zip(*sorted(places, key=lambda place: (max(place), place)), strict=True))


def _get_windows():
    """Return where the middle of an older photo is in a newer one, as parts of its edges, the newer one's own first.

    :return: list of (left, top, right, bottom)
    """
    cropped, whole = [], []
    for before, after in CUTS:
        kept = 1 - before - after
        # The newer one was cut, or the older one.
        cropped.append(((MARGIN - before) / kept, (1 - MARGIN - before) / kept))
        whole.append((before + MARGIN * kept, before + (1 - MARGIN) * kept))
    return list(dict.fromkeys(
        (left, top, right, bottom) for edges in (cropped, whole) for left, right in edges for top, bottom in edges))


ROWS, COLUMNS = _order_bits()
WINDOWS = _get_windows()


def fingerprint(image):
    """Return the hashes by which a photo is found, and finds others.

    :param image: PIL image
    :return: hexadecimal digits of its windows, `DIGITS` each, with blanks between, the first being its own hash; an
        empty string if the photo shows no detail
    """
    grey = image.convert('L').resize((GREY, GREY), Image.Resampling.LANCZOS)
    darkest, brightest = grey.resize((SIDE, SIDE), Image.Resampling.BOX).getextrema()
    if brightest - darkest < MIN_CONTRAST:
        return ''
    # Windows share their left and right edges: as wide as the hash wants it is each of those parts made once.
    columns = {
        edges: grey.resize((PART, GREY), Image.Resampling.BILINEAR, box=(edges[0] * GREY, 0, edges[1] * GREY, GREY))
        for edges in {(left, right) for left, _top, right, _bottom in WINDOWS}}
    return ' '.join(
        _get_hash(columns[left, right], top * GREY, bottom * GREY) for left, top, right, bottom in WINDOWS)


def _get_hash(column, top, bottom):
    """Return the hash of a part of a picture that is as wide as the hash wants it."""
    part = column.resize((PART, PART), Image.Resampling.BILINEAR, box=(0, top, PART, bottom))
    bits = imagehash.phash(part, SIDE).hash[ROWS, COLUMNS]
    return numpy.packbits(bits).tobytes().hex()


def get_distance(windows, older):
    """Return in how many bits the nearest of a photo's windows differs from an older photo's hash.

    :param str windows: as `fingerprint` gives it
    :param str older: as `windows`; only its first hash counts
    :return: 0 to `BITS`
    """
    return min((int(part, 16) ^ int(older[:DIGITS], 16)).bit_count() for part in windows.split())
