"""Between provider and office: pre-authorisation before the work, questions about the settlement after it."""
from odoo.exceptions import UserError, ValidationError
from odoo.http import request, route

from odoo.addons.stokiva_service import media, workflow

from ..edits import JobEdits
from ..field.requests import SUPPLY, RequestsPresenter
from ..presenters import Formats
from ..presenters.requests import PreauthorisationPresenter, QuestionPresenter
from .common import get_people
from .provider_actions import MAX_FILES, MAX_UPLOAD, ProviderActions
from .provider_office import ProviderOffice

LAST_KEY = 'stokiva_request_key'


class ProviderRequests(ProviderActions, ProviderOffice):
    """What a provider asks, and what it is asked."""

    # === BEFORE THE WORK === #

    def _render_job(self, job, part=None, **values):
        return super()._render_job(
            job, part=part, preauthorisation=PreauthorisationPresenter(job).get_section(),
            asked_parts=[row for row in RequestsPresenter(job.order).get_values(job)['requests'] if row['kind'] == SUPPLY],
            **values)

    @route('/my/jobs/<int:order_id>/preauthorise/<string:kind>', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_preauthorise(self, order_id, kind, **post):
        """Ask before doing extra labour, fitting a part, or driving far."""
        key = self._get_key(post)

        def work(job):
            if key and request.session.get(LAST_KEY) == key:
                return
            job.order._ask_preauthorisation(JobEdits(job).get_preauthorisation(kind, post), request.env.user)
            request.session[LAST_KEY] = key

        return self._act_on_job(
            order_id, work, request.env._("The office is asked. See the answer below."), '#preauthorisation',
            dict(post, event=f'ask_{kind}'))

    @route('/my/jobs/<int:order_id>/ask-part', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_ask_part(self, order_id, **post):
        """Ask the office for a part that the job needs."""
        key = self._get_key(post)

        def work(job):
            if key and request.session.get(LAST_KEY) == key:
                return
            if job.order.state not in workflow.WITH_PROVIDER:
                raise UserError(request.env._("%s cannot be changed now.", job.order.name))
            JobEdits(job).ask_for_part(post)
            request.session[LAST_KEY] = key

        return self._act_on_job(order_id, work, request.env._("The part is requested."), '#work', post)

    # === AFTER THE WORK === #

    def _get_questions(self):
        """Return the lines about which the office asks those who lead a provider."""
        leading = get_people().filtered(lambda person: person._is_dispatcher())
        # sudo: portal users have no right on settlements; the domain and the presenter say what is shown
        return request.env['stokiva.settlement.line'].sudo().search([
            ('decision', '=', 'returned'), ('settlement_id.state', '=', 'pending'),
            ('settlement_id.provider_id', 'in', leading.provider_id.ids)], order='decided_at, id')

    def _get_further_counts(self, people_sudo):
        counts = super()._get_further_counts(people_sudo)
        number = len(self._get_questions())
        return [*counts, {
            'number': number, 'label': request.env._("Questions of the office"), 'icon': 'fa-question-circle-o',
            'tone': 'warn', 'url': '/my/jobs/questions'}] if number else counts

    @route('/my/jobs/questions', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_questions(self, **_query):
        """Show what the office asks about work that is being settled."""
        return self._render_questions()

    def _render_questions(self, error=None, post=None, status=200):
        self._get_leading()
        return self._render('stokiva_portal.portal_questions', self._prepare_jobs_values(
            get_people(), 'stokiva_questions') | {
                'questions': [
                    QuestionPresenter(line, Formats(request.env, line.settlement_id.provider_id.tz)).get_card()
                    for line in self._get_questions()],
                'error': error, 'post': post or {}}, status=status)

    @route(
        '/my/jobs/questions/<int:line_id>', type='http', auth='user', website=True, methods=['POST'],
        max_content_length=MAX_UPLOAD)
    def stokiva_question_answer(self, line_id, **post):
        """Answer, with photos or documents as evidence."""
        self._get_leading()

        def work():
            line = self._get_questions().filtered(lambda line: line.id == line_id)
            if not line:
                raise UserError(request.env._("This question is settled."))
            line._answer(post.get('answer'), request.env.user, self._read_evidence(line))

        refusal = self._attempt(work)
        if refusal:
            error, status = refusal
            return self._render_questions(error, dict(post, line_id=line_id), status)
        return self._redirect('/my/jobs/questions', request.env._("Your answer is sent to the office."))

    def _read_evidence(self, line):
        """Return names and contents of the files sent with an answer.

        :param line: stokiva.settlement.line record in sudo
        :raise UserError: if there are too many, or one is not what is welcome
        """
        files = [file for file in request.httprequest.files.getlist('evidence') if file.filename]
        if len(files) > MAX_FILES:
            raise UserError(request.env._("At most %s files at once.", MAX_FILES))
        limits = line.company_id._stokiva_get_media_limits()
        evidence = []
        for number, file in enumerate(files, 1):
            file.seek(0)  # the request may be carried out again after a conflict
            try:
                accepted = media.take_in(file.read(max(limits.values()) + 1), limits)
            except media.BadMedia as error:
                raise ValidationError(
                    request.env['stokiva.media']._describe_refusal(error, limits, {})) from error
            name = f'{line.settlement_id.work_order_id.name}-{number}'.replace('/', '-')
            evidence.append((f'{name}.{media.archive.EXTENSIONS[accepted.mimetype]}', accepted.content))
        return evidence
