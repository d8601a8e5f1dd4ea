from odoo import fields, models


class ResCompany(models.Model):
    """How customers are reminded of what they are asked, and what happens when they do not answer."""
    _inherit = 'res.company'

    stokiva_reminder_count = fields.Integer(
        "Reminders", default=2, help="So often a customer who does not answer is sent the same link again.",
        prefetch='stokiva')
    stokiva_reminder_hours = fields.Integer(
        "Hours between Reminders", default=24,
        help="After so many hours without an answer the next reminder goes out; after the last one the customer is called.",
        prefetch='stokiva')
    stokiva_call_hours = fields.Integer(
        "Call Again after (hours)", default=4, help="When a customer was not reached, he is called again so much later.",
        prefetch='stokiva')
    stokiva_silent_days = fields.Integer(
        "Silent Approval after (days)", default=0,
        help="Zero: never. Otherwise work counts as approved when the customer was told and says nothing for so many "
             "days; it is marked as silent. Never for quotes, nor where a signature is required.", prefetch='stokiva')

    _stokiva_reminders_sensible = models.Constraint(
        'CHECK(stokiva_reminder_count BETWEEN 0 AND 5 AND stokiva_reminder_hours BETWEEN 1 AND 720'
        ' AND stokiva_call_hours BETWEEN 1 AND 720)',
        "There are 0 to 5 reminders, and 1 to 720 hours between them and between calls.")
    _stokiva_silent_days_sensible = models.Constraint(
        'CHECK(stokiva_silent_days = 0 OR stokiva_silent_days BETWEEN 3 AND 365)',
        "Silent approval takes 3 to 365 days; zero switches it off.")
