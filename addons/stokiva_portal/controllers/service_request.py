"""The customer asks for service of one of his appliances: what is wrong, photos, when we may come."""
from odoo.exceptions import UserError
from odoo.http import request, route

from ..presenters import AppliancePresenter, ServiceRequestForm
from .appliance import CustomerAppliances
from .common import read_text

MAX_PHOTOS = 6
MAX_NOTE = 1000
MAX_BODY = 60 * 1024 * 1024


class CustomerServiceRequest(CustomerAppliances):
    """The form, and the order that it opens."""

    @route('/my/appliances/<int:device_id>/request', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_request_form(self, device_id, type_id=None, **_query):
        """Show the form for the type of service that is chosen."""
        return self._render_request_form(self._get_serviced(device_id), type_id)

    def _get_serviced(self, device_id):
        """Return the customer's own appliance in sudo, if it is in service.

        :param int device_id: from the path, not trusted
        """
        device_sudo = self._get_appliance(device_id)
        if device_sudo.state == 'returned':
            raise request.not_found()
        return device_sudo

    def _render_request_form(self, device_sudo, type_id, status=200, **values):
        form = ServiceRequestForm(device_sudo, request.env.user)
        return self._render('stokiva_portal.portal_service_request', {
            'page_name': 'stokiva_appliance_request',
            'appliance': AppliancePresenter(device_sudo, request.env.user).get_card(),
            'form': form.get_page(form.get_type(type_id)),
            'chosen': request.httprequest.form.getlist('symptom'),
            **values,
        }, status=status)

    @route(
        '/my/appliances/<int:device_id>/request', type='http', auth='user', website=True, methods=['POST'],
        max_content_length=MAX_BODY)
    def stokiva_request_send(self, device_id, type_id=None, **post):
        """Open the order."""
        device_sudo = self._get_serviced(device_id)
        opened = []
        refusal = self._attempt(lambda: opened.append(self._open_request(device_sudo, type_id, post)))
        if refusal:
            error, status = refusal
            return self._render_request_form(device_sudo, type_id, status, error=error, post=post)
        return self._redirect(
            f'/my/service/{opened[0].id}', request.env._("Thank you. We have your request and tell you who comes."))

    def _open_request(self, device_sudo, type_id, post):
        """Check what the form gave and open the order.

        :raise UserError: telling what to fill in or change
        """
        env = request.env
        form = ServiceRequestForm(device_sudo, env.user)
        service_type = form.get_type(type_id)
        if str(service_type.id) != type_id:
            raise UserError(env._("Please choose from the list."))
        symptoms = form.find_symptoms(request.httprequest.form.getlist('symptom'))
        note = read_text(post, 'note', MAX_NOTE)
        if not (symptoms or note):
            raise UserError(env._("Please tell us what is wrong."))
        window = None
        if post.get('window'):
            window = form.get_window(post['window'], service_type)
            if not window:
                raise UserError(env._("That time was just taken. The nearest free ones are below."))
        return env['stokiva.work.order']._request_for_user(
            device_sudo, service_type, symptoms, note, window, self._read_images('photos', MAX_PHOTOS),
            self._get_key(post))
