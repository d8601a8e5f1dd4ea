import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestServiceDesk(WorkOrderCommon):
    """Everything is done as the call centre does it, in the form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.country
        cls.device = cls.env['stokiva.device'].create({
            'product_id': cls.product.id, 'partner_id': cls.customer.id, 'serial': 'SD-1001',
            'date_sold': fields.Date.today()})
        cls.washer = cls.env['stokiva.device'].create({
            'device_type_id': cls.device_type_parent.id, 'partner_id': cls.customer.id})

    def _desk(self, query=None, user=None, **values):
        """A call, as it stands when the text was typed and the values were filled in."""
        form = Form(self.env['stokiva.service.desk'].with_user(user or self.user_call_centre))
        if query:
            form.query = query
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def _known(self, **values):
        """A call about the customer's dishwasher that could be opened."""
        return self._desk('SD-1001', service_type_id=self.service_type_repair, **values)

    def _new(self, **values):
        """A call of somebody new with a new device that could be opened."""
        return self._desk('0533 765 43 21', **{
            'name': "Hasan Usta", 'city_id': self.city_kadikoy, 'product_id': self.product,
            'service_type_id': self.service_type_repair, **values})

    def _count(self):
        return [self.env[model].search_count([]) for model in (
            'res.partner', 'stokiva.device', 'stokiva.work.order', 'stokiva.event')]

    def _assert_refused(self, desk, text, error=UserError):
        before = self._count()
        with self.assertRaisesRegex(error, text), self.env.cr.savepoint():
            desk.action_open_and_assign()
        self.assertEqual(self._count(), before)
        self.assertFalse(desk.work_order_id)

    # -- who calls

    def test_finds_by_phone_name_serial_and_order(self):
        order = self._open_order()
        for query in ('0532 123 45 67', '+905321234567', 'ayse yilmaz', 'SD-1001', order.name.lower()):
            with self.subTest(query):
                desk = self._desk(query)
                self.assertEqual(desk.partner_id, self.customer)
                self.assertFalse(desk.is_new_customer)
        self.assertEqual(self._desk('SD-1001').device_id, self.device)
        self.assertEqual(self._desk(order.name).device_id, order.device_id)

    def test_a_text_is_searched_for_once(self):
        desk = self.env['stokiva.service.desk'].with_user(self.user_call_centre)
        shown = {name: {} for name in ('query', 'is_new_customer', 'match_items', 'name', 'phone')}
        find, found = type(desk)._find_partners, []

        def search(desk):
            found.append(desk._get_query())
            return find(desk)

        with patch.object(type(desk), '_find_partners', search):
            desk.onchange({'query': 'ayse yilmaz'}, ['query'], {**shown, 'partner_id': {'fields': {}}})
        self.assertEqual([text for text in found if text], ['ayse yilmaz'])

    def test_several_matches_are_offered(self):
        self.customer.copy({'name': "Ayşe Yılmazer"})
        desk = self._desk('ayse')
        self.assertFalse(desk.partner_id)
        self.assertFalse(desk.is_new_customer)
        self.assertLess({"Ayşe Yılmaz", "Ayşe Yılmazer"}, {item['label'] for item in desk.match_items})
        self.assertEqual(desk.match_items[-1]['id'], 0)

    def test_short_text_finds_nobody(self):
        desk = self._desk('ay')
        self.assertFalse(desk.partner_id or desk.match_items or desk.is_new_customer)

    def test_device_rows_tell_the_warranty(self):
        items = {item['id']: item for item in self._desk('ayse yilmaz').device_items}
        self.assertEqual(set(items), {self.device.id, self.washer.id, 0})
        self.assertEqual(
            items[self.device.id]['badge'], self.device._get_warranty_sentence(fields.Date.today()))

    # -- what is opened

    def test_known_customer(self):
        start = fields.Datetime.now() + timedelta(days=1)
        desk = self._known(
            note="<script>alert(1)</script>", priority='1', window_start=start,
            window_end=start + timedelta(hours=2))
        desk.action_open_and_assign()
        order = desk.work_order_id
        self.assertRecordValues(order, [{
            'partner_id': self.customer.id, 'device_id': self.device.id, 'priority': '1', 'state': 'assigned',
            'provider_id': self.provider_a.id, 'user_id': self.user_call_centre.id,
            'symptom_note': "<script>alert(1)</script>"}])
        self.assertEqual(desk.result, "Offered to Alfa Servis.")
        opened, offered = order.event_ids.sorted('seq')
        self.assertRecordValues(opened + offered, [
            {'event': 'open', 'channel': 'call', 'role': 'call_centre'},
            {'event': 'assign', 'channel': 'call', 'role': 'call_centre'}])

    def test_new_customer_and_device(self):
        desk = self._new(serial=" NEW-1 ", street="Moda Cd. 1", channel='office')
        self.assertTrue(desk.is_new_customer and desk.is_new_device)
        desk.action_open_only()
        order = desk.work_order_id
        self.assertRecordValues(order.partner_id, [{
            'name': "Hasan Usta", 'phone': '+905337654321', 'street': "Moda Cd. 1",
            'city_id': self.city_kadikoy.id, 'country_id': self.country.id}])
        self.assertRecordValues(order.device_id, [{'serial': 'NEW-1', 'product_id': self.product.id}])
        self.assertRecordValues(order, [{'state': 'created', 'city_id': self.city_kadikoy.id}])
        self.assertEqual(order.event_ids.channel, 'office')

    def test_opened_once(self):
        desk = self._known()
        desk.action_open_only()
        with self.assertRaisesRegex(UserError, "open already"):
            desk.action_open_and_assign()
        self.assertEqual(desk.work_order_id.state, 'created')

    def test_who_may(self):
        for user in (self.user_dispatcher, self.user_manager):
            desk = self._known(user=user)
            desk.continue_reason = "Another trouble"
            desk.action_open_only()
            self.assertEqual(desk.work_order_id.user_id, user)
        for user in (self.user_technician, self.user_settlement, self.user_sales, self.user_provider_a):
            with self.assertRaises(AccessError):
                self.env['stokiva.service.desk'].with_user(user).create({'query': 'SD-1001'})

    def test_nobody_covers(self):
        desk = self._new(city_id=self.city_cankaya)
        desk.action_open_and_assign()
        self.assertEqual(desk.work_order_id.state, 'created')
        self.assertIn("No provider covers", desk.result)

    # -- phones

    def test_wrong_phones_are_refused_with_the_reason(self):
        for phone, reason in (
            ('12', "too few digits"), ('0532 123 45', "too few digits|number of digits"), ('+999 111 22 33', "prefix"),
            ('+90 999 111 22 33', "first digits"), ('<script>', "no digits"), ('0532 123 45 67 89 10 11', "too many"),
        ):
            with self.subTest(phone):
                desk = self._new(phone=phone)
                self.assertRegex(desk.phone_problem, reason)
                self._assert_refused(desk, reason)

    def test_foreign_number_keeps_its_country(self):
        desk = self._new(phone='+49 30 901820')
        desk.action_open_only()
        self.assertEqual(desk.work_order_id.partner_id.phone, '+4930901820')

    def test_no_phone_needs_a_tick(self):
        desk = self._new(phone=False)
        self._assert_refused(desk, "Has no phone")
        desk.has_no_phone = True
        desk.action_open_only()
        self.assertFalse(desk.work_order_id.partner_id.phone)

    def test_same_phone_warns(self):
        desk = self._new(phone='0 (532) 123-45-67')
        self.assertEqual(desk.duplicate_id, self.customer)
        desk.action_use_duplicate()
        self.assertRecordValues(desk, [{
            'partner_id': self.customer.id, 'is_new_customer': False, 'duplicate_id': False}])

    def test_number_told_later_is_kept(self):
        self.customer.phone = False
        desk = self._known(phone='0533 765 43 21')
        desk.action_open_only()
        self.assertEqual(self.customer.phone, '+905337654321')

    # -- the device

    def test_open_order_needs_a_reason(self):
        first = self._known()
        first.action_open_only()
        desk = self._known()
        self.assertEqual(desk.open_order_id, first.work_order_id)
        self.assertEqual(desk.action_view_open_order()['res_id'], first.work_order_id.id)
        self._assert_refused(desk, "another order")
        desk.continue_reason = "   "
        self._assert_refused(desk, "another order")
        desk.continue_reason = "The door, not the pump"
        desk.action_open_only()
        payload = json.loads(desk.work_order_id.event_ids.payload)
        self.assertEqual(
            (payload['continues'], payload['reason']), (first.work_order_id.name, "The door, not the pump"))

    def test_device_of_another_customer(self):
        other = self.env['res.partner'].create({'name': "Somebody Else", 'phone': '+905330000000'})
        desk = self._known()
        desk.write({'partner_id': other.id, 'device_id': self.device.id})
        self._assert_refused(desk, "belongs to")

    def test_archived_and_returned(self):
        desk = self._known()
        self.service_type_repair.active = False
        self._assert_refused(desk, "archived")
        self.service_type_repair.active = True
        self.device.sudo()._take_out_of_service('other', fields.Date.today())
        self._assert_refused(desk, "out of service")
        self.device.state = 'in_service'
        self.customer._write({'active': False})  # past the login that core asks about
        self.customer.invalidate_recordset()
        self._assert_refused(desk, "archived")

    def test_other_company(self):
        company = self.env['res.company'].create({'name': "Other"})
        stranger = self.env['res.partner'].create({'name': "Far Stranger", 'company_id': company.id})
        self.assertTrue(self._desk('far stranger').is_new_customer)
        desk = self._known()
        desk.sudo()._write({'partner_id': stranger.id})
        desk.invalidate_recordset()
        self._assert_refused(desk, "Far Stranger|allowed|access", (AccessError, UserError))
        both = new_test_user(
            self.env, 'desk_both', 'stokiva_service.group_stokiva_call_centre', company_id=self.company.id,
            company_ids=[Command.set((self.company | company).ids)])
        with self.assertRaises(UserError):
            self._known(user=both).write({'partner_id': stranger.id})

    def test_what_is_missing_is_named(self):
        self._assert_refused(self._desk(), "name.*phone.*device.*type of service")
        self._assert_refused(self._new(name="   "), "name")
        now = fields.Datetime.now()
        self._assert_refused(
            self._new(window_start=now - timedelta(hours=5), window_end=now - timedelta(hours=3)), "is over")
        self._assert_refused(self._new(window_start=now, window_end=False), "beginning and end")

    # -- suggestions

    def test_likely_symptom_first(self):
        faults = self.env['stokiva.fault']
        leak = faults.create({'name': "Leaks", 'device_type_id': self.device_type.id, 'sequence': 99})
        orders = self._open_order(symptom_ids=[Command.set(leak.ids)])
        orders |= self._open_order(symptom_ids=[Command.set(leak.ids)], service_type_id=self.service_type_install.id)
        orders |= self._open_order(symptom_ids=[Command.set(leak.ids)], service_type_id=self.service_type_install.id)
        search = faults.with_user(self.user_call_centre).with_context(stokiva_likely_for=self.device_type.id)
        domain = [('kind', '=', 'symptom'), ('device_type_id', '=', self.device_type.id)]
        self.assertEqual([found[0] for found in search.name_search('', domain)], [leak.id, self.symptom.id])
        self.assertEqual(search.name_search('', domain, limit=1)[0][0], leak.id)
        self.assertEqual(
            [found[0] for found in faults.name_search('', domain)], [self.symptom.id, leak.id])
        with self.assertQueryCount(3):
            search._get_likely(self.device_type)
        # Who may see no orders is told nothing of them.
        plain = new_test_user(self.env, 'desk_plain', 'base.group_user')
        self.assertEqual(
            [found[0] for found in search.with_user(plain).name_search('', domain)], [self.symptom.id, leak.id])

        orders[0].write({'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id})]})
        desk = self._desk('SD-1001', symptom_ids=leak)
        self.assertEqual(desk.service_type_id, self.service_type_install)
        self.assertIn("Replace the drain pump, 30 min (1 orders)", desk.workmanship_hint)

    def test_foreign_symptom(self):
        other = self.env['stokiva.fault'].create({
            'name': "Does not spin",
            'device_type_id': self.env['stokiva.device.type'].create({'name': "Spinner"}).id})
        desk = self._known()
        desk.symptom_ids = other
        self._assert_refused(desk, "does not fit")

    def test_window_is_within_opening_hours(self):
        desk = self._known()
        self.assertEqual(desk.window_end - desk.window_start, timedelta(hours=2))
        opened = (self.provider_a | self.provider_b)._opening_intervals(desk.window_start, desk.window_end)
        self.assertIn([(desk.window_start, desk.window_end)], opened.values())
        self.assertFalse(self._new(city_id=self.city_cankaya).window_start)
