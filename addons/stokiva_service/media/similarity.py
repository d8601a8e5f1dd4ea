"""Tells whether two photos show the same picture, also when one was scaled or compressed again. No ORM.

A difference hash: the photo is shrunk to 9 × 8 grey pixels, and each of the 64 bits says whether a pixel
is brighter than its right neighbour.
"""
from PIL import Image

COLUMNS, ROWS = 9, 8
# Two hashes that differ in at most so many bits agree in one of the four quarters by which they are found.
MAX_DISTANCE = 3
# With less contrast than this (of 255) there is nothing to compare: a wall, a lens cap.
MIN_CONTRAST = 16


def dhash(image):
    """Return the difference hash of a photo.

    :param image: PIL image
    :return: 16 hexadecimal digits; an empty string if the photo shows no detail
    """
    grey = image.convert('L').resize((COLUMNS, ROWS), Image.Resampling.LANCZOS).tobytes()
    if max(grey) - min(grey) < MIN_CONTRAST:
        return ''
    bits = 0
    for row in range(ROWS):
        for column in range(row * COLUMNS, (row + 1) * COLUMNS - 1):
            bits = bits << 1 | (grey[column] > grey[column + 1])
    return f'{bits:016x}'
