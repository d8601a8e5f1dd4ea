from odoo import fields, models


class ResCompany(models.Model):
    """When customers are asked for their opinion, and which of them calls for somebody."""
    _inherit = 'res.company'

    stokiva_rating = fields.Boolean(
        "Ask for Ratings", default=True, prefetch='stokiva',
        help="Who gave no stars with the approval is asked by a link, as the message rules say.")
    stokiva_rating_hours = fields.Integer("Ask after (hours)", default=24, prefetch='stokiva')
    stokiva_rating_days = fields.Integer(
        "Change within (days)", default=14, prefetch='stokiva',
        help="So long the link works, and so long a rating can be changed.")
    stokiva_low_stars = fields.Integer(
        "Alert up to (stars)", default=2, prefetch='stokiva',
        help="The responsible of the provider gets a to-do for a rating with so many stars or fewer. Zero: never.")

    _stokiva_rating_sensible = models.Constraint(
        'CHECK(stokiva_rating_hours BETWEEN 0 AND 240 AND stokiva_rating_days BETWEEN 1 AND 365'
        ' AND stokiva_low_stars BETWEEN 0 AND 4)',
        "Ratings are asked for after 0 to 240 hours, changed within 1 to 365 days, and alert up to 4 stars.")
