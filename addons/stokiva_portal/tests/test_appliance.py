import base64

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestAppliance(PortalCommon):
    """What customers register, and the checklist that a provider's people tick."""

    def _register(self, status=303, files=None, **values):
        return self._post('/my/appliances/register', status=status, files=files, **{
            'device_type_id': self.device_type.id, 'model': 'DW 600', 'serial': 'SN-77', 'date_sold': '2026-01-10',
            **values})

    def _get_registered(self):
        return self.env['stokiva.device'].search([('origin', '=', 'customer')])

    def test_registering(self):
        self._login(self.user_customer)
        self.assertIn("Dishwasher", self._get('/my/appliances/register'))
        self._register(files={'receipt': ('bill.jpg', self._get_jpeg(), 'image/jpeg')})
        device = self._get_registered()
        self.assertRecordValues(device, [{
            'state': 'to_verify', 'partner_id': self.customer.id, 'serial': 'SN-77', 'registered_model': 'DW 600',
            'device_type_id': self.device_type.id, 'product_id': False, 'company_id': self.company.id}])
        self.assertTrue(device.receipt)
        page = self._get('/my/appliances')
        self.assertIn("SN-77", page)
        self.assertIn("We are looking at it", page)
        self.assertNotIn("Until", page)
        self._login(self.user_other_customer)
        self.assertNotIn("SN-77", self._get('/my/appliances'))

    def test_registering_by_the_label(self):
        self._login(self.user_customer)
        self._register(serial='', files={'label_photo': ('label.jpg', self._get_jpeg(), 'image/jpeg')})
        device = self._get_registered()
        self.assertTrue(device.label_photo)
        self.assertFalse(device.serial)
        with self.assertRaisesRegex(UserError, "no serial number"):
            device.action_verify()
        self._register(status=400, files={'label_photo': ('label.jpg', b'<svg onload="x"/>', 'image/jpeg')})

    def test_known_model_becomes_the_product(self):
        self.product.default_code = 'DW-600'
        self._login(self.user_customer)
        self._register(model='dw-600')
        device = self._get_registered()
        self.assertEqual(device.product_id, self.product)
        device.action_verify()
        self.assertIn("Until", self._get('/my/appliances'))

    def test_serial_of_somebody_else_waits_for_the_office(self):
        self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.user_other_customer.partner_id.id, 'serial': 'SN-77'})
        self._login(self.user_customer)
        self._register()
        self.assertEqual(self._get_registered().state, 'to_verify')

    def test_bad_input_changes_nothing(self):
        other = self.env['res.company'].create({'name': "Other"})
        foreign = self.env['stokiva.device.type'].create({'name': "Theirs", 'company_id': other.id})
        archived = self.env['stokiva.device.type'].create({'name': "Old", 'active': False})
        self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, 'serial': 'MINE'})
        self._login(self.user_customer)
        before = self.env['stokiva.device'].search_count([])
        for values in (
                {'serial': '  '}, {'serial': 'MINE'}, {'device_type_id': foreign.id}, {'device_type_id': archived.id},
                {'device_type_id': self.device_type_parent.id}, {'device_type_id': 'x'}, {'device_type_id': ''},
                {'date_sold': 'yesterday'}, {'date_sold': '2999-01-01'}, {'date_sold': '1066-10-14'}):
            page = self._register(status=400, **values).text
            self.assertIn('alert-danger', page, values)
        self._register(status=400, files={'receipt': ('bill.jpg', b'no photo at all', 'image/jpeg')})
        self.assertEqual(self.env['stokiva.device'].search_count([]), before)
        with mute_logger('odoo.http'):
            self._register(status=400, csrf=False)

    def test_script_is_text(self):
        self._login(self.user_customer)
        self._register(model='<script>alert(1)</script>', serial='<b>1</b>')
        page = self._get('/my/appliances')
        self.assertNotIn('<script>alert(1)', page)
        self.assertIn('&lt;b&gt;1&lt;/b&gt;', page)

    def test_registrations_that_wait_are_limited(self):
        self.env['stokiva.device'].create([
            {'device_type_id': self.device_type.id, 'partner_id': self.customer.id, 'serial': f'W{number}',
             'state': 'to_verify'} for number in range(20)])
        self._login(self.user_customer)
        self._register(status=400)
        self.assertFalse(self._get_registered())

    # === ONE APPLIANCE === #

    def test_page_of_an_appliance(self):
        self.product.write({'stokiva_brand_id': self.env['stokiva.brand'].create({'name': "Ege"}).id})
        order = self._submitted(internal_note="Pays late")
        self._answer(order)
        device = order.device_id
        device.write({'date_installed': '2026-03-01', 'serial': 'SN-9'})
        self.env['stokiva.warranty.extension'].create({
            'device_id': device.id, 'labour_months': 12, 'reason': "To be rid of him"})
        self._login(self.user_customer)
        url = f'/my/appliances/{device.id}'
        self.assertIn(f'href="{url}"', self._get('/my/appliances'))
        page = self._get(url)
        for text in ("Ege", 'SN-9', "24 months", order.name, f'/my/service/{order.id}/report', "extended by 12 months"):
            self.assertIn(text, page)
        for text in ("Pays late", "To be rid of him", self.technician_a.name):
            self.assertNotIn(text, page)
        self._get(f'{url}/photo', 404)
        self.product.image_1920 = base64.b64encode(self._get_jpeg())
        self.assertIn(f'{url}/photo', self._get(url))
        self.assertEqual(self.url_open(f'{url}/photo').headers['Content-Type'], 'image/jpeg')

    def test_history_holds_what_was_merged_and_only_the_customers_orders(self):
        order = self._open_order()
        twin = self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, 'origin': 'customer', 'state': 'to_verify'})
        theirs = self._open_order(device_id=twin.id)
        self.env.flush_all()
        twin._merge_into(order.device_id)
        self._login(self.user_customer)
        page = self._get(f'/my/appliances/{order.device_id.id}')
        self.assertIn(order.name, page)
        self.assertIn(theirs.name, page)
        self._get(f'/my/appliances/{twin.id}', 404)

    def test_appliances_of_others_do_not_exist(self):
        order = self._submitted()
        self.product.image_1920 = base64.b64encode(self._get_jpeg())
        url = f'/my/appliances/{order.device_id.id}'
        for user in (self.user_other_customer, self.user_provider_a):
            self._login(user)
            self._get(url, 404)
            self._get(f'{url}/photo', 404)
        self._get('/my/appliances/2147483648', 404)

    def test_invoices_are_linked_where_the_customer_may_open_them(self):
        order = self._open_order()
        sale = self.env['sale.order'].create({'partner_id': self.customer.id, 'order_line': [
            Command.create({'product_id': self.product.id})]})
        order.device_id.sale_line_id = sale.order_line
        url = f'/my/appliances/{order.device_id.id}'
        self._login(self.user_customer)
        self.assertNotIn(f'/my/orders/{sale.id}', self._get(url), "a draft is nobody's paper")
        sale.state = 'sale'
        self.env.flush_all()
        self.assertIn(f'/my/orders/{sale.id}', self._get(url))
        sale.partner_id = self.user_other_customer.partner_id
        self.env.flush_all()
        self.assertNotIn(f'/my/orders/{sale.id}', self._get(url))

    def test_searching(self):
        self.env['stokiva.device'].create([
            {'device_type_id': self.device_type.id, 'partner_id': self.customer.id, 'serial': f'W{number:02}'}
            for number in range(21)])
        self._login(self.user_customer)
        self.assertIn('/my/appliances/page/2', self._get('/my/appliances'))
        page = self._get('/my/appliances?search=dishwasher W07')
        self.assertIn('W07', page)
        self.assertNotIn('W08', page)
        self.assertIn("Nothing found", self._get('/my/appliances?search=%25_x'))

    def test_strangers_sign_in_first(self):
        self.assertEqual(
            self.url_open('/my/appliances', allow_redirects=False).status_code, 303)

    # === THE CHECKLIST === #

    def _get_order_with_checklist(self):
        self.service_type_repair.needs_checklist = True
        self.env['stokiva.checklist'].create({
            'name': "Repair", 'device_type_id': self.device_type.id,
            'item_ids': [Command.create({'name': "No leaks"}), Command.create({'name': "Shown", 'is_mandatory': False})]})
        order = self._in_progress()
        self._work(order)
        return order

    def test_ticking(self):
        order = self._get_order_with_checklist()
        self._login(self.user_technician_a)
        url = f'/my/jobs/{order.id}'
        self.assertIn("Go to the checklist", self._get(url))
        self._post(f'{url}/event/submit', status=400)
        first, second = order.checklist_line_ids
        self._post(f'{url}/checklist', done_ids=first.id, **{f'remark_{second.id}': " <i>later</i> "})
        self.assertRecordValues(order.checklist_line_ids, [
            {'is_done': True, 'remark': False}, {'is_done': False, 'remark': "<i>later</i>"}])
        self.assertEqual(order.event_ids[-1].actor_id, self.user_technician_a.id)
        page = self._get(url)
        self.assertIn("1 of 2", page)
        self.assertIn("&lt;i&gt;later", page)
        events = len(order.event_ids)
        self._post(f'{url}/checklist', done_ids=first.id, **{f'remark_{second.id}': "<i>later</i>"})
        self.assertEqual(len(order.event_ids), events, "nothing changed")
        self._post(f'{url}/event/submit')
        self.assertEqual(order.state, 'awaiting_approval')
        self._post(f'{url}/checklist', done_ids=second.id, status=403)

    def test_strangers_do_not_tick(self):
        order = self._get_order_with_checklist()
        for user in (self.user_provider_b, self.user_second_technician_a, self.user_customer):
            self._login(user)
            self._post(f'/my/jobs/{order.id}/checklist', done_ids=order.checklist_line_ids[0].id, status=404)
        self.assertFalse(any(order.checklist_line_ids.mapped('is_done')))
