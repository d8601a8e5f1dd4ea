from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_slot import MONDAY, MORNING, NOON, SlotCommon


@tagged('post_install', '-at_install')
class TestTechnicianDay(SlotCommon):
    """Who goes best, in which order, and whether there is time. Windows are not booked: the day is judged anyway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stokiva_slots = False
        cls.second = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'partner_id': cls.env['res.partner'].create({'name': "Second"}).id})

    def _given(self, person=None, window=MORNING, **values):
        """An order that Alfa accepted, given to a technician."""
        order = self._planned(window, **values)
        self._do(order, 'accept')
        if person:
            self._do(order, 'plan', personnel_id=person.id)
        return order

    def _suggest(self, order):
        return order._suggest_technicians()[order]

    def test_who_has_least_to_do_that_day(self):
        order = self._given()
        self.assertEqual(self._suggest(order), self.technician_a)
        self._given(self.technician_a, NOON)
        self.assertEqual(self._suggest(order), self.second)
        for window in (NOON, MORNING):
            self._given(self.second, tuple(moment + timedelta(days=1) for moment in window))
        self.assertEqual(self._suggest(order), self.second, "tomorrow is another day")

    def test_who_can_do_it_is_there_and_has_the_time(self):
        order = self._given()
        self.technician_a.service_type_ids = self.service_type_install
        self.assertEqual(self._suggest(order), self.second)
        self.technician_a.service_type_ids = False
        absence = self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': MORNING[0], 'date_to': MORNING[1]})
        self.assertEqual(self._suggest(order), self.second)
        absence.unlink()
        for hours in (6, 7):
            self._given(self.second, tuple(moment + timedelta(hours=hours) for moment in MORNING))
        self.service_type_repair.duration_minutes = 120
        self._given(self.technician_a)
        self.assertEqual(self._suggest(order), self.second, "more to do, but not at this time")

    def test_who_is_nearest(self):
        near, far = self.env['res.partner'].create([
            {'name': "Near", 'parent_id': self.customer.id, 'partner_latitude': 41.0, 'partner_longitude': 29.0},
            {'name': "Far", 'parent_id': self.customer.id, 'partner_latitude': 40.0, 'partner_longitude': 32.0}])
        order = self._given(site_id=near.id)
        self._given(self.technician_a, NOON, site_id=far.id)
        self._given(self.second, NOON, site_id=near.id)
        self.assertEqual(self._suggest(order), self.second)

    def test_many_orders_are_spread(self):
        orders = self.env['stokiva.work.order'].union(*(self._given() for _number in range(4)))
        people = [person.id for person in orders._suggest_technicians().values()]
        self.assertEqual(sorted(people), sorted([self.technician_a.id, self.second.id] * 2))

    def test_nobody_to_suggest(self):
        order = self._given()
        (self.technician_a | self.second).active = False
        self.assertFalse(self._suggest(order))

    def test_order_of_a_day(self):
        sites = self.env['res.partner'].create([
            {'name': str(number), 'parent_id': self.customer.id, 'partner_latitude': 41 + number / 10, 'partner_longitude': 29}
            for number in range(3)])
        self.provider_a.write({'map_latitude': 41.3, 'map_longitude': 29})
        late = self._given(self.technician_a, NOON, site_id=sites[0].id)
        orders = [self._given(self.technician_a, MORNING, site_id=site.id) for site in sites]
        self._given(self.technician_a, tuple(moment + timedelta(days=1) for moment in MORNING))
        self.assertEqual(
            list(self.technician_a._get_day(MONDAY)[self.technician_a]), [orders[2], orders[1], orders[0], late],
            "from the provider in the north to the south, then the later window")

    def test_overlap_warns_in_the_dialog(self):
        self.service_type_repair.duration_minutes = 120
        first, second = self._given(self.technician_a), self._given(self.second)
        order = self._given()
        dialog = self._open_dialog(order, 'plan')
        form = Form(dialog)
        form.personnel_id = self.technician_a
        self.assertIn(first.name, form.warning)
        form.personnel_id = self.second
        self.assertIn(second.name, form.warning)
        form.window_start = NOON[0]
        form.window_end = NOON[1]
        self.assertFalse(form.warning)
        form.save().action_confirm()
        self.assertEqual((order.personnel_id, order.window_start), (self.second, NOON[0]))

    def test_absence_warns_in_the_dialog(self):
        order = self._given()
        self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': datetime(2026, 11, 1), 'date_to': datetime(2026, 11, 9)})
        form = Form(self._open_dialog(order, 'plan'))
        self.assertEqual(form.personnel_id, self.second, "who is there is proposed")
        form.personnel_id = self.technician_a
        self.assertIn("away", form.warning)

    def test_overlap_is_refused_where_the_company_wants_it(self):
        self.service_type_repair.duration_minutes = 120
        self._given(self.technician_a)
        order = self._given()
        self._do(order, 'plan', personnel_id=self.technician_a.id)
        self.assertEqual(order.personnel_id, self.technician_a, "a warning only")
        self.company.stokiva_overlap = 'refuse'
        other = self._given()
        with self.assertRaisesRegex(UserError, "no time for it"), self.env.cr.savepoint():
            self._do(other, 'plan', personnel_id=self.technician_a.id)
        self._do(other, 'plan', personnel_id=self.technician_a.id, window_start=str(NOON[0] + timedelta(hours=4)),
                 window_end=str(NOON[1] + timedelta(hours=4)))

    def test_orders_of_one_trip_do_not_stand_in_each_others_way(self):
        orders = self._open_order(window_start=MORNING[0], window_end=MORNING[1]) | self._open_order(
            window_start=MORNING[0], window_end=MORNING[1])
        orders.sudo().group_id = orders[0]
        self.company.stokiva_overlap = 'refuse'
        self.service_type_repair.duration_minutes = 120
        self._do(orders[0], 'assign', provider_id=self.provider_a.id)
        self._do(orders[0], 'accept')
        self._do(orders[0], 'plan', personnel_id=self.technician_a.id)
        self.assertEqual(orders.personnel_id, self.technician_a)
