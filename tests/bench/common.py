"""What every benchmark needs: an environment on the database given, and a table."""
import os
import sys
from contextlib import contextmanager

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config


@contextmanager
def environment():
    """Yield a superuser environment on the database ``argv[1]``; nothing is committed."""
    config.parse_config(['-c', os.environ['ODOO_RC'], '-d', sys.argv[1], '--no-http', '--log-level=error'])
    with Registry(sys.argv[1]).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        try:
            yield env
        finally:
            cr.rollback()


def table(head, rows):
    """Print rows under a head, columns aligned."""
    lines = [tuple(map(str, head)), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print('  '.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
