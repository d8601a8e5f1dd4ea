from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_offer_attempts = fields.Integer(
        "Offers Before a Dispatcher Decides", default=5,
        help="A work order is offered to this many providers, one after the other; then a "
             "dispatcher is asked.")

    _stokiva_offer_attempts_positive = models.Constraint(
        'CHECK(stokiva_offer_attempts > 0)', "A work order has to be offered at least once.")
