"""The provider's forms: what they change, each through the one door."""
import base64

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import request, route

from ..edits import JobEdits
from ..presenters import EventForms, Thread
from ..presenters.inputs import MAX_TEXT, clean
from ..presenters.words import get_done_notices, get_selection
from .provider import ProviderPortal

MAX_FILES = 10
MAX_UPLOAD = 64 * 1024 * 1024  # for all files of a form together, as in config/nginx.conf


class ProviderActions(ProviderPortal):
    """What a provider's people do with an order."""

    def _act_on_job(self, order_id, work, notice, anchor='', post=None):
        """Do what a form asks for and show the order again, with the message of success or refusal.

        :param int order_id: from the path, not trusted
        :param work: function that takes the JobPresenter
        :param str notice: shown when it was done
        :param str anchor: part of the page to show
        :param dict post: what was sent, to be shown again when it is refused
        """
        job = self._find_job(order_id)
        if not job:
            return self._render_gone(order_id)
        refusal = self._attempt(lambda: work(job))
        if refusal:
            error, status = refusal
            return self._render_job(self._find_job(order_id), error=error, post=post or {}, status=status)
        is_still_theirs = bool(self._find_job(order_id))
        return self._redirect(f'/my/jobs/{order_id}{anchor}' if is_still_theirs else '/my/jobs', notice)

    def _edit_job(self, job, values, post):
        """Write fields or lines of an order in the user's name.

        :raise AccessError: if it is not the time for the provider to do so
        """
        JobEdits(job).apply(values, channel='portal', key=self._get_key(post))

    # === EVENTS === #

    @route('/my/jobs/<int:order_id>/event/<string:event>', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_event(self, order_id, event, **post):
        """Cause an event of the workflow with what its form gave."""
        post = {name: request.httprequest.form.getlist(name) if name.endswith('_ids') else value
                for name, value in post.items()}

        def work(job):
            forms = EventForms(job.order, request.env.user, job.formats)
            forms.check(event)
            given = forms.parse(event, post)
            technician = given.pop('personnel_id', None) if event == 'accept' else None
            key = self._get_key(post)
            door = {'actor': request.env.user, 'channel': 'portal'}
            job.order._apply_event(event, given, **door, key=key)
            if technician:
                job.order._apply_event(
                    'plan', {'personnel_id': technician}, **door, key=key and f'{key}:plan')

        notice = get_done_notices(request.env).get(event)
        return self._act_on_job(order_id, work, notice, post=dict(post, event=event))

    # === FINDINGS, LABOUR AND PARTS === #

    @route('/my/jobs/<int:order_id>/findings', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_findings(self, order_id, **post):
        """Write cause, resolution and diagnosis."""

        def work(job):
            self._edit_job(job, JobEdits(job).get_findings(post), post)

        return self._act_on_job(order_id, work, request.env._("The findings are noted."), '#work', post)

    @route('/my/jobs/<int:order_id>/labour', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_labour(self, order_id, **post):
        """Add a workmanship of the catalogue, or take a line away."""

        def work(job):
            edits = JobEdits(job)
            if post.get('remove'):
                command = Command.delete(edits.get_own(job.order.labour_line_ids, post['remove']).id)
            else:
                command = Command.create(edits.get_labour(post))
            self._edit_job(job, {'labour_line_ids': [command]}, post)

        notice = request.env._("The labour is removed.") if post.get('remove') else request.env._("The labour is added.")
        return self._act_on_job(order_id, work, notice, '#work', post)

    @route('/my/jobs/<int:order_id>/parts', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_parts(self, order_id, **post):
        """Add a part, or take a line away."""

        def work(job):
            edits = JobEdits(job)
            if post.get('remove'):
                command = Command.delete(edits.get_own(job.order.part_line_ids, post['remove']).id)
            else:
                command = Command.create(edits.get_part(post))
            self._edit_job(job, {'part_line_ids': [command]}, post)

        notice = request.env._("The part is removed.") if post.get('remove') else request.env._("The part is added.")
        return self._act_on_job(order_id, work, notice, '#work', post)

    @route('/my/jobs/<int:order_id>/serial', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_serial(self, order_id, **post):
        """Write the serial number of a device that has none yet, or correct it with a photo of the label."""

        def work(job):
            values = {'serial': JobEdits(job).get_serial(post)}
            if job.order.device_id.serial:
                values['media_ids'] = self._read_photos(job, 'label')
            self._edit_job(job, values, post)

        return self._act_on_job(order_id, work, request.env._("The serial number is noted."), post=post)

    @route('/my/jobs/<int:order_id>/checklist', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_checklist(self, order_id, **post):
        """Tick what is done of the checklist, with remarks; the form holds all of it."""
        ticked = set(request.httprequest.form.getlist('done_ids'))

        def work(job):
            commands = []
            for line in job.order.checklist_line_ids:
                values = {
                    'is_done': str(line.id) in ticked,
                    'remark': clean(post.get(f'remark_{line.id}'), MAX_TEXT) or False}
                if values != {'is_done': line.is_done, 'remark': line.remark}:
                    commands.append(Command.update(line.id, values))
            self._edit_job(job, {'checklist_line_ids': commands}, post)

        return self._act_on_job(order_id, work, request.env._("The checklist is noted."), '#checklist', post)

    # === PHOTOS AND WORDS === #

    @route(
        '/my/jobs/<int:order_id>/photos', type='http', auth='user', website=True, methods=['POST'],
        max_content_length=MAX_UPLOAD)
    def stokiva_job_photos(self, order_id, **post):
        """Add photos, videos and documents, all or none, or take one away."""

        def work(job):
            if post.get('remove'):
                photo = JobEdits(job).get_own(job.order.media_ids, post['remove'])
                self._edit_job(job, {'media_ids': [Command.delete(photo.id)]}, post)
                return
            if post.get('kind') not in {*get_selection(job.env['stokiva.media'], 'kind')} - {'complaint'}:
                raise UserError(request.env._("Please choose from the list."))
            self._edit_job(job, {'media_ids': self._read_photos(job, post['kind'])}, post)

        notice = request.env._("It is removed.") if post.get('remove') else request.env._("The files are added.")
        return self._act_on_job(order_id, work, notice, '#photos', post)

    def _read_photos(self, job, kind):
        """Return commands that store each uploaded file; the model checks what is in it."""
        files = [file for file in request.httprequest.files.getlist('photos') if file.filename]
        if not files:
            raise UserError(request.env._("Choose at least one file."))
        if len(files) > MAX_FILES:
            raise UserError(request.env._("At most %s files at once.", MAX_FILES))
        most = max(job.order.company_id._stokiva_get_media_limits().values())
        for file in files:
            file.seek(0)  # the request may be carried out again after a conflict
        return [
            Command.create({
                'kind': kind,
                # One byte more than allowed is enough for the model to refuse it.
                'file': base64.b64encode(file.read(most + 1)),
                'personnel_id': job.people[:1].id,
                'channel': 'portal',
            })
            for file in files]

    @route('/my/jobs/<int:order_id>/message', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_job_message(self, order_id, **post):
        """Write to the office, on the thread of the provider's offer."""

        def work(job):
            Thread(job.order.assignment_id, job.formats).post(
                post.get('message'), request.env.user, job.order._get_dispatcher(), self._get_key(post))

        return self._act_on_job(order_id, work, request.env._("The message is sent to the office."), '#messages', post)
