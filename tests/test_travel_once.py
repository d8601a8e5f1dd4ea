"""Two orders of one trip, approved at the same moment over real connections: the travel is paid once."""
import threading
from concurrent.futures import ThreadPoolExecutor


def make_trip(env):
    """Return the ids of two orders of one group that wait for the customer, and of the customer."""
    env['stokiva.rate.card'].create({
        'name': "Rates", 'date_from': '2020-01-01', 'line_ids': [
            (0, 0, {'kind': 'labour', 'amount': 300}), (0, 0, {'kind': 'travel', 'amount': 90})]})
    partners = env['res.partner'].create([{'name': name} for name in ("Customer", "Provider", "Technician")])
    device_type = env['stokiva.device.type'].create({'name': "Oven"})
    devices = env['stokiva.device'].create(
        [{'partner_id': partners[0].id, 'device_type_id': device_type.id}] * 2)
    provider = env['stokiva.provider'].create({'partner_id': partners[1].id})
    technician = env['stokiva.personnel'].create({'provider_id': provider.id, 'partner_id': partners[2].id})
    service_type = env['stokiva.service.type'].create({'name': "Repair"})
    orders = env['stokiva.work.order'].create([
        {'partner_id': partners[0].id, 'device_id': device.id, 'service_type_id': service_type.id}
        for device in devices])
    orders.group_id = orders[0]
    orders._apply_event('open', actor=None, channel='system')
    orders._apply_event('assign', {'provider_id': provider.id}, actor=None, channel='system')
    orders._apply_event('accept', actor=None, channel='system')
    manager = env.ref('base.user_admin')
    orders._apply_event('plan', {'personnel_id': technician.id}, actor=manager, channel='office')
    for event in ('depart', 'start', 'submit'):
        orders._apply_event(event, actor=manager, channel='office')
    return orders.ids, partners[0].id


def test_travel_of_a_group_is_paid_once(database, odoo_env):
    from odoo.service.model import retrying  # noqa: PLC0415

    with odoo_env(database) as env:
        order_ids, customer_id = make_trip(env)
    barrier = threading.Barrier(2)
    tries = []

    def approve(order_id):
        with odoo_env(database) as env:
            order = env['stokiva.work.order'].browse(order_id)

            def answer():
                first = order_id not in tries
                tries.append(order_id)
                approval = order.approval_ids.filtered(lambda item: item.state == 'pending')
                if first:
                    barrier.wait(60)  # both have taken their snapshot
                order._apply_event(
                    'approve', {'approval_id': approval.id}, actor=env['res.partner'].browse(customer_id),
                    channel='link')

            retrying(answer, env)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(approve, order_ids))
    with odoo_env(database) as env:
        settlements = env['stokiva.work.order'].browse(order_ids).settlement_ids
        assert sorted(settlements.mapped('amount_total')) == [300, 390]
        assert settlements.line_ids.mapped('source').count('travel') == 1
    assert len(tries) > 2, "the two never met: this proves nothing"
