"""Odoo's own web client at work: one step for many orders from the list, and a technician's day on the phone."""
import re
from datetime import timedelta

from e2e.master_data import APPLIANCE, DISTRICT, PASSWORD, MasterData, make_customer, sell
from playwright.sync_api import expect

TECHNICIAN = 'baris.tech'


def open_order(env, customer):
    """Open an order by hand, as the office does; it waits for a provider.

    :return: stokiva.work.order record
    """
    dispatcher = env['res.users'].search([('login', '=', MasterData.dispatcher)])
    product = env['product.product'].search([('name', '=', APPLIANCE)])
    device = env['stokiva.device'].create({'product_id': product.id, 'partner_id': customer.id})
    return env['stokiva.work.order'].with_user(dispatcher).create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].search([('name', '=', "Installation")], limit=1).id,
    }).with_user(env.user)


def employ_technician(env):
    """Let the near provider have a technician who is an employee, and give him a job of today.

    :return: stokiva.work.order record
    """
    provider = env['stokiva.provider'].search([('partner_id.name', '=', MasterData.near.name)])
    user = env['res.users'].with_context(no_reset_password=True).create({
        'login': TECHNICIAN, 'name': "Barış Usta", 'password': PASSWORD, 'tz': 'Europe/Istanbul', 'lang': 'en_US',
        'group_ids': [(6, 0, env.ref('stokiva_service.group_stokiva_technician').ids)]})
    person = env['stokiva.personnel'].create({
        'provider_id': provider.id, 'partner_id': user.partner_id.id, 'user_id': user.id, 'role': 'technician'})
    own, others = (
        sell(env, make_customer(env, name)).stokiva_work_order_ids for name in ("Nermin Arslan", "Tekin Uslu"))
    for picking in own.sale_order_id.picking_ids:  # he is asked before he starts on what is not delivered
        for move in picking.move_ids:
            move.write({'quantity': move.product_uom_qty, 'picked': True})
        picking._action_done()
    (own | others)._apply_event('accept', actor=None, channel='system')
    dispatcher = env['res.users'].search([('login', '=', MasterData.dispatcher)])
    now = env.cr.now()
    for order, technician in ((own, person), (others, provider.personnel_ids.filtered(
            lambda other: other.name == MasterData.near.technician_name))):
        order._apply_event('plan', {
            'personnel_id': technician.id, 'window_start': str(now.replace(microsecond=0)),
            'window_end': str((now + timedelta(hours=2)).replace(microsecond=0))}, actor=dispatcher, channel='office')
    return own


def test_many_orders_are_assigned_from_the_list(office, shop):
    with shop.env() as env:
        near = open_order(env, make_customer(env, "Gül Aksoy")) | open_order(env, make_customer(env, "Can Ersoy"))
        stranger = make_customer(env, "Uzak Müşteri")
        stranger.write({'city': "Beşiktaş", 'zip': '34353'})
        far = open_order(env, stranger)
        assert far.city_id.name != DISTRICT
        ids = near.ids
    desk = office(MasterData.dispatcher)
    desk.go("Service", "Operations", "To Assign")
    expect(desk.rows()).to_have_count(3)
    desk.select_all()
    desk.press("Assign…")
    desk.snap('asked')
    desk.dialog.get_by_role('button', name="Assign", exact=True).click()
    expect(desk.dialog.locator('.alert-warning:visible')).to_contain_text("2 of 3 done")
    expect(desk.dialog_field('problem_line_ids')).to_contain_text("No provider covers Beşiktaş")
    desk.snap('answered')
    desk.dialog.locator('footer').get_by_role('button', name="Close", exact=True).click()
    expect(desk.dialog).to_have_count(0)
    expect(desk.rows()).to_have_count(1)
    with shop.env() as env:
        orders = env['stokiva.work.order'].browse(ids)
        assert orders.mapped('state') == ['assigned', 'assigned']
        assert orders.provider_id.name == MasterData.near.name
        assert {tuple(order.event_ids.sorted('seq').mapped('event')) for order in orders} == {('open', 'assign')}


def test_technician_goes_through_the_day_on_the_phone(office, shop):
    with shop.env() as env:
        order_id = employ_technician(env).id
    phone = office(TECHNICIAN, device='phone')
    cards = phone.page.locator('.o_kanban_record:not(.o_kanban_ghost)')
    expect(cards).to_have_count(1)
    card = cards.first
    expect(card).to_contain_text("Nermin Arslan")
    expect(card.get_by_role('button', name="Call")).to_have_attribute('href', 'tel:+905321234567')
    expect(card.get_by_role('button', name="Directions")).to_have_attribute('href', re.compile('destination=Bahariye'))
    phone.snap('today')
    card.get_by_role('button', name="Set out").click()
    expect(card).to_contain_text("On the way")
    phone.snap('on the way')
    card.get_by_role('button', name="Start work").click()
    expect(card).to_contain_text("In progress")
    with shop.env() as env:
        order = env['stokiva.work.order'].browse(order_id)
        assert (order.state, order.visit_id.arrived_at) == ('in_progress', order.started_at)
        assert order.event_ids.sorted('seq')[-1].actor_kind == 'user'
    card.get_by_role('button', name="Add photo…").click()
    expect(phone.dialog_field('kind')).to_be_visible()
    phone.snap('photo')
