from odoo import fields, models


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    sms_count = fields.Integer(
        "SMS", compute='_compute_sms_count', groups='stokiva_service.group_stokiva_dispatcher')

    def _compute_sms_count(self):
        counts = dict(self.env['stokiva.sms.log']._read_group(
            [('work_order_id', 'in', self.ids)], ['work_order_id'], ['__count']))
        for order in self:
            order.sms_count = counts.get(order, 0)

    def _get_anonymous_values(self):
        """Take out what providers and technicians were told of the customer, too."""
        return [
            *super()._get_anonymous_values(),
            (self.env['stokiva.sms.log'].search([('work_order_id', 'in', self.ids)]), {'body': False}),
            (self.env['stokiva.sms.inbound'].search([('work_order_id', 'in', self.ids)]), {'text': False, 'note': False}),
        ]

    def _remove_files(self):  # pylint: disable=missing-return
        """Forget which numbers were asked, too: nobody answers for a closed order."""
        super()._remove_files()
        self.env['stokiva.sms.question'].search([('work_order_id', 'in', self.ids)]).unlink()

    def action_view_sms(self):
        """Open the SMS about this order.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_sms.stokiva_sms_log_action')
        action['domain'] = [('work_order_id', '=', self.id)]
        return action
