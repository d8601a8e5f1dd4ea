from odoo import fields, models


class TakeInLine(models.Model):
    """One accessory on the list: ticked at take-in, and ticked again at hand-back."""
    _name = 'stokiva.take.in.line'
    _description = "Accessory Taken In"
    _order = 'take_in_id, id'
    _check_company_auto = True

    take_in_id = fields.Many2one('stokiva.take.in', required=True, index=True, readonly=True, ondelete='cascade')
    work_order_id = fields.Many2one(related='take_in_id.work_order_id', store=True, precompute=True, index=True)
    company_id = fields.Many2one(related='take_in_id.company_id', store=True, precompute=True, index=True)
    accessory_id = fields.Many2one(
        'stokiva.accessory', required=True, index=True, readonly=True, ondelete='restrict')
    is_back = fields.Boolean("Handed back", readonly=True)
