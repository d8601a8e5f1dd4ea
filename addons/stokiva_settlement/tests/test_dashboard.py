from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.stokiva_service.tests.common import StokivaCommon


@tagged('post_install', '-at_install')
class TestDashboard(StokivaCommon):
    """The settlement officer's dashboard."""

    def test_for_officers_only(self):
        boards = self.env['stokiva.dashboard']
        for user in (self.user_dispatcher, self.user_call_centre, self.user_provider_a):
            with self.assertRaises(AccessError):
                boards.with_user(user).get_board('settlement')

    def test_tiles_open_with_filters_and_graphs_can_be_drawn(self):
        board = self.env['stokiva.dashboard'].with_user(self.user_settlement).get_board('settlement')
        for tile in board['tiles']:
            self.assertTrue(self.env.ref(tile['action']).res_model)
            arch = self.env[self.env.ref(tile['action']).res_model].get_view(False, 'search')['arch']
            for name in tile['search']:
                self.assertIn(f'name="{name}"', arch)
        for chart in board['charts']:
            measure = chart['context']['graph_measure']
            records = self.env[chart['model']].with_user(self.user_settlement)
            records.formatted_read_group(
                chart['domain'], chart['context']['graph_groupbys'],
                ['__count' if measure == '__count' else f'{measure}:sum'])
