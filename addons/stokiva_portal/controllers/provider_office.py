"""What is common to the pages of those who lead a provider, and its statements."""
from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.stokiva_settlement.controllers.statement import send_workbook

from ..presenters import Formats, StatementPresenter
from ..presenters.statement import FIELDS
from .common import get_people
from .provider import ProviderPortal

STATEMENTS_PER_PAGE = 20
TO_CONFIRM, UNPAID = ('sent',), ('objected', 'confirmed', 'billed')
MAX_REASON = 1000


class ProviderOffice(ProviderPortal):
    """Statements of a provider."""

    def _get_leading(self):
        """Return the user's memberships as master or dispatcher; without any there is no such page."""
        leading_sudo = self._require_people().filtered(lambda person: person._is_dispatcher())
        if not leading_sudo:
            raise request.not_found()
        return leading_sudo

    def _read_phone(self, text, country):
        """Return a telephone number as E.164.

        :param str text: as typed
        :param country: res.country record whose numbers need no prefix
        :raise UserError: if it is none
        """
        phone = request.env.user.partner_id._phone_format(number=text, country=country)
        if not phone:
            raise UserError(request.env._("“%s” is not a telephone number.", text))
        return phone

    def _get_statement_domain(self):
        """Return the domain of the statements that the user may see, in sudo only."""
        providers = self._get_leading().provider_id.filtered('can_see_settlements')
        return [('provider_id', 'in', providers.ids), ('state', '!=', 'draft')]

    def _get_statements(self):
        """Return the empty recordset to search statements in."""
        # sudo: portal users have no right on settlements; the domain and the presenter say what is shown
        return request.env['stokiva.statement'].sudo()

    def _get_further_counts(self, people_sudo):
        if not any(person._is_dispatcher() and person.provider_id.can_see_settlements for person in people_sudo):
            return super()._get_further_counts(people_sudo)
        counts = []
        for states, label, icon, tone in (
                (TO_CONFIRM, request.env._("Statements to confirm"), 'fa-check-square-o', 'warn'),
                (UNPAID, request.env._("Unpaid statements"), 'fa-money', None)):
            number = self._get_statements().search_count([*self._get_statement_domain(), ('state', 'in', states)])
            counts.append({
                'number': number, 'label': label, 'icon': icon, 'tone': number and tone, 'url': '/my/jobs/statements'})
        return [*super()._get_further_counts(people_sudo), *counts]

    @route(
        ['/my/jobs/statements', '/my/jobs/statements/page/<int:page>'], type='http', auth='user', website=True,
        methods=['GET'])
    def stokiva_statements(self, page=1, **_query):
        """Show the provider's statements, latest first."""
        domain = self._get_statement_domain()
        statements_sudo = self._get_statements()
        if not any(self._get_leading().provider_id.mapped('can_see_settlements')):
            raise request.not_found()
        pager = portal_pager(
            url='/my/jobs/statements', total=statements_sudo.search_count(domain), page=page,
            step=STATEMENTS_PER_PAGE)
        found_sudo = statements_sudo.search(
            domain, order='date_to desc, id desc', limit=STATEMENTS_PER_PAGE, offset=pager['offset'])
        return self._render('stokiva_portal.portal_statements', self._prepare_jobs_values(
            get_people(), 'stokiva_statements') | {
                'statements': [self._present_statement(statement).get_card() for statement in found_sudo],
                'pager': pager})

    def _find_statement(self, statement_id):
        """Return a statement that the user may see, in sudo; otherwise there is no such page.

        :param int statement_id: from the path, not trusted
        """
        return self._find_own(self._get_statements(), self._get_statement_domain(), statement_id)

    @route('/my/jobs/statements/<int:statement_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_statement(self, statement_id, **_query):
        """Show one statement with its lines and why each amount."""
        return self._render_statement(self._find_statement(statement_id))

    @route('/my/jobs/statements/<int:statement_id>', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_statement_answer(self, statement_id, **post):
        """Take the provider's answer: each row with a reason is objected to; without any, all of it is confirmed."""
        statement_sudo = self._find_statement(statement_id)
        objections = self._read_objections(statement_sudo, post)
        refusal = self._attempt(lambda: statement_sudo._answer(self._read_revision(post), objections))
        if refusal:
            message, status = refusal
            statement_sudo.invalidate_recordset()
            return self._render_statement(statement_sudo, error=message, post=post, status=status)
        notice = (
            request.env._("Your objections are sent. We answer, then you see the statement again.") if objections
            else request.env._("Thank you. The statement is confirmed."))
        return self._redirect(f'/my/jobs/statements/{statement_id}', notice)

    def _read_revision(self, post):
        text = post.get('revision') or ''
        return int(text) if text.isdecimal() and len(text) < 6 else 0

    def _read_objections(self, statement_sudo, post):
        """Return the pairs of row and reason that a form holds; what is no row of the statement does not count."""
        return [
            (record, reason[:MAX_REASON])
            for records in (statement_sudo.settlement_ids, statement_sudo.line_ids) for record in records
            if (reason := (post.get(f'{FIELDS[record._name]}{record.id}') or '').replace('\0', '').strip())]

    @route('/my/jobs/statements/<int:statement_id>/<any("pdf", "xlsx"):kind>', type='http', auth='user', methods=['GET'])
    def stokiva_statement_file(self, statement_id, kind, **_query):
        """Send a statement as a paper or as a workbook."""
        statement_sudo = self._find_statement(statement_id)
        if kind == 'xlsx':
            return send_workbook(statement_sudo)
        # sudo: after the check that the user may see the statement
        report_sudo = request.env['ir.actions.report'].sudo()
        content, _kind = report_sudo._render_qweb_pdf('stokiva_settlement.action_report_statement', statement_sudo.ids)
        return request.make_response(content, [
            ('Content-Type', 'application/pdf'), ('Content-Length', len(content)), ('Cache-Control', 'no-store'),
            ('Content-Disposition', content_disposition(f'{statement_sudo._get_file_name()}.pdf'))])

    def _render_statement(self, statement_sudo, **values):
        status = values.pop('status', 200)
        return self._render('stokiva_portal.portal_statement', self._prepare_jobs_values(
            get_people(), 'stokiva_statement') | {
                'statement': self._present_statement(statement_sudo).get_page(), **values}, status=status)

    def _present_statement(self, statement_sudo):
        return StatementPresenter(statement_sudo, Formats(request.env, statement_sudo.provider_id.tz))
