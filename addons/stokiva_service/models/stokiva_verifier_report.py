import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate, groupby

from .stokiva_verifier import MOST_FINDINGS, WIDTH

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

CURSOR = 'stokiva.verified_up_to'
TEXTS = {
    'changed': _lt("%(order)s: event %(first)s was changed."),
    'removed': _lt("%(order)s: events %(first)s to %(last)s were removed."),
    'reordered': _lt("%(order)s: the event in place %(first)s was number %(last)s."),
    'replaced': _lt("%(order)s: event %(first)s was replaced by another."),
    'cut': _lt("%(order)s: events %(first)s to %(last)s were cut off at the end."),
    'added': _lt("%(order)s: events %(first)s to %(last)s were added from outside."),
    'head': _lt("%(order)s: the log was rewritten; its end is not the one that was noted."),
    'orphan': _lt("%(order)s: this was removed from the database, its events are there."),
    'personal': _lt("%(order)s: a personal value of event %(first)s was changed."),
    'sealed_gone': _lt("%(order)s: all events, sealed in seal %(seal)s, were removed."),
    'sealed_cut': _lt("%(order)s: events %(first)s to %(last)s, sealed in seal %(seal)s, were cut off."),
    'sealed_removed': _lt("%(order)s: event %(first)s, sealed in seal %(seal)s, was removed."),
    'sealed_forged': _lt("%(order)s: events up to %(last)s were rewritten after seal %(seal)s."),
    'fewer': _lt("There are fewer events or chains than in seal %(seal)s."),
    'seal_changed': _lt("Seal %(seal)s was changed."),
    'seal_removed': _lt("Seal %(seal)s was removed."),
    'seal_replaced': _lt("Seal %(seal)s was replaced by another."),
    'file_without_seal': _lt("Seal %(seal)s is in the folder, but no longer in the database."),
    'file_differs': _lt("Seal %(seal)s in the database is not the one in the folder."),
}


class Verifier(models.AbstractModel):
    """How findings are told, and the job that looks for them."""
    _inherit = 'stokiva.verifier'

    @api.model
    def _describe(self, findings):
        """Return findings as sentences in the user's language.

        :param list findings: ``audit_check.Finding``
        :return: list of str
        """
        names = self._get_chain_names({finding.chain for finding in findings} - {0})
        sentences = []
        for finding in findings:
            text = self.env._(TEXTS[finding.kind])  # pylint: disable=gettext-variable
            sentences.append(text % {
                'order': names.get(finding.chain), 'first': finding.first, 'last': finding.last, 'seal': finding.seal})
        return sentences

    @api.model
    def _get_chain_names(self, chains):
        """Return what people call the orders and records whose chains these are.

        :param set chains: as ``audit.chain_of``
        :rtype: dict
        """
        orders = [chain for chain in chains if isinstance(chain, int)]
        known = dict(self.env.execute_query(SQL(
            "SELECT id, name FROM stokiva_work_order WHERE id = ANY(%s)", orders))) if orders else {}
        names = {order: known.get(order) or self.env._("Work order %s", order) for order in orders}
        kinds = dict(self.env['stokiva.event']._get_audited_models())
        for chain in chains - set(orders):
            model, res_id = chain.rsplit(',', 1)
            # sudo: who verifies the log may know what it is about
            record = self.env[model].sudo().browse(int(res_id)).exists() if model in self.env else None
            names[chain] = f"{kinds.get(model, model)} {record.display_name if record else res_id}"
        return names

    @api.model
    def _show(self, findings, events=None):
        """Return the action that shows what a verification found.

        :param list findings: ``audit_check.Finding``
        :param int events: how many were verified, if that is to be told
        :rtype: dict
        """
        if findings:
            title = self.env._("The event log was tampered with")
            message = "\n".join(self._describe(findings[:20]))
        else:
            title = self.env._("The event log is sound")
            message = self.env._("%(events)s events, none changed, removed or moved.", events=events)
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'danger' if findings else 'success', 'sticky': bool(findings),
                'title': title, 'message': message},
        }

    @api.model
    def _cron_verify(self):
        """Verify the whole log; managers and the auditor get an e-mail if something is wrong.

        Goes on the next time where the time ended.
        """
        parameters = self.env['ir.config_parameter']
        first, last = int(parameters.get_param(CURSOR) or 0), self._get_last_order_id()
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=-(-max(last - first, 0) // WIDTH) + 1)
        findings = []
        while first < last:
            findings += self._check_range(first)[1]
            first += WIDTH
            if not cron._commit_progress(1):
                parameters.set_param(CURSOR, first)
                self._report(findings)
                return
        parameters.set_param(CURSOR, 0)
        self._report(findings + self._check_records()[1] + self._verify_seals())
        cron._commit_progress(1)

    @api.model
    def _report(self, findings):
        """Write findings into the server's log and queue e-mails about them to those who answer for the log."""
        for company_id, found in groupby(findings, key=lambda finding: finding.company_id):
            company = self.env['res.company'].browse(company_id)
            texts = self._describe(found[:MOST_FINDINGS])
            _logger.error("The event log of company %s was tampered with (%s findings): %s", company_id, len(found), texts)
            managers = self.env.ref('stokiva_service.group_stokiva_manager').all_user_ids.filtered(
                lambda user, company=company: company in user.company_ids)
            self.env['mail.mail'].create({
                'subject': self.env._(
                    "%(company)s: the service log was tampered with (%(count)s)", company=company.name, count=len(found)),
                'body_html': Markup("<ul>%s</ul>") % Markup().join(Markup("<li>%s</li>") % text for text in texts),
                'email_from': company.email_formatted or self.env.user.email_formatted,
                'email_to': company.stokiva_auditor_email,
                'recipient_ids': [fields.Command.set(managers.partner_id.ids)],
            })
