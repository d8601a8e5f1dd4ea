from odoo import fields, models


class RepeatDecision(models.TransientModel):
    """Asks why: somebody objects to the charge of a repeat visit, or a manager decides about it."""
    _name = 'stokiva.repeat.decision'
    _description = "Objection to a Repeat Visit"

    repeat_id = fields.Many2one('stokiva.repeat.visit', required=True, readonly=True)
    state = fields.Selection(related='repeat_id.state', related_sudo=False)
    objection = fields.Text(related='repeat_id.objection', related_sudo=False)
    reason = fields.Text("Why", required=True)

    def action_object(self):
        """Object in the provider's name.

        :return: action that closes the dialog
        :rtype: dict
        """
        self.repeat_id.check_access('read')
        self.repeat_id._object(self.reason)
        return {'type': 'ir.actions.act_window_close'}

    def action_uphold(self):
        """Let the charge stand.

        :return: action that closes the dialog
        :rtype: dict
        """
        self.repeat_id._decide('upheld', self.reason)
        return {'type': 'ir.actions.act_window_close'}

    def action_waive(self):
        """Take the charge away.

        :return: action that closes the dialog
        :rtype: dict
        """
        self.repeat_id._decide('waived', self.reason)
        return {'type': 'ir.actions.act_window_close'}
