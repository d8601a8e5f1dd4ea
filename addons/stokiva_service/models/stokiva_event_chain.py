from odoo import api, fields, models
from odoo.tools import SQL


class EventChain(models.Model):
    """The end of the chain of each record whose changes are logged, as a work order knows that of its own."""
    _name = 'stokiva.event.chain'
    _description = "End of a Record's Change Log"
    _log_access = False

    model = fields.Char(required=True)
    # No foreign key: the row outlives its record.
    res_id = fields.Integer(required=True, aggregator=None)
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='restrict')
    is_shared = fields.Boolean(help="The record belonged to no company when its log began.")
    seq = fields.Integer(required=True, default=0, aggregator=None)
    hash = fields.Char()

    _record_uniq = models.UniqueIndex('(model, res_id)')

    @api.model
    def _lock(self, records, companies):
        """Lock the chains of records, waiting, and begin those that are not there yet.

        A chain keeps the company with which it began.

        :param records: records of one model
        :param dict companies: record → res.company, empty for shared ones
        :return: ``{id of the record: dict of company_id, is_shared, seq and hash}``
        """
        rows = self.env.execute_query_dict(SQL(
            """INSERT INTO stokiva_event_chain (model, res_id, company_id, is_shared, seq) VALUES %s
               ON CONFLICT (model, res_id) DO UPDATE SET seq = stokiva_event_chain.seq
               RETURNING res_id, company_id, is_shared, seq, hash""",
            SQL(", ").join(
                SQL("(%s, %s, %s, %s, 0)", records._name, record.id,
                    companies[record].id or self.env.company.id, not companies[record])
                for record in records.sorted('id'))))
        return {row.pop('res_id'): row for row in rows}

    @api.model
    def _move(self, events):
        """Note rows as the new ends of their chains.

        :param events: new stokiva.event records of one model, one per record
        """
        self.env.cr.execute(SQL(
            """UPDATE stokiva_event_chain AS chain SET seq = last.seq, hash = last.hash
                 FROM (VALUES %s) AS last (res_id, seq, hash)
                WHERE chain.model = %s AND chain.res_id = last.res_id""",
            SQL(", ").join(SQL("(%s, %s, %s)", event.res_id, event.seq, event.hash) for event in events),
            events[:1].model))
