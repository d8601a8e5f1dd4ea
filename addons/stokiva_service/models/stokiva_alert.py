import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# Whoever looks after these has been given a to-do by the cron that warns of what ends.
TOLD_ELSEWHERE = {'authorisation', 'document'}


class Alert(models.Model):
    """Something of the network that somebody should look at: opened once, closed when it has recovered.

    What there is to tell is found by ``_get_finders``, and told in words by ``_compute_text``.
    """
    _name = 'stokiva.alert'
    _inherit = ['stokiva.thread', 'mail.activity.mixin']
    _description = "Alert"
    _order = 'state desc, opened_at desc, id desc'
    _rec_name = 'text'
    _check_company_auto = True
    _mail_post_access = 'read'

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    kind = fields.Selection(
        [
            ('rating', "Low rating"),
            ('falling', "Falling rating"),
            ('refusal', "Many refusals"),
            ('late', "Often late"),
            ('authorisation', "Authorisation ends"),
            ('document', "Document ends"),
            ('stock', "Parts below minimum"),
            ('district', "District without provider"),
            ('fault', "Rising fault"),
        ],
        required=True, readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('closed', "Recovered")], required=True, readonly=True, default='open')
    subject = fields.Char(required=True, readonly=True, help="What it is about: models and ids.")
    opened_at = fields.Datetime("Since", required=True, readonly=True, default=fields.Datetime.now)
    closed_at = fields.Datetime("Recovered on", readonly=True)
    value = fields.Float(
        readonly=True, aggregator=None, digits=(12, 4),
        help="Stars, share or times as often, as the kind says, when it was last checked.")
    threshold = fields.Float(readonly=True, aggregator=None, digits=(12, 4))
    cases = fields.Integer(readonly=True, aggregator=None, help="Of how many cases the value speaks.")
    date = fields.Date("Ends on", readonly=True)
    user_id = fields.Many2one('res.users', "Responsible", readonly=True, index='btree_not_null')
    provider_id = fields.Many2one(
        'stokiva.provider', readonly=True, index='btree_not_null', ondelete='cascade', check_company=True)
    authorisation_id = fields.Many2one(
        'stokiva.provider.authorisation', readonly=True, index='btree_not_null', ondelete='cascade')
    document_id = fields.Many2one(
        'stokiva.provider.document', readonly=True, index='btree_not_null', ondelete='cascade')
    product_id = fields.Many2one('product.product', "Model", readonly=True, index='btree_not_null', ondelete='cascade')
    fault_id = fields.Many2one('stokiva.fault', readonly=True, index='btree_not_null', ondelete='cascade')
    city_id = fields.Many2one('res.city', "District", readonly=True, index='btree_not_null', ondelete='cascade')
    text = fields.Char("Alert", compute='_compute_text')

    _open_uniq = models.UniqueIndex("(company_id, kind, subject) WHERE state = 'open'", "This alert is open already.")
    _listed_idx = models.Index("(state DESC, opened_at DESC, id DESC)")

    @api.model
    def _cron_check(self):
        """Open, refresh and close the alerts of all companies: as many queries however many providers there are."""
        for company in self.env['res.company'].search([('active', '=', True)]):
            self.with_company(company)._check(company)

    @api.model
    def _check(self, company, kinds=None):
        """Compare what is found with what is open: tell of what is new, close what has recovered.

        :param company: res.company record
        :param kinds: keys of ``kind`` to look at; all of them when left out
        """
        looked_at = Domain('kind', 'in', kinds) if kinds else Domain.TRUE
        is_open = {
            (alert.kind, alert.subject): alert
            for alert in self.search(looked_at & Domain('company_id', '=', company.id) & Domain('state', '=', 'open'))}
        found = {}
        for kind, find in self._get_finders(company).items():
            for values in find(company) if not kinds or kind in kinds else ():
                subject = self._get_subject(values)
                found[kind, subject] = values | {
                    'kind': kind, 'subject': subject, 'company_id': company.id, 'value': round(values.get('value', 0), 4)}
        recovered = self.union(*(alert for key, alert in is_open.items() if key not in found))
        recovered._close()
        for key, alert in is_open.items():
            alert._refresh(found.get(key, {}))
        new = self.create([values for key, values in found.items() if key not in is_open])
        new._assign()
        new._tell()
        _logger.info(
            "%s: %s alerts opened, %s recovered, %s open", company.name, len(new), len(recovered), len(found))

    @api.model
    def _get_subject(self, values):
        """Return what an alert is about as text: the same for the same things.

        :param dict values: of an alert
        """
        return ' '.join(
            f'{name.removesuffix("_id")}:{values[name]}' for name in sorted(values)
            if name.endswith('_id') and name in self._fields and name != 'company_id')

    def _refresh(self, values):
        """Write what has changed since the alert was opened.

        :param dict values: as a finder returns them
        """
        changed = {
            name: values[name] for name in ('value', 'threshold', 'cases', 'date')
            if name in values and values[name] != self[name]}
        if changed:
            self.write(changed)

    def _close(self):
        """Note that it has recovered, and end its to-dos."""
        if self:
            self.write({'state': 'closed', 'closed_at': fields.Datetime.now()})
            self.activity_ids.unlink()

    def _assign(self):
        """Give each alert to whoever looks after the provider, else to a dispatcher; faults to a manager."""
        groups = defaultdict(self.browse)
        dispatchers = {company: company._stokiva_get_dispatcher() for company in self.company_id}
        managers = {company: company._stokiva_get_manager() for company in self.company_id}
        for alert in self:
            user = alert.provider_id.user_id
            if not user.active:
                user = (managers if alert.kind == 'fault' else dispatchers)[alert.company_id]
            groups[user] |= alert
        for user, alerts in groups.items():
            alerts.user_id = user

    def _tell(self):
        """Give whoever is responsible a to-do for each alert."""
        activity_type = self.env.ref('stokiva_service.mail_activity_type_alert')
        model_id = self.env['ir.model']._get_id(self._name)
        today = fields.Date.today()
        # Odoo's mail for each to-do would be one too many: the digest tells how many there are.
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([
            {
                'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': alert.id,
                'user_id': user.id, 'summary': alert.text, 'date_deadline': today, 'automated': True,
            }
            for user, alerts in self.filtered(lambda alert: alert.kind not in TOLD_ELSEWHERE).grouped('user_id').items()
            for alert in alerts.with_context(lang=user.lang)])
