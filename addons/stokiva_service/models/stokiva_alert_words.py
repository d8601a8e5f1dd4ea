from odoo import api, models
from odoo.tools import format_date, formatLang


class Alert(models.Model):
    """Alerts in words."""
    _inherit = 'stokiva.alert'

    @api.depends('kind', 'value', 'threshold', 'cases', 'date', 'provider_id', 'product_id', 'fault_id', 'city_id')
    @api.depends_context('lang')
    def _compute_text(self):
        for alert in self:
            alert.text = alert._describe()

    def _describe(self):
        """Return in one sentence what is the matter, in the user's language; to be extended.

        :rtype: str
        """
        self.ensure_one()
        who, cases = self.provider_id.name or "", self.cases
        match self.kind:
            case 'rating':
                return self.env._("%(who)s: %(stars)s stars on average (ratings: %(cases)s)",
                         who=who, stars=formatLang(self.env, self.value, digits=1), cases=cases)
            case 'falling':
                return self.env._("%(who)s: the rating fell by %(stars)s stars (ratings: %(cases)s)",
                         who=who, stars=formatLang(self.env, self.value, digits=1), cases=cases)
            case 'refusal':
                return self.env._("%(who)s: %(share)s%% of %(cases)s offers refused or not answered",
                         who=who, share=formatLang(self.env, self.value * 100, digits=0), cases=cases)
            case 'late':
                return self.env._("%(who)s: %(share)s%% of %(cases)s orders late", who=who, share=formatLang(self.env, self.value * 100, digits=0), cases=cases)
            case 'authorisation' | 'document':
                return self.env._("%(who)s: %(what)s, until %(date)s", who=who, date=format_date(self.env, self.date),
                         what=(self.authorisation_id or self.document_id).display_name)
            case 'stock':
                return self.env._("%(who)s: parts below their minimum: %(cases)s", who=who, cases=cases)
            case 'district':
                return self.env._("%(district)s, %(province)s: nobody covers it (orders: %(cases)s)", cases=cases,
                         district=self.city_id.name, province=self.city_id.state_id.name)
            case 'fault':
                what = {'model': self.product_id.name, 'fault': self.fault_id.name, 'cases': cases}
                if self.value:
                    return self.env._("%(model)s: “%(fault)s” %(times)s times as often as usual (cases: %(cases)s)",
                             times=formatLang(self.env, self.value, digits=1), **what)
                return self.env._("%(model)s: “%(fault)s” for the first time (cases: %(cases)s)", **what)
        return self.subject
