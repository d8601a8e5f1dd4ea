"""Sales know whether they have work orders: say it of those that have them already."""


def migrate(cr, version):
    """Fill the new column of sales.

    :param cr: cursor
    :param str version: the one that was installed
    """
    cr.execute("""
        UPDATE sale_order s SET stokiva_has_work_orders = TRUE
         WHERE EXISTS (SELECT FROM stokiva_work_order o WHERE o.sale_order_id = s.id)""")
