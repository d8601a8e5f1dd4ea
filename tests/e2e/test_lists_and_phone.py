"""Odoo's own web client at work: many orders at once, the dispatcher's board and calendar, dashboards, a technician's day."""
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
    dispatcher = env['res.users'].search([('login', '=', MasterData.dispatcher)])
    for order in (own | others).filtered(lambda order: order.provider_id != provider):  # the other one is less busy
        order._apply_event(
            'reassign', {'provider_id': provider.id, 'reason': "Nearer"}, actor=dispatcher, channel='office')
    (own | others)._apply_event('accept', actor=None, channel='system')
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


def accept(env, order, start=None):
    """Let the near provider accept an order, for a window of two hours if one is given."""
    dispatcher = env['res.users'].search([('login', '=', MasterData.dispatcher)])
    provider = env['stokiva.provider'].search([('partner_id.name', '=', MasterData.near.name)])
    order._apply_event('assign', {'provider_id': provider.id}, actor=dispatcher, channel='office')
    order._apply_event('accept', actor=None, channel='system')
    if start:
        order._apply_event('plan', {
            'window_start': str(start), 'window_end': str(start + timedelta(hours=2))}, actor=dispatcher, channel='office')


def drag(page, source, target, x=0.5, y=0.5):
    """Drag the middle of an element to a place on another one, given as shares of its width and height."""
    page.mouse.move(*get_place(source, 0.5, 0.5))
    page.mouse.down()
    to_x, to_y = get_place(target, x, y)
    page.mouse.move(to_x - 30, to_y - 10, steps=8)
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def get_place(locator, x, y):
    """Return a place on an element as coordinates of the page."""
    box = locator.bounding_box()
    return box['x'] + x * box['width'], box['y'] + y * box['height']


def test_dispatcher_drops_a_card_on_a_provider(office, shop):
    with shop.env() as env:
        order = open_order(env, make_customer(env, "Sevda Koru"))
        order_id, name = order.id, order.name
        accept(env, open_order(env, make_customer(env, "Nuri Tan")), env.cr.now().replace(microsecond=0))
    desk = office(MasterData.dispatcher)
    page = desk.page
    page.clock.install()
    page.reload()  # the web client keeps the clock that it finds when it is loaded
    desk.go("Service", "Operations", "Dispatch Board")
    columns = page.locator('.o_kanban_group')
    expect(columns).to_have_count(4)
    card = columns.nth(0).locator('.o_kanban_record', has_text=name)
    provider = page.locator('.o_stokiva_load_provider', has_text=MasterData.near.name)
    expect(provider).to_contain_text(re.compile(r'[1-9]'))
    desk.snap('board')
    drag(page, card, provider)
    expect(desk.dialog_field('candidate_ids')).to_be_visible()
    expect(desk.dialog_field('provider_id').locator('input')).to_have_value(MasterData.near.name)
    desk.snap('asked')
    desk.dialog_field('reason').locator('input').fill("Knows the house")
    desk.press_in_dialog("Offer")
    answering = columns.nth(1).locator('.o_kanban_record', has_text=name)
    expect(answering).to_contain_text("to answer")
    # A minute later the board shows what others did, and the card that had the focus has it still.
    kept = columns.nth(3).locator('.o_kanban_record').first
    kept.focus()
    with shop.env() as env:
        env['stokiva.work.order'].browse(order_id)._apply_event('cancel', {'reason': "Sold"}, actor=None, channel='system')
    page.clock.fast_forward(61_000)
    expect(answering).to_have_count(0)
    expect(kept).to_be_focused()
    desk.settle()
    count = page.locator('.o_stokiva_strip [data-name=today_jobs] b').inner_text()
    page.locator('.o_stokiva_strip [data-name=today_jobs]').click()
    expect(desk.rows()).to_have_count(int(count))
    desk.snap('counted')


def test_dispatcher_plans_in_the_calendar(office, shop):
    with shop.env() as env:
        tomorrow = (env.cr.now() + timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)
        free, begun = (open_order(env, make_customer(env, name)) for name in ("Pelin Duru", "Okan Sel"))
        accept(env, free)
        accept(env, begun, tomorrow)
        begun._apply_event('plan', {'personnel_id': begun.provider_id.personnel_ids[-1].id}, actor=env['res.users'].search([
            ('login', '=', MasterData.dispatcher)]), channel='office')
        begun._apply_event('depart', actor=begun.personnel_id, channel='field')
        ids, names = [free.id, begun.id], [free.name, begun.name]
    desk = office(MasterData.dispatcher)
    page = desk.page
    desk.go("Service", "Operations", "Planning")
    page.locator('.o_calendar_button_next').click()
    page.locator('.o_view_scale_selector button').click()
    page.locator('.dropdown-item', has_text="Day").click()
    event = page.locator('.o_event', has_text=names[1])
    for _day in range(7):
        if event.count():
            break
        page.locator('.o_calendar_button_prev').click()
        page.wait_for_timeout(1000)
    expect(event).to_contain_text("Okan Sel")
    slot = page.locator('.fc-timegrid-slot-lane[data-time="14:00:00"]')
    desk.snap('day')
    drag(page, page.locator('.o_stokiva_unplanned', has_text=names[0]), slot, y=0.3)
    expect(page.locator('.o_event', has_text=names[0])).to_be_visible()
    expect(page.locator('.o_stokiva_unplanned', has_text=names[0])).to_have_count(0)
    drag(page, event, page.locator('.fc-timegrid-slot-lane[data-time="17:00:00"]'), y=0.3)
    expect(desk.dialog).to_contain_text("this step is not possible now")
    desk.snap('refused')
    desk.dialog.locator('footer button').first.click()
    expect(event).to_be_visible()
    with shop.env() as env:
        free, begun = env['stokiva.work.order'].browse(ids)
        assert begun.window_start == tomorrow
        assert (free.window_start.date(), free.window_end - free.window_start) == (tomorrow.date(), timedelta(hours=2))
        assert free.event_ids.sorted('seq')[-1].event == 'plan'


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


def complete(env, name):
    """Let the near provider do a job that asks for nothing, and the customer approve it.

    :return: stokiva.work.order record
    """
    order = open_order(env, make_customer(env, name))
    order.service_type_id = env['stokiva.service.type'].create({'name': f"Check of {name}"})
    accept(env, order)
    admin = env.ref('base.user_admin')
    order._apply_event('plan', {'personnel_id': order.provider_id.personnel_ids[-1].id}, actor=admin, channel='office')
    for event in ('depart', 'start', 'submit'):
        order._apply_event(event, actor=admin, channel='office')
    order._apply_event('approve', {'approval_id': order.approval_ids.id}, actor=order.partner_id, channel='link')
    return order


def test_dashboards_lead_to_what_they_count(office, shop):
    with shop.env() as env:
        late = open_order(env, make_customer(env, "Rana Ünal"))
        late.deadline = env.cr.now() - timedelta(hours=3)
        done = complete(env, "Suat Işık")
        late_name, done_name = late.name, done.name
        env['stokiva.performance.day']._add_all_days()
        while days := env['stokiva.performance.day']._take_days():
            env['stokiva.performance.day']._count(days)

    desk = office(MasterData.dispatcher)
    desk.open_dashboard('dispatcher', charts=6)
    desk.open_tile('late')
    expect(desk.rows(late_name)).to_have_count(1)

    desk = office(MasterData.manager)
    desk.open_dashboard('manager', charts=6)
    desk.open_bar("Completed")
    desk.page.locator('.o_group_header').first.click()
    desk.rows().first.locator('td.o_data_cell').first.click()
    expect(desk.rows(done_name)).to_have_count(1)
    desk.snap('counted')

    desk = office(MasterData.settlement)
    desk.open_dashboard('settlement', charts=4)
    desk.open_tile('pending')
    expect(desk.rows(done_name)).to_have_count(1)
    desk.page.go_back()
    desk.open_bar("Earned by service type")
    expect(desk.rows(done_name)).to_have_count(1)


def test_wall_view_looks_after_itself(office, shop, open_page):
    open_page.allowed.append('ERR_INTERNET_DISCONNECTED')
    desk = office(MasterData.dispatcher)
    page = desk.page
    page.clock.install()
    page.goto('/odoo/service-wall')
    unassigned = page.locator('.o_stokiva_wall_tile[data-search=to_assign] b')
    before = int(unassigned.inner_text())
    with shop.env() as env:
        open_order(env, make_customer(env, "Veli Çam"))
    page.clock.fast_forward(31_000)
    expect(unassigned).to_have_text(str(before + 1))
    desk.snap('wall')
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    expect(page.get_by_role('status')).to_contain_text("No connection")
    expect(unassigned).to_have_text(str(before + 1))
    page.context.set_offline(False)
    page.clock.fast_forward(31_000)
    expect(page.get_by_role('status')).not_to_contain_text("No connection")
