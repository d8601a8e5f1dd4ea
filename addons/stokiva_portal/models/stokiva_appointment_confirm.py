from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, email_normalize

from odoo.addons.stokiva_service import tokens
from odoo.addons.stokiva_service.models.stokiva_message_send import LAYOUT

CODE_VALID = timedelta(minutes=15)
MAX_CODES = 3
MAX_WRONG = 5
# In 24 hours to one telephone number or address, whoever asks for it.
CODES_A_DAY = 6
A_DAY = 24 * 60
CODE = '{code}'


class Appointment(models.Model):
    """From who the visitor says he is to the work order: he proves it by a code.

    Who has the telephone or the address is found among the customers by what was proved only, and nothing that is
    known of him is shown.
    """
    _inherit = 'stokiva.appointment'

    def _lock(self):
        """Let two tries at the same appointment follow each other; the second sees what the first did."""
        self.env.cr.execute(
            SQL("SELECT id FROM stokiva_appointment WHERE id = %s FOR UPDATE", self.id), log_exceptions=False)

    # === THE CODE === #

    def _send_code(self):
        """Send the visitor a new code, and hold his window meanwhile.

        :raise UserError: if he had enough of them, it cannot be sent, or the window is gone
        """
        self.ensure_one()
        address = self.phone if self.confirm_by == 'phone' else self.email
        if self.code_number >= MAX_CODES or not self.env['stokiva.throttle']._hit(
                'appointment_code', address, CODES_A_DAY, A_DAY):
            raise UserError(self.env._("No more codes are sent now. Please call us."))
        self._hold()
        self.write({
            'code_number': self.code_number + 1, 'code_until': fields.Datetime.now() + CODE_VALID, 'wrong_codes': 0})
        masked = self.env._(
            "%(code)s is your code for the appointment with %(company)s. If you did not ask for it, do nothing.",
            code=CODE, company=self.company_id.name)
        text = masked.replace(CODE, self._get_code())
        if self.confirm_by == 'phone':
            if refusal := self.company_id._stokiva_text(address, text, masked, self.code_until):
                raise UserError(refusal)
        else:
            self._mail_code(text)

    def _mail_code(self, text):
        """Queue the code as an e-mail, for after the commit."""
        self.env['mail.mail'].create({
            'subject': self.env._("Your code for the appointment"),
            'body_html': self.env['mail.render.mixin']._render_encapsulate(
                LAYOUT, Markup("<p>%s</p>") % text, add_context={'company': self.company_id}),
            'email_from': self.company_id.email_formatted or self.env.user.email_formatted, 'email_to': self.email,
            'auto_delete': True})
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()

    def _get_code(self):
        """Return the last code that was sent."""
        self.ensure_one()
        return self._make_code(self.code_number)

    def _check_code(self, text):
        """Tell whether somebody typed the code; wrong ones are counted.

        :param str text: as typed, not trusted
        :raise UserError: if the code does not hold any more
        """
        self.ensure_one()
        if not self.code_until or self.code_until < fields.Datetime.now() or self.wrong_codes >= MAX_WRONG:
            raise UserError(self.env._("This code does not hold any more. Ask for a new one."))
        if tokens.is_same(self._get_code(), text):
            return True
        self.wrong_codes += 1
        return False

    # === THE WORK ORDER === #

    def _book(self):
        """Open the work order of the window that is held, and offer it to its provider.

        :return: stokiva.work.order record
        :raise UserError: if the window is gone meanwhile
        """
        self.ensure_one()
        company = self.company_id
        self = self.with_company(company)
        partner = self._find_or_make_customer()
        site = self._find_or_make_site(partner)
        order = self.env['stokiva.work.order'].create({
            'company_id': company.id, 'partner_id': partner.id, 'site_id': site.id, 'user_id': False,
            'device_id': self._find_or_make_device(partner, site).id, 'service_type_id': self.service_type_id.id,
            'symptom_ids': [Command.set(self.symptom_id.ids)], 'symptom_note': self.note,
            'window_start': self.window_start, 'window_end': self.window_end})
        order._apply_event('open', actor=partner, channel='booking')
        self.env['stokiva.slot.booking']._release_hold(key=self._get_hold_key())
        order._apply_event('assign', {'provider_id': self.provider_id.id}, actor=None, channel='booking')
        self.write({'state': 'booked', 'work_order_id': order.id})
        self.env['stokiva.tracking']._get_for(order)
        return order

    def _find_or_make_customer(self):
        """Return whose telephone or address was proved, made now if nobody or more than one has it."""
        partners = self.env['res.partner']
        domain = Domain('company_id', 'in', (self.company_id.id, False))
        if self.confirm_by == 'phone':
            found = partners.search(domain & Domain('stokiva_search_text', 'like', self.phone.lstrip('+'))).filtered(
                lambda partner: partner._phone_format(fname='phone', country=self.company_id.country_id) == self.phone)
        else:
            found = partners.search(domain & Domain('email_normalized', '=', email_normalize(self.email)))
        if len(found) > 1:
            found = found.commercial_partner_id
        if len(found) == 1:
            return found
        return partners.create({
            'name': self.name, 'phone': self.phone, 'email': self.email, 'company_id': False,
            'lang': self.env.lang, **self._prepare_address()})

    def _find_or_make_site(self, partner):
        """Return the customer's address where the visit is to be: one that is known, or one more."""
        known = (partner | partner.child_ids).filtered(
            lambda place: place.city_id == self.city_id and place.street == self.street)
        return known[:1] or partner.create({
            'parent_id': partner.commercial_partner_id.id, 'type': 'delivery', 'name': self.name, 'phone': self.phone,
            'company_id': partner.company_id.id, **self._prepare_address()})

    def _prepare_address(self):
        city = self.city_id
        return {
            'street': self.street, 'city': city.name, 'city_id': city.id, 'zip': city.zipcode,
            'state_id': city.state_id.id, 'country_id': city.country_id.id}

    def _find_or_make_device(self, partner, site):
        """Return the customer's only device of the kind, or register one for the office to verify."""
        devices = self.env['stokiva.device'].search([
            ('partner_id', 'child_of', partner.ids), ('device_type_id', '=', self.device_type_id.id),
            ('company_id', '=', self.company_id.id), ('state', '!=', 'returned')], limit=2)
        if len(devices) == 1:
            return devices
        return devices.create({
            'state': 'to_verify', 'origin': 'customer', 'company_id': self.company_id.id, 'partner_id': partner.id,
            'site_id': site.id, 'device_type_id': self.device_type_id.id})
