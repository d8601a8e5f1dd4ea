"""The whole job, by clicks: from the sale of two appliances to the provider's paid settlements."""
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from e2e.customer import ApprovalPage
from e2e.master_data import (
    APPLIANCE,
    COST_PART,
    DISTRICT,
    PART,
    RATE_LABOUR,
    RATE_TRAVEL,
    WORKMANSHIP,
    MasterData,
    make_customer,
)
from playwright.sync_api import expect

NAME, ADDRESS = "Ayşe Yılmaz", 'ayse@customer.example'
COMPLAINT = "It leaks at the back, under the hose."
TOTAL = 2 * (RATE_LABOUR + COST_PART) + RATE_TRAVEL


def test_whole_job(shop, office, jobs, open_page, snap, photo):
    with shop.env() as env:
        make_customer(env, NAME, ADDRESS)

    salesperson = office(MasterData.sales)
    sell_two(salesperson)
    numbers = see_two_offers(salesperson)

    shop.send_messages()
    dispatcher = jobs(MasterData.near.dispatcher)
    accept_and_plan(dispatcher, numbers)

    technician = jobs(MasterData.near.technician)
    for index, number in enumerate(numbers):
        carry_out(technician, number, f'SN-10{index}', photo, is_first=not index)

    shop.send_messages()
    link = shop.mailbox.find_link(ADDRESS, "Please approve our work")
    page = ApprovalPage(open_page(shop.server, device='phone'), snap, link)
    approve_one_dispute_other(page)

    desk = office(MasterData.dispatcher)
    send_back_to_work(desk, numbers)
    known = len(shop.mailbox.letters)
    finish_after_dispute(technician, numbers[1], photo)
    shop.send_messages()
    link = shop.mailbox.find_link(ADDRESS, "Please approve our work", after=known)
    approve_the_rest(ApprovalPage(open_page(shop.server, device='phone'), snap, link))
    see_what_the_customer_said(desk, numbers[1])

    officer = office(MasterData.settlement)
    statement = settle(officer, numbers)
    pay(office(MasterData.accountant), statement)
    see_paid(officer, statement, numbers)
    see_statement_paid_in_portal(dispatcher, statement)


def sell_two(salesperson):
    """The salesperson makes a quotation and confirms it."""
    page = salesperson.page
    salesperson.go("Sales", "Orders", "Quotations")
    salesperson.press("New")
    salesperson.expect_form()
    salesperson.choose('partner_id', NAME)
    page.get_by_text("Add a product", exact=True).click()
    line = page.locator('.o_field_x2many_list .o_selected_row')
    salesperson.choose('product_template_id', APPLIANCE)
    line.locator('[name=product_uom_qty] input').fill('2')
    salesperson.snap('quotation')
    salesperson.press("Confirm")
    salesperson.expect_state("Sales Order")


def see_two_offers(salesperson):
    """Two orders of one group stand with a provider who covers the district; return their numbers."""
    button = salesperson.smart_button("Work orders")
    expect(button).to_contain_text("2")
    salesperson.snap('sale-confirmed')
    button.click()
    rows = salesperson.rows(MasterData.near.name)
    expect(rows).to_have_count(2)
    for index in range(2):
        expect(rows.nth(index)).to_contain_text(DISTRICT)
        expect(rows.nth(index)).to_contain_text("Assigned")
    numbers = sorted(rows.nth(index).locator('td[name=name]').inner_text() for index in range(2))
    salesperson.snap('work-orders-of-the-sale')
    salesperson.open_row(numbers[1])
    expect(salesperson.field('group_id')).to_contain_text(numbers[0])
    return numbers


def accept_and_plan(dispatcher, numbers):
    """The provider's dispatcher accepts both on the phone, and plans one visit for both."""
    page = dispatcher.page
    offer = page.locator('.o_stokiva_offer')
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text(DISTRICT)
    expect(page.locator('body')).not_to_contain_text(NAME)
    dispatcher.snap('offer')
    offer.get_by_role('link', name="Look").click()
    expect(page.locator('.o_stokiva_clock')).to_have_text(re.compile(r'\d:\d\d'))
    dispatcher.snap('offer-of-two')
    page.get_by_role('button', name="Accept").click()
    dispatcher.expect_done("accepted")
    expect(page.locator('body')).to_contain_text("Bahariye Caddesi 12/5")
    dispatcher.snap('accepted')

    begin = datetime.now(ZoneInfo('Europe/Istanbul')).replace(minute=0) + timedelta(hours=1)
    plan = dispatcher.fold("Plan visit")  # the only technician is given the job with the acceptance
    plan.get_by_label("Technician").select_option(label=MasterData.near.technician_name)
    plan.get_by_label("From").fill(begin.strftime('%Y-%m-%dT%H:%M'))
    plan.get_by_label("Until").fill((begin + timedelta(hours=2)).strftime('%Y-%m-%dT%H:%M'))
    dispatcher.snap('planning')
    plan.get_by_role('button', name="Plan visit").click()
    dispatcher.expect_done("visit is planned")
    for number in numbers:
        dispatcher.open(number)
        expect(page.locator('.o_stokiva_head')).to_contain_text(MasterData.near.technician_name)


def carry_out(technician, number, serial, photo, is_first):
    """The technician drives there, works, notes what was done, and submits."""
    technician.open(number)
    if is_first:
        technician.snap('technician')
        technician.depart()  # for both: it is one trip
        technician.snap('on-the-way')
    technician.expect_badge("On the way")
    technician.start()
    technician.add_photo("Before", photo('before'))
    technician.note_serial(serial)
    technician.add_labour(WORKMANSHIP)
    technician.add_part(PART, is_own=True)
    technician.add_photo("After", photo('after', colour=(60, 140, 90)))
    technician.snap('work-done')
    technician.submit()
    technician.snap('submitted')


def approve_one_dispute_other(page):
    """The customer sees what was done on both appliances, and answers for each."""
    for serial in ('SN-100', 'SN-101'):
        assert page.expect_work(page.device(serial), WORKMANSHIP, PART) == 2
    page.snap('approval-page')
    page.device('SN-100').get_by_text("I approve", exact=True).click()
    page.device('SN-101').get_by_text("There is a problem, I do not approve").click()
    page.device('SN-101').get_by_label("What is wrong?").fill(COMPLAINT)
    page.give_stars(4)
    page.sign()
    page.page.get_by_label("Name and surname").fill(NAME)
    page.snap('approval-signed')
    page.page.get_by_role('button', name="Send my answers").click()
    expect(page.page.get_by_text("Your approval was recorded on")).to_be_visible()
    expect(page.page.get_by_text("We have your message of")).to_be_visible()
    page.snap('approval-answered')


def send_back_to_work(desk, numbers):
    """The office's dispatcher finds the dispute, reads it, and lets the work be taken up again."""
    desk.go("Service", "Operations", "Awaiting Approval")
    row = desk.rows(numbers[1])
    expect(row).to_contain_text("Disputed")
    expect(desk.rows(numbers[0])).to_have_count(0)
    desk.snap('disputed-in-list')
    desk.open_row(numbers[1])
    expect(desk.page.locator('.o_form_view .badge', has_text="Disputed")).to_be_visible()
    expect(desk.page.locator('.alert-danger')).to_contain_text(COMPLAINT)
    desk.snap('disputed')
    desk.press("Back to work")
    desk.expect_state("In progress")
    desk.snap('back-to-work')


def finish_after_dispute(technician, number, photo):
    """The technician reads the complaint, mends it, and submits again."""
    technician.open(number)
    expect(technician.page.locator('.alert-warning')).to_contain_text(COMPLAINT)
    technician.snap('objection')
    technician.add_photo("After", photo('mended', colour=(150, 120, 60)))
    technician.submit()


def approve_the_rest(page):
    """The customer approves what was disputed."""
    expect(page.page.get_by_role('button', name="I approve", exact=True)).to_be_visible()
    assert page.expect_work(page.page.locator('.device').first, WORKMANSHIP, PART) == 3
    page.give_stars(5)
    page.sign()
    page.page.get_by_label("Name and surname").fill(NAME)
    page.snap('approval-of-the-rest')
    page.page.get_by_role('button', name="I approve", exact=True).click()
    expect(page.page.get_by_text("Your approval was recorded on")).to_have_count(2)
    page.snap('all-approved')


def see_what_the_customer_said(desk, number):
    """The office sees both answers, and the text message that asked for the second one."""
    page = desk.page
    desk.reload()
    expect(desk.field('name')).to_have_text(number)
    desk.expect_state("Completed")
    page.get_by_role('tab', name="Approval").click()
    answers = page.locator('.o_field_widget[name=approval_ids] .o_kanban_record:not(.o_kanban_ghost)')
    expect(answers).to_have_count(2)
    expect(answers.filter(has_text="Approved")).to_have_count(1)
    expect(answers.filter(has_text="Refused")).to_contain_text(COMPLAINT)
    desk.snap('both-answers')
    desk.smart_button("SMS").click()
    texts = desk.rows("{link}")
    expect(texts).to_have_count(1)
    expect(texts).to_contain_text("Sent")
    desk.snap('text-messages')


def settle(officer, numbers):
    """The settlement officer approves what the provider earned, and bills it; return the statement's number."""
    officer.go("Service", "Settlement", "Settlements")
    officer.remove_filters()
    for number in numbers:
        expect(officer.rows(number)).to_contain_text("Pending")
    expect(officer.rows()).to_have_count(2)
    officer.snap('settlements')
    officer.select_all()
    officer.press("Approve…")
    expect(officer.dialog).to_contain_text("2 settlements")
    officer.snap('approving')
    officer.press_in_dialog("Approve")
    for number in numbers:
        expect(officer.rows(number)).to_contain_text("Approved")

    officer.open_row(numbers[0])
    officer.snap('settlement')
    officer.go("Service", "Settlement", "Statements")
    officer.press("New statement")
    expect(officer.dialog).to_contain_text("2 approved settlements")
    officer.snap('new-statement')
    officer.press_in_dialog("Create statements")
    officer.expect_form()
    statement = officer.field('name').inner_text()
    expect(officer.field('amount_earned')).to_contain_text(f'{TOTAL:,.2f}')
    officer.press("Confirm for the provider")
    officer.press_in_dialog("The provider has agreed")
    officer.expect_state("Confirmed")
    officer.press("Create bill")
    officer.expect_state("Billed")
    officer.snap('statement-billed')
    return statement


def pay(accountant, statement):
    """The accountant posts the bill and registers its payment."""
    accountant.go("Invoicing", "Vendors", "Bills")
    accountant.rows(MasterData.near.name).first.locator('td[name=invoice_partner_display_name]').click()
    accountant.expect_form()
    expect(accountant.field('ref').locator('input')).to_have_value(statement)
    accountant.snap('bill')
    accountant.press("Confirm")
    accountant.expect_state("Posted")
    accountant.press("Pay")
    expect(accountant.dialog).to_contain_text("Pay")
    accountant.snap('paying')
    accountant.press_in_dialog("Create Payment")
    expect(accountant.smart_button("Payments")).to_contain_text("1")
    expect(accountant.page.locator('.ribbon:visible')).to_have_text(re.compile(r"paid|in payment", re.I))
    accountant.snap('bill-paid')


def see_paid(officer, statement, numbers):
    """Statement and settlements follow the bill."""
    officer.reload()
    officer.expect_state("Paid")
    expect(officer.field('name')).to_have_text(statement)
    officer.snap('statement-paid')
    officer.go("Service", "Settlement", "Settlements")
    officer.remove_filters()
    for number in numbers:
        expect(officer.rows(number)).to_contain_text("Paid")
    officer.snap('settlements-paid')


def see_statement_paid_in_portal(dispatcher, statement):
    """The provider sees the money of both jobs."""
    page = dispatcher.page
    dispatcher.go("Statements")
    row = page.locator('.o_stokiva_row', has_text=statement)
    expect(row).to_contain_text("Paid")
    row.click()
    expect(page.locator('.o_stokiva_side')).to_contain_text(f'{TOTAL:,.2f}')
    dispatcher.snap('statement-in-portal')
