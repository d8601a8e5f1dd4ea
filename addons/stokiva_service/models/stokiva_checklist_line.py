from odoo import api, fields, models
from odoo.exceptions import AccessError

# What people change on a line; the rest is the catalogue's.
TICKED = frozenset({'is_done', 'remark'})


class ChecklistLine(models.Model):
    """One thing to tick on an order: the words of the catalogue as they were when the order was opened."""
    _name = 'stokiva.checklist.line'
    _inherit = ['stokiva.order.line']
    _description = "Checklist of a Work Order"
    _order = 'work_order_id, sequence, id'
    _check_company_auto = True
    _order_field = 'checklist_line_ids'

    name = fields.Char("To Do", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    item_id = fields.Many2one(
        'stokiva.checklist.item', "Catalogue Entry", index='btree_not_null', ondelete='set null', readonly=True,
        check_company=True)
    is_mandatory = fields.Boolean("Mandatory", readonly=True)
    is_done = fields.Boolean("Done")
    remark = fields.Char(help="What the next one should know, for example a measured value.")

    _item_uniq = models.UniqueIndex(
        "(work_order_id, item_id) WHERE item_id IS NOT NULL", "This is on the order's checklist already.")

    def write(self, vals):
        """Tick lines or note something on them, as an ``edit`` event.

        :raise AccessError: on any other field
        """
        if not self.env.su and vals.keys() - TICKED:
            raise AccessError(self.env._("The items of a checklist come from the catalogue. Tick them or add a remark."))
        return super().write(vals)

    @api.model
    def _prepare_values(self, order, item, sequence):
        """Return the values of the line that an order gets for an item of the catalogue.

        :param order: stokiva.work.order record
        :param item: stokiva.checklist.item record
        :param int sequence: place on the order
        :rtype: dict
        """
        return {
            'work_order_id': order.id, 'item_id': item.id, 'name': item.name, 'sequence': sequence,
            'is_mandatory': item.is_mandatory}

    def _get_log_values(self):
        """Return what was to be done and whether it was."""
        return {'text': self.name, 'is_done': self.is_done, 'note': self.remark or None}
