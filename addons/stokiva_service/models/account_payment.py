from odoo import fields, models


class AccountPayment(models.Model):
    """A payment that a technician took on site, or that the office took back."""
    _inherit = 'account.payment'

    stokiva_work_order_id = fields.Many2one(
        'stokiva.work.order', "Work Order", readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    stokiva_event_id = fields.Many2one(
        'stokiva.event', "Noted by", readonly=True, copy=False, ondelete='restrict')

    _stokiva_event_uniq = models.UniqueIndex(
        "(stokiva_event_id) WHERE stokiva_event_id IS NOT NULL", "This payment on site is booked already.")
