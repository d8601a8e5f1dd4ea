"""The page behind the customer's link, on a phone."""
from playwright.sync_api import expect


class ApprovalPage:
    """The browser of somebody who has nothing but the link.

    :ivar page: Playwright's page
    """

    def __init__(self, page, snap, link):
        self.page = page
        self._snap = snap
        page.goto(link)

    def snap(self, name):
        self.page.wait_for_load_state('networkidle')  # photos
        self._snap(self.page, name, full_page=True)

    def device(self, text):
        """Return the part of the page about one device, by its serial number or the like."""
        return self.page.locator('.device', has_text=text)

    def expect_work(self, card, *texts):
        """Check that labour, parts and photos are shown, and that the photos can be seen."""
        for text in texts:
            expect(card.locator('.rows')).to_contain_text(text)
        photos = card.locator('.photos img')
        for index in range(photos.count()):
            photos.nth(index).scroll_into_view_if_needed()
            expect(photos.nth(index)).to_have_js_property('complete', True)
            assert photos.nth(index).evaluate('image => image.naturalWidth') > 0
        return photos.count()

    def sign(self):
        """Draw a signature on the pad with the mouse."""
        pad = self.page.locator('#pad')
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        mouse = self.page.mouse
        stroke = [(.1, .7), (.2, .2), (.3, .8), (.42, .25), (.5, .75), (.6, .4), (.72, .7), (.9, .3)]
        points = [(box['x'] + x * box['width'], box['y'] + y * box['height']) for x, y in stroke]
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point, steps=6)
        mouse.up()
        expect(self.page.locator('input[name=signature]')).not_to_have_value('')

    def give_stars(self, number):
        self.page.locator(f'label[for=s{number}]').click()
        expect(self.page.locator(f'#s{number}')).to_be_checked()
