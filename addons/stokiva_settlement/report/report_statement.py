from odoo import api, models
from odoo.tools import format_date, format_datetime, formatLang

from odoo.addons.base.models.ir_actions_report import _wkhtml


class ReportStatement(models.AbstractModel):
    """The statement (hakediş) on paper, in the provider's language: what is printed and signed."""
    _name = 'report.stokiva_settlement.report_statement'
    _description = "Statement of a Provider on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template wants: ``papers``, one dict per statement.

        :param list docids: ids of statements
        :raise AccessError: if the user may not see one; the portal prints in sudo, after its own check
        """
        statements = self.env['stokiva.statement'].browse(docids)
        statements.check_access('read')
        papers = [
            self._prepare_paper(statement.sudo()._for_provider())  # sudo: after the check; only listed values
            for statement in statements]
        return {
            'doc_ids': docids, 'doc_model': statements._name, 'docs': statements, 'papers': papers,
            # Debian's wkhtmltopdf leaves headers out: the company then stands in the body.
            'has_header': data and data.get('report_type') != 'pdf' or _wkhtml().is_patched_qt,
        }

    @api.model
    def _prepare_paper(self, statement):
        """Return the values of one statement's paper; to be extended."""
        env, partner, company = statement.env, statement.provider_id.partner_id, statement.company_id
        return statement._get_document() | {
            'order': statement,  # whose company the letterhead shows
            'lang': env.lang,
            'provider': partner.name,
            'provider_vat': partner.vat,
            'provider_address': ", ".join(
                part.strip(' ,') for part in partner._display_address(without_company=True).split('\n') if part.strip(' ,')),
            'company': company.name,
            'period': f"{format_date(env, statement.date_from)} – {format_date(env, statement.date_to)}",
            'state': dict(statement._fields['state']._description_selection(env))[statement.state],
            'is_draft': not statement.sent_at and not statement.confirmed_at,
            'confirmed': statement.confirmed_via and env._(
                "%(how)s: %(who)s, %(moment)s",
                how=dict(statement._fields['confirmed_via']._description_selection(env))[statement.confirmed_via],
                who=statement.confirmed_by_id.name,
                moment=format_datetime(env, statement.confirmed_at, tz=statement.provider_id.tz, dt_format='short')),
            'words': statement._get_amount_in_words(),
            'money': lambda amount: formatLang(env, amount, currency_obj=statement.currency_id),
            'figure': lambda amount: "–" if statement.currency_id.is_zero(amount) else formatLang(
                env, amount, digits=statement.currency_id.decimal_places),
            'day': lambda date: format_date(env, date),
        }
