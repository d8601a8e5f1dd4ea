"""Work orders as rows of a table for other programs."""
import re

from .job import WITH_CUSTOMER_DATA
from .words import get_selection

# By these a cell becomes a formula where the table is opened.
FORMULA = re.compile(r'[\t\r\n]|\s*[=+@-]')


def get_head(env):
    """Return the titles of the columns."""
    return [
        env._("Number"), env._("State"), env._("Device"), env._("Service"), env._("Serial number"), env._("Customer"),
        env._("Province"), env._("District"), env._("Technician"), env._("From"), env._("Until"), env._("Deadline"),
        env._("Completed")]


def get_row(order, formats):
    """Return the cells of one order; whose it is only while that may be seen.

    :param order: stokiva.work.order record in sudo that the reader may see
    :param formats: Formats of the reader
    :rtype: list
    """
    city = order.city_id
    cells = [
        order.name, get_selection(order, 'state')[order.state], order.device_type_id.name, order.service_type_id.name,
        order.device_id.serial if order.state != 'assigned' else "",
        order.partner_id.name if order.state in WITH_CUSTOMER_DATA else "",
        city.state_id.name, city.name, order.personnel_id.name,
        *(formats.cell(order[name]) for name in ('window_start', 'window_end', 'deadline', 'completed_at'))]
    return [escape_cell(cell or "") for cell in cells]


def escape_cell(text):
    """Return a text that no program takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text
