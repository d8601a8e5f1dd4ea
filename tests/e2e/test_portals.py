"""What a provider and a customer do by themselves in the portal, by clicks, on the phone and at a desk."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from e2e.master_data import APPLIANCE, PASSWORD, MasterData, make_customer, sell
from e2e.office import Office
from helpers import log_in
from playwright.sync_api import expect

MANAGER, CUSTOMER = 'nur.manager', 'leyla.customer'
NEAR = MasterData.near


@pytest.fixture(scope='module')
def people(shop):
    """A manager, a customer with a login, and a provider with weekly hours; returns their ids by name."""
    with shop.env() as env:
        calendar = env['resource.calendar'].create({'name': "Daily", 'attendance_ids': [(5, 0, 0), *(
            (0, 0, {'name': "Work", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18, 'day_period': 'morning'})
            for day in range(7))]})
        provider = env['stokiva.provider'].search([('partner_id.name', '=', NEAR.name)])
        provider.write({'resource_calendar_id': calendar.id, 'holiday_country_id': False, 'tz': 'Europe/Istanbul'})
        env.company.stokiva_slots = True
        env.company.partner_id.tz = 'Europe/Istanbul'
        env['stokiva.service.type'].search([]).write({
            'photos_before': 0, 'photos_after': 0, 'needs_serial': False, 'needs_signature': False})
        device_type = env['stokiva.device.type'].search([('name', '=', "Washing machine")])
        env['stokiva.fault'].create({'name': "Leaks", 'kind': 'symptom', 'device_type_id': device_type.id})
        customer = make_customer(env, "Leyla Tan")
        users = env['res.users'].with_context(no_reset_password=True)
        for login, group, values in (
                (MANAGER, 'stokiva_service.group_stokiva_manager', {'name': "Nur Ak"}),
                (CUSTOMER, 'base.group_portal', {'partner_id': customer.id, 'name': customer.name})):
            users.create({
                'login': login, 'password': PASSWORD, 'email': f'{login}@deniz.example', 'tz': 'Europe/Istanbul', 'lang': 'en_US',
                'group_ids': [(6, 0, env.ref(group).ids)], **values})
        return {'provider': provider.id, 'customer': customer.id}


def complete(env, orders, customer):
    """Have orders of one trip carried out and approved without further words."""
    user = env['res.users'].search([('login', '=', NEAR.dispatcher)])
    technician = env['stokiva.personnel'].search([('name', '=', NEAR.technician_name)])
    for event in ('accept', 'plan', 'depart', 'start', 'submit'):
        orders._apply_event(event, {'personnel_id': technician.id} if event == 'plan' else {}, actor=user, channel='portal')
    for order in orders:
        order._apply_event('approve', {'approval_id': order.approval_ids.id}, actor=customer, channel='link')


def test_a_provider_runs_its_business(shop, people, jobs, open_page, snap):
    with shop.env() as env:
        customer = make_customer(env, "Onur Su")
        done = sell(env, customer).stokiva_work_order_ids
        complete(env, done, customer)
        earned = done.settlement_ids.with_user(env['res.users'].search([('login', '=', MasterData.settlement)]))
        earned.action_approve()
        earned.action_create_statements()
        earned.statement_id.action_send()
        env['stokiva.performance.day']._cron_count()
        number = sell(env, make_customer(env, "Derya Kurt")).stokiva_work_order_ids.name
    leader = jobs(NEAR.dispatcher)
    accept_from_the_counts(leader, number)
    day = plan_in_the_calendar(leader, number)
    add_a_colleague(leader, shop)
    note_an_absence(leader, day)
    change_hours_and_ask_for_an_area(leader)

    desk = open_page(shop.server)
    log_in(desk, MANAGER, PASSWORD)
    answer_in_the_office(Office(desk, snap))
    wide = open_page(shop.server)
    log_in(wide, NEAR.dispatcher, PASSWORD)
    see_the_answer_and_confirm_the_statement(wide, snap)


def accept_from_the_counts(leader, number):
    """The home page counts the offer; who presses it comes to the list, and from there to the offer."""
    page = leader.page
    leader.snap('home')
    page.locator('.o_stokiva_count', has_text="Offers").click()
    page.locator('.o_stokiva_row', has_text=number).click()
    page.get_by_label("Who goes?").select_option(label=NEAR.technician_name)
    page.get_by_role('button', name="Accept").click()
    leader.expect_done("accepted")


def plan_in_the_calendar(leader, number):
    """The agenda shows what has no time yet; it gets one of the free windows, and stands on its day."""
    page = leader.page
    leader.go("Calendar")
    unplanned = page.locator('section', has_text="To be planned").locator('.o_stokiva_row', has_text=number)
    leader.snap('calendar')
    unplanned.click()
    plan = leader.fold("Plan visit")
    window = plan.get_by_label("Your next free times").locator('option').nth(4)
    value = window.get_attribute('value')
    plan.get_by_label("Your next free times").select_option(value=value)
    plan.get_by_role('button', name="Plan visit").click()
    leader.expect_done("visit is planned")
    start = datetime.fromisoformat(value.split('/')[0]).replace(tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo('Europe/Istanbul'))
    leader.go("Calendar")
    expect(page.locator('.o_stokiva_week')).to_be_visible()
    expect(page.locator('section', has_text="To be planned").locator('.o_stokiva_row', has_text=number)).to_have_count(0)
    link = page.locator('.o_stokiva_week').get_by_role('link', name=f'{start:%A} {start.day} ')
    if not link.count():
        page.get_by_role('link', name="A week later").click()
    link.click()
    visit = page.locator('section', has_text="Visits").locator('.o_stokiva_row', has_text=number)
    expect(visit).to_contain_text(f'{start:%H:%M}')
    expect(visit).to_contain_text(NEAR.technician_name)
    leader.snap('day')
    return start.date()


def add_a_colleague(leader, shop):
    """A new assistant gets a letter with his way in."""
    page = leader.page
    leader.go("Team")
    form = leader.fold("Add a person")
    form.get_by_label("Name").fill("Cem Usta")
    form.get_by_label("Phone").fill("0532 444 55 66")
    form.get_by_label("E-mail").first.fill('cem@moda.example')
    form.get_by_label("Role").select_option(label="Technician")
    form.get_by_role('button', name="Add a person").click()
    expect(page.locator('.alert-success')).to_be_visible()
    leader.go("Team")
    person = page.locator('.o_stokiva_person', has_text="Cem Usta")
    expect(person).to_contain_text("Invited")
    expect(person).to_contain_text("+90 532 444 55 66")
    leader.snap('team')
    shop.send_messages()
    assert any(address == 'cem@moda.example' for address, _letter in shop.mailbox.letters)


def note_an_absence(leader, day):
    """Who is away stands in the agenda of that day."""
    page = leader.page
    page.locator('.o_stokiva_person').get_by_role('link', name="Cem Usta").click()
    form = leader.fold("Note an absence")
    form.get_by_label("First day").fill(day.isoformat())
    form.get_by_label("Last day").fill(day.isoformat())
    form.get_by_role('button', name="Note an absence").click()
    expect(page.locator('#absences .o_stokiva_line')).to_have_count(1)
    page.goto(f'/my/jobs/calendar?day={day}')
    expect(page.locator('.o_stokiva_card', has_text="Away:")).to_contain_text("Cem Usta")
    leader.snap('away')


def change_hours_and_ask_for_an_area(leader):
    """Hours hold at once; another district is the manager's decision."""
    page = leader.page
    leader.go("Your company")
    form = leader.fold("Change the hours")
    form.locator('input[name=to_5]').fill('14:00')
    form.get_by_role('button', name="Save these hours").click()
    expect(page.locator('#hours')).to_contain_text("14:00")
    page.locator('#areas').get_by_role('searchbox').fill("Üskü")
    page.locator('#areas').get_by_role('button', name="Search").click()
    page.get_by_role('button', name="Ask for it: Üsküdar").click()
    expect(page.locator('#areas')).to_contain_text("The manager is asked")
    leader.snap('company')


def answer_in_the_office(desk):
    """The manager finds what is asked, and says yes."""
    desk.go("Service", "Network", "Changes of Service Areas")
    desk.open_row("Üsküdar")
    desk.snap('area-asked')
    desk.press("Approve")
    desk.expect_state("Approved")


def see_the_answer_and_confirm_the_statement(page, snap):
    """At a desk: the new district, the statement, and how the provider does."""
    page.goto('/my/jobs/company')
    expect(page.locator('#areas .o_stokiva_line', has_text="Üsküdar").first).to_contain_text("District")
    nav = page.locator('.o_stokiva_nav')
    nav.get_by_role('link', name="Home").click()
    page.locator('.o_stokiva_count', has_text="Statements to confirm").click()
    page.locator('.o_stokiva_row').first.click()
    snap(page, 'statement', full_page=True)
    page.locator('.o_stokiva_side').get_by_role('button').click()
    expect(page.locator('.alert-success')).to_contain_text("The statement is confirmed")
    nav.get_by_role('link', name="Performance").click()
    expect(page.locator('.o_stokiva_card', has_text="Completed").locator('.o_stokiva_number').first).to_have_text("1")
    snap(page, 'performance', full_page=True)


def test_a_customer_helps_himself(shop, people, open_page, snap, photo):
    page = open_page(shop.server, device='phone')
    log_in(page, CUSTOMER, PASSWORD)
    page.goto('/my/appliances')
    page.get_by_role('link', name="Register an appliance").click()
    page.get_by_label("What is it?").select_option(label="Washing machine")
    page.get_by_label("Model").fill("Delta 8")
    page.get_by_label("Serial number").fill("LT-2024-88")
    page.get_by_role('button', name="Register").click()
    expect(page.locator('.alert-success')).to_be_visible()
    snap(page, 'registered', full_page=True)
    page.locator('.o_stokiva_row', has_text="LT-2024-88").click()
    page.get_by_role('link', name="Request service").click()
    page.get_by_text("Leaks").click()
    page.get_by_label("In your own words").fill("Water under the machine.")
    page.get_by_label("Photos").set_input_files(photo('leak'))
    page.locator('.o_stokiva_figures', has_text="–").last.click()
    snap(page, 'request', full_page=True)
    page.get_by_role('button', name="Send the request").click()
    expect(page.locator('.alert-success')).to_be_visible()
    expect(page.locator('#wrap')).to_contain_text("Leaks")
    snap(page, 'requested', full_page=True)

    with shop.env() as env:
        customer = env['res.partner'].browse(people['customer'])
        [asked] = env['stokiva.work.order'].search([('partner_id', '=', customer.id)])
        assert asked.window_start and asked.media_ids and asked.symptom_ids
        orders = sell(env, customer, 2).stokiva_work_order_ids
        complete(env, orders, customer)
        orders.completed_at = datetime.now() - timedelta(days=2)
        env['stokiva.rating']._cron_ask()
    shop.send_messages()
    rate_both_by_one_link(open_page(shop.server, device='phone'), shop, snap)


def rate_both_by_one_link(page, shop, snap):
    """One letter asks about both appliances; he says one thing of all, then another of one of them."""
    page.goto(shop.mailbox.find_link(f'{CUSTOMER}@deniz.example', "How was our service?"))
    expect(page.locator('.lead')).to_contain_text(APPLIANCE)
    page.locator('label[for=s4]').click()
    page.get_by_role('button', name="Send").click()
    expect(page.get_by_text("Thank you, we have your rating.")).to_be_visible()
    page.get_by_text("Rate each one by itself").click()
    page.locator('details fieldset').last.locator('label').nth(1).click()
    snap(page, 'rating', full_page=True)
    page.get_by_role('button', name="Send").click()
    expect(page.locator('details[open] input:checked')).to_have_count(2)
    with shop.env() as env:
        assert sorted(env['stokiva.rating'].search([('source', '=', 'link')]).mapped('stars')) == [2, 4]
