from odoo import api, fields, models


class WorkOrder(models.Model):
    """What is counted and filtered by: as what an order was opened, and what its last trip came to."""
    _inherit = 'stokiva.work.order'

    opened_service_type_id = fields.Many2one(
        'stokiva.service.type', "Opened as", compute='_compute_opened_as', store=True,
        help="The service type with which the order was opened; what it ended as is its service type.")
    opened_symptom_id = fields.Many2one(
        'stokiva.fault', "Reported fault", compute='_compute_opened_as', store=True, index='btree_not_null', ondelete='restrict',
        help="The first symptom that was named when the order was opened.")
    is_reclassified = fields.Boolean(
        "Ended as another service", compute='_compute_is_reclassified', store=True)
    last_outcome = fields.Selection(
        lambda self: self.env['stokiva.visit']._fields['outcome']._description_selection(self.env), "Last visit",
        compute='_compute_last_outcome', store=True, help="How the last trip ended.")

    # For reports over a time: orders are opened in the order in which they stand in the table.
    _opened_idx = models.Index("USING brin (opened_at) WITH (pages_per_range = 32, autosummarize = on)")
    # For the filters: whose orders, and what waits for a part.
    _user_open_idx = models.Index(
        "(user_id, deadline, id) WHERE user_id IS NOT NULL AND state NOT IN ('completed', 'canceled', 'returned')")
    # “IS TRUE” as the ORM asks it: else the index is not used.
    _halted_idx = models.Index("(deadline, id) WHERE is_halted IS TRUE")
    _reclassified_idx = models.Index("(deadline, id) WHERE is_reclassified IS TRUE")
    _part_idx = models.Index("(deadline, id) WHERE state = 'accepted' AND last_outcome = 'part_missing'")

    @api.model
    def _derive_values(self, vals_list):
        """Add as what orders are opened of which no symptoms are known."""
        return [{
            **values, 'opened_service_type_id': vals.get('service_type_id'), 'opened_symptom_id': False,
            'is_reclassified': False, 'last_outcome': False,
        } for values, vals in zip(super()._derive_values(vals_list), vals_list, strict=True)]

    @api.depends('opened_at')
    def _compute_opened_as(self):
        for order in self:
            # Where something happened since, the log knows it.
            opened = order._get_opened_as() if order.event_seq > 1 else order
            order.opened_service_type_id = opened['service_type_id']
            order.opened_symptom_id = opened['symptom_ids'][:1]

    @api.depends('opened_service_type_id', 'service_type_id')
    def _compute_is_reclassified(self):
        for order in self:
            order.is_reclassified = order.opened_service_type_id != order.service_type_id

    @api.depends('visit_ids.outcome')
    def _compute_last_outcome(self):
        for order in self:
            ended = order.visit_ids.filtered('outcome').sorted('sequence')
            order.last_outcome = ended[-1:].outcome
