"""Quantities as people read them."""
from odoo.tools.misc import get_lang


def spell(env, value, decimals=4):
    """Return a quantity as the reader's language writes it, without zeros at its end.

    :param env: environment with the reader's language
    :param float value: of pieces, hours, kilometres, percent…
    :param int decimals: the most that are written
    :rtype: str
    """
    return f"{round(value, decimals):.15g}".replace('.', get_lang(env, env.lang or 'en_US').decimal_point)
