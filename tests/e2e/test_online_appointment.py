"""A visitor makes an appointment by himself, on his phone: book, confirm by code, move it, cancel it; and what the pages weigh."""
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from e2e.master_data import DISTRICT, MasterData
from playwright.sync_api import expect

ADDRESS = 'selin@customer.example'
STANDARD = {'runOnly': {'type': 'tag', 'values': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}
MAX_BYTES = 100_000
# What moves while a page loads, in the browser's own measure; nothing may.
SHIFTS = """
    window.shifts = 0;
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) { window.shifts += entry.value; }
    })).observe({ type: 'layout-shift', buffered: true });"""


class Checked:
    """A page whose every step is looked at: axe, no shift, no sideways scrolling, and the bytes that were sent for it.

    :ivar dict weights: ``{step: bytes on the wire}``
    """

    def __init__(self, page, snap):
        self.page, self._snap, self.weights, self._bytes = page, snap, {}, 0
        page.add_init_script(SHIFTS)
        network = page.context.new_cdp_session(page)
        network.send('Network.enable')
        network.send('Network.setCacheDisabled', {'cacheDisabled': True})
        network.on('Network.loadingFinished', lambda event: self._add(event['encodedDataLength']))

    def _add(self, number):
        self._bytes += number

    def look(self, step, heading):
        page = self.page
        expect(page.get_by_role('heading', level=1)).to_contain_text(heading)
        page.wait_for_load_state('networkidle')
        self.weights[step], self._bytes = self._bytes, 0
        assert self.weights[step] < MAX_BYTES, f'{step}: {self.weights[step]} bytes'
        for scheme in ('light', 'dark'):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=STANDARD)
            assert not found.violations_count, f'{step}, {scheme}: {found.generate_report()}'
        assert page.evaluate('window.shifts') == 0, f'{step}: the page moves while it loads'
        assert page.evaluate('document.documentElement.scrollWidth') <= page.viewport_size['width'], step
        self._snap(page, step, full_page=True)


@pytest.fixture
def open_shop(shop):
    """Return the path of the page, open; the provider has weekly hours and hence windows."""
    with shop.env() as env:
        calendar = env['resource.calendar'].create({'name': "Daily", 'attendance_ids': [(5, 0, 0), *(
            (0, 0, {'name': "Work", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18, 'day_period': 'morning'})
            for day in range(7))]})
        env['stokiva.provider'].search([('partner_id.name', '=', MasterData.near.name)]).write(
            {'resource_calendar_id': calendar.id, 'holiday_country_id': False, 'tz': 'Europe/Istanbul'})
        env.company.write({
            'country_id': env.ref('base.tr').id, 'stokiva_slots': True, 'stokiva_booking': True,
            'stokiva_booking_lead_hours': 48})
        return f'/appointment/{env.company.id}'


def test_book_move_and_cancel(shop, open_shop, open_page, snap, record_property):
    page = open_page(shop.server, device='phone', bypass_csp=True)
    open_page.allowed.append('400')  # what is missing
    seen = Checked(page, snap)
    page.goto(open_shop)
    seen.look('what', "What is it about?")
    page.get_by_label("Device").select_option(label="Washing machine")
    page.locator('.windows label').first.click()
    page.get_by_role('button', name="Continue").click()
    seen.look('where', "Where is the device?")
    page.get_by_label("Province").select_option(label="İstanbul")
    page.get_by_label("District").select_option(label=DISTRICT)
    page.get_by_role('button', name="Continue").click()
    seen.look('when', "When shall we come?")
    page.locator('.windows label').first.click()
    page.get_by_role('button', name="Choose this time").click()
    seen.look('who', "Who are you?")
    page.get_by_role('button', name="Send me the code").click()
    expect(page.locator('#e_name')).to_be_visible()
    seen.look('missing', "Who are you?")
    for label, value in (
            ("Name and surname", "Selin Er"), ("Mobile phone", "0532 333 44 55"), ("E-mail", ADDRESS),
            ("Street, number and flat", "Moda Caddesi 5")):
        page.get_by_label(label).first.fill(value)
    page.get_by_text("By e-mail").click()
    page.locator('input[name=consent]').check()
    page.get_by_role('button', name="Send me the code").click()
    seen.look('code', "Your code")
    shop.send_messages()
    code = re.search(r'(\d{6}) is your code', shop.mailbox.find(ADDRESS, "Your code"))[1]
    page.locator('#code').fill(code)
    page.get_by_role('button', name="Book the appointment").click()
    seen.look('booked', "Your appointment")

    before = page.locator('.big').inner_text()
    page.get_by_role('link', name="Move the appointment").click()
    seen.look('times', "When shall we come instead?")
    page.locator('.windows label').last.click()
    page.get_by_role('button', name="Move to this time").click()
    expect(page.get_by_text("Your appointment was moved.")).to_be_visible()
    expect(page.locator('.big')).not_to_have_text(before)
    page.get_by_text("Cancel the appointment").first.click()
    page.get_by_label("Why do you cancel?").fill("It works again")
    page.get_by_role('button', name="Cancel the appointment").click()
    seen.look('canceled', "canceled")
    with shop.env() as env:
        [order] = env['stokiva.work.order'].search([('partner_id.email', '=', ADDRESS)])
        assert order.state == 'canceled'
        assert not env['stokiva.slot.booking'].search([('provider_id', '=', order.provider_id.id)]), "the time is free again"
    record_property('figures', ', '.join(f'{step} {weight} bytes' for step, weight in seen.weights.items()))
