from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date, Datetime
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon, photo


@tagged('post_install', '-at_install')
class TestDeviceLife(WorkOrderCommon):
    """Delivery, correction, exchange, return and what is to be seen of them."""

    def _create_device(self, **values):
        return self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, **values})

    def _deliver(self, sale, serials=()):
        """Deliver all of a sale, with serial numbers if there are any."""
        picking = sale.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        move = picking.move_ids
        lots = self.env['stock.lot'].create([
            {'name': serial, 'product_id': move.product_id.id} for serial in serials])
        if lots:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create({'product_id': move.product_id.id, 'quantity': 1, 'lot_id': lot.id}) for lot in lots]
        move.picked = True
        if not lots:
            move.quantity = move.product_uom_qty
        picking.with_context(skip_sms=True)._action_done()
        self.assertEqual(picking.state, 'done')
        return picking

    def _return(self, picking, quantity, lot=None):
        """Take units back into the warehouse."""
        with Form(self.env['stock.return.picking'].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model='stock.picking')) as form:
            with form.product_return_moves.edit(0) as line:
                line.quantity = quantity
        action = form.save().action_create_returns()
        back = self.env['stock.picking'].browse(action['res_id'])
        move = back.move_ids
        if lot:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create({'product_id': move.product_id.id, 'quantity': 1, 'lot_id': lot.id})]
        move.picked = True
        back.with_context(skip_sms=True)._action_done()
        self.assertEqual(back.state, 'done')

    # === DELIVERY AND RETURN === #

    def test_serial_numbers_come_with_the_delivery(self):
        self.product.tracking = 'serial'
        sale = self._sell(2)
        devices = sale.stokiva_work_order_ids.device_id.sorted('id')
        devices[1].serial = 'SN-B'
        self._deliver(sale, ['SN-A', 'SN-B'])
        self.assertEqual(devices.mapped('serial'), ['SN-A', 'SN-B'])
        self.assertEqual(devices.lot_id.mapped('name'), ['SN-A', 'SN-B'])
        self.assertEqual(set(devices.mapped('date_delivered')), {Date.today()})
        self.assertEqual(set(devices.mapped('origin')), {'sale'})

    def test_delivery_without_serial_numbers(self):
        sale = self._sell(2)
        self._deliver(sale)
        devices = sale.stokiva_work_order_ids.device_id
        self.assertEqual(set(devices.mapped('date_delivered')), {Date.today()})
        self.assertFalse(any(devices.mapped('serial')))

    def test_serial_in_service_elsewhere_does_not_stop_the_delivery(self):
        self.product.tracking = 'serial'
        self._create_device(serial='SN-A')
        sale = self._sell()
        self._deliver(sale, ['SN-A'])
        device = sale.stokiva_work_order_ids.device_id
        self.assertTrue(device.date_delivered)
        self.assertFalse(device.serial)

    def test_appliance_without_service_is_registered_at_delivery(self):
        self.product.product_tmpl_id.write({'stokiva_policy': 'none', 'stokiva_service_type_ids': False})
        self.product.tracking = 'serial'
        plus = self.env['product.product'].create({
            'name': "Plus", 'type': 'service', 'stokiva_extension_labour_months': 12})
        sale = self._sell(2)
        sale.write({'order_line': [Command.create({'product_id': plus.id})]})
        self.assertFalse(self.env['stokiva.device'].search([('sale_line_id', 'in', sale.order_line.ids)]))
        self._deliver(sale, ['SN-C', 'SN-D'])
        devices = self.env['stokiva.device'].search([('sale_line_id', 'in', sale.order_line.ids)])
        self.assertEqual(set(devices.mapped('serial')), {'SN-C', 'SN-D'})
        self.assertEqual(len(devices.extension_ids), 1)

    def test_parts_are_no_devices(self):
        sale = self._sell(product=self.part_product)
        self._deliver(sale)
        self.assertFalse(self.env['stokiva.device'].search([('sale_line_id', 'in', sale.order_line.ids)]))

    def test_return_takes_the_device_out_of_service(self):
        self.product.tracking = 'serial'
        sale = self._sell(2)
        picking = self._deliver(sale, ['SN-A', 'SN-B'])
        kept, back = sale.stokiva_work_order_ids.device_id.sorted('serial')
        self._return(picking, 1, back.lot_id)
        self.assertRecordValues(kept | back, [
            {'state': 'in_service', 'return_reason': False, 'date_returned': False},
            {'state': 'returned', 'return_reason': 'sale_return', 'date_returned': Date.today()}])
        states = {order.device_id: order.state for order in sale.stokiva_work_order_ids}
        self.assertEqual(states, {kept: 'assigned', back: 'canceled'})

    def test_return_without_serial_numbers_takes_the_one_not_installed(self):
        sale = self._sell(2)
        picking = self._deliver(sale)
        first, second = sale.stokiva_work_order_ids.device_id.sorted('id')
        second.date_installed = Date.today()
        self._return(picking, 1)
        self.assertEqual((first.state, second.state), ('returned', 'in_service'))

    # === CORRECTION === #

    def _correct(self, device, serial, user=None, image=None):
        self.env['stokiva.device.serial'].with_user(user or self.user_call_centre).create({
            'device_id': device.id, 'serial': serial, 'label_image': image or photo()}).action_apply()

    def test_known_serial_is_not_overwritten(self):
        device = self._create_device(serial='SN-1').with_user(self.user_call_centre)
        with self.assertRaisesRegex(UserError, "photo of the label"):
            device.serial = 'SN-2'
        device.serial = ' SN-1 '
        blank = self._create_device().with_user(self.user_call_centre)
        blank.serial = 'SN-3'
        self.assertEqual((device.serial, blank.serial), ('SN-1', 'SN-3'))

    def test_correction_on_an_open_order_is_an_event_with_the_photo(self):
        device = self._create_device(serial='SN-1')
        order = self._in_progress(device_id=device.id)
        self._correct(device, 'SN-2', self.user_dispatcher)
        row = order.event_ids[-1]
        self.assertEqual((row.event, row.actor_id), ('edit', self.user_dispatcher.id))
        self.assertEqual(row._get_payload()['changes']['serial'], ['SN-1', 'SN-2'])
        self.assertEqual(order.media_ids.mapped('kind'), ['label'])
        self.assertEqual(device.serial, 'SN-2')
        self.assertIn("SN-1 → SN-2", row.detail)

    def test_correction_without_the_photo_is_refused(self):
        device = self._create_device(serial='SN-1')
        order = self._in_progress(device_id=device.id)
        before = len(order.event_ids)
        for values in (
                {'serial': 'SN-2'},
                {'serial': 'SN-2', 'media_ids': [Command.create({'kind': 'work', 'image': photo()})]}):
            with self.assertRaisesRegex(UserError, "photo of the label"), self.cr.savepoint():
                order._edit(values, actor=self.user_manager, channel='office')
        order._edit({'diagnosis': "x"}, actor=self.user_manager, channel='office')
        self.assertEqual((device.serial, len(order.event_ids)), ('SN-1', before + 1))

    def test_first_serial_needs_no_proof(self):
        order = self._in_progress()
        order._edit({'serial': 'SN-5'}, actor=self.user_technician_a, channel='portal')
        self.assertEqual(order.device_id.serial, 'SN-5')
        self.assertEqual(order.event_ids[-1]._get_payload()['changes'], {'serial': [False, 'SN-5']})

    def test_correction_without_an_order_is_noted_on_the_device(self):
        lots = self.env['stock.lot'].create([
            {'name': name, 'product_id': self.product.id} for name in ('LOT-1', 'LOT-2')])
        device = self._create_device(lot_id=lots[0].id)
        self._correct(device, 'LOT-2')
        self.assertEqual((device.serial, device.lot_id), ('LOT-2', lots[1]))
        note = device.message_ids[0]
        self.assertIn("LOT-1", note.body)
        self.assertEqual(note.attachment_ids.mimetype, 'image/jpeg')
        self._correct(device, 'OTHER')
        self.assertEqual((device.serial, device.lot_id.name), ('OTHER', False))

    def test_corrections_that_are_none(self):
        device = self._create_device(serial='SN-1')
        self._create_device(serial='SN-9')
        for serial, image, error in (
                ('SN-1', None, "known already"), ('  ', None, "known already"), ('SN-9', None, "in service already")):
            with self.assertRaisesRegex(UserError, error), self.cr.savepoint():
                self._correct(device, serial, image=image)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._correct(device, 'SN-2', image='bm90IGEgcGhvdG8=')
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._correct(device, 'SN-2', self.user_technician)
        self.assertEqual(device.serial, 'SN-1')

    # === EXCHANGE === #

    def _get_today(self):
        """Return the dispatcher's day."""
        return Date.context_today(self.env['stokiva.device'].with_user(self.user_dispatcher))

    def _exchange(self, device, user=None, **values):
        wizard = self.env['stokiva.device.exchange'].with_user(user or self.user_dispatcher).create(
            {'device_id': device.id, **values})
        return self.env['stokiva.device'].browse(wizard.action_exchange()['res_id'])

    def test_exchange_hands_the_warranty_on(self):
        old = self._create_device(serial='OLD', date_sold='2026-01-10', date_installed='2026-01-15')
        order = self._open_order(device_id=old.id)
        new = self._exchange(old, serial='NEW', reason='exchange')
        self.assertRecordValues(old | new, [
            {'state': 'returned', 'return_reason': 'exchange', 'date_returned': self._get_today()},
            {'state': 'in_service', 'return_reason': False, 'date_returned': False}])
        self.assertRecordValues(new, [{
            'serial': 'NEW', 'replaces_id': old.id, 'partner_id': self.customer.id, 'origin': 'exchange',
            'warranty_labour_until': old.warranty_labour_until, 'warranty_parts_until': old.warranty_parts_until}])
        self.assertIn("OLD", new.warranty_text)
        self.assertEqual(order.device_id, new)
        self.assertEqual(order.event_ids[-1].event, 'edit')
        old.warranty_labour_until = '2030-01-01'
        self.assertEqual(new.warranty_labour_until, Date.to_date('2030-01-01'))

    def test_dead_on_arrival_is_installed_anew(self):
        old = self._create_device(serial='OLD', date_sold='2026-01-10', date_delivered='2026-01-12')
        new = self._exchange(old, reason='doa')
        self.assertEqual((old.return_reason, new.date_installed, new.date_delivered), ('doa', False, self._get_today()))
        self.assertEqual(new.warranty_until, old.warranty_until)

    def test_work_under_way_stays_with_the_old_device(self):
        old = self._create_device(serial='OLD')
        order = self._in_progress(device_id=old.id)
        self._exchange(old)
        self.assertEqual(order.device_id, old)

    def test_exchanges_that_cannot_be(self):
        old = self._create_device(serial='OLD', date_sold='2026-01-10')
        self._create_device(serial='TAKEN')
        for values, error in (
                ({'serial': 'TAKEN'}, "in service already"), ({'date': '2025-01-01'}, "between the sale"),
                ({'date': Date.add(self._get_today(), days=2)}, "between the sale")):
            with self.assertRaisesRegex(UserError, error), self.cr.savepoint():
                self._exchange(old, **values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._exchange(old, self.user_technician)
        self.assertEqual(old.state, 'in_service')
        self._exchange(old)
        with self.assertRaisesRegex(UserError, "out of service already"), self.cr.savepoint():
            self._exchange(old)

    def test_device_out_of_service_gets_no_orders(self):
        device = self._create_device(state='returned')
        with self.assertRaisesRegex(ValidationError, "out of service"):
            self._open_order(device_id=device.id)
        device.write({'state': 'in_service', 'active': False})
        with self.assertRaisesRegex(ValidationError, "out of service"):
            self._open_order(device_id=device.id)

    # === REGISTERED BY THE CUSTOMER === #

    def test_registration_is_verified_or_refused(self):
        known = self._create_device(serial='SN-1')
        devices = self.env['stokiva.device'].create([
            {'device_type_id': self.device_type.id, 'partner_id': self.customer.id, 'serial': serial,
             'state': 'to_verify', 'origin': 'customer'} for serial in ('SN-1', 'SN-2', False)])
        mine = devices.with_user(self.user_call_centre)
        self.assertEqual(mine[0].same_serial_ids, known)
        mine[0].action_refuse_registration()
        self.assertFalse(mine[0].active)
        mine[1].serial = 'SN-2A'
        mine[1].action_verify()
        self.assertEqual((mine[1].state, mine[1].serial), ('in_service', 'SN-2A'))
        with self.assertRaisesRegex(UserError, "no serial number"):
            mine[2].action_verify()
        for method in ('action_verify', 'action_refuse_registration'):
            with self.assertRaises(UserError):
                getattr(mine[1], method)()
            with self.assertRaises(AccessError):
                getattr(devices[2].with_user(self.user_technician), method)()

    def test_verifying_a_number_that_is_in_service(self):
        self._create_device(serial='SN-1')
        twin = self._create_device(serial='SN-1', state='to_verify')
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            twin.action_verify()
            twin.flush_recordset()

    # === HISTORY AND SEARCH === #

    def test_history_on_one_screen(self):
        device = self._create_device()
        order = self._submitted(device_id=device.id)
        self._answer(order, stars=4)
        mine = device.with_user(self.user_call_centre)
        self.assertEqual(mine.work_order_ids, order)
        self.assertEqual(mine.part_line_ids.product_id, self.part_product)
        self.assertEqual(mine.approval_ids.stars, 4)
        self.assertEqual(mine.work_order_count, 1)
        self.assertEqual(
            self.env['stokiva.work.order'].search(mine.action_view_work_orders()['domain']), order)
        self.env.invalidate_all()
        self.assertFalse(device.with_user(self.user_technician).work_order_ids, "a technician sees his own")

    def test_repeat_visits_are_counted(self):
        device, other = self._create_device(), self._create_device()
        orders = self.env['stokiva.work.order'].union(*(
            self._open_order(device_id=item.id) for item in (device, device, device, other))).sudo()
        now = Datetime.now()
        for order, opened, completed in ((orders[0], 200, 199), (orders[1], 150, 100)):
            order.write({
                'state': 'completed', 'opened_at': Datetime.subtract(now, days=opened),
                'completed_at': Datetime.subtract(now, days=completed)})
        self.env.invalidate_all()
        self.assertEqual((device.repeat_count, other.repeat_count), (1, 0))
        orders[1].completed_at = Datetime.subtract(now, days=80)
        self.env.invalidate_all()
        self.assertEqual(device.repeat_count, 2)
        found = self.env['stokiva.device'].search([('has_repeat', '=', True), ('id', 'in', (device | other).ids)])
        self.assertEqual(found, device)
        self.assertEqual(
            self.env['stokiva.device'].search([('has_repeat', '=', False), ('id', 'in', (device | other).ids)]), other)

    def test_found_however_it_is_spelled(self):
        self.customer.name = "Şükrü Kadıköylü"
        device = self._create_device(serial='AB-12 34')
        search = self.env['stokiva.device'].search
        for text in (
                "kadıköylü", "KADIKÖYLÜ", "Kadikoylu sukru", "ŞÜKRÜ", "ab-12", "ab1234", "AB 12", "0532 123 45 67",
                "+90 (532) 123-45-67", "5321234567", "dishw"):
            self.assertIn(device, search([('display_name', 'ilike', text)]), text)
        for text in ("sukran", "ab99", "0533"):
            self.assertNotIn(device, search([('display_name', 'ilike', text)]), text)
        self.customer.phone = '+90 555 000 11 22'
        self.assertIn(device, search([('display_name', 'ilike', "0555 000")]))

    def test_search_compares_the_indexed_text(self):
        query = self.env['stokiva.device']._search([('display_name', 'ilike', "ab1234")]).select().code
        self.assertIn('"search_text" LIKE', query)
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'stokiva_device__search_text_index'")
        self.assertIn('gin_trgm_ops', self.env.cr.fetchone()[0])
