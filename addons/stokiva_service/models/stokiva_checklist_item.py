from odoo import fields, models
from odoo.fields import Domain


class ChecklistItem(models.Model):
    _name = 'stokiva.checklist.item'
    _inherit = ['stokiva.audited']
    _description = "Item of a Checklist"
    _order = 'checklist_id, sequence, id'

    name = fields.Char("To Do", required=True, translate=True)
    sequence = fields.Integer(default=10)
    checklist_id = fields.Many2one('stokiva.checklist', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='checklist_id.company_id', store=True, index='btree_not_null')
    is_mandatory = fields.Boolean(
        "Mandatory", default=True,
        help="Where the type of service asks for the checklist, work cannot be submitted without it.")

    def _find_for(self, orders):
        """Return the items that each order has to go through, in their order on the lists.

        Lists of the device type and of the types above count, for the order's type of service or for all.

        :param orders: stokiva.work.order records
        :return: ``{order: stokiva.checklist.item records}``
        :rtype: dict
        """
        items = self.search(
            Domain('checklist_id.active', '=', True)
            & Domain('checklist_id.device_type_id', 'parent_of', orders.device_type_id.ids)
            & Domain('checklist_id.service_type_id', 'in', [*orders.service_type_id.ids, False]))
        # The general comes before the particular.
        items = items.sorted(lambda item: (
            item.checklist_id.device_type_id.parent_path.count('/'), item.checklist_id.sequence, item.checklist_id.id,
            item.sequence, item.id))
        return {
            order: items.browse(item.id for item in items if item._fits(order)) for order in orders}

    def _fits(self, order):
        """Tell whether an order has to go through this item.

        :param order: stokiva.work.order record
        :rtype: bool
        """
        checklist = self.checklist_id
        return (
            (order.device_type_id.parent_path or '').startswith(checklist.device_type_id.parent_path)
            and (not checklist.service_type_id or checklist.service_type_id == order.service_type_id)
            and (not self.company_id or self.company_id == order.company_id))
