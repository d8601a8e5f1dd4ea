from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_orders import signature

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderActions(PortalCommon):

    def test_the_whole_job(self):
        self.service_type_repair.write({'photos_before': 1, 'photos_after': 1})
        order = self._offered()
        url = f'/my/jobs/{order.id}'
        self._login(self.user_provider_a)
        self._post(f'{url}/event/accept', personnel_id=self.technician_a.id)
        self.assertRecordValues(order, [{'state': 'accepted', 'personnel_id': self.technician_a.id}])
        self._login(self.user_technician_a)
        self._post(f'{url}/event/depart')
        self.assertIn("on the way", self._get(url))
        self.assertNotIn("is told that", self._get(url), "a message is shown once")
        self._post(f'{url}/event/start')
        for kind in ('before', 'after'):
            self._post(f'{url}/photos', files={'photos': ('a.jpg', self._get_jpeg(), 'image/jpeg')}, kind=kind)
        self._post(f'{url}/parts', product_id=self.part_product.id, quantity='2', is_provider_stock='1')
        self._post(f'{url}/labour', workmanship_id=self.workmanship.id)
        self._post(
            f'{url}/findings', cause_id=self.cause.id, resolution_id=self.resolution.id, diagnosis="Glass in the pump")
        self._post(f'{url}/event/submit')
        self.assertRecordValues(order, [{
            'state': 'awaiting_approval', 'cause_id': self.cause.id, 'resolution_id': self.resolution.id,
            'diagnosis': "Glass in the pump"}])
        self.assertRecordValues(order.part_line_ids, [{
            'product_id': self.part_product.id, 'quantity': 2.0, 'is_provider_stock': True, 'coverage': 'warranty'}])
        self.assertRecordValues(order.labour_line_ids, [{
            'workmanship_id': self.workmanship.id, 'personnel_id': self.technician_a.id, 'price_unit': 450.0}])
        self.assertEqual(order.media_ids.personnel_id, self.technician_a)
        events = order.event_ids.filtered(lambda row: row.event not in ('open', 'assign'))
        self.assertEqual({*events.mapped('channel')}, {'portal'})

    def test_a_double_tap_does_it_once(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        key = str(uuid4())
        for _tap in range(2):
            self._post(f'/my/jobs/{order.id}/labour', workmanship_id=self.workmanship.id, key=key)
        self.assertEqual(len(order.labour_line_ids), 1)
        key = str(uuid4())
        for _tap in range(2):
            self._post(f'/my/jobs/{order.id}/event/suspend', outcome='absent', note="Nobody there", key=key)
        self.assertEqual(self._count_events(order, 'suspend'), 1)
        self.assertEqual(order.state, 'accepted')
        key = str(uuid4())
        for _tap in range(2):
            self._post(f'/my/jobs/{order.id}/message', message="I am late", key=key)
        self.assertEqual(len(order.assignment_id.message_ids.filtered(lambda m: "I am late" in m.body)), 1)

    def test_rejecting_twice_says_what_became_of_it(self):
        order = self._offered()
        self._login(self.user_provider_a)
        key = str(uuid4())
        response = self._post(f'/my/jobs/{order.id}/event/reject', reason='far', key=key)
        self.assertTrue(response.headers['Location'].endswith('/my/jobs'))
        self.assertEqual(order.assignment_ids.filtered(lambda o: o.provider_id == self.provider_a).reason, 'far')
        self._post(f'/my/jobs/{order.id}/event/reject', reason='far', key=key, status=410)

    def test_without_csrf_token(self):
        order = self._offered()
        self._login(self.user_provider_a)
        with mute_logger('odoo.http'):
            for url in ('event/accept', 'findings', 'labour', 'parts', 'photos', 'message', 'serial'):
                self._post(f'/my/jobs/{order.id}/{url}', csrf=False, status=400, reason='x')
        self._get(f'/my/jobs/{order.id}/event/accept', 405)
        self.assertEqual(order.state, 'assigned')

    def test_what_is_not_legal_is_refused_in_words(self):
        order = self._accepted()
        self._login(self.user_technician_a)
        for event, status in (('start', 400), ('submit', 400), ('pause', 403), ('nope', 400), ('cancel', 400),
                              ('approve', 400), ('edit', 400)):
            response = self._post(f'/my/jobs/{order.id}/event/{event}', reason="x", status=status)
            self.assertIn('role="alert"', response.text, event)
            self.assertEqual(order.state, 'accepted')
        self.assertIn("has not set out yet", self._post(f'/my/jobs/{order.id}/event/start', status=400).text)

    def test_a_technician_cannot_accept_or_plan(self):
        order = self._accepted()
        self._login(self.user_technician_a)
        self._post(f'/my/jobs/{order.id}/event/plan', personnel_id=self.technician_a.id, status=403)
        offered = self._offered()
        self._post(f'/my/jobs/{offered.id}/event/accept', status=404)
        self.assertEqual(offered.state, 'assigned')

    def test_nothing_of_another_provider(self):
        order = self._in_progress()
        for user in (self.user_provider_b, self.user_second_technician_a, self.user_customer):
            self._login(user)
            for url, values in (
                    ('event/submit', {}), ('event/suspend', {'outcome': 'absent'}), ('findings', {'diagnosis': "x"}),
                    ('labour', {'workmanship_id': self.workmanship.id}), ('parts', {'product_id': self.part_product.id}),
                    ('message', {'message': "x"}), ('serial', {'serial': 'x'}), ('photos', {'kind': 'before'})):
                self._post(f'/my/jobs/{order.id}/{url}', status=404, **values)
        self.assertEqual(order.state, 'in_progress')
        self.assertFalse(order.labour_line_ids | order.env['stokiva.labour.line'])

    def test_foreign_ids_are_refused(self):
        order, other = self._in_progress(), self._submitted()
        elsewhere = self.env['stokiva.device.type'].create({'name': "Boiler"})
        boiler_work = self.env['stokiva.workmanship'].create({'name': "Descale", 'device_type_id': elsewhere.id})
        boiler_cause = self.env['stokiva.fault'].create({
            'name': "Scale", 'kind': 'cause', 'device_type_id': elsewhere.id})
        self._login(self.user_technician_a)
        for url, values in (
                ('labour', {'workmanship_id': boiler_work.id}),
                ('labour', {'workmanship_id': 'x'}),
                ('labour', {'workmanship_id': self.workmanship.id, 'quantity': '-1'}),
                ('labour', {'workmanship_id': self.workmanship.id, 'quantity': 'nan'}),
                ('labour', {'remove': other.labour_line_ids.id}),
                ('parts', {'product_id': self.product.id}),
                ('parts', {'product_id': '99999999999999999999'}),
                ('parts', {'product_id': ''}),
                ('parts', {'remove': other.part_line_ids.id}),
                ('photos', {'remove': other.media_ids[0].id}),
                ('findings', {'cause_id': boiler_cause.id}),
                ('findings', {'cause_id': self.resolution.id}),
                ('event/suspend', {'outcome': 'done'}),
                ('event/take_in', {'accessory_ids': '999999'})):
            self._post(f'/my/jobs/{order.id}/{url}', status=400, **values)
        self.assertFalse(order.labour_line_ids or order.part_line_ids or order.cause_id)
        self.assertEqual((len(other.labour_line_ids), len(other.part_line_ids), len(other.media_ids)), (1, 1, 2))
        self._login(self.user_provider_a)
        accepted = self._accepted()
        self._post(f'/my/jobs/{accepted.id}/event/plan', personnel_id=self.technician_b.id, status=400)
        self._post(f'/my/jobs/{accepted.id}/event/plan', window_start='tomorrow', status=400)
        self.assertEqual(accepted.personnel_id, self.technician_a)

    def test_a_plan_is_in_the_providers_zone(self):
        order = self._accepted()
        self.provider_a.tz = 'Europe/Istanbul'
        self._login(self.user_provider_a)
        self._post(
            f'/my/jobs/{order.id}/event/plan', personnel_id=self.second_technician_a.id,
            window_start='2031-03-05T09:00', window_end='2031-03-05T11:00')
        self.assertEqual(order.personnel_id, self.second_technician_a)
        self.assertEqual(f'{order.window_start} {order.window_end}', '2031-03-05 06:00:00 2031-03-05 08:00:00')
        self.assertIn("09:00–11:00", self._get(f'/my/jobs/{order.id}'))

    def test_authorisations_are_held_by_the_server(self):
        order = self._in_progress()
        self.provider_a.can_close = False
        self._login(self.user_provider_a)
        self.assertNotIn('event/submit', self._get(f'/my/jobs/{order.id}'))
        self._post(f'/my/jobs/{order.id}/event/submit', status=403)
        self._post(f'/my/jobs/{order.id}/event/return', reason="x", status=403)
        self.assertEqual(order.state, 'in_progress')
        accepted = self._accepted()
        self.provider_a.can_reassign = False
        self._post(
            f'/my/jobs/{accepted.id}/event/plan', personnel_id=self.second_technician_a.id,
            window_start='2031-03-05T09:00', window_end='2031-03-05T11:00')
        self.assertEqual(accepted.personnel_id, self.technician_a)

    def test_nothing_is_edited_before_accepting_or_after_submitting(self):
        for order in (self._offered(), self._submitted()):
            lines = order.labour_line_ids
            self._login(self.user_provider_a)
            for url, values in (
                    ('labour', {'workmanship_id': self.workmanship.id}), ('findings', {'diagnosis': "x"}),
                    ('parts', {'product_id': self.part_product.id}), ('serial', {'serial': 'x'})):
                self._post(f'/my/jobs/{order.id}/{url}', status=403, **values)
            self.assertEqual(order.labour_line_ids, lines)
            self.assertFalse(order.device_id.serial)

    def test_lines_are_removed(self):
        order = self._in_progress()
        self._work(order)
        self._login(self.user_technician_a)
        self._post(f'/my/jobs/{order.id}/labour', remove=order.labour_line_ids.id)
        self._post(f'/my/jobs/{order.id}/parts', remove=order.part_line_ids.id)
        self.assertFalse(order.labour_line_ids or order.part_line_ids)

    def test_the_customer_pays_after_the_warranty(self):
        order = self._in_progress()
        order.device_id.write({'warranty_labour_until': '2020-01-01', 'warranty_parts_until': '2099-01-01'})
        self._login(self.user_technician_a)
        self._post(f'/my/jobs/{order.id}/labour', workmanship_id=self.workmanship.id)
        self._post(f'/my/jobs/{order.id}/parts', product_id=self.part_product.id)
        self.assertEqual(order.labour_line_ids.coverage, 'charged')
        self.assertEqual(order.part_line_ids.coverage, 'warranty')

    def test_a_serial_number_is_noted_once(self):
        self.service_type_repair.needs_serial = True
        order = self._in_progress()
        self._login(self.user_technician_a)
        self._post(f'/my/jobs/{order.id}/serial', serial='', status=400)
        self._post(f'/my/jobs/{order.id}/serial', serial=' SN-1 ')
        self.assertEqual(order.device_id.serial, 'SN-1')
        self._post(f'/my/jobs/{order.id}/serial', serial='SN-2', status=400)
        self.assertEqual(order.device_id.serial, 'SN-1')
        self._post(
            f'/my/jobs/{order.id}/serial', serial='SN-2', files={'photos': ('label.jpg', self._get_jpeg(), 'image/jpeg')})
        self.assertEqual((order.device_id.serial, order.media_ids.mapped('kind')), ('SN-2', ['label']))
        self.assertEqual(order.event_ids[-1]._get_payload()['changes']['serial'], ['SN-1', 'SN-2'])

    def test_intake_quote_and_return(self):
        order = self._in_progress()
        url = f'/my/jobs/{order.id}/event'
        self._login(self.user_technician_a)
        self._post(f'{url}/take_in', accessory_ids=[self.accessory.id], condition="Scratched")
        self.assertEqual(order.custody, 'technician', "collected at home")
        self._post(f'{url}/move', custody='customer', status=400)
        self._post(f'{url}/move', custody='technician', status=400)
        self._post(f'{url}/move', custody='workshop')
        self.assertEqual(order.custody, 'workshop')
        self._post(f'{url}/quote', amount='0', text="Pump", status=400)
        self._post(f'{url}/quote', amount='', text="Pump", status=400)
        self._post(f'{url}/quote', amount='1250.50', text="Pump and labour")
        self.assertEqual(order.approval_ids.kind, 'quote')
        self._login(self.user_provider_a)
        response = self._post(f'{url}/return', reason=' ', status=400)
        self.assertIn("Please fill in", response.text)
        self._post(f'{url}/return', reason="Beyond repair")
        self.assertEqual(order.state, 'returned')
        page = self._get(f'/my/jobs/{order.id}')
        self.assertIn(f'{url}/hand_back', page, "the customer has not got the device yet")
        self._post(f'{url}/hand_back', accessory_ids=[self.accessory.id + 999], status=400)
        response = self._post(f'{url}/hand_back', status=400)
        self.assertIn(self.accessory.name, response.text)
        self._post(f'{url}/hand_back', accessory_ids=[self.accessory.id], signature='no picture', status=400)
        key = str(uuid4())
        for _tap in range(2):
            self._post(
                f'{url}/hand_back', accessory_ids=[self.accessory.id], signed_by="Ayşe Yılmaz", signature=signature(),
                key=key)
        self.assertEqual(self._count_events(order, 'hand_back'), 1)
        self.assertRecordValues(order, [{'state': 'returned', 'custody': 'customer'}])
        self.assertRecordValues(order.take_in_ids, [{'received_by': "Ayşe Yılmaz", 'condition': "Scratched"}])
        self.assertTrue(order.take_in_ids.received_signature)

    def test_crew_and_next_visit(self):
        order = self._accepted()
        url = f'/my/jobs/{order.id}/event'
        self._login(self.user_provider_a)
        self._post(f'{url}/plan', personnel_id=self.technician_a.id, assistant_ids=[self.technician_b.id], status=400)
        self._post(f'{url}/plan', personnel_id=self.technician_a.id, assistant_ids=[self.second_technician_a.id])
        self.assertEqual(order.visit_id.assistant_ids, self.second_technician_a)
        self._post(f'{url}/depart')
        self._post(
            f'{url}/suspend', outcome='absent', window_start='2030-05-02T10:00', window_end='2030-05-02T09:00', status=400)
        self._post(f'{url}/suspend', outcome='absent', window_start='2030-05-02T10:00', window_end='2030-05-02T12:00')
        self.assertEqual((order.state, order.window_start.day), ('accepted', 2))
        self._post(f'{url}/plan', personnel_id=self.technician_a.id)
        self.assertFalse(order.visit_id.assistant_ids)

    def test_messages_go_to_the_offers_thread(self):
        order = self._accepted()
        self._login(self.user_technician_a)
        self._post(f'/my/jobs/{order.id}/message', message=' ', status=400)
        self._post(f'/my/jobs/{order.id}/message', message="<b>Where</b> is the key?")
        message = order.assignment_id.message_ids[0]
        self.assertEqual(message.author_id, self.user_technician_a.partner_id)
        self.assertIn("&lt;b&gt;Where", message.body)
        self.assertFalse(order.message_ids.filtered(lambda item: "key" in item.body))
        order.assignment_id.message_post(body="With the neighbour.", message_type='comment', subtype_xmlid='mail.mt_comment')
        order.assignment_id.message_post(body="He always asks.", message_type='comment', subtype_xmlid='mail.mt_note')
        page = self._get(f'/my/jobs/{order.id}')
        self.assertIn("With the neighbour.", page)
        self.assertNotIn("He always asks.", page)
