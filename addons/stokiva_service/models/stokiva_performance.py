from odoo import api, fields, models
from odoo.tools import SQL

from .. import performance
from ..performance import MEDIAN


def _counted(label, help_text=None):
    """Return the field of a measure: a sum over the day, empty where there was nothing."""
    return fields.Integer(label, readonly=True, aggregator='sum', help=help_text)


def _figure(label, help_text, aggregator='avg'):
    """Return the field of a figure: in reports it is computed from the sums of the group."""
    return fields.Float(label, compute='_compute_figures', digits=(16, 1), aggregator=aggregator, help=help_text)


class Performance(models.Model):
    """What happened on a day, counted by provider, technician, kind of work, appliance and place.

    Rows are derived from orders and what belongs to them, by ``stokiva.performance.day`` alone, and can be made anew at any
    time; ``docs/performance.md`` says what is counted when and for whom. Figures are quotients of sums of these rows.
    """
    _name = 'stokiva.performance'
    _description = "Performance"
    _order = 'day desc, id desc'
    _rec_name = 'day'
    _log_access = False

    day = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True)
    provider_id = fields.Many2one('stokiva.provider', readonly=True)
    personnel_id = fields.Many2one('stokiva.personnel', "Technician", readonly=True)
    service_type_id = fields.Many2one('stokiva.service.type', readonly=True)
    device_type_id = fields.Many2one('stokiva.device.type', readonly=True)
    city_id = fields.Many2one('res.city', "District", readonly=True)
    state_id = fields.Many2one('res.country.state', "Province", readonly=True)

    opened_count = _counted("Opened", "Orders opened on the day, of no provider yet.")
    accepted_count = _counted("Accepted", "Orders that the provider accepted on the day.")
    completed_count = _counted("Completed", "Orders completed on the day.")
    canceled_count = _counted("Canceled", "Orders canceled on the day after the provider had accepted them.")
    returned_count = _counted("Returned", "Orders closed on the day without the work.")
    closed_count = _counted("Closed", "Completed, returned, or canceled after acceptance.")
    judged_count = _counted("Submitted and Closed", "Orders closed on the day whose work the customer was asked about.")
    disputed_count = _counted("Disputed", "Of these: the customer disputed the work, even if he approved it later.")
    on_time_count = _counted("On Time", "Completed orders whose work was done within the promised time.")
    late_count = _counted(
        "Late", "Completed orders whose work was done late, where no other than the provider is the reason.")
    first_fix_count = _counted("Done in One Visit", "Completed orders that took one visit.")
    repeat_count = _counted(
        "Repeated", "Completed orders after which the same fault came back, charged to the provider and not waived.")
    repair_count = _counted("Orders with Time to Repair")
    repair_minutes = _counted(
        "Time to Repair (minutes)", "From acceptance, or from when the work could begin, until the work was submitted.")
    repair_list = fields.Char("Times to Repair", readonly=True, help="The minutes of each order, for the median.")
    offer_accepted_count = _counted("Offers Accepted")
    offer_rejected_count = _counted("Offers Refused")
    offer_expired_count = _counted("Offers Expired", "Offers that were not answered in time.")
    answer_approved_count = _counted("Approvals", "Customers' answers to the work: approved.")
    answer_disputed_count = _counted("Disputes", "Customers' answers to the work: disputed.")
    stars_count = _counted("Ratings")
    stars_sum = _counted("Stars in All")
    assign_kept_count = _counted("Assigned in Time")
    assign_broken_count = _counted("Assigned Late")
    accept_kept_count = _counted("Answered in Time")
    accept_broken_count = _counted("Answered Late")
    arrive_kept_count = _counted("Arrived in Time")
    arrive_broken_count = _counted("Arrived Late")
    complete_kept_count = _counted("Completed in Time")
    complete_broken_count = _counted("Completed Late")
    excused_count = _counted("Late, Excused", "Promised times that were not kept for a reason that is not the provider's.")
    visit_count = _counted("Visits", "Visits that ended on the day.")
    wasted_count = _counted("Wasted Visits", "Nobody there, no access or a wrong address.")
    travel_minutes = _counted("Travel (minutes)")
    work_minutes = _counted("On Site (minutes)")

    on_time_rate = _figure("On Time (%)", "On time ÷ (on time + late), of completed orders.")
    assign_kept_rate = _figure("Assigned in Time (%)", "Promised times of assignment: kept ÷ (kept + broken).")
    accept_kept_rate = _figure("Answered in Time (%)", "Promised times of answer: kept ÷ (kept + broken).")
    arrive_kept_rate = _figure("Arrived in Time (%)", "Promised times of arrival: kept ÷ (kept + broken).")
    complete_kept_rate = _figure("Completed in Time (%)", "Promised times of completion: kept ÷ (kept + broken).")
    offer_accepted_rate = _figure("Offers Accepted (%)", "Accepted ÷ (accepted + refused + expired) offers.")
    offer_rejected_rate = _figure("Offers Refused (%)", "Refused ÷ (accepted + refused + expired) offers.")
    offer_expired_rate = _figure("Offers Expired (%)", "Expired ÷ (accepted + refused + expired) offers.")
    canceled_rate = _figure("Canceled (%)", "Canceled after acceptance ÷ closed orders.")
    returned_rate = _figure("Returned (%)", "Closed without the work ÷ closed orders.")
    approved_rate = _figure("Approved (%)", "Customers' answers to the work: approvals ÷ (approvals + disputes).")
    disputed_rate = _figure("Disputed (%)", "Orders that were disputed ÷ orders closed whose work was submitted.")
    first_fix_rate = _figure("First-Time Fix (%)", "Done in one visit ÷ completed orders.")
    repeat_rate = _figure("Repeat Visits (%)", "Orders after which the same fault came back ÷ completed orders.")
    wasted_rate = _figure("Wasted Visits (%)", "Nobody there, no access or a wrong address ÷ visits.")
    repair_hours_median = _figure(
        "Time to Repair, Median (hours)", "Half of the orders took less, from acceptance until the work was submitted.")
    repair_hours = _figure("Time to Repair, Mean (hours)", "From acceptance until the work was submitted, on average.")
    stars = _figure("Stars", "Stars in all ÷ ratings.")
    work_hours = _figure("On Site (hours)", "From arrival until the end of the visits.", 'sum')

    _day_idx = models.Index("(day, provider_id)")
    _provider_idx = models.Index("(provider_id, day)")
    _personnel_idx = models.Index("(personnel_id, day) WHERE personnel_id IS NOT NULL")

    # === FIGURES === #

    @api.model
    def _get_measures(self):
        """Return the names of the fields that are summed; to be extended.

        :rtype: list
        """
        return list(performance.MEASURES)

    @api.model
    def _get_figures(self):
        """Return the figures in the order in which they are shown, names of fields; to be extended.

        :return: ``{name: performance.Figure}``
        """
        return dict(performance.FIGURES)

    @api.depends(*performance.MEASURES, 'repair_list')
    def _compute_figures(self):
        figures = {name: figure for name, figure in performance.FIGURES.items() if name not in performance.MEASURES}
        for row in self:
            sums = {name: row[name] for figure in figures.values() for name in (*figure.top, *figure.bottom)}
            median = performance.get_median(map(int, filter(None, (row.repair_list or '').split(','))))
            for name, figure in figures.items():
                row[name] = performance.get_value(figure, sums, median).value or 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Compute figures from the sums of a group: a mean of percentages would be another thing."""
        name = aggregate_spec.partition(':')[0]
        if name not in performance.FIGURES or name in performance.MEASURES:
            return super()._read_group_select(aggregate_spec, query)
        figure = performance.FIGURES[name]
        top, bottom = (self._get_sum_sql(names, query) for names in (figure.top, figure.bottom))
        if figure.kind == MEDIAN:
            return SQL(
                "%s * (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes)"
                " FROM unnest(string_to_array(string_agg(%s, ','), ',')::integer[]) minutes)",
                figure.scale, self._field_to_sql(self._table, 'repair_list', query))
        if not figure.bottom:
            return SQL("%s * (%s)", figure.scale, top)
        return SQL("%s::float * (%s) / NULLIF(%s, 0)", figure.scale, top, bottom)

    def _get_sum_sql(self, names, query):
        """Return the sum of measures over a group."""
        return SQL(" + ").join(
            SQL("COALESCE(SUM(%s), 0)", self._field_to_sql(self._table, name, query)) for name in names)

    @api.model
    def _get_values(self, domain):
        """Return all figures over some rows that the user may see, in one query.

        :param domain: domain of ``stokiva.performance``
        :return: the figures, ``{name: performance.Value}``, and of how many providers they are
        :rtype: tuple
        """
        figures = {
            name: figure for name, figure in self._get_figures().items()
            if self._has_field_access(self._fields[name], 'read')}
        measures = sorted({name for figure in figures.values() for name in (*figure.top, *figure.bottom)})
        medians = [name for name, figure in figures.items() if figure.kind == MEDIAN]
        [(providers, *row)] = self._read_group(domain, aggregates=[
            'provider_id:count_distinct', *(f'{name}:sum' for name in measures), *(f'{name}:avg' for name in medians)])
        values = dict(zip([*measures, *medians], row, strict=True))
        return {
            name: performance.get_value(figure, values, (values.get(name) or 0) / figure.scale)
            for name, figure in figures.items()}, providers
