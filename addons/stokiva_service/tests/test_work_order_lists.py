from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestWorkOrderLists(WorkOrderCommon):
    """What people filter and count by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is there already would only disturb the counts.
        cls.known = cls.env['stokiva.work.order'].search([])

    def _filter(self, name, user=None):
        """Return the orders that a filter of the search view shows to somebody."""
        user = user or self.user_dispatcher
        arch = etree.fromstring(self.env['stokiva.work.order'].get_view(
            self.env.ref('stokiva_service.work_order_view_search').id, 'search')['arch'])
        domain = arch.xpath(f"//filter[@name='{name}']/@domain")[0]
        orders = self.env['stokiva.work.order'].with_user(user).search(
            [*safe_eval(domain, {'uid': user.id}), ('id', 'not in', self.known.ids)])
        self.assertEqual(len(orders), self.env['stokiva.work.order'].with_user(user).search_count(
            [*safe_eval(domain, {'uid': user.id}), ('id', 'not in', self.known.ids)]))
        return orders.with_env(self.env)

    def test_each_filter_shows_what_it_says(self):
        now = fields.Datetime.now()
        waiting, accepted, submitted, disputed, part = (
            self._open_order(), self._accepted(), self._submitted(), self._submitted(), self._in_progress())
        self._answer(disputed, 'dispute', comment="It leaks")
        self._do(part, 'suspend', outcome='part_missing', note="Pump")
        closed = self._open_order()
        self._do(closed, 'cancel', reason="Called off")
        late = self._open_order()
        late.sudo().deadline = now - timedelta(hours=1)
        closed.sudo().deadline = now - timedelta(hours=1)
        stopped = self._open_order()
        self._do(stopped, 'pause', reason="On holiday")
        accepted.sudo().write({'window_start': now, 'window_end': now + timedelta(hours=2)})
        mine = self._open_order()
        mine.user_id = self.user_dispatcher
        (waiting | accepted | submitted | disputed | part | closed | late | stopped).user_id = self.user_manager
        expected = {
            'mine': mine,
            'today': accepted,
            'late': late,
            'to_assign': waiting | late | stopped | mine,
            'disputed': disputed,
            'waiting_part': part,
            'clock_stopped': stopped,
            'awaiting_approval': submitted | disputed,
            'today_jobs': accepted,
            'no_technician': self.env['stokiva.work.order'],
        }
        for name, orders in expected.items():
            self.assertEqual(self._filter(name), orders.sorted(lambda order: (order.deadline, order.id)), name)

    def test_part_is_awaited_until_the_next_trip(self):
        order = self._in_progress()
        self.assertFalse(order.last_outcome)
        self._do(order, 'suspend', outcome='part_missing')
        self.assertEqual(order.last_outcome, 'part_missing')
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self.assertNotIn(order, self._filter('waiting_part'))

    def test_filters_use_an_index(self):
        self.env.flush_all()
        # On a small table the planner would read it all: only whether an index can serve is asked.
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        for condition in (
            "is_halted",
            "state = 'accepted' AND last_outcome = 'part_missing'",
            "state = 'awaiting_approval'",
            f"user_id = {self.env.uid} AND state NOT IN ('completed', 'canceled', 'returned')",
        ):
            self.env.cr.execute(
                f"EXPLAIN SELECT id FROM stokiva_work_order WHERE {condition} ORDER BY deadline, id LIMIT 80")
            plan = str(self.env.cr.fetchall())
            self.assertIn("Index", plan, condition)
            self.assertNotRegex(plan, "Seq Scan|Sort", condition)

    def test_opened_as_stays_when_the_order_becomes_something_else(self):
        other = self.env['stokiva.fault'].create({
            'name': "Leaks", 'kind': 'symptom', 'device_type_id': self.device_type.id})
        order = self._open_order(symptom_ids=[Command.set(self.symptom.ids)])
        self.assertRecordValues(order, [{
            'opened_service_type_id': self.service_type_repair.id, 'opened_symptom_id': self.symptom.id,
            'is_reclassified': False}])
        order.with_user(self.user_dispatcher).write({
            'service_type_id': self.service_type_install.id, 'symptom_ids': [Command.set(other.ids)]})
        expected = [{
            'opened_service_type_id': self.service_type_repair.id, 'opened_symptom_id': self.symptom.id,
            'is_reclassified': True}]
        self.assertRecordValues(order, expected)
        # An update of a database that had no such columns finds the same in the log.
        self.env.add_to_compute(order._fields['opened_service_type_id'], order)
        self.env.add_to_compute(order._fields['opened_symptom_id'], order)
        self.assertRecordValues(order, expected)
        rows = self.env['stokiva.work.order']._read_group(
            [('id', '=', order.id)], ['opened_service_type_id', 'service_type_id', 'opened_symptom_id'], ['__count'])
        self.assertEqual(
            rows, [(self.service_type_repair, self.service_type_install, self.symptom, 1)])

    def test_directions_lead_to_the_position_or_the_address(self):
        order = self._open_order()
        self.assertEqual(order.site_address, "Bahariye Caddesi 12, Kadıköy / İstanbul")
        self.assertIn('destination=Bahariye+Caddesi+12', order.directions_url)
        self.customer.write({'partner_latitude': 40.98, 'partner_longitude': 29.03})
        self.assertIn('destination=40.98%2C29.03', order.directions_url)

    def test_technicians_see_their_own_jobs(self):
        own, others = self._accepted(), self._accepted()
        self.technician_a.user_id = False
        self.technician_a.partner_id = self.user_technician.partner_id
        self.technician_a.user_id = self.user_technician
        self.technician_b.provider_id = self.provider_a
        self._do(others, 'plan', personnel_id=self.technician_b.id)
        now = fields.Datetime.now()
        (own | others).sudo().write({'window_start': now, 'window_end': now + timedelta(hours=2)})
        self.assertEqual(self._filter('today_jobs', self.user_technician), own)
        self.assertEqual(own.with_user(self.user_technician).next_event, 'depart')
