from odoo import fields, models


class ServiceType(models.Model):
    _name = 'stokiva.service.type'
    _description = "Service Type"
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short key for imports and reports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', help="If empty, all companies use it.")
    duration_minutes = fields.Integer(
        "Duration (minutes)", required=True, default=60,
        help="Expected time at the customer's, for planning.")
    sla_hours = fields.Integer(
        "To Be Done Within (hours)", required=True, default=48,
        help="Counted from the opening of the work order.")
    is_charged = fields.Boolean(
        "Charged", help="The customer pays even while the warranty lasts.")
    needs_serial = fields.Boolean(
        "Serial Number Required", help="Work cannot be submitted without the device's serial number.")
    photos_before = fields.Integer(
        help="At least so many photos from before the work have to be there to submit it.")
    photos_after = fields.Integer(
        help="At least so many photos from after the work have to be there to submit it.")
    needs_signature = fields.Boolean(
        "Signature Required", help="Work cannot be submitted without the customer's signature.")
    needs_approval = fields.Boolean(
        "Customer Approves", default=True,
        help="The customer is asked to approve the work; otherwise submitting completes it.")
    approval_days = fields.Integer(
        "Approval Link Valid (days)", required=True, default=7)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code <> ''",
        "Another service type has this code already.")
    _duration_positive = models.Constraint(
        'CHECK(duration_minutes > 0)', "The duration must be at least one minute.")
    _sla_positive = models.Constraint(
        'CHECK(sla_hours > 0)', "The time to do the work must be at least one hour.")
    _photos_positive = models.Constraint(
        'CHECK(photos_before >= 0 AND photos_after >= 0)',
        "The number of photos cannot be negative.")
    _approval_positive = models.Constraint(
        'CHECK(approval_days > 0)', "An approval link must be valid for at least one day.")
