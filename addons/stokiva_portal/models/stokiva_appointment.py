from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# So long a window is held for who has chosen it; the same again, when a code was sent.
HOLD = timedelta(minutes=15)
# Nothing of a visitor is kept longer here: what he has booked is on the work order.
KEPT = timedelta(days=1)
MAX_PROVIDERS = 50


class Wish(NamedTuple):
    """What a visitor wants and where: records in sudo, checked to be on offer.

    :param company: res.company
    :param device_type: stokiva.device.type
    :param service_type: stokiva.service.type
    :param city: res.city, none before it is chosen
    :param symptom: stokiva.fault, none if it is not told
    """
    company: models.Model
    device_type: models.Model
    service_type: models.Model
    city: models.Model
    symptom: models.Model


class Appointment(models.Model):
    """What a visitor books online, until it is a work order: the window that is held for him, and who he is.

    Only windows are offered that the ranking gives to somebody, and the hold takes the time from that provider, so
    nobody is promised what another one gets.
    """
    _name = 'stokiva.appointment'
    _inherit = ['stokiva.secret.link']
    _description = "Online Appointment"
    _order = 'id desc'
    _rec_name = 'window_start'
    _check_company_auto = True
    _token_purpose = 'stokiva.appointment'
    _link_path = '/appointment/h/'

    state = fields.Selection(
        [('held', "Held"), ('booked', "Booked"), ('ended', "Ended")], default='held', required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    service_type_id = fields.Many2one('stokiva.service.type', required=True, readonly=True, ondelete='cascade')
    device_type_id = fields.Many2one('stokiva.device.type', required=True, readonly=True, ondelete='cascade')
    city_id = fields.Many2one('res.city', required=True, readonly=True, ondelete='cascade')
    symptom_id = fields.Many2one('stokiva.fault', readonly=True, ondelete='set null')
    provider_id = fields.Many2one('stokiva.provider', required=True, readonly=True, ondelete='cascade')
    window_start = fields.Datetime(required=True, readonly=True)
    window_end = fields.Datetime(required=True, readonly=True)
    held_until = fields.Datetime(required=True, readonly=True)
    name = fields.Char(readonly=True)
    phone = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    street = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    confirm_by = fields.Selection([('phone', "SMS"), ('email', "E-mail")], readonly=True)
    code_number = fields.Integer("Codes Sent", readonly=True, aggregator=None)
    code_until = fields.Datetime(readonly=True)
    wrong_codes = fields.Integer(readonly=True, aggregator=None)
    work_order_id = fields.Many2one('stokiva.work.order', readonly=True, index='btree_not_null', ondelete='cascade')

    _work_order_uniq = models.UniqueIndex("(work_order_id) WHERE work_order_id IS NOT NULL")
    _age_idx = models.Index("(create_date)")

    # === WHAT IS ON OFFER === #

    @api.model
    def _get_services(self, company):
        """Return the services that visitors of a company's page can book."""
        return self.env['stokiva.service.type'].search(
            Domain('is_bookable', '=', True) & Domain('company_id', 'in', (company.id, False)))

    @api.model
    def _get_device_types(self, company):
        """Return the kinds of device that can be chosen: those that nothing stands below."""
        return self.env['stokiva.device.type'].search(
            Domain('child_ids', '=', False) & Domain('company_id', 'in', (company.id, False)))

    @api.model
    def _get_symptoms(self, device_type):
        """Return what can be wrong with a kind of device."""
        return self.env['stokiva.fault'].search(
            Domain('kind', '=', 'symptom') & Domain('device_type_id', 'parent_of', device_type.ids))

    @api.model
    def _make_wish(self, company, device_type=0, service_type=0, city=0, symptom=0):
        """Return what a visitor chose, checked.

        :param company: res.company record in sudo
        :param int device_type: id, 0 for none yet; so are the others
        :raise UserError: if something is not on offer, or no more
        """
        wish = Wish(
            company, self._get_device_types(company).filtered(lambda item: item.id == device_type),
            self._get_services(company).filtered(lambda item: item.id == service_type),
            self.env['res.city'].search([('id', '=', city), ('country_id', '=', company.country_id.id)]),
            self.env['stokiva.fault'])
        if symptom and wish.device_type:
            wish = wish._replace(symptom=self._get_symptoms(wish.device_type).filtered(lambda item: item.id == symptom))
        if any(bool(id_) != bool(record) for id_, record in zip(
                (device_type, service_type, city, symptom), wish[1:], strict=True)):
            raise UserError(self.env._("This choice is not on offer any more. Please choose again."))
        return wish

    # === WHEN === #

    @api.model
    def _find_providers(self, wish, window=(None, None)):
        """Return the providers that can take what is wished, the best first.

        :param Wish wish: with its city
        :param tuple window: ``(start, end)``, naive UTC; by default at any time
        """
        ranking = self.env['stokiva.assignment.engine']._rank_wish(
            wish.company, self.env['res.partner'], wish.city, wish.service_type, wish.device_type,
            self.env['stokiva.brand'], window)
        # Without weekly hours nobody knows whether there is time: such providers are asked by the office.
        return self.env['stokiva.provider'].browse(
            row.provider_id for row in ranking.rows[:MAX_PROVIDERS] if not row.failed).filtered('resource_calendar_id')

    @api.model
    def _get_windows(self, providers, company, service_type):
        """Return the windows that visitors are shown.

        :param providers: stokiva.provider records
        :param company: res.company record
        :param service_type: stokiva.service.type record
        :return: list of ``(start, end, whether there is room)``, naive UTC, in order of time
        """
        now = fields.Datetime.now()
        return self.env.execute_query(SQL(
            """SELECT start_at, end_at, bool_or(longest_gap >= %s) FROM stokiva_slot
                WHERE provider_id = ANY(%s) AND start_at >= %s AND start_at < %s GROUP BY 1, 2 ORDER BY 1, 2""",
            self._get_minutes(company, service_type), providers.ids,
            now + timedelta(hours=company.stokiva_booking_lead_hours), now + timedelta(days=company.stokiva_booking_days)))

    @api.model
    def _get_minutes(self, company, service_type):
        """Return how many minutes a provider needs for a visit, the way included."""
        return self.env['stokiva.slot.booking']._get_length({
            'travel': company.stokiva_travel_minutes, 'jobs': [{'minutes': service_type.duration_minutes}]})

    @api.model
    def _choose(self, wish, start, end):
        """Hold a window for a visitor, with the best provider that has room in it.

        :param Wish wish: what for
        :param datetime start: of the window, naive UTC, not trusted
        :param datetime end: of the window, naive UTC, not trusted
        :return: stokiva.appointment record, empty if the window is not free any more or never was one
        """
        providers = self._find_providers(wish, (start, end))
        if (start, end, True) not in self._get_windows(providers, wish.company, wish.service_type):
            return self
        until = fields.Datetime.now() + HOLD
        minutes = self._get_minutes(wish.company, wish.service_type)
        for provider in providers:
            self.env['stokiva.slot']._begin_turn(provider.ids, [(provider.id, start, end, minutes)])
            try:
                with self.env.cr.savepoint():
                    appointment = self.create({
                        'company_id': wish.company.id, 'service_type_id': wish.service_type.id,
                        'device_type_id': wish.device_type.id, 'city_id': wish.city.id, 'symptom_id': wish.symptom.id,
                        'provider_id': provider.id, 'window_start': start, 'window_end': end, 'held_until': until})
                    appointment._hold()
            except UserError:
                continue
            return appointment
        return self

    # === ITS HOLD === #

    def _hold(self):
        """Hold the window once more, anew if it was given free meanwhile.

        :raise UserError: if there is no room any more
        """
        self.ensure_one()
        self.held_until = fields.Datetime.now() + HOLD
        Booking = self.env['stokiva.slot.booking']
        if held := Booking._get_holds(key=self._get_hold_key()):
            held.expires_at = self.held_until
            return
        held = Booking._hold(
            self.provider_id, (self.window_start, self.window_end), self.service_type_id.duration_minutes,
            self.held_until, company=self.company_id, key=self._get_hold_key())
        if not held:
            raise UserError(self.env._("This time is not on offer any more."))

    def _get_hold_key(self):
        return f'{self._name}:{self.id}'

    def _is_held(self):
        """Tell whether the visitor may go on."""
        return bool(self) and self.state == 'held' and self.held_until > fields.Datetime.now()

    def _give_up(self):
        """Give the window free: the visitor wants another one."""
        for appointment in self:
            self.env['stokiva.slot.booking']._release_hold(key=appointment._get_hold_key())
        self.state = 'ended'

    def _get_wish(self):
        """Return what the appointment is for, as ``Wish``."""
        self.ensure_one()
        return Wish(self.company_id, self.device_type_id, self.service_type_id, self.city_id, self.symptom_id)

    @api.autovacuum
    def _gc_appointments(self):
        """Delete what is over: the rest is on the work orders."""
        limit = 1000
        old = self.search([('create_date', '<', fields.Datetime.now() - KEPT)], limit=limit, order='create_date')
        old.unlink()
        return len(old), len(old) == limit

    @api.model
    def _parse_window(self, text):
        """Return the window that a form sent, checked for its form only.

        :param str text: of ``_format_window``, not trusted
        :return: ``(start, end)``, naive UTC, or None
        """
        try:
            start, end = (datetime.strptime(part, '%Y%m%dT%H%M') for part in (text or '').split('-'))
        except ValueError:
            return None
        return start, end

    @api.model
    def _format_window(self, start, end):
        """Return what stands for a window in a form."""
        return f'{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}'
