from odoo import models


class Visit(models.Model):
    """Where a technician was before, for the check of his travel."""
    _inherit = 'stokiva.visit'

    _arrived_idx = models.Index("(personnel_id, arrived_at DESC, id DESC) WHERE arrived_at IS NOT NULL")
