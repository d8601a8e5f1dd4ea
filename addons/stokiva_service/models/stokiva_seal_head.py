from odoo import fields, models


class SealHead(models.Model):
    """The last event of a chain when it was sealed; a seal has a row for each chain that moved since the last."""
    _name = 'stokiva.seal.head'
    _description = "End of a Chain in a Seal"
    _log_access = False
    _order = 'id'

    company_id = fields.Integer(required=True, aggregator=None)
    number = fields.Integer(required=True, aggregator=None, help="The seal's number.")
    # No foreign key: the row outlives an order or record that is taken away.
    work_order_id = fields.Integer(aggregator=None)
    model = fields.Char()
    res_id = fields.Integer(aggregator=None)
    seq = fields.Integer(required=True, aggregator=None)
    hash = fields.Char(required=True)

    _seal_order_uniq = models.UniqueIndex('(company_id, number, work_order_id) WHERE work_order_id IS NOT NULL')
    _seal_record_uniq = models.UniqueIndex(
        '(company_id, number, model COLLATE "C", res_id) WHERE model IS NOT NULL')
    _order_idx = models.Index('(work_order_id, id)')
    _record_idx = models.Index('(model, res_id, id) WHERE model IS NOT NULL')

    def init(self):
        """Let the database itself refuse to change or remove what was sealed."""
        self.env['stokiva.event']._guard_table(self._table)
