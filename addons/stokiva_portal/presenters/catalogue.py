"""What of the catalogue fits an order, and who bears it."""
from odoo import fields


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


def get_coverage(order, kind):
    """Return who bears a new line: the customer only where service type or an ended warranty say so.

    :param order: stokiva.work.order record in sudo
    :param str kind: ``labour`` or ``parts``
    """
    if order.service_type_id.is_charged:
        return 'charged'
    device = order.device_id
    until = device.warranty_labour_until if kind == 'labour' else device.warranty_parts_until
    is_over = until and not device._get_warranty(fields.Date.context_today(device))[kind]
    return 'charged' if is_over else 'warranty'
