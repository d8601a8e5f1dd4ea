from odoo import fields, models


class ResCompany(models.Model):
    """From when on the network's figures are worth an alert; a threshold of 0 switches its alert off."""
    _inherit = 'res.company'

    stokiva_alert_days = fields.Integer(
        "Days Looked At", default=90, prefetch='stokiva', help="Alerts judge a provider by its last so many days.")
    stokiva_alert_cases = fields.Integer(
        "At Least so Many Cases", default=10, prefetch='stokiva',
        help="With fewer orders, ratings or offers than these nothing is said of a provider.")
    stokiva_alert_rating = fields.Float(
        "Rating Below", default=3.5, digits=(3, 1), prefetch='stokiva', help="Average stars. 0: no alert.")
    stokiva_alert_drop = fields.Float(
        "Rating Fallen by", default=0.5, digits=(3, 1), prefetch='stokiva',
        help="Average stars less than in the same number of days before. 0: no alert.")
    stokiva_alert_refusal = fields.Float(
        "Offers Refused Above", default=0.3, prefetch='stokiva',
        help="Share of the offers that were refused or not answered in time. 0: no alert.")
    stokiva_alert_late = fields.Float(
        "Orders Late Above", default=0.25, prefetch='stokiva',
        help="Share of the completed orders that were late by the provider's fault. 0: no alert.")
    stokiva_alert_stock = fields.Boolean("Parts Below Minimum", default=True, prefetch='stokiva')
    stokiva_alert_district = fields.Boolean("Districts without Provider", default=True, prefetch='stokiva')
    stokiva_alert_fault = fields.Boolean("Faults that Rise", default=True, prefetch='stokiva')

    _stokiva_alert_days_positive = models.Constraint(
        'CHECK(stokiva_alert_days > 0 AND stokiva_alert_cases > 0)', "Alerts need at least one day and one case.")
    _stokiva_alert_limits = models.Constraint(
        'CHECK(stokiva_alert_rating BETWEEN 0 AND 5 AND stokiva_alert_drop BETWEEN 0 AND 4 '
        'AND stokiva_alert_refusal BETWEEN 0 AND 1 AND stokiva_alert_late BETWEEN 0 AND 1)',
        "Ratings lie between 0 and 5 stars, shares between 0 and 100 %.")
