"""The customer's approval on the technician's phone: he looks, signs, and types the code from his own phone."""
from odoo.http import request, route

from odoo.addons.stokiva_service.controllers import approval_form, approval_render

from .common import read_text
from .provider import ProviderPortal


class ProviderSign(ProviderPortal):
    """The page that the technician hands over: in the customer's language, nothing on it but what is asked.

    All appliances of the trip are on it: one signature and one code approve them together. Whoever finds one of them
    wrong does not sign, and answers by the link, for each on its own.
    """

    def _get_sign_asked(self, order_id, lang):
        """Return what the customer of the user's own job is asked now, in sudo and in the page's language.

        :param int order_id: from the path, not trusted
        :param str lang: code of the language that was chosen on the page
        :return: JobPresenter, and stokiva.approval records, the job's own first; none when it is not asked
        """
        job = self._find_job(order_id)
        if not job:
            raise request.not_found()
        own_sudo = job.get_asked()
        approval_render.choose_lang(own_sudo.work_order_id, lang)
        asked_sudo = own_sudo and own_sudo._get_signed_together().filtered(
            lambda item: item == own_sudo or self._find_job(item.work_order_id.id))
        return job, asked_sudo.with_context(lang=request.env.lang)

    @route('/my/jobs/<int:order_id>/sign', type='http', auth='user', methods=['GET'])
    def stokiva_job_sign(self, order_id, lang=None, **_query):
        """Show what the customer is asked; when nothing is, show the job."""
        _job, asked_sudo = self._get_sign_asked(order_id, lang)
        if not asked_sudo:
            return request.redirect(f'/my/jobs/{order_id}')
        return self._render_sign(order_id, asked_sudo)

    @route('/my/jobs/<int:order_id>/sign', type='http', auth='user', methods=['POST'])
    def stokiva_job_signed(self, order_id, lang=None, **post):
        """Send the customer a code, or carry out his approval."""
        job, asked_sudo = self._get_sign_asked(order_id, lang)
        if not asked_sudo:  # sent twice, or answered on another way meanwhile
            return request.redirect(f'/my/jobs/{order_id}', code=303)
        if not approval_form.is_seen(post, asked_sudo):
            return self._render_sign(order_id, asked_sudo, changed=True)
        form = {
            'name': (post.get('name') or '').replace('\0', '').strip(), 'signature': post.get('signature') or '',
            'code': read_text(post, 'code', 20), 'errors': {}}
        if post.get('answer') == 'send_code':
            refusal = self._attempt(lambda: asked_sudo[0].work_order_id._apply_event(
                'send_code', actor=request.env.user, channel='portal'))
            if refusal:
                form['errors']['form'] = refusal[0]
            return self._render_sign(order_id, asked_sudo, form=form)
        approval_form.check_signature(form, True, can_type=False)
        if not form['code']:
            form['errors']['code'] = request.env._("Please type the code from your own phone.")
        if not form['errors'] and not self._sign(job, asked_sudo, form):
            return self._redirect(f'/my/jobs/{order_id}', request.env._("The customer has approved."))
        return self._render_sign(order_id, asked_sudo, form=form)

    def _sign(self, job, asked_sudo, form):
        """Carry out the customer's approval of all that he was shown; return what was refused."""
        given = {
            'signature': form['signature'], 'name': form['name'], 'code': form['code'], 'personnel_id': job.people[:1].id,
            'ip': request.httprequest.remote_addr, 'user_agent': request.httprequest.user_agent.string[:300]}

        def sign():
            for item_sudo in asked_sudo.sorted('work_order_id'):
                order_sudo = item_sudo.work_order_id
                order_sudo._apply_event(
                    'approve', {**given, 'approval_id': item_sudo.id, 'shown_hash': item_sudo.shown_hash},
                    actor=order_sudo.partner_id, channel='on_site')

        refusal = self._attempt(sign)
        if refusal:
            form['errors']['code'] = refusal[0]
        return refusal

    def _render_sign(self, order_id, asked_sudo, form=None, **values):
        """Render the page that the customer signs.

        :param dict form: what was typed and is wrong with it
        """
        phone, email = asked_sudo[0].work_order_id._get_contact()
        return approval_render.render_page(
            asked_sudo[0], asked_sudo, f'/my/jobs/{order_id}/sign', '/my/jobs/{order}/photos',
            thumb='?size=256', form=form or {'errors': {}}, template='stokiva_portal.approval_on_site',
            csrf=request.csrf_token(), can_type=False, needs_signature=True, back=f'/my/jobs/{order_id}',
            is_code_sent=asked_sudo[0]._is_code_valid(), sent_to=_mask_phone(phone) or _mask_email(email), **values)


def _mask_phone(phone):
    """Return a telephone number of which only the end can be read."""
    return f"{'•' * (len(phone) - 2)}{phone[-2:]}" if phone else ''


def _mask_email(email):
    """Return an e-mail address of which only its beginning and domain can be read."""
    local, _at, domain = email.partition('@')
    return f'{local[:1]}•••@{domain}' if domain else ''
