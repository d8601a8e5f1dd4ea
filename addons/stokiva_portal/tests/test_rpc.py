from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_orders import photo
from odoo.addons.stokiva_service.tests.common_speed import plain_refusals

from .common import PortalCommon

HIDDEN = (
    'partner_id', 'partner_phone', 'site_id', 'city_id', 'symptom_note', 'internal_note', 'unassigned_reason',
    'diagnosis', 'amount_charged', 'sale_order_id', 'sale_line_id', 'personnel_id', 'assignment_ids', 'approval_ids',
    'event_ids', 'message_ids', 'event_hash', 'user_id', 'device_id')
# What portal users may read at all; every other model of ours refuses.
READABLE = {
    'stokiva.device', 'stokiva.device.type', 'stokiva.work.order', 'stokiva.visit', 'stokiva.labour.line',
    'stokiva.part.line', 'stokiva.media',
}


@tagged('post_install', '-at_install')
class TestRpc(PortalCommon):
    """Portal users against Odoo's own RPC, which no page of ours stands before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(plain_refusals())

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            '/web/dataset/call_kw', {'model': model, 'method': method, 'args': list(args), 'kwargs': kwargs})

    def _refused(self, model, method, *args, **kwargs):
        """Expect a refusal of the rights, or for ``write`` and ``unlink`` of the state of the order."""
        with self.assertRaises(JsonRpcException, msg=f"{model}.{method}") as caught, mute_logger('odoo.http'):
            self._call(model, method, *args, **kwargs)
        expected = {'odoo.exceptions.AccessError'}
        if method in ('write', 'unlink'):
            expected.add('odoo.exceptions.UserError')
        self.assertIn(caught.exception.args[0], expected, f"{model}.{method}")

    def test_hidden_fields_are_refused(self):
        order = self._submitted()
        for user in (self.user_provider_a, self.user_technician_a, self.user_customer):
            self._login(user)
            [row] = self._call('stokiva.work.order', 'read', [order.id], ['name', 'state'])
            self.assertEqual(row, {'id': order.id, 'name': order.name, 'state': 'awaiting_approval'})
            for field in HIDDEN:
                self._refused('stokiva.work.order', 'read', [order.id], [field])
                value = 'x' if order._fields[field].type in ('char', 'text', 'html') else 1
                self._refused('stokiva.work.order', 'search', [(field, 'in', [value])])
            self._refused('stokiva.work.order', 'search_read', [('partner_id.name', 'ilike', "Ay")], ['name'])
            self._refused('stokiva.work.order', 'search_read', [], ['name'], order='amount_charged')
            self._refused('stokiva.work.order', 'formatted_read_group', [], ['partner_id'], ['__count'])

    def test_a_read_of_everything_holds_nothing_hidden(self):
        order = self._submitted()
        for user in (self.user_provider_a, self.user_customer):
            self._login(user)
            [row] = self._call('stokiva.work.order', 'read', [order.id])
            self.assertFalse({*HIDDEN} & row.keys())
            self.assertNotIn(self.customer.name, str(row))
        self._login(self.user_provider_a)
        for model, field, hidden in (
                ('stokiva.labour.line', 'labour_line_ids', {'price_unit', 'amount', 'personnel_id'}),
                ('stokiva.part.line', 'part_line_ids', {'price_unit', 'amount', 'cost'}),
                ('stokiva.media', 'media_ids', {
                    'image', 'image_256', 'file', 'sha256', 'latitude', 'longitude', 'similar_id', 'create_uid'}),
                ('stokiva.visit', 'visit_ids', {'note', 'personnel_id'})):
            [row] = self._call(model, 'read', order[field][0].ids)
            self.assertFalse(hidden & row.keys(), model)
            for name in hidden:
                self._refused(model, 'read', order[field][0].ids, [name])

    def test_lines_are_not_the_customers(self):
        order = self._submitted()
        self._login(self.user_customer)
        for model, field in (('stokiva.labour.line', 'labour_line_ids'), ('stokiva.media', 'media_ids')):
            self.assertEqual(self._call(model, 'search', []), [])
            self._refused(model, 'read', order[field].ids, ['display_name'])

    def test_the_customer_reads_listed_fields_of_his_devices(self):
        device = self._submitted().device_id
        self._login(self.user_customer)
        [row] = self._call('stokiva.device', 'read', device.ids)
        self.assertEqual(row['id'], device.id)
        hidden = {'partner_id', 'sale_line_id', 'origin', 'phone', 'site_id', 'message_ids', 'warranty_text'}
        self.assertFalse(hidden & row.keys())
        for name in hidden:
            self._refused('stokiva.device', 'read', device.ids, [name])

    def test_no_model_can_be_changed(self):
        self._answer(self._submitted())
        models = [
            name for name, model in self.env.registry.items()
            if name.startswith('stokiva.') and not model._abstract]
        self.assertGreater(len(models), 20)
        for user in (self.user_provider_a, self.user_technician_a, self.user_customer):
            self._login(user)
            for name in models:
                record = self.env[name].sudo().search([], limit=1)
                self._refused(name, 'create', [{'image': photo()} if name == 'stokiva.media' else {}])
                for operation in ('create', 'write', 'unlink'):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation), f"{name}.{operation}")
                if name not in READABLE:
                    self._refused(name, 'search', [])
                if record:
                    self._refused(name, 'write', record.ids, {})
                    self._refused(name, 'unlink', record.ids)
                    if name not in READABLE:
                        self._refused(name, 'read', record.ids, ['display_name'])

    def test_private_methods_and_buttons_are_refused(self):
        order = self._offered()
        self._login(self.user_provider_a)
        for method in ('_apply_event', '_edit'):
            with self.assertRaises(JsonRpcException), mute_logger('odoo.http'):
                self._call('stokiva.work.order', method, order.ids, 'accept')
        self._refused('stokiva.work.order', 'action_event', order.ids, context={'stokiva_event': 'accept'})
        self._refused('stokiva.work.order', 'action_auto_assign', order.ids)
        self.assertEqual(order.state, 'assigned')

    def test_photos_do_not_come_by_odoos_own_routes(self):
        order = self._submitted()
        media = order.media_ids[0]
        attachment = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'stokiva.media'), ('res_id', '=', media.id), ('res_field', '=', 'image')])
        for user in (self.user_provider_b, self.user_customer, self.user_provider_a):
            self._login(user)
            for url in (
                    f'/web/content/stokiva.media/{media.id}/image', f'/web/content/{attachment.id}'):
                with mute_logger('odoo.http'):
                    self.assertIn(self.url_open(url).status_code, (403, 404), url)

    def test_the_orders_thread_is_the_customers(self):
        order = self._accepted()
        message = order.message_post(
            body="The bell is broken.", author_id=self.customer.id, message_type='comment',
            subtype_xmlid='mail.mt_comment')
        own = self.env['mail.message'].with_user(self.user_customer).search([('id', '=', message.id)])
        self.assertEqual(own, message)
        for user in (self.user_provider_a, self.user_technician_a, self.user_other_customer):
            self.assertFalse(self.env['mail.message'].with_user(user).search([('id', '=', message.id)]))
            self._login(user)
            self._refused('mail.message', 'read', message.ids, ['body'])
            with mute_logger('odoo.http'), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request('/mail/message/post', {
                    'thread_model': 'stokiva.work.order', 'thread_id': order.id,
                    'post_data': {'body': "Hello", 'message_type': 'comment'}})
        order.with_user(self.user_provider_a).message_subscribe(self.user_provider_a.partner_id.ids)
        self.assertNotIn(self.user_provider_a.partner_id, order.message_partner_ids)
