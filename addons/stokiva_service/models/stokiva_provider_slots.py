from zoneinfo import ZoneInfo

from odoo import fields, models

from .stokiva_personnel import WORKERS


class Provider(models.Model):
    """How a provider's days are cut into arrival windows, and who works in them."""
    _inherit = 'stokiva.provider'

    slot_hours = fields.Integer(
        "Arrival Windows of (hours)", required=True, default=2, aggregator=None, groups='base.group_user',
        help="From the opening of the day on. A visit begins in its window, its work may last longer.")
    slots_due = fields.Boolean(readonly=True, copy=False, groups='base.group_system')
    has_slots = fields.Boolean(compute='_compute_has_slots', groups='base.group_user')

    _slot_hours_sensible = models.Constraint('CHECK(slot_hours BETWEEN 1 AND 24)', "A window has 1 to 24 hours.")
    _slots_due_idx = models.Index("(id) WHERE slots_due")

    def _compute_has_slots(self):
        booking = self.env['res.company'].sudo().search([('stokiva_slots', '=', True)])  # sudo: one setting only
        for provider in self:
            provider.has_slots = bool(provider.resource_calendar_id and (
                provider.company_id & booking if provider.company_id else booking))

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {'slot_hours', 'active'}:
            self.env['stokiva.opening']._mark(providers=self.ids)
        return res

    def action_view_slots(self):
        """Open the calendar of these providers' free time.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.slot_action_provider')
        action['domain'] = [('provider_id', 'in', self.ids)]
        return action

    def _get_position(self):
        """Return the provider's ``(latitude, longitude)``, None where it is not known."""
        self.ensure_one()
        return (self.map_latitude, self.map_longitude) if self.map_latitude else None

    def _get_local_day(self, moment):
        """Return the local day of a moment.

        :param datetime moment: naive UTC
        """
        self.ensure_one()
        return moment.replace(tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo(self.tz)).date()

    def _get_workers(self):
        """Return the active people who go to customers."""
        return self.personnel_ids.filtered(lambda person: person.active and person.role in WORKERS)
