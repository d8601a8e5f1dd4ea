from odoo import models


class Approval(models.Model):
    """How a provider's work was approved, for the check of its share of calls and documents."""
    _inherit = 'stokiva.approval'

    _answered_idx = models.Index("(provider_id, answered_at) WHERE kind = 'work' AND state = 'approved'")
