"""The warranty is refused on site: quote, the customer's yes, work, approval, payment and invoice."""
import re

from e2e.customer import ApprovalPage
from e2e.master_data import PART, WORKMANSHIP, MasterData, make_customer, sell
from playwright.sync_api import expect

NAME, ADDRESS = "Nermin Sönmez", 'nermin@customer.example'
WHY = "The hose was cut. A new one, and the machine set up again."


def test_refused_warranty_to_invoice(shop, jobs, office, open_page, snap, photo):
    number = start_work(shop)
    technician = jobs(MasterData.near.technician)
    technician.open(number)
    technician.add_labour(WORKMANSHIP)
    technician.add_part(PART)
    refuse_warranty(technician, photo)
    total = ask_for_consent(technician)

    shop.send_messages()
    accept_price(ApprovalPage(
        open_page(shop.server, device='phone'), snap, shop.mailbox.find_link(ADDRESS, "Our quote")), total)

    technician.open(number)
    for kind, colour in (("Before", (40, 90, 120)), ("After", (60, 140, 90))):
        technician.add_photo(kind, photo(kind.lower(), colour=colour))
    technician.note_serial('SN-900')
    technician.submit()
    shop.send_messages()
    approve(ApprovalPage(
        open_page(shop.server, device='phone'), snap, shop.mailbox.find_link(ADDRESS, "Please approve our work")), total)
    take_cash(technician, number, total)

    with shop.env() as env:
        env.ref('stokiva_service.ir_cron_charge').method_direct_trigger()
    see_what_is_to_be_invoiced(office(MasterData.dispatcher), number)
    invoice(office(MasterData.sales), total)


def start_work(shop):
    """Sell an appliance and take its order to the customer's door; return the order's number."""
    with shop.env() as env:
        [order] = sell(env, make_customer(env, NAME, ADDRESS)).stokiva_work_order_ids
        dispatcher = env['res.users'].search([('login', '=', MasterData.near.dispatcher)])
        technician = env['stokiva.personnel'].search([('name', '=', MasterData.near.technician_name)])
        for event in ('accept', 'plan', 'depart', 'start'):
            given = {'personnel_id': technician.id} if event == 'plan' else {}
            order._apply_event(event, given, actor=dispatcher, channel='portal')
        return order.name


def refuse_warranty(technician, photo):
    """The technician photographs what is wrong, and refuses the warranty for it."""
    expect(technician.page.locator('#work')).to_contain_text("Warranty")
    technician.add_photo("Fault", photo('fault', colour=(150, 60, 60)))
    form = technician.fold("Refuse the warranty")
    form.get_by_label("Why the warranty does not hold").select_option(label="Misuse")
    form.get_by_label("What is to be seen").fill("A clean cut, by a knife")
    technician.snap('refusing-the-warranty')
    form.get_by_role('button', name="Refuse the warranty").click()
    technician.expect_done("warranty is refused")


def ask_for_consent(technician):
    """The technician asks the customer to accept the price; return it as it is shown."""
    work = technician.page.locator('#work')
    expect(work).to_contain_text("The customer has not accepted this price yet")
    total = work.locator('.o_stokiva_line', has_text="The customer pays").locator('.o_stokiva_figures').inner_text()
    expect(technician.page.get_by_role('button', name="Send to customer for approval")).to_have_count(0)
    form = technician.page.locator('form[action$="/event/quote"]')
    form.get_by_label("What is to be done, and why").fill(WHY)
    technician.snap('asking-for-consent')
    form.get_by_role('button', name="Ask for consent").click()
    technician.expect_done("asked for consent")
    return total


def accept_price(page, total):
    """The customer reads each price and the tax on his phone, and accepts."""
    card = page.page.locator('.device')
    expect(page.page.locator('h1')).to_have_text("Do you accept this price?")
    for text in (WHY, "Misuse", WORKMANSHIP, PART, "Without tax"):
        expect(card).to_contain_text(text)
    expect(card.locator('.pay')).to_contain_text(total)
    page.sign()
    page.page.get_by_label("Name and surname").fill(NAME)
    page.snap('quote')
    page.page.get_by_role('button', name="I accept the price", exact=True).click()
    expect(page.page.get_by_text("You accepted the price on")).to_be_visible()
    page.snap('price-accepted')


def approve(page, total):
    expect(page.page.locator('.pay')).to_contain_text(total)
    page.give_stars(5)
    page.sign()
    page.page.get_by_label("Name and surname").fill(NAME)
    page.page.get_by_role('button', name="I approve", exact=True).click()
    expect(page.page.get_by_text("Your approval was recorded on")).to_be_visible()


def take_cash(technician, number, total):
    """The customer pays in cash: the technician notes it, on the job that is completed already."""
    technician.page.reload()
    expect(technician.page.locator('h1')).to_have_text(number)
    technician.expect_badge("Completed")
    form = technician.fold("Note a payment")
    form.get_by_label("Receipt number").fill("A-17")
    technician.snap('noting-the-payment')
    form.get_by_role('button', name="Note a payment").click()
    technician.expect_done("payment is noted")
    expect(technician.page.locator('.o_stokiva_line', has_text="Paid on site")).to_contain_text(total)


def see_what_is_to_be_invoiced(desk, number):
    """The office finds it among what is not invoiced, with all that happened."""
    page = desk.page
    page.goto('/odoo/service-orders')
    desk.settle()
    desk.remove_filters()
    page.locator('.o_searchview_dropdown_toggler').click()
    page.locator('.o_filter_menu .o_menu_item').get_by_text("Charged, not invoiced", exact=True).click()
    page.keyboard.press('Escape')
    desk.settle()
    desk.snap('not-invoiced')
    desk.open_row(number)
    page.get_by_role('tab', name="Payment").click()
    expect(desk.field('warranty_refusal')).to_have_text("Misuse")
    expect(desk.field('charge_state')).to_contain_text("To invoice")
    desk.snap('payment')
    page.get_by_role('tab', name="Event log").click()
    log = page.locator('.o_field_widget[name=event_ids]')
    for text in ("Warranty refused", "Quote sent", "Payment received", "A-17", "Sale for the invoice made"):
        expect(log).to_contain_text(text)
    desk.snap('log')


def invoice(salesperson, total):
    """The salesperson makes the invoice from the sale, at the price that was accepted."""
    page, amount = salesperson.page, re.sub(r'[^\d.,]', '', total)
    salesperson.go("Sales", "To Invoice", "Orders to Invoice")
    row = salesperson.rows(amount)
    expect(row).to_have_count(1)
    row.locator('td[name=name]').click()
    salesperson.expect_form()
    expect(page.locator('.o_form_view')).to_contain_text(WORKMANSHIP)
    salesperson.snap('sale-for-the-invoice')
    salesperson.press("Create Invoice")
    expect(salesperson.dialog).to_be_visible()
    salesperson.dialog.get_by_role('button', name="Create Draft").click()
    expect(page.locator('.o_form_view .o_field_widget[name=tax_totals]')).to_contain_text(amount)
    salesperson.snap('invoice')
