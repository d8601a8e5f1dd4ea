import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ORIGIN = re.compile(r'https?://[a-z0-9.-]+(:\d{1,5})?')


class ResCompany(models.Model):
    """What visitors may book by themselves, and how customers follow their orders."""
    _inherit = 'res.company'

    stokiva_booking = fields.Boolean(
        "Online Appointment",
        help="Visitors choose a free arrival window by themselves. Only windows are offered that a provider can take.",
        prefetch='stokiva')
    stokiva_booking_origins = fields.Char(
        "Sites that May Show It", prefetch='stokiva',
        help="Addresses of other sites of yours that may show the page in a frame, with blanks between them, "
             "e.g. https://www.example.com.")
    stokiva_booking_lead_hours = fields.Integer(
        "Not Sooner than in (hours)", default=4, prefetch='stokiva',
        help="So much time the provider has at least between the booking and the window.")
    stokiva_booking_days = fields.Integer(
        "Days Offered", default=14, prefetch='stokiva', help="So far ahead visitors can book.")
    stokiva_booking_url = fields.Char("Address of the Page", compute='_compute_stokiva_booking_url')
    stokiva_change_hours = fields.Integer(
        "Change until (hours)", default=24, prefetch='stokiva',
        help="Up to so many hours before the window begins, customers move or cancel the appointment by their link.")
    stokiva_tracking = fields.Boolean(
        "Tracking Links", prefetch='stokiva',
        help="Messages to customers carry a link by which they follow their order without a login.")
    stokiva_tracking_change = fields.Boolean(
        "Change by the Tracking Link", prefetch='stokiva',
        help="Customers may move or cancel by their link what they did not book online, too.")
    stokiva_tracking_hours = fields.Integer(
        "Tracking Ends after (hours)", default=24, prefetch='stokiva',
        help="So long after the end of the job the link still shows how it ended.")

    _stokiva_booking_sensible = models.Constraint(
        'CHECK(stokiva_booking_lead_hours BETWEEN 0 AND 240 AND stokiva_booking_days BETWEEN 1 AND 40'
        ' AND stokiva_change_hours BETWEEN 0 AND 240 AND stokiva_tracking_hours BETWEEN 0 AND 720)',
        "Appointments: 0 to 240 hours before them, 1 to 40 days ahead, and links up to 720 hours after the end.")

    def _compute_stokiva_booking_url(self):
        for company in self:
            company.stokiva_booking_url = f'{company.get_base_url()}/appointment/{company.id}'

    @api.constrains('stokiva_booking_origins')
    def _check_stokiva_booking_origins(self):
        for company in self:
            for origin in (company.stokiva_booking_origins or '').split():
                if not ORIGIN.fullmatch(origin):
                    raise ValidationError(self.env._(
                        "“%s” is not the address of a site, like https://www.example.com.", origin))

    def _stokiva_is_booking(self):
        """Tell whether visitors can book: it is switched on, and there are windows to choose from."""
        return bool(self) and self.stokiva_booking and self.stokiva_slots
