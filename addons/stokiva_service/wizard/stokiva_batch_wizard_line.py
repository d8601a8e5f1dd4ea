from odoo import fields, models


class BatchWizardLine(models.TransientModel):
    _name = 'stokiva.batch.wizard.line'
    _description = "Work Order of a Step of Many"
    _order = 'result desc, id'  # what was left out or failed before what is done

    wizard_id = fields.Many2one('stokiva.batch.wizard', required=True, index=True, ondelete='cascade')
    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one(related='work_order_id.partner_id', related_sudo=False)
    district = fields.Char(related='work_order_id.district', related_sudo=False)
    provider_id = fields.Many2one(related='work_order_id.provider_id', related_sudo=False)
    state = fields.Selection(related='work_order_id.state', related_sudo=False)
    result = fields.Selection(
        [('ready', "Possible"), ('left_out', "Left out"), ('failed', "Not done"), ('done', "Done")],
        default='ready', required=True, readonly=True)
    message = fields.Char("Why not", readonly=True)
