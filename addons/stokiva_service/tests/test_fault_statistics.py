from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import faults
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestFaultStatistics(WorkOrderCommon):
    """What is likely for a model, and which parts are worth taking along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device_type = cls.env['stokiva.device.type'].create({'name': "Trouser press"})
        cls.model, cls.sister = cls.env['product.product'].create([
            {'name': name, 'stokiva_device_type_id': cls.device_type.id} for name in ("Press 1", "Press 2")])
        cls.pump, cls.seal = cls.env['product.product'].create([{'name': "Pump"}, {'name': "Seal"}])
        cls.leak, cls.cold, cls.worn = cls.env['stokiva.fault'].create([
            {'name': name, 'kind': kind, 'device_type_id': cls.device_type.id, 'sequence': sequence}
            for name, kind, sequence in (("Leaks", 'symptom', 20), ("Stays cold", 'symptom', 10), ("Seal worn", 'cause', 10))])
        # Of the model 12 orders: 9 leak, 6 of them needed a seal, 1 a pump. Of its sister 8 stay cold, 4 with a pump.
        cls.orders = cls.env['stokiva.work.order'].create([
            cls._values(model, symptom, parts)
            for model, symptom, parts, count in (
                (cls.model, cls.leak, cls.seal, 5), (cls.model, cls.leak, cls.seal | cls.pump, 1),
                (cls.model, cls.leak, cls.env['product.product'], 4), (cls.model, cls.cold, cls.pump, 2),
                (cls.sister, cls.cold, cls.pump, 2), (cls.sister, cls.cold, cls.env['product.product'], 6))
            for _number in range(count)])
        cls.orders.write({'state': 'completed'})
        cls.orders[:3].cause_id = cls.worn

    def test_what_orders_name_is_not_deleted(self):
        workmanship = self.env['stokiva.workmanship'].create({'name': "Seal changed", 'device_type_id': self.device_type.id})
        self.orders[0].labour_line_ids = [Command.create({'workmanship_id': workmanship.id})]
        self.env.flush_all()
        for used in (self.leak, self.worn, workmanship, self.device_type):
            with self.subTest(used=used), self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                used.unlink()
        self.assertEqual(self.orders[0].symptom_ids, self.leak)

    @classmethod
    def _values(cls, model, symptom, parts=()):
        device = cls.env['stokiva.device'].create({'product_id': model.id, 'partner_id': cls.customer.id})
        return {
            'partner_id': cls.customer.id, 'device_id': device.id, 'service_type_id': cls.service_type_repair.id,
            'symptom_ids': [Command.set(symptom.ids)],
            'part_line_ids': [Command.create({'product_id': part.id}) for part in parts]}

    def _new(self, model, symptom):
        return self.env['stokiva.work.order'].create(self._values(model, symptom))

    def test_likely_for_the_model_then_for_its_kind(self):
        likely = self.env['stokiva.fault']._get_likely
        self.assertEqual(likely(self.device_type, self.model), [
            faults.Likely(self.leak, 10, 12, 'model'), faults.Likely(self.cold, 2, 12, 'model')])
        self.assertEqual(likely(self.device_type, self.sister), [
            faults.Likely(self.leak, 10, 20, 'type'), faults.Likely(self.cold, 10, 20, 'type')])
        self.assertEqual(likely(self.device_type, self.model, 'cause', self.leak), [
            faults.Likely(self.worn, 3, 3, 'type')])
        self.assertFalse(likely(self.device_type, self.model, 'cause', self.cold))

    def test_offered_first_with_its_share(self):
        search = self.env['stokiva.fault'].with_user(self.user_call_centre).with_context(
            stokiva_likely_for=self.device_type.id, stokiva_likely_model=self.model.id).web_name_search
        offered = search('', {'display_name': {}}, [('kind', '=', 'symptom'), ('device_type_id', '=', self.device_type.id)])
        self.assertEqual([row['__formatted_display_name'] for row in offered], ["Leaks\t--83%--", "Stays cold\t--17%--"])
        self.assertEqual([row['display_name'] for row in offered], ["Leaks", "Stays cold"])
        self.env['res.lang']._activate_lang('tr_TR')
        turkish = self.env['stokiva.fault'].with_context(
            lang='tr_TR', stokiva_likely_for=self.device_type.id, stokiva_likely_model=self.model.id)
        self.assertEqual(
            turkish.web_name_search("Leaks", {'display_name': {}}, [])[0]['__formatted_display_name'], "Leaks\t--%83--")

    def test_reports_say_of_which_kind_of_device_a_fault_is(self):
        groups = self.env['stokiva.work.order'].with_context(stokiva_fault_of_type=True).formatted_read_group(
            [('id', 'in', self.orders[:3].ids)], ['cause_id'], ['__count'])
        self.assertEqual([group['cause_id'] for group in groups], [(self.worn.id, "Seal worn · Trouser press")])
        self.assertEqual(self.worn.display_name, "Seal worn")

    def test_context_is_not_trusted(self):
        for context in (
                {'stokiva_likely_for': "1; DROP"}, {'stokiva_likely_for': 0},
                {'stokiva_likely_for': self.device_type.id, 'stokiva_likely_kind': 'state'},
        ):
            self.assertEqual(self.env['stokiva.fault'].with_context(**context)._get_likely_in_context(), [], context)
        odd = self.env['stokiva.fault'].with_context(
            stokiva_likely_for=self.device_type.id, stokiva_likely_model=[1], stokiva_likely_symptoms=["x"])
        self.assertEqual(len(odd._get_likely_in_context()), 2)

    def test_parts_to_take_along_with_their_hit_rate(self):
        order, other = self._new(self.model, self.leak), self._new(self.sister, self.cold)
        both = order | other
        self.env.flush_all()
        both.mapped('device_type_id'), both.mapped('symptom_ids'), both.mapped('product_id')
        with self.assertQueryCount(1):
            found = both._get_take_along()
        both.write({'state': 'accepted'})
        self.assertEqual(found[order], [
            faults.Likely(self.seal, 6, 10, 'model'), faults.Likely(self.pump, 1, 10, 'model')])
        self.assertEqual(found[other], [faults.Likely(self.pump, 4, 10, 'type')])
        self.assertEqual(order.take_along_text, "Seal (60% of 10) · Pump (10% of 10)")

    def test_nothing_to_take_along(self):
        self.assertFalse(self._new(self.model, self.env['stokiva.fault']).take_along_text)
        self.assertFalse(self.orders[0].take_along_text)  # it is over
        self.assertEqual(self.env['stokiva.work.order']._get_take_along(), {})
        # What is still open proves nothing.
        self.orders.write({'state': 'accepted'})
        self.assertFalse(self._new(self.model, self.leak).take_along_text)
