"""A company's colour on the customer's pages, such that everything stays legible. No ORM: tested without a database.

Contrast as WCAG 2.2 measures it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""
import re

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
# What the pages lie on in the dark; see approval.css.
DARK_SURFACE, DARK_TEXT = (23, 32, 37), (3, 15, 20)
# Against white or the dark surface. On a tint of the colour itself more than 4.5 is left of it.
ENOUGH = 6.0
STEPS = 50


def parse(text):
    """Return the colour that a text names.

    :param str text: ``#0b4a5e`` or ``#abc``, with or without the sign
    :return: three numbers up to 255, None if it names none
    :rtype: tuple
    """
    found = re.fullmatch(r'#?([0-9a-f]{3}|[0-9a-f]{6})', (text or '').strip().lower())
    if not found:
        return None
    digits = found[1] if len(found[1]) == 6 else ''.join(digit * 2 for digit in found[1])
    return tuple(bytes.fromhex(digits))


def to_hex(colour):
    """Return a colour as ``0b4a5e``."""
    return bytes(colour).hex()


def get_contrast(one, other):
    """Return the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_get_luminance(one), _get_luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour, other, share):
    """Return a colour with a share (0 to 1) of another one in it."""
    return tuple(round(mine + (its - mine) * share) for mine, its in zip(colour, other, strict=True))


def get_css(colour):
    """Return the style sheet that gives the pages a colour, darkened or lightened until it is legible on them."""
    dark = _shift(colour, WHITE, DARK_SURFACE)
    by_night = _get_rules(dark, DARK_TEXT, mix(dark, DARK_SURFACE, 0.85))
    return f':root{{{get_day_style(colour)}}}@media(prefers-color-scheme:dark){{:root{{{by_night}}}}}'


def get_day_style(colour):
    """Return the variables alone that give a page a colour which is never dark, as an attribute ``style`` has them."""
    light = _shift(colour, BLACK, WHITE)
    return _get_rules(light, WHITE, mix(light, WHITE, 0.88))


def _get_rules(brand, on_brand, soft):
    names = {'brand': brand, 'on-brand': on_brand, 'brand-soft': soft, 'link': brand}
    return ';'.join(f'--{name}:#{to_hex(value)}' for name, value in names.items())


def _shift(colour, target, ground):
    """Return a colour with as little of a target in it as makes it legible on a ground."""
    shifted = (mix(colour, target, step / STEPS) for step in range(STEPS + 1))
    return next(found for found in shifted if get_contrast(found, ground) >= ENOUGH)


def _get_luminance(colour):
    channels = [value / 255 for value in colour]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
