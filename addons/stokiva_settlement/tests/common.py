from odoo.fields import Command

from odoo.addons.stokiva_service.tests.common_orders import WorkOrderCommon


class SettlementCommon(WorkOrderCommon):
    """A rate card for all providers, and completed work orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['stokiva.rate.card'].search([]).active = False
        cls.env['stokiva.claim.rule'].search([]).active = False
        cls.card = cls.env['stokiva.rate.card'].create({
            'name': "Rates",
            'date_from': '2020-01-01',
            'line_ids': [
                Command.create({'kind': 'labour', 'amount': 300}),
                Command.create({'kind': 'labour', 'workmanship_id': cls.workmanship.id, 'amount': 400}),
                Command.create({'kind': 'travel', 'amount': 90}),
                Command.create({'kind': 'wasted_trip', 'amount': 70}),
            ],
        })

    def _completed(self, **values):
        """An order that the customer approved, with one workmanship and one part of ours."""
        order = self._submitted(**values)
        self._answer(order)
        return order

    def _approved(self, count=1, **values):
        """Settlements that the officer approved."""
        orders = self.env['stokiva.work.order'].union(*(self._completed(**values) for _index in range(count)))
        settlements = orders.settlement_ids
        settlements.with_user(self.user_settlement).action_approve()
        return settlements

    def _own_part(self, order, **values):
        """The provider's technician fits a part of his own stock."""
        order._edit({'part_line_ids': [Command.create({
            'product_id': self.part_product.id, 'is_provider_stock': True, **values})]},
            actor=self.user_technician_a, channel='portal')

    def _labour(self, order, **values):
        """The provider's technician notes labour."""
        order._edit({'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id, **values})]},
                    actor=self.user_technician_a, channel='portal')
