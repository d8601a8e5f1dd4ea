from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Orders looked at for suggestions: enough to tell, few enough to be quick.
RECENT = 1000
WINDOW = timedelta(hours=2)


class ServiceDesk(models.TransientModel):
    """What is wrong, what is done about it mostly, and when."""
    _inherit = 'stokiva.service.desk'

    symptom_ids = fields.Many2many(
        'stokiva.fault', string="Symptoms",
        domain="[('kind', '=', 'symptom'), ('device_type_id', 'parent_of', device_type_id)]")
    note = fields.Text("In the Customer's Words")
    service_type_id = fields.Many2one(
        'stokiva.service.type', compute='_compute_service_type_id', store=True, readonly=False, check_company=True)
    workmanship_hint = fields.Char(compute='_compute_workmanship_hint')
    priority = fields.Selection([('0', "Normal"), ('1', "Urgent")], default='0', required=True)
    window_start = fields.Datetime("From", compute='_compute_window', store=True, readonly=False)
    window_end = fields.Datetime("Until", compute='_compute_window', store=True, readonly=False)

    @api.depends('symptom_ids', 'device_type_id')
    def _compute_service_type_id(self):
        """Suggest what was mostly opened for such a device with such symptoms."""
        orders = self.env['stokiva.work.order']
        for desk in self:
            types = orders._read_group(
                desk._get_similar_domain(), ['service_type_id'], ['__count'], order='__count desc',
                limit=1) if desk.device_type_id else []
            suggested = types[0][0].filtered('active') if types else False
            desk.service_type_id = suggested or desk.service_type_id

    @api.depends('symptom_ids', 'device_type_id')
    @api.depends_context('lang')
    def _compute_workmanship_hint(self):
        """Say which work such symptoms meant mostly."""
        for desk in self:
            desk.workmanship_hint = False
            if not (desk.symptom_ids and desk.device_type_id):
                continue
            similar = self.env['stokiva.work.order']._search(desk._get_similar_domain())
            rows = self.env['stokiva.labour.line']._read_group(
                [('work_order_id', 'in', similar), ('workmanship_id', '!=', False)],
                ['workmanship_id'], ['work_order_id:count_distinct'],
                order='work_order_id:count_distinct desc', limit=1)
            for workmanship, count in rows:
                desk.workmanship_hint = self.env._(
                    "With this symptom mostly: %(work)s, %(minutes)s min (%(count)s orders).",
                    work=workmanship.name, minutes=workmanship.duration_minutes, count=count)

    @api.depends('city_id', 'partner_id')
    def _compute_window(self):
        """Suggest when somebody who covers the district works next."""
        now = fields.Datetime.now()
        for desk in self:
            start = desk._get_next_opening(now)
            desk.window_start = start
            desk.window_end = start and start + WINDOW

    def _get_next_opening(self, now):
        """Return from when a visit could be within opening hours, at least an hour from now, or False.

        :param datetime now: naive UTC
        :return: naive UTC on the half hour
        """
        city = self.partner_city_id or self.city_id
        if not city:
            return False
        covered = self.env['stokiva.coverage'].search([
            ('city_id', '=', city.id), ('company_id', '=', self.company_id.id), ('provider_id', '!=', False)], limit=20)
        begin = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        intervals = covered.provider_id._opening_intervals(begin, begin + timedelta(days=7))
        return min(
            (start for spans in intervals.values() for start, end in spans if end - start >= WINDOW), default=False)

    def _get_similar_domain(self):
        """Return the domain of recent orders for this kind of device, with one of the symptoms if any is chosen."""
        orders = self.env['stokiva.work.order']
        domain = Domain('id', 'in', orders._search(
            [('device_type_id', '=', self.device_type_id.id), ('company_id', '=', self.company_id.id)],
            order='id desc', limit=RECENT))
        return domain & Domain('symptom_ids', 'in', self.symptom_ids.ids) if self.symptom_ids else domain
