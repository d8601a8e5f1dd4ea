from odoo.fields import Command
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged('post_install', '-at_install')
class TestAssignmentParts(PartsCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider_c = cls._create_provider("Gamma", priority=3)[0]
        cls.order = cls._open_order()
        cls.order._edit(
            {'part_line_ids': [Command.create({'product_id': cls.pump.id, 'quantity': 2})]},
            actor=cls.user_manager, channel='office')
        cls.order._apply_event('assign', {'provider_id': cls.provider_a.id}, actor=cls.user_manager, channel='office')

    def _keep(self, provider, quantity):
        self._stock(provider._get_stock_location(self.company), self.pump, quantity)

    def _refuse(self, reason='part'):
        self._do(self.order, 'reject', self.user_provider_a, 'portal', reason=reason)

    def _get_failed(self, provider):
        [failed] = [
            row['failed'] for row in self.order.assignment_id.ranking if row['provider_id'] == provider.id]
        return failed

    def test_who_lacks_the_part_is_left_out(self):
        self._keep(self.provider_b, 1)
        self._keep(self.provider_c, 2)
        self._refuse()
        self.assertEqual(self.order.provider_id, self.provider_c)
        self.assertEqual(self._get_failed(self.provider_b), 'no_part')
        self.assertEqual(self._get_failed(self.provider_a), 'refused')

    def test_what_is_reserved_is_not_there(self):
        self._keep(self.provider_b, 2)
        self._keep(self.provider_c, 2)
        quant = self.env['stock.quant'].search([
            ('product_id', '=', self.pump.id), ('location_id.stokiva_provider_id', '=', self.provider_b.id)])
        quant.sudo().reserved_quantity = 1
        self._refuse()
        self.assertEqual(self.order.provider_id, self.provider_c)

    def test_of_whom_nothing_is_kept_nothing_is_known(self):
        self._keep(self.provider_c, 1)
        self._refuse()
        self.assertEqual(self.order.provider_id, self.provider_b)

    def test_other_reasons_say_nothing_of_parts(self):
        self._keep(self.provider_b, 1)
        self._keep(self.provider_c, 2)
        self._refuse('busy')
        self.assertEqual(self.order.provider_id, self.provider_b)

    def test_nobody_has_the_part(self):
        self._keep(self.provider_b, 0.5)
        self._keep(self.provider_c, 1)
        self._refuse()
        self.assertFalse(self.order.provider_id)
        self.assertIn("Lacks the part (2)", self.order.unassigned_reason)
