"""What every benchmark needs: an environment on the database given, and a table."""
import os
import sys
import time
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


def measure_confirmation(env, customers, product, count, read_cpu=time.process_time):
    """Confirm fresh sales of one product in one call, and roll back.

    :param env: environment to work in
    :param customers: res.partner, taken in turn
    :param product: product.product to sell
    :param int count: how many sales
    :param read_cpu: function that returns the CPU seconds used so far; of this process by default
    :return: wall seconds, CPU seconds, queries
    """
    savepoint = env.cr.savepoint(flush=True)
    sales = env['sale.order'].create([
        {'partner_id': customers[index % len(customers)].id,
         'order_line': [(0, 0, {'product_id': product.id, 'product_uom_qty': 1})]}
        for index in range(count)])
    env.flush_all()
    env.cr.precommit.run()
    env.invalidate_all()
    sales.mapped('order_line.product_id.name')
    queries, wall, cpu = env.cr.sql_log_count, time.perf_counter(), read_cpu()
    sales.action_confirm()
    env.flush_all()
    env.cr.precommit.run()
    result = time.perf_counter() - wall, read_cpu() - cpu, env.cr.sql_log_count - queries
    env.cr.postcommit.clear()
    savepoint.close(rollback=True)
    env.invalidate_all()
    return result


def table(head, rows):
    """Print rows under a head, columns aligned."""
    lines = [tuple(map(str, head)), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print('  '.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
