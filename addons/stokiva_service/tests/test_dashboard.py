from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestDashboard(WorkOrderCommon):
    """Dashboards and the wall view: whose they are, and that their figures are those of the lists."""

    def test_boards_are_for_their_roles(self):
        boards = self.env['stokiva.dashboard']
        for user, key, is_allowed in (
                (self.user_dispatcher, 'dispatcher', True), (self.user_manager, 'dispatcher', True),
                (self.user_manager, 'manager', True), (self.user_dispatcher, 'manager', False),
                (self.user_call_centre, 'dispatcher', False), (self.user_provider_a, 'dispatcher', False),
                (self.user_manager, '__class__', False), (self.user_manager, None, False)):
            with self.subTest(user=user.login, board=key):
                if is_allowed:
                    board = boards.with_user(user).get_board(key)
                    self.assertTrue(board['tiles'] and board['charts'])
                else:
                    with self.assertRaises(AccessError):
                        boards.with_user(user).get_board(key)
        for user in (self.user_call_centre, self.user_provider_a, self.user_technician_a):
            with self.assertRaises(AccessError):
                boards.with_user(user).get_wall()

    def test_graphs_can_be_drawn(self):
        boards = self.env['stokiva.dashboard'].with_user(self.user_manager)
        for key in ('dispatcher', 'manager'):
            for days in (30, 365, "'; DROP"):
                for chart in boards.get_board(key, days)['charts']:
                    measure = chart['context']['graph_measure']
                    aggregate = measure if measure == '__count' else (
                        f"{measure}:{boards.env[chart['model']]._fields[measure].aggregator}")
                    boards.env[chart['model']].formatted_read_group(
                        chart['domain'], chart['context']['graph_groupbys'], [aggregate])

    def test_wall_counts_what_is_open_now(self):
        wall = self.env['stokiva.dashboard'].with_user(self.user_dispatcher)

        def count():
            return {tile['search'][0]: tile['count'] for tile in wall.get_wall()}

        before = count()
        offered, late = self._open_order(), self._accepted()
        self._do(offered, 'assign', provider_id=self.provider_a.id)
        self._open_order()
        late.sudo().deadline = fields.Datetime.now() - timedelta(hours=1)
        after = count()
        self.assertEqual(after['to_assign'], before['to_assign'] + 1)
        self.assertEqual(after['late'], before['late'] + 1)
        self.assertEqual(after['waiting_provider'], before['waiting_provider'])
        offered.assignment_id.sudo().expires_at = fields.Datetime.now() + timedelta(minutes=20)
        self.assertEqual(count()['waiting_provider'], before['waiting_provider'] + 1)
        tiles = {tile['search'][0]: tile for tile in wall.get_wall()}
        self.assertEqual(tiles['late']['color'], 'danger')
        self.assertIsNone(tiles['today_jobs']['color'])

    def test_few_queries(self):
        board = self.env['stokiva.dashboard'].with_user(self.user_manager)
        board.get_board('manager')
        board.get_wall()
        with self.assertQueryCount(4):
            board.get_board('manager')
        with self.assertQueryCount(2):
            board.get_wall()
