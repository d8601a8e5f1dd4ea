from odoo import api, fields, models
from odoo.tools import SQL

from .. import workflow


class ResCompany(models.Model):
    """Whether a company books arrival windows, and what counts when it does."""
    _inherit = 'res.company'

    stokiva_slots = fields.Boolean(
        "Book Arrival Windows",
        help="A visit with a window takes its time from the provider's: who is full gets no more. Providers without "
             "weekly hours are not bound.")
    stokiva_travel_minutes = fields.Integer(
        "Way to a Visit (minutes)", default=20, help="Counted once for each trip, besides the work.")
    stokiva_hold_hours = fields.Integer(
        "Hold for a Sale (hours)", default=24,
        help="So long the window chosen on a line of a quotation is held before it is free for others again.",
        prefetch='stokiva')
    stokiva_overlap = fields.Selection(
        [('warn', "Warn"), ('refuse', "Refuse")], "Visits that Overlap", required=True, default='warn',
        help="When a technician is given a visit for which his others leave no time.", prefetch='stokiva')

    _stokiva_slots_sensible = models.Constraint(
        'CHECK(stokiva_travel_minutes BETWEEN 0 AND 180 AND stokiva_hold_hours BETWEEN 1 AND 720)',
        "The way goes from 0 to 180 minutes, a hold from 1 to 720 hours.")

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered('stokiva_slots')._stokiva_switch_slots()
        return companies

    def write(self, vals):
        before = {company: company.stokiva_slots for company in self} if 'stokiva_slots' in vals else {}
        res = super().write(vals)
        self.filtered(lambda company: before.get(company, company.stokiva_slots) != company.stokiva_slots) \
            ._stokiva_switch_slots()
        return res

    def _stokiva_switch_slots(self):
        """Begin to book windows, or leave off: visits that are planned already count, as far as there is time for them."""
        if not self:
            return
        self.flush_recordset()
        self.env['stokiva.work.order'].flush_model()
        self.env['stokiva.slot.booking'].flush_model()
        for query in (
            SQL("""DELETE FROM stokiva_slot_booking b USING res_company c
                    WHERE c.id = b.company_id AND c.id = ANY(%s) AND NOT c.stokiva_slots""", self.ids),
            SQL("""INSERT INTO stokiva_slot_booking (
                          provider_id, company_id, work_order_id, personnel_id, window_start, window_end, minutes)
                   SELECT o.provider_id, o.company_id, o.id, o.personnel_id, o.window_start, o.window_end,
                          t.duration_minutes + c.stokiva_travel_minutes
                     FROM stokiva_work_order o
                     JOIN stokiva_service_type t ON t.id = o.service_type_id
                     JOIN stokiva_provider p ON p.id = o.provider_id AND p.resource_calendar_id IS NOT NULL
                     JOIN res_company c ON c.id = o.company_id AND c.stokiva_slots
                    WHERE o.company_id = ANY(%s) AND o.state = ANY(%s) AND o.window_end > %s
                 ORDER BY o.window_start, o.id
                       ON CONFLICT DO NOTHING""",
                self.ids, [workflow.ASSIGNED, *workflow.WITH_PROVIDER], fields.Datetime.now()),
        ):
            self.env.cr.execute(query)
        self.env['stokiva.slot.booking'].invalidate_model(flush=False)
        self.env['stokiva.slot']._touch(row[0] for row in self.env.execute_query(SQL(
            "SELECT id FROM stokiva_provider WHERE company_id IS NULL OR company_id = ANY(%s)", self.ids)))
