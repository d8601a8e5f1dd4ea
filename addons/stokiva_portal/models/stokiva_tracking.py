from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.stokiva_service import workflow


class Tracking(models.Model):
    """The link by which the customer follows a work order without a login; it dies with the job."""
    _name = 'stokiva.tracking'
    _inherit = ['stokiva.secret.link']
    _description = "Tracking Link"
    _rec_name = 'work_order_id'
    _token_purpose = 'stokiva.tracking'
    _link_path = '/t/'

    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True, ondelete='cascade')

    _work_order_uniq = models.UniqueIndex("(work_order_id)")

    @api.model
    def _get_for(self, order):
        """Return the link's record of an order, made now if there is none.

        :param order: stokiva.work.order record
        :return: stokiva.tracking record in sudo
        """
        links_sudo = self.sudo()  # sudo: links are read and written by their own methods only
        return links_sudo.search([('work_order_id', '=', order.id)]) or links_sudo.create({'work_order_id': order.id})

    def _is_alive(self):
        """Tell whether the link still opens the page: while the job is open, and some hours after its end."""
        self.ensure_one()
        order = self.work_order_id
        if order.state not in workflow.CLOSED:
            return True
        ended = order.completed_at or order.closed_at
        return ended + timedelta(hours=order.company_id.stokiva_tracking_hours) > fields.Datetime.now()
