import json

from odoo import fields, models

from .. import basis


class Settlement(models.Model):
    """What a settlement was computed from. The change log keeps it, too."""
    _inherit = 'stokiva.settlement'

    basis = fields.Text(
        "Computed from", readonly=True, copy=False,
        help="The order's facts, and which rates held: enough to compute the lines again, see docs/verify.md.")

    def _add_basis(self, described):
        """Note that lines of another computation were added.

        :param dict described: as of ``basis.describe``
        """
        self.ensure_one()
        self.basis = basis.keep([*json.loads(self.basis or '[]'), described])
