from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.stokiva_service import workflow


class Alert(models.Model):
    """Technicians whose phones are not heard of though their jobs have begun."""
    _inherit = 'stokiva.alert'

    kind = fields.Selection(selection_add=[('phone', "Silent phone")], ondelete={'phone': 'cascade'})
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Technician", readonly=True, index='btree_not_null', ondelete='cascade', check_company=True)

    @api.model
    def _cron_check_phones(self):
        """Look at the phones of all companies several times a day: these alerts cannot wait for the next one."""
        for company in self.env['res.company'].search([('active', '=', True)]):
            self.with_company(company)._check(company, ('phone',))

    @api.model
    def _get_finders(self, company):
        phones = {'phone': self._find_phone} if company.stokiva_field_hours else {}
        return super()._get_finders(company) | phones

    @api.model
    def _find_phone(self, company):
        """Technicians not heard of for the company's hours whose jobs began before them, or who have not sent all.

        Who has his next job tomorrow may leave his phone alone tonight.
        """
        now, hours = fields.Datetime.now(), company.stokiva_field_hours
        devices = self.env['stokiva.field.device']
        silent = devices.search(
            devices._get_silent_domain() & Domain('company_id', '=', company.id), order='seen_at').grouped('user_id')
        people = self.env['stokiva.personnel'].search([('user_id', 'in', [user.id for user in silent])], order='id')
        begun = dict(self.env['stokiva.work.order']._read_group(
            [('personnel_id', 'in', people.ids), ('company_id', '=', company.id), ('state', 'in', workflow.WITH_PROVIDER),
             ('window_start', '<', now - timedelta(hours=hours))], ['personnel_id'], ['__count']))
        return [
            {'personnel_id': person.id, 'provider_id': person.provider_id.id, 'cases': begun.get(person, 0), 'threshold': hours}
            for person in people if person in begun or any(silent[person.user_id].mapped('waiting'))]

    def _describe(self):
        if self.kind != 'phone':
            return super()._describe()
        return self.env._(
            "%(who)s, %(provider)s: silent for more than %(hours)s hours (jobs begun: %(cases)s)",
            who=self.personnel_id.name, provider=self.provider_id.name, hours=int(self.threshold), cases=self.cases)

    def _get_cases(self):
        if self.kind != 'phone':
            return super()._get_cases()
        return 'stokiva_portal.field_device_action', [('user_id', '=', self.personnel_id.user_id.id)]
