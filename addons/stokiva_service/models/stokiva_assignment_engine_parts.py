from collections import defaultdict

from odoo import api, models

from ..candidates import FAILED, PROVIDER


class AssignmentEngine(models.AbstractModel):
    """An order that was refused for want of a part does not go to the next one who lacks it."""
    _inherit = 'stokiva.assignment.engine'

    @api.model
    def _judge_parts(self, rankings):
        """Let the providers fail that lack a part of an order which somebody refused as “no part”.

        Known is what the company keeps with a provider, without what is reserved. Of a provider with whom it keeps
        nothing, nobody knows.

        :param dict rankings: ``{order: candidates.Ranking}``
        """
        refused = [order for order, ranking in rankings.items() if any(row[FAILED] == 'refused' for row in ranking.found)]
        orders = self.env['stokiva.work.order'].union(*refused).filtered(lambda order: any(
            offer.state == 'rejected' and offer.reason == 'part' for offer in order.assignment_ids))
        needs = defaultdict(lambda: defaultdict(float))
        for line in orders.part_line_ids.filtered(lambda line: line._is_stocked()):
            needs[line.work_order_id][line.product_id.id] += line.quantity
        if not needs:
            return
        providers = {row[PROVIDER] for order in needs for row in rankings[order].found}
        stock = self._get_part_stock(providers, {product for need in needs.values() for product in need})
        for order, need in needs.items():
            lacking = set()
            for row in rankings[order].found:
                free = stock.get((row[PROVIDER], order.company_id.id))
                if not row[FAILED] and free is not None and any(free[product] < quantity for product, quantity in need.items()):
                    lacking.add(row[PROVIDER])
            rankings[order].fail(dict.fromkeys(lacking, 'no_part'))

    @api.model
    def _get_part_stock(self, providers, products):
        """Return what lies with providers, new and not reserved.

        :param set providers: ids
        :param set products: ids
        :return: ``{(provider id, company id): {product id: quantity}}``, only of places that are kept
        """
        # sudo: the ranking asks about providers that the one who assigns may not look into
        places = self.env['stock.location'].sudo().search([
            ('stokiva_provider_id', 'in', list(providers)), ('stokiva_is_defective', '=', False)])
        stock = {(place.stokiva_provider_id.id, place.company_id.id): defaultdict(float) for place in places}
        for place, product, quantity, reserved in places.env['stock.quant']._read_group(
                [('location_id', 'in', places.ids), ('product_id', 'in', list(products))],
                ['location_id', 'product_id'], ['quantity:sum', 'reserved_quantity:sum']):
            stock[place.stokiva_provider_id.id, place.company_id.id][product.id] += quantity - reserved
        return stock
