from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SmsReplyWizard(models.TransientModel):
    """Acts as if the recipient of a recorded SMS had answered, for demonstrations."""
    _name = 'stokiva.sms.reply.wizard'
    _description = "Simulate a Reply"

    log_id = fields.Many2one('stokiva.sms.log', "To", required=True, readonly=True)
    text = fields.Text("Reply", required=True, compute='_compute_text', readonly=False, store=True, precompute=True)

    @api.depends('log_id')
    def _compute_text(self):
        for wizard in self:
            # sudo: codes are secret, but not of messages that never left
            questions = self.env['stokiva.sms.question'].sudo()._find_open(wizard.log_id.number, wizard.log_id.company_id)
            question = questions.filtered(lambda item: item.work_order_id == wizard.log_id.work_order_id)[:1]  # noqa: B023
            yes = self.env._("YES")
            wizard.text = f"{yes} {question.code}" if question and wizard.log_id.gateway == 'log' else yes

    def action_send(self):
        """Let the reply come in, and read it.

        :return: an action that shows what became of it
        :rtype: dict
        :raise AccessError: for anybody but dispatchers and managers
        :raise UserError: if the message was not only recorded
        """
        self.ensure_one()
        self.log_id.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may simulate replies."))
        if self.log_id.gateway != 'log':
            raise UserError(self.env._("Replies are simulated only to messages of the recording gateway."))
        log = self.log_id.sudo()  # sudo: what comes in has no user
        log.env['stokiva.sms.inbound']._store(
            log.company_id, log.gateway_id, log.number, '', self.text, f'simulated:{self.id}')
        inbound = log.env['stokiva.sms.inbound'].search([('message_ref', '=', f'simulated:{self.id}')], limit=1)
        inbound._read_reply()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_sms.stokiva_sms_inbound_action')
        return dict(action, res_id=inbound.id, view_mode='form', views=[(False, 'form')], context={})
