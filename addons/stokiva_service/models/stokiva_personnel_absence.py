from odoo import api, fields, models


class PersonnelAbsence(models.Model):
    """When one of a provider's people does not work: holidays, illness, a course."""
    _name = 'stokiva.personnel.absence'
    _inherit = ['stokiva.audited']
    _description = "Absence"
    _order = 'date_from desc, id'
    _rec_name = 'personnel_id'
    _check_company_auto = True

    personnel_id = fields.Many2one(
        'stokiva.personnel', "Person", required=True, index=True, ondelete='cascade', check_company=True)
    provider_id = fields.Many2one(related='personnel_id.provider_id', store=True, index='btree_not_null')
    company_id = fields.Many2one(related='personnel_id.company_id', store=True, index='btree_not_null')
    date_from = fields.Datetime("Away from", required=True)
    date_to = fields.Datetime("Until", required=True)
    reason = fields.Selection(
        [('holiday', "Holiday"), ('ill', "Ill"), ('course', "Course"), ('other', "Other")],
        required=True, default='holiday')

    _date_order = models.Constraint('CHECK(date_to > date_from)', "The end of an absence must be after its start.")
    _personnel_idx = models.Index("(personnel_id, date_to)")
    _order_idx = models.Index("(date_from DESC, id)")

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._mark_slots()
        return absences

    def write(self, vals):
        self._mark_slots()
        res = super().write(vals)
        self._mark_slots()
        return res

    def unlink(self):
        self._mark_slots()
        return super().unlink()

    def _mark_slots(self):
        """Have the arrival windows of these people's providers follow."""
        self.env['stokiva.opening']._mark(providers=self.personnel_id.provider_id.ids)
