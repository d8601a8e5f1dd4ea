"""The customer's answer in his own portal: the page of the link, for whoever is logged in as the customer."""
from odoo.http import request, route

from odoo.addons.stokiva_service.controllers import approval_form, approval_render

from .customer import CustomerService

MAX_BODY = 25_000_000  # as for the link


class CustomerAnswer(CustomerService):
    """Shows what is asked about an order of the customer's, and takes his answers."""

    def _get_request_asked(self, order_id, lang):
        """Return the request of the customer's own order in sudo, and those that are asked with it.

        :param int order_id: from the path, not trusted
        :param str lang: code of the language that was chosen on the page
        """
        approval_sudo = self._get_request(order_id).approval
        if not approval_sudo:
            return approval_sudo, approval_sudo
        approval_render.choose_lang(approval_sudo.work_order_id, lang)
        approval_sudo = approval_sudo.with_context(lang=request.env.lang)
        return approval_sudo, approval_render.get_asked(approval_sudo)

    @route('/my/service/<int:order_id>/answer', type='http', auth='user', methods=['GET'])
    def stokiva_request_question(self, order_id, lang=None, **_query):
        """Show what is asked; when nothing is, show the order."""
        approval_sudo, asked_sudo = self._get_request_asked(order_id, lang)
        if not approval_sudo:
            return request.redirect(f'/my/service/{order_id}')
        return self._render_question(order_id, approval_sudo, asked_sudo)

    @route(
        '/my/service/<int:order_id>/answer', type='http', auth='user', methods=['POST'], max_content_length=MAX_BODY)
    def stokiva_request_answer(self, order_id, lang=None, **post):
        """Carry out the customer's answers, all or none."""
        approval_sudo, asked_sudo = self._get_request_asked(order_id, lang)
        if not approval_sudo:  # sent twice, or answered on another way meanwhile
            return request.redirect(f'/my/service/{order_id}', code=303)
        if not approval_form.is_seen(post, asked_sudo):
            return self._render_question(order_id, approval_sudo, asked_sudo, changed=True)
        form = approval_form.read_form(post, asked_sudo)
        if not form['errors'] and approval_form.carry_out(asked_sudo, form, request.env.user, 'portal'):
            return self._redirect(f'/my/service/{order_id}', request.env._("Thank you. Your answer was recorded."))
        return self._render_question(order_id, approval_sudo, asked_sudo, form=form)

    def _render_question(self, order_id, approval_sudo, asked_sudo, **values):
        """Render the page of the link, which here needs none."""
        return approval_render.render_page(
            approval_sudo, asked_sudo, f'/my/service/{order_id}/answer', f'{approval_sudo._get_path()}/photo',
            csrf=request.csrf_token(), **values)
