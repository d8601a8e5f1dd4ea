"""What else happens to a work order, by clicks of the person concerned."""
import pytest
from e2e.master_data import MasterData, make_customer, sell
from playwright.sync_api import expect


@pytest.fixture
def order_of(shop):
    """Return a function that sells one appliance to somebody and takes its order as far as wanted.

    `order_of("Name", 'accept', 'plan', 'depart')` → number of the order, id of the sale
    """
    def prepare(customer, *events, quantity=1):
        with shop.env() as env:
            sale = sell(env, make_customer(env, customer), quantity)
            orders = sale.stokiva_work_order_ids
            users = env['res.users']
            dispatcher = users.search([('login', '=', MasterData.near.dispatcher)])
            technician = env['stokiva.personnel'].search([('name', '=', MasterData.near.technician_name)])
            for event in events:
                given = {'personnel_id': technician.id} if event == 'plan' else {}
                orders._apply_event(event, given, actor=dispatcher, channel='portal')
            return orders.sorted('id')[:1].name, sale.name
    return prepare


def find_sale(salesperson, name):
    salesperson.go("Sales", "Orders", "Orders")
    salesperson.open_row(name)


def test_rejected_goes_to_the_next_provider(order_of, jobs, shop):
    number, _sale = order_of("Mehmet Ak")
    first = jobs(MasterData.near.dispatcher)
    first.page.locator('.o_stokiva_offer').get_by_role('link', name="Look").click()
    form = first.fold("Reject")
    form.get_by_label("Reason").select_option(label="No free time")
    first.snap('rejecting')
    form.get_by_role('button', name="Reject").click()
    first.expect_done("rejected")
    expect(first.page.locator('.o_stokiva_offer')).to_have_count(0)

    second = jobs(MasterData.other.dispatcher)
    offer = second.page.locator('.o_stokiva_offer')
    expect(offer).to_have_count(1)
    second.snap('next-offer')
    offer.get_by_role('button', name="Accept").click()
    second.expect_done("accepted")
    expect(second.page.locator('h1')).to_have_text(number)


def test_customer_absent(order_of, jobs):
    number, _sale = order_of("Selin Su", 'accept', 'plan', 'depart')
    technician = jobs(MasterData.near.technician)
    technician.open(number)
    form = technician.fold("End visit")
    form.get_by_label("How did the visit end?").select_option(label="Customer absent")
    form.get_by_label("Note for the next visit").fill("Rang twice, nobody was there.")
    technician.snap('ending-the-visit')
    form.get_by_role('button', name="End visit").click()
    technician.expect_done("Plan the next one")
    technician.expect_badge("Accepted")
    technician.depart()


def test_canceled_by_the_office(order_of, office):
    number, _sale = order_of("Hasan Taş", 'accept')
    desk = office(MasterData.dispatcher)
    desk.go("Service", "Operations", "Work Orders")
    desk.open_row(number)
    desk.press("Cancel…")
    desk.dialog_field('reason').locator('input').fill("The customer moved away.")
    desk.snap('cancelling')
    desk.press_in_dialog("Cancel order")
    desk.expect_state("Canceled")
    desk.snap('canceled')


def test_returned_by_the_provider(order_of, jobs):
    number, _sale = order_of("Fatma Öz", 'accept', 'plan', 'depart', 'start')
    dispatcher = jobs(MasterData.near.dispatcher)
    dispatcher.open(number)
    form = dispatcher.fold("Return")
    form.get_by_label("Why is the work not done?").fill("Damaged in transport, goes back to the shop.")
    dispatcher.snap('returning')
    form.get_by_role('button', name="Return").click()
    dispatcher.expect_done("returned")
    dispatcher.expect_badge("Returned")
    expect(dispatcher.page.locator('body')).not_to_contain_text("Bahariye")


def test_sale_canceled(order_of, office):
    _number, sale = order_of("Ali Kurt", 'accept', quantity=2)
    salesperson = office(MasterData.sales)
    find_sale(salesperson, sale)
    salesperson.press("Cancel")
    expect(salesperson.dialog).to_be_visible()
    salesperson.snap('cancelling-the-sale')
    salesperson.press_in_dialog("Ok")
    salesperson.expect_state("Cancelled")
    salesperson.smart_button("Work orders").click()
    expect(salesperson.rows("Canceled")).to_have_count(2)
    salesperson.snap('orders-canceled')


def test_quantity_changed(order_of, office):
    _number, sale = order_of("Emine Gül", 'accept', quantity=2)
    salesperson = office(MasterData.sales)
    find_sale(salesperson, sale)
    change_quantity(salesperson, '3')
    expect(salesperson.smart_button("Work orders")).to_contain_text("3")
    salesperson.snap('quantity-raised')
    salesperson.smart_button("Work orders").click()
    expect(salesperson.rows("Accepted")).to_have_count(2)
    expect(salesperson.rows("Assigned")).to_have_count(1)
    salesperson.snap('third-order')

    salesperson.go_back()
    change_quantity(salesperson, '2')
    salesperson.smart_button("Work orders").click()
    expect(salesperson.rows("Accepted")).to_have_count(2)
    expect(salesperson.rows("Canceled")).to_have_count(1)
    salesperson.snap('third-canceled')


def change_quantity(salesperson, quantity):
    line = salesperson.page.locator('.o_field_x2many_list .o_data_row').first
    line.locator('td[name=product_uom_qty]').click()
    line.locator('[name=product_uom_qty] input').fill(quantity)
    save = salesperson.page.locator('.o_form_button_save')
    save.click()
    expect(save).to_be_hidden()
