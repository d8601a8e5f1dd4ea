"""The call centre's form, by keyboard alone: somebody new calls about an appliance that nobody knows."""
import time

from e2e.master_data import APPLIANCE, DISTRICT, MasterData, make_customer, sell
from playwright.sync_api import expect


class Keyboard:
    """Counts what is done on a keyboard: a text typed is one step, so is a key.

    :ivar int steps: how many so far
    """

    def __init__(self, desk):
        self.desk = desk
        self._keys = desk.page.keyboard
        self.steps = 0

    def press(self, key):
        self._keys.press(key)
        self.steps += 1

    def type(self, text):
        self._keys.type(text)
        self.steps += 1

    def at(self, field):
        """Wait until the cursor is in a field."""
        expect(self.desk.page.locator(f'.o_field_widget[name={field}]').locator(
            'input:focus, textarea:focus')).to_have_count(1)

    def fill(self, field, text, choose=False):
        """Type into the field where the cursor is, take the first of what is offered, and go on."""
        self.at(field)
        self.type(text)
        if choose:
            expect(self.desk.page.locator('.o-autocomplete--dropdown-item', has_text=text).first).to_be_visible()
            self.press('Enter')
        self.press('Enter')


def open_desk(office):
    desk = office(MasterData.dispatcher)
    desk.page.goto('/odoo/service-desk')
    desk.expect_form()
    return desk, Keyboard(desk)


def test_new_customer_new_device_by_keyboard(office, shop, record_property):
    desk, keyboard = open_desk(office)
    began = time.monotonic()
    keyboard.fill('query', "0533 765 43 21")
    keyboard.fill('name', "Hasan Usta")
    keyboard.at('phone')
    keyboard.press('Enter')
    keyboard.fill('street', "Moda Caddesi 7")
    keyboard.fill('city_id', DISTRICT, choose=True)
    keyboard.fill('product_id', APPLIANCE, choose=True)
    desk.snap('filled')
    for field in ('new_device_type_id', 'serial', 'date_sold', 'symptom_ids'):
        keyboard.at(field)
        keyboard.press('Enter')
    keyboard.at('note')
    keyboard.type("Does not start")
    keyboard.press('Tab')
    keyboard.fill('service_type_id', "Installation", choose=True)
    keyboard.press('Alt+q')
    expect(desk.page.locator('.alert-success')).to_contain_text(f"Offered to {MasterData.near.name}")
    took = time.monotonic() - began
    desk.snap('opened')
    record_property('steps', keyboard.steps)
    record_property('seconds', round(took, 1))
    assert keyboard.steps <= 30
    assert took < 60

    with shop.env() as env:
        order = env['stokiva.work.order'].search([], order='id desc', limit=1)
        assert order.partner_id.phone == '+905337654321'
        assert (order.partner_id.name, order.city_id.name, order.state) == ("Hasan Usta", DISTRICT, 'assigned')
        assert order.device_id.product_id.name == APPLIANCE
        assert (order.symptom_note, order.event_ids.mapped('channel')) == ("Does not start", ['call', 'call'])
        assert order.window_start

    keyboard.press('Alt+q')
    keyboard.at('query')
    expect(desk.field('query').locator('input')).to_have_value("")


def test_open_order_warns(office, shop):
    with shop.env() as env:
        number = sell(env, make_customer(env, "Feride Toprak")).stokiva_work_order_ids.name
    desk, keyboard = open_desk(office)
    keyboard.fill('query', "feride toprak")
    expect(desk.page.locator('.alert-danger:visible')).to_contain_text("This device has an open order")
    desk.snap('warned')
    desk.choose('service_type_id', "Installation")
    keyboard.press('Alt+q')
    expect(desk.dialog).to_contain_text("why another order")
    keyboard.press('Enter')
    expect(desk.dialog).to_have_count(0)
    keyboard.press('Alt+o')
    expect(desk.page.locator('.o_field_widget[name=name]').first).to_contain_text(number)
