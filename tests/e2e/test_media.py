"""Photos, videos and documents of a work order in the office, and the first steps of a new company."""
import hashlib
import json
import random
import zipfile

import pytest
from e2e.master_data import PASSWORD, MasterData, make_customer, sell
from helpers import log_in
from PIL import Image, ImageDraw
from playwright.sync_api import expect

# Two seconds of a canvas, recorded by the browser itself.
RECORD = """async () => {
    const canvas = document.createElement('canvas'), pen = canvas.getContext('2d'), parts = [];
    const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: 'video/webm'});
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.start();
    for (let turn = 0; turn < 20; turn++) {
        pen.fillStyle = `hsl(${turn * 18}, 80%, 50%)`;
        pen.fillRect(0, 0, canvas.width, canvas.height);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    recorder.stop();
    await new Promise((resolve) => (recorder.onstop = resolve));
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


class Gallery:
    """The page “Photos and videos” of a work order's form."""

    def __init__(self, desk):
        self.desk = desk
        self.page = desk.page
        self.page.get_by_role('tab', name="Photos and videos").click()
        self.box = self.page.locator('.o_stokiva_media_gallery')
        self.cards = self.box.locator('.o_kanban_record:not(.o_kanban_ghost)')
        self.viewer = self.page.locator('.o-FileViewer')

    def upload(self, kind, *paths):
        self.box.get_by_label("Kind").select_option(label=kind)
        with self.page.expect_file_chooser() as chooser:
            self.box.get_by_role('button', name="Upload files").click()
        chooser.value.set_files(paths)

    def enlarge(self, number):
        self.cards.nth(number).locator('.o_stokiva_media_preview').click()
        expect(self.viewer).to_be_visible()


@pytest.fixture
def scene(tmp_path):
    """Return a function that takes a photo unlike all others: `scene('drum')` → path of a JPEG."""
    def take(name):
        luck = random.Random(name)
        image = Image.new('RGB', (2400, 1800), 'lightgrey')
        pen = ImageDraw.Draw(image)
        for _shape in range(8):
            left, top = luck.randrange(2000), luck.randrange(1500)
            pen.rectangle((left, top, left + 700, top + 500), fill=tuple(luck.randbytes(3)))
        path = tmp_path / f'{name}.jpg'
        image.save(path)
        return path
    return take


@pytest.fixture
def order(shop):
    """Return the number of a new work order."""
    with shop.env() as env:
        return sell(env, make_customer(env, "Gizem Er")).stokiva_work_order_ids.name


@pytest.fixture
def open_gallery(office):
    """Return a function that opens an order's photos as the dispatcher."""
    def open_(order, device='desktop'):
        desk = office(MasterData.dispatcher, device=device)
        desk.page.goto('/odoo/service-orders')
        if device == 'desktop':
            desk.remove_filters()
            desk.open_row(order)
        else:
            desk.page.locator('.o_kanban_record', has_text=order).click()
            desk.expect_form()
        return Gallery(desk)
    return open_


def test_gallery(open_gallery, open_page, order, scene, tmp_path):
    open_page.allowed.append('400')  # what the browser notes of the refused file
    gallery = open_gallery(order)
    page = gallery.page
    video, bad = tmp_path / 'leak.webm', tmp_path / 'holiday.jpg'
    video.write_bytes(bytes(page.evaluate(RECORD)))
    bad.write_bytes(b'<html><script>alert(1)</script>')

    gallery.upload("Fault", scene('drum'), bad)
    expect(page.locator('.o_notification')).to_contain_text("holiday.jpg: This file is not a photo")
    gallery.desk.snap('refused')
    page.locator('.o_notification_close').click()
    expect(gallery.cards).to_have_count(0)

    gallery.upload("Before", scene('drum'), scene('hose'))
    expect(gallery.cards).to_have_count(2)
    gallery.upload("Fault", video)
    expect(gallery.cards).to_have_count(3)
    gallery.desk.snap('uploaded')

    gallery.enlarge(0)
    picture = gallery.viewer.locator('img')
    expect(picture).to_be_visible()
    assert picture.evaluate('image => image.decode().then(() => image.naturalWidth)') == 2000
    first = picture.get_attribute('src')
    page.keyboard.press('ArrowRight')
    expect(picture).not_to_have_attribute('src', first)
    gallery.desk.snap('enlarged')
    page.keyboard.press('ArrowRight')
    film = gallery.viewer.locator('video')
    film.evaluate('video => video.play()')
    page.keyboard.press('ArrowLeft')
    expect(picture).to_be_visible()
    page.keyboard.press('Escape')
    expect(gallery.viewer).to_have_count(0)

    gallery.cards.nth(2).get_by_text("Fault").click()
    gallery.desk.dialog_field('name').locator('input').fill("Leak below the door")
    gallery.desk.press_in_dialog("Save")
    page.locator('.o_form_button_save').click()
    gallery.desk.settle()
    gallery.desk.reload()
    gallery = Gallery(gallery.desk)
    expect(gallery.cards.filter(has_text="Leak below the door")).to_have_count(1)

    with page.expect_download() as download:
        gallery.box.get_by_role('link', name="Download all").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        manifest = json.loads(packed.read('manifest.json'))
        assert manifest['work_order'] == order
        assert [entry['kind'] for entry in manifest['files']] == ['before', 'before', 'fault']
        assert manifest['files'][2]['file'].endswith('leak-below-the-door.webm')
        for entry in manifest['files']:
            assert hashlib.sha256(packed.read(entry['file'])).hexdigest() == entry['sha256']


def test_same_photo_in_another_order(open_gallery, order, scene, shop):
    with shop.env() as env:
        other = sell(env, make_customer(env, "Okan Bal")).stokiva_work_order_ids.name
    gallery = open_gallery(other)
    gallery.upload("Work", scene('panel'))
    expect(gallery.cards).to_have_count(1)
    again = open_gallery(order)
    again.upload("Work", scene('panel'))
    expect(again.cards).to_contain_text(other)
    expect(again.page.locator('.o_form_view .alert-warning:visible')).to_contain_text("used in another order")
    again.desk.snap('seen-before')


def test_gallery_on_a_telephone(open_gallery, order, scene):
    gallery = open_gallery(order, 'phone')
    gallery.upload("After", scene('door'), scene('lid'))
    expect(gallery.cards).to_have_count(2)
    page = gallery.page
    # Both at one moment, as cards move while pictures come in.
    left, right = gallery.cards.evaluate_all('cards => cards.map(card => card.getBoundingClientRect().toJSON())')
    assert left['y'] == right['y'] and left['x'] < right['x']
    assert page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')
    gallery.enlarge(1)
    gallery.desk.snap('enlarged')
    gallery.viewer.get_by_role('button', name="Close").click()
    expect(gallery.viewer).to_have_count(0)


def test_first_steps(shop, open_page, snap):
    with shop.env() as env:
        env['res.users'].create({
            'login': 'selin.manager', 'password': PASSWORD, 'name': "Selin Ak", 'lang': 'en_US', 'group_ids': [
                (6, 0, [env.ref(group).id for group in (
                    'stokiva_service.group_stokiva_manager', 'sales_team.group_sale_manager', 'base.group_erp_manager')])]})
    page = open_page(shop.server)
    log_in(page, 'selin.manager', PASSWORD)
    page.goto('/odoo/service-setup')
    steps = page.locator('.o_stokiva_setup_step')
    expect(steps).to_have_count(4)
    # Providers and products are there already, the company's address is not.
    expect(steps.nth(0).get_by_title("To do")).to_be_visible()
    expect(steps.nth(1).get_by_title("Done")).to_be_visible()
    snap(page, 'steps')
    steps.nth(0).get_by_role('button', name="Complete the company").click()
    page.get_by_placeholder("City").fill("İstanbul")
    page.locator('.o_field_widget[name=country_id] input').fill("Türkiye")
    page.locator('.o-autocomplete--dropdown-item').get_by_text("Türkiye", exact=True).click()
    page.locator('.o_form_button_save').click()
    expect(page.locator('.o_form_button_save')).to_be_hidden()
    # The web client loads itself anew after a change of the company: what comes next would race with it.
    page = open_page(shop.server)
    log_in(page, 'selin.manager', PASSWORD)
    page.goto('/odoo/service-setup')
    steps = page.locator('.o_stokiva_setup_step')
    expect(steps.nth(0).get_by_title("Done")).to_be_visible()
    page.reload()
    expect(steps).to_have_count(4)

    page.get_by_role('button', name="Hide these steps").click()
    page.locator('.modal').get_by_role('button', name="Hide").click()
    expect(page.locator('.o_menu_sections')).to_contain_text("Operations")
    expect(page.locator('.o_menu_sections')).not_to_contain_text("Getting Started")
