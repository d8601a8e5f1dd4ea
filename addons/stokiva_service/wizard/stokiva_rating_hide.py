from odoo import fields, models


class RatingHide(models.TransientModel):
    """Asks why ratings are hidden."""
    _name = 'stokiva.rating.hide'
    _description = "Hide Ratings"

    rating_ids = fields.Many2many('stokiva.rating', required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_hide(self):
        """Hide the ratings: they no longer count.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.rating_ids._moderate({'is_hidden': True, 'hidden_reason': self.reason})
        return {'type': 'ir.actions.act_window_close'}
