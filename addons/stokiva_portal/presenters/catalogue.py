"""What of the catalogue fits an order."""


def get_workmanships(order):
    """Return the catalogue's labour for the order's device and service.

    :param order: stokiva.work.order record in sudo
    :return: stokiva.workmanship records
    """
    return order.env['stokiva.workmanship'].search([
        ('device_type_id', 'parent_of', order.device_type_id.ids),
        ('service_type_id', 'in', (order.service_type_id.id, False))])


def get_parts(order):
    """Return the empty recordset to search parts with, in the order's company."""
    return order.env['product.product'].with_company(order.company_id)


def get_parts_domain(order):
    """Return which products may be fitted as parts: goods that are no appliances, of the order's company."""
    return [
        ('type', '=', 'consu'), ('stokiva_policy', '=', 'none'), ('stokiva_device_type_id', '=', False),
        ('company_id', 'in', (order.company_id.id, False))]
