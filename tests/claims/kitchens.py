"""Photos of kitchens, made in code: those of strangers differ in everything, those of one building only in what lies
about, in light and in where the camera stood; and copies of a photo as cheats make them."""
import io
import math
import random

import numpy
from PIL import Image, ImageDraw

SIZE = (320, 240)
COPIES = ('recompressed', 'resized', 'cropped', 'cropped and resized')
# What a copy loses of an edge at most, on both of its ends together.
MOST_CUT = 0.1
# Spread of a camera's noise, in levels of 255.
NOISE = 0.7


def draw(building, flat):
    """Return the photo of a flat's kitchen.

    :param building: decides the furniture, its colours and the appliance
    :param flat: decides the rest
    :return: PIL image
    """
    house, home = random.Random(f'house {building}'), random.Random(f'home {building} {flat}')
    width, height = (round(side * 1.3) for side in SIZE)

    def colour(rng, darkest=30, brightest=235):
        return tuple(rng.randint(darkest, brightest) for _channel in range(3))

    image = Image.new('RGB', (width, height), colour(house, 120, 240))
    pen = ImageDraw.Draw(image)
    upper, counter, floor = (
        round(height * house.uniform(*span)) for span in ((0.18, 0.34), (0.46, 0.58), (0.72, 0.86)))
    tile, grout, step = colour(house, 90, 240), colour(house, 60, 200), house.randint(8, 26)
    pen.rectangle((0, upper, width, counter), fill=tile)
    for left in range(0, width, step):
        pen.line((left, upper, left, counter), fill=grout)
    for top in range(upper, counter, step):
        pen.line((0, top, width, top), fill=grout)
    pen.rectangle((0, floor, width, height), fill=colour(house, 40, 200))
    front, edge = colour(house), colour(house)
    for top, bottom in ((0, upper), (counter + 5, floor)):
        left = 0
        while left < width:
            wide = house.randint(30, 95)
            if house.random() < 0.8:
                middle = (top + bottom) // 2
                pen.rectangle((left, top, left + wide, bottom), fill=front, outline=edge, width=2)
                pen.rectangle((left + wide - 9, middle - 5, left + wide - 6, middle + 5), fill=edge)
            left += wide
    pen.rectangle((0, counter, width, counter + 5), fill=colour(house))
    if house.random() < 0.6:
        left = house.randint(0, width - 80)
        pen.rectangle(
            (left, upper // 3, left + house.randint(45, 105), counter - 13), fill=colour(house, 190, 255), outline=edge,
            width=3)
    left, top, wide = house.randint(50, width - 170), house.randint(upper + 13, counter), house.randint(60, 110)
    pen.rectangle((left, top, left + wide, floor + 6), fill=colour(house, 60, 250), outline=(30, 30, 30), width=2)
    across, down, radius = left + wide // 2, (top + floor) // 2, wide // 3
    pen.ellipse(
        (across - radius, down - radius, across + radius, down + radius), fill=colour(house, 20, 120),
        outline=(200, 200, 200), width=3)
    for _thing in range(home.randint(7, 14)):
        left, bottom, size = home.randint(0, width), home.choice((upper, counter, floor, home.randint(0, height))), home.randint(8, 40)
        shape = home.choice((pen.rectangle, pen.ellipse))
        shape((left, bottom - size, left + home.randint(7, 47), bottom), fill=colour(home, 0, 255))
    return _take(image, home)


def _take(scene, rng):
    """Return what a camera sees of a scene: from somewhere, not quite straight, in some light, with noise."""
    wide, high = (round(side * rng.uniform(0.98, 1.15)) for side in SIZE)
    left, top = rng.randint(0, scene.width - wide), rng.randint(0, scene.height - high)
    angle = math.radians(rng.uniform(-3, 3))
    cos, sin = math.cos(angle), math.sin(angle)
    across, down = left - scene.width / 2, top - scene.height / 2
    right, below = wide / SIZE[0], high / SIZE[1]
    image = scene.transform(SIZE, Image.Transform.AFFINE, (
        cos * right, sin * below, cos * across + sin * down + scene.width / 2,
        -sin * right, cos * below, cos * down - sin * across + scene.height / 2,
    ), Image.Resampling.BILINEAR, fillcolor=(90, 90, 90))
    axis, step = rng.choice(((1, 1), (1, -1), (0, 1), (0, -1)))
    light = rng.uniform(0.7, 1.2) * numpy.linspace(1, rng.uniform(0.55, 0.95), image.size[1 - axis])[::step]
    seen = numpy.asarray(image) * light.astype('float32').reshape((1, -1, 1) if axis else (-1, 1, 1))
    noise = numpy.random.default_rng(rng.getrandbits(64)).standard_normal((*image.size[::-1], 1), 'float32')
    seen += NOISE * noise
    return Image.fromarray(seen.clip(0, 255, out=seen).astype('uint8'))


def copy(image, how, rng):
    """Return a photo as a cheat hands it in again.

    :param image: PIL image
    :param str how: one of ``COPIES``
    :param rng: random.Random
    """
    if 'cropped' in how:
        (left, right), (top, bottom) = (_cut(side, rng) for side in image.size)
        image = image.crop((left, top, image.width - right, image.height - bottom))
    if 'resized' in how:
        factor = rng.uniform(0.4, 1.5)
        image = image.resize([round(side * factor) for side in image.size], Image.Resampling.BICUBIC)
    return compress(image, rng.randint(30, 95))


def _cut(side, rng):
    lost, before = rng.uniform(0, MOST_CUT) * side, rng.random()
    return round(lost * before), round(lost * (1 - before))


def compress(image, quality=85):
    """Return a photo as it comes out of a JPEG file."""
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert('RGB')
