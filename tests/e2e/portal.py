"""The provider's pages on a phone."""
from playwright.sync_api import expect


class Jobs:
    """One person's browser.

    :ivar page: Playwright's page
    """

    def __init__(self, page, snap):
        self.page = page
        self._snap = snap
        home = page.locator('.o_portal_my_home')
        # What is to be clicked moves while Odoo fetches the figures beside it.
        expect(home.locator('.o_portal_doc_spinner')).to_have_count(0)
        home.get_by_role('link', name="Jobs").click()
        expect(page.locator('h1')).to_have_text("What waits for you")

    def snap(self, name):
        self._snap(self.page, name, full_page=True)

    def go(self, name):
        """Choose one of the pages at the top, e.g. "Home"."""
        self.page.locator('.o_stokiva_nav').get_by_role('link', name=name).click()

    def open(self, number):
        """Open an order from the list of open ones."""
        self.go("Work orders")
        self.page.locator('.o_stokiva_row', has_text=number).click()
        expect(self.page.locator('h1')).to_have_text(number)

    def press(self, label):
        """Click a button, or what unfolds a form."""
        self.page.locator('#wrap').locator('button:visible, summary:visible').filter(has_text=label).first.click()

    def fold(self, label):
        """Unfold a form and return it."""
        fold = self.page.locator('details.o_stokiva_fold').filter(
            has=self.page.locator('summary', has_text=label)).first
        fold.locator('summary').click()
        return fold

    def expect_done(self, notice):
        expect(self.page.locator('.alert-success')).to_contain_text(notice)

    def expect_badge(self, label):
        expect(self.page.locator('.o_stokiva_head .o_stokiva_badge', has_text=label)).to_be_visible()

    # -- the technician's work -----------------------------------------------------------------------

    def depart(self):
        self.press("Depart")
        self.expect_done("on the way")

    def start(self):
        self.press("Start work")
        self.expect_done("Work has started")

    def add_photo(self, kind, path):
        """Upload a photo from the phone."""
        upload = self.page.locator('form.o_stokiva_upload')
        upload.get_by_label("Kind of photo").select_option(label=kind)
        upload.locator('input[type=file]').set_input_files(path)
        upload.get_by_role('button', name="Add photos").click()
        self.expect_done("files are added")

    def note_serial(self, serial):
        self.page.get_by_placeholder("Serial number").fill(serial)
        self.press("Note serial number")
        self.expect_done("serial number is noted")

    def add_labour(self, name):
        fold = self.fold("Labour…")
        # By value: a text is only read as it is drawn, and the fold may not be yet.
        fold.get_by_label("What was done").select_option(
            value=fold.locator('option', has_text=name).first.get_attribute('value'))
        fold.get_by_role('button', name="Add labour").click()
        self.expect_done("labour is added")

    def add_part(self, name, is_own=False):
        """Search a part and add one of it.

        :param bool is_own: whether the provider took it from its own stock
        """
        fold = self.fold("Part…")
        fold.get_by_role('searchbox').fill(name)
        fold.get_by_role('button', name="Search").click()
        found = self.page.locator('#part form.o_stokiva_line', has_text=name)
        if is_own:
            found.get_by_label("our own part").check()
        found.get_by_role('button', name="Add").click()
        self.expect_done("part is added")

    def submit(self):
        self.press("Send to customer for approval")
        self.expect_done("asked for approval")
        self.expect_badge("Awaiting approval")
