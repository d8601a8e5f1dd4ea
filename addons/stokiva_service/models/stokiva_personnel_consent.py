from odoo import api, fields, models


class PersonnelConsent(models.Model):
    """Who allowed or forbade messages to a person, and when. Rows are added by the person's own writes only."""
    _name = 'stokiva.personnel.consent'
    _description = "Permission for Messages"
    _order = 'id desc'

    personnel_id = fields.Many2one('stokiva.personnel', required=True, index=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one(related='personnel_id.company_id', store=True, index='btree_not_null')
    kind = fields.Selection([('email', "E-mail"), ('sms', "SMS")], "Channel", required=True, readonly=True)
    topic = fields.Selection([('job', "Jobs"), ('status', "News of jobs")], "About", required=True, readonly=True)
    is_granted = fields.Boolean("Allowed", readonly=True)
    user_name = fields.Char("By", required=True, readonly=True, help="Kept even when the login is deleted.")
    date = fields.Datetime("When", required=True, readonly=True)

    @api.model
    def _log(self, changes):
        """Note permissions that were given or withdrawn by the current user, now.

        :param list changes: ``(stokiva.personnel record, channel, topic, bool)``
        """
        now = fields.Datetime.now()
        self.sudo().create([  # sudo: nobody writes to the log but this method
            {
                'personnel_id': person.id, 'kind': channel, 'topic': topic, 'is_granted': is_granted,
                'user_name': self.env.user.name, 'date': now,
            }
            for person, channel, topic, is_granted in changes])
