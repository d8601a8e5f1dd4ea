from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models

WARNING = timedelta(days=30)


class Expiring(models.AbstractModel):
    """Something of a provider that is valid for a time; the office is warned once before it ends."""
    _name = 'stokiva.expiring'
    _description = "Valid for a Time"
    _check_company_auto = True

    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='provider_id.company_id', store=True, index='btree_not_null')
    date_from = fields.Date("Valid From")
    date_to = fields.Date(
        "Valid Until", index='btree_not_null', help="The last day. If empty, it does not end.")
    validity = fields.Selection(
        [
            ('valid', "Valid"),
            ('expiring', "Ends soon"),
            ('expired', "Expired"),
            ('future', "Not yet valid"),
        ],
        compute='_compute_validity')
    warned_on = fields.Date(readonly=True, copy=False)

    _dates_order = models.Constraint(
        'CHECK(date_to >= date_from)', "It cannot end before it begins.")

    @api.depends('date_from', 'date_to', 'provider_id.tz')
    def _compute_validity(self):
        for row in self:
            today = row.provider_id._get_today()
            if row.date_to and row.date_to < today:
                row.validity = 'expired'
            elif row.date_from and row.date_from > today:
                row.validity = 'future'
            elif row.date_to and row.date_to <= today + WARNING:
                row.validity = 'expiring'
            else:
                row.validity = 'valid'

    def write(self, vals):
        """Write, and warn again when the end is another one."""
        return super().write(dict(vals, warned_on=False) if 'date_to' in vals else vals)

    @api.model
    def _cron_warn_expiring(self, batch_size=100):
        """Tell the office once, 30 days before, what of an active provider ends."""
        domain = [
            ('date_to', '<=', fields.Date.today() + WARNING), ('warned_on', '=', False),
            ('provider_id.active', '=', True)]
        rows = self.search(domain, limit=batch_size, order='date_to, id')
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        for row in rows:
            row._warn()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _warn(self):
        """Give the one who looks after the provider a to-do about it."""
        self.ensure_one()
        user = self.provider_id._get_responsible()
        row = self.with_context(lang=user.lang or self.env.lang)
        row.provider_id.activity_schedule(
            'stokiva_service.mail_activity_type_expiry', date_deadline=row.date_to, user_id=user.id,
            summary=row.env._("Renew: %s", row.display_name), note=escape(row._get_warning()))
        row.warned_on = fields.Date.today()

    def _get_warning(self):
        """Return in one sentence what happens when it ends; to be extended.

        :rtype: str
        """
        raise NotImplementedError
