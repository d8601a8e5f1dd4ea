"""Draws small photos and signatures for demo data. No ORM, no files, the same for the same seed."""
import base64
import io
import random

from PIL import Image, ImageDraw

SIZE = (640, 480)
FLOORS = {'before': (121, 110, 98), 'after': (176, 164, 148)}
WALLS = {'before': (150, 156, 152), 'after': (214, 220, 216)}


def _encode(image, kind):
    out = io.BytesIO()
    image.save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def photo(kind, seed):
    """Return a drawn photo of an appliance: in a puddle and dull before the work, clean after it.

    :param str kind: ``before`` or ``after``
    :param str seed: what the appliance looks like
    :return: base64 of a JPEG
    :rtype: str
    """
    look = random.Random(seed)
    width, height = SIZE
    image = Image.new('RGB', SIZE, WALLS[kind])
    draw = ImageDraw.Draw(image)
    floor = int(height * 0.78)
    draw.rectangle((0, floor, width, height), fill=FLOORS[kind])
    # What stands and hangs around it tells one kitchen from the other.
    for _thing in range(7):
        x, y, shade = look.randint(-60, width), look.randint(-60, floor), look.randint(40, 235)
        draw.rectangle((x, y, x + look.randint(60, 200), y + look.randint(50, 160)), fill=(shade, shade - 8, shade - 20))
    left, top = look.randint(150, 230), look.randint(60, 140)
    right, bottom = left + look.randint(220, 280), floor + 24
    shade = look.randint(205, 245) - (45 if kind == 'before' else 0)
    draw.rounded_rectangle((left, top, right, bottom), 14, fill=(shade, shade, shade), outline=(70, 76, 80), width=4)
    draw.rectangle((left + 14, top + 14, right - 14, top + 58), fill=(58, 64, 68))
    for index in range(3):
        x = left + 30 + index * 34
        draw.ellipse((x, top + 26, x + 20, top + 46), fill=(170, 176, 180))
    middle, centre = (left + right) // 2, (top + 58 + bottom) // 2
    radius = look.randint(52, 72)
    draw.ellipse(
        (middle - radius, centre - radius, middle + radius, centre + radius),
        fill=(92, 108, 118), outline=(60, 66, 70), width=8)
    if kind == 'before':
        draw.ellipse((left - 70, bottom - 16, right + 60, bottom + 40), fill=(96, 122, 138))
        for _spot in range(40):
            x, y = look.randint(left, right), look.randint(top, bottom)
            draw.ellipse((x, y, x + 5, y + 4), fill=(118, 100, 80))
    else:
        draw.line(
            [(right + 30, centre), (right + 62, centre + 34), (right + 118, centre - 48)], fill=(23, 102, 58), width=14)
    return _encode(image, 'JPEG')


def signature(seed):
    """Return a drawn signature, black on white.

    :param str seed: whose it is
    :return: base64 of a PNG
    :rtype: str
    """
    hand = random.Random(seed)
    image = Image.new('RGB', (480, 180), 'white')
    draw = ImageDraw.Draw(image)
    x, points = 40, []
    while x < 420:
        points.append((x, hand.randint(40, 140)))
        x += hand.randint(14, 34)
    draw.line(points, fill='black', width=4, joint='curve')
    draw.line([(60, 150), (hand.randint(300, 430), hand.randint(135, 160))], fill='black', width=3)
    return _encode(image, 'PNG')
