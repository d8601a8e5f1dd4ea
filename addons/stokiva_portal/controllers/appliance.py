"""The customer's appliances: what is registered, and the form to register one."""
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..presenters import AppliancePresenter
from ..presenters.inputs import parse_id
from .common import MAX_SEARCH, StokivaPortal, read_text

APPLIANCES_PER_PAGE = 20
MAX_TEXT = 60
MAX_UPLOAD = 20 * 1024 * 1024
SEARCHED = ('serial', 'registered_model', 'product_id.name', 'device_type_id.name')
FIRST_DAY = fields.Date.to_date('1980-01-01')


class CustomerAppliances(StokivaPortal):
    """List of appliances, and registration."""

    def _get_device_types(self):
        """Return the kinds of appliance that one can register: those that nothing stands below."""
        return request.env['stokiva.device.type'].search(
            Domain('child_ids', '=', False) & Domain('company_id', 'in', (request.env.company.id, False)))

    @route(
        ['/my/appliances', '/my/appliances/page/<int:page>'], type='http', auth='user', website=True, methods=['GET'])
    def stokiva_appliances(self, page=1, **query):
        """Show the customer's appliances, or those in which all the words are found."""
        devices_sudo, domain = self._get_appliances()
        search = read_text(query, 'search', MAX_SEARCH)
        for word in search.split():
            domain &= Domain.OR(Domain(name, 'ilike', word) for name in SEARCHED)
        pager = portal_pager(
            url='/my/appliances', total=devices_sudo.search_count(domain), page=page, step=APPLIANCES_PER_PAGE,
            url_args={'search': search} if search else None)
        found_sudo = devices_sudo.search(domain, limit=APPLIANCES_PER_PAGE, offset=pager['offset'])
        return self._render('stokiva_portal.portal_appliances', {
            'page_name': 'stokiva_appliances',
            'cards': [AppliancePresenter(device, request.env.user).get_card() for device in found_sudo],
            'pager': pager,
            'search': search,
        })

    def _get_appliances(self):
        """Return the empty recordset to search in, and the domain of the customer's appliances."""
        devices = request.env['stokiva.device']
        # sudo: names of products are not readable for portal users; the domain holds their rules
        return devices.sudo(), devices._get_owned_domain()

    def _get_appliance(self, device_id):
        """Return the customer's own appliance in sudo; anybody else's does not exist for him.

        :param int device_id: from the path, not trusted
        """
        return self._find_own(*self._get_appliances(), device_id)

    @route('/my/appliances/<int:device_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_appliance(self, device_id, **_query):
        """Show one appliance of the customer's."""
        presenter = AppliancePresenter(self._get_appliance(device_id), request.env.user)
        return self._render('stokiva_portal.portal_appliance', {
            'page_name': 'stokiva_appliance', 'appliance': presenter.get_page()})

    @route('/my/appliances/<int:device_id>/photo', type='http', auth='user', methods=['GET'])
    def stokiva_appliance_photo(self, device_id, **_query):
        """Send the picture of the product."""
        product_sudo = self._get_appliance(device_id).product_id
        if not product_sudo.image_512:
            raise request.not_found()
        return request.env['ir.binary']._get_stream_from(product_sudo, 'image_512').get_response(max_age=3600)

    @route('/my/appliances/register', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_appliance_form(self, **_query):
        """Show the empty form."""
        return self._render_form()

    def _render_form(self, status=200, **values):
        return self._render('stokiva_portal.portal_appliance_register', {
            'page_name': 'stokiva_appliance_register',
            'kinds': [(kind.id, kind.name) for kind in self._get_device_types()],
            'today': fields.Date.to_string(fields.Date.context_today(request.env.user)),
            **values,
        }, status=status)

    @route(
        '/my/appliances/register', type='http', auth='user', website=True, methods=['POST'], readonly=False,
        max_content_length=MAX_UPLOAD)
    def stokiva_appliance_register(self, **post):
        """Register an appliance, to be verified by the office."""
        refusal = self._attempt(lambda: request.env['stokiva.device']._register_for_user(**self._parse(post)))
        if refusal:
            error, status = refusal
            return self._render_form(status, error=error, post=post)
        return self._redirect(
            '/my/appliances', request.env._("Thank you. We look at your registration and confirm it."))

    def _parse(self, post):
        """Return what the form gave, checked.

        :raise UserError: telling what to fill in or change
        """
        env = request.env
        kind = self._get_device_types().browse(parse_id(env, post.get('device_type_id')))
        if kind not in self._get_device_types():
            raise UserError(env._("Please choose what the appliance is."))
        serial = read_text(post, 'serial', MAX_TEXT)
        label_photo = self._read_photo('label_photo')
        if not (serial or label_photo):
            raise UserError(env._("Please type the serial number, or add a photo of the label."))
        return {
            'device_type': kind, 'serial': serial, 'model': read_text(post, 'model', MAX_TEXT),
            'date_sold': self._parse_day(post.get('date_sold')), 'receipt': self._read_photo('receipt'),
            'label_photo': label_photo}

    def _parse_day(self, text):
        """Return the day of purchase, False when it is left empty.

        :raise UserError: if it is no day, or lies ahead
        """
        if not text:
            return False
        try:
            day = fields.Date.to_date(text)
        except ValueError as error:
            raise UserError(request.env._("“%s” is not a date.", text)) from error
        if not FIRST_DAY <= day <= fields.Date.context_today(request.env.user):
            raise UserError(request.env._("The date of purchase cannot be in the future or so long ago."))
        return day

    def _read_photo(self, name):
        """Return the photo of a field as base64, False without one; the model checks what is in it."""
        return next(iter(self._read_images(name, 1)), False)
