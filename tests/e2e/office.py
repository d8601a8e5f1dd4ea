"""Odoo's web client, as somebody at a desk uses it."""
import re

from playwright.sync_api import expect

# Milliseconds within which what follows a click has been asked for.
PAUSE = 50
LONGEST = 90_000


class Office:
    """One person's browser.

    :ivar page: Playwright's page
    """

    def __init__(self, page, snap):
        self.page = page
        self._snap = snap
        self._calls = set()
        page.on('request', lambda call: call.resource_type in ('fetch', 'xhr') and self._calls.add(call))
        for end in ('requestfinished', 'requestfailed'):
            page.on(end, lambda call: self._calls.discard(call))
        expect(page.locator('.o_main_navbar')).to_be_visible()

    def snap(self, name):
        self._snap(self.page, name)

    # -- getting there --------------------------------------------------------------------------------

    def go(self, app, *path):
        """Choose an app and then entries of its menu, by their names."""
        page = self.page
        page.locator('.o_navbar_apps_menu button').click()
        page.locator('.o_app').get_by_text(app, exact=True).click()
        expect(page.locator('.o_menu_brand')).to_have_text(app)
        if path:
            page.locator('.o_menu_sections').get_by_text(path[0], exact=True).click()
        for name in path[1:]:
            page.locator('.o-dropdown--menu .dropdown-item').get_by_text(name, exact=True).click()
        if path:
            expect(page.locator('.o_last_breadcrumb_item')).to_contain_text(path[-1])
        self.settle()

    def go_back(self):
        """Return to the record before, by the breadcrumbs."""
        self.page.locator('.o_back_button').click()
        self.expect_form()

    def settle(self):
        """Wait until nothing is being loaded."""
        expect(self.page.locator('.o_control_panel')).to_be_visible()
        # Odoo's own sign of it comes late, and a click while a list is read again is lost.
        for _time in range(LONGEST // PAUSE):
            self.page.wait_for_timeout(PAUSE)
            if not self._calls:
                return
        raise AssertionError(f'still loading {[call.url for call in self._calls]}')

    def reload(self):
        self.page.reload()
        self.settle()

    # -- lists ----------------------------------------------------------------------------------------

    def rows(self, text=None):
        """Return the rows of the list, those with a text if one is given."""
        return self.page.locator('.o_action_manager .o_list_view .o_data_row', has_text=text)

    def open_row(self, text):
        self.rows(text).first.locator('td.o_data_cell[name=name]').click()
        self.expect_form()

    def select_all(self):
        self.page.locator('.o_list_view thead .o_list_record_selector input').click()

    def remove_filters(self):
        """Show all records instead of those that the action chose."""
        facets = self.page.locator('.o_searchview_facet .o_facet_remove')
        expect(facets.first).to_be_visible()
        for left in reversed(range(facets.count())):
            facets.first.click()
            expect(facets).to_have_count(left)
        self.settle()

    # -- forms ----------------------------------------------------------------------------------------

    def expect_form(self):
        expect(self.page.locator('.o_form_view')).to_be_visible()
        self.settle()

    def field(self, name):
        """Return a field of the form."""
        return self.page.locator(f'.o_action_manager .o_form_view .o_field_widget[name={name}]').first

    def choose(self, name, text):
        """Type into a field of the form that refers to something, and take what is offered."""
        self.field(name).locator('input, textarea').first.fill(text)
        self.page.locator('.o-autocomplete--dropdown-item').get_by_text(text).first.click()

    def press(self, label):
        """Click a button of the form or list."""
        self.page.locator('.o_action_manager').get_by_role('button', name=label, exact=True).first.click()

    # -- dialogs --------------------------------------------------------------------------------------

    @property
    def dialog(self):
        return self.page.locator('.o_dialog .modal-content')

    def dialog_field(self, name):
        """Return a field of the dialog."""
        return self.dialog.locator(f'.o_field_widget[name={name}]')

    def press_in_dialog(self, label):
        """Click a button of the dialog, and wait until it is closed."""
        self.dialog.get_by_role('button', name=label, exact=True).click()
        expect(self.dialog).to_have_count(0)

    # -- what the form says ---------------------------------------------------------------------------

    def smart_button(self, label):
        return self.page.locator('.o-form-buttonbox .oe_stat_button', has_text=label)

    def expect_state(self, label):
        expect(self.page.locator('.o_statusbar_status .o_arrow_button_current')).to_have_text(
            re.compile(rf'^\s*{label}\s*$'))

    # -- dashboards -----------------------------------------------------------------------------------

    def open_dashboard(self, board, charts):
        """Open a dashboard by its address, and wait until its graphs are drawn."""
        self.page.goto(f'/odoo/service-dashboard-{board}')
        expect(self.page.locator('.o_stokiva_chart .o_graph_renderer')).to_have_count(charts)
        self.settle()
        self.snap(board)

    def open_tile(self, search):
        """Click a figure of a dashboard, and expect as many records in the list that opens."""
        tile = self.page.locator(f'.o_stokiva_tile[data-search="{search}"]')
        count = int(tile.locator('span').first.inner_text())
        tile.click()
        expect(self.rows()).to_have_count(count)

    def open_bar(self, title):
        """Click a bar of a graph of a dashboard, and wait for the list that opens."""
        canvas = self.page.locator('.o_stokiva_chart', has_text=title).first.locator('canvas')
        canvas.scroll_into_view_if_needed()
        canvas.click(position=canvas.evaluate("""canvas => {
            const {x, y} = Chart.getChart(canvas).getDatasetMeta(0).data.at(-1).getCenterPoint(true);
            return {x, y};
        }"""))
        expect(self.page.locator('.o_list_view')).to_be_visible()
        self.settle()
