from odoo import models

from odoo.addons.stokiva_service.workflow import WASTED_OUTCOMES

from .. import rates


class WorkOrder(models.Model):
    """What of an order there is to pay for, as ``rates.py`` knows it."""
    _inherit = 'stokiva.work.order'

    def _get_device_path(self):
        """Return the ids of the device's type and those above it, from the top."""
        self.ensure_one()
        path = self.device_type_id.parent_path or ""
        return tuple(int(id_) for id_ in path.split('/') if id_)

    def _get_rated_job(self):
        """Return what of the order decides its rates.

        :return: rates.Job
        """
        self.ensure_one()
        return rates.Job(
            self.service_type_id.id, self._get_device_path(), self.city_id.id or None, self.site_id.state_id.id or None,
            self._get_rated_distance())

    def _get_rated_distance(self):
        """Return the kilometres to the site that the offer to the provider says, None when it does not.

        What was offered counts, even if somebody's position is corrected afterwards.
        """
        self.ensure_one()
        for row in self.assignment_id.ranking or ():
            if row['provider_id'] == self.provider_id.id:
                return row['values'].get('distance_km')
        return None

    def _get_payable_works(self, paid_trips, currency, date):
        """Return what there is to pay for, as ``rates.py`` knows it; to be extended.

        :param set paid_trips: keys of trips that are paid already, see ``_get_trip_key``
        :param currency: res.currency record in which the order is settled
        :param date date: the day whose exchange rate holds
        :return: list of rates.Work
        """
        self.ensure_one()
        works = [
            rates.Work(
                rates.LABOUR, line.quantity, line.workmanship_id.id or None, minutes=line.duration_minutes, evidence=line)
            for line in self.labour_line_ids] or [
                rates.Work(rates.LABOUR, minutes=self.service_type_id.duration_minutes)]
        trips = {}
        for visit in self.visit_ids:
            # One departure for several orders is one trip, and only of the provider who is paid now.
            if visit.departed_at and visit.provider_id == self.provider_id:
                trips.setdefault(self._get_trip_key(visit), visit)
        for key, visit in trips.items():
            if key not in paid_trips:
                kinds = (rates.WASTED_TRIP,) if visit.outcome in WASTED_OUTCOMES else (rates.TRAVEL, rates.DISTANCE)
                works += [rates.Work(kind, evidence=visit) for kind in kinds]
        works += [
            rates.Work(
                rates.PART, line.quantity, product_id=line.product_id.id, evidence=line,
                cost=line.company_id.currency_id._convert(
                    line.cost / line.quantity, currency, line.company_id, date, round=False))
            for line in self.part_line_ids if line._is_paid_as_own()]
        return works

    def _get_labour_coverage(self):
        """Return who bears what no line of the order stands for, as trips: who bears the labour.

        :return: key of a line's ``coverage``
        :rtype: str
        """
        self.ensure_one()
        found = set(self.labour_line_ids.mapped('coverage'))
        return found.pop() if len(found) == 1 else self._find_coverage('labour')[0]

    # === HOW WELL IT WAS DONE === #

    def _get_quality_works(self):
        """Return what a rate card may give a bonus or take a penalty for; to be extended.

        :return: ``{order: [rates.Work]}``, each fact as a bonus and as a penalty
        """
        repeats = self._get_repeats()
        return {
            order: [
                rates.Work(kind, trigger=trigger, value=value)
                for trigger, value in order._get_quality_facts(repeats[order]).items() for kind in rates.QUALITY]
            for order in self}

    def _get_quality_facts(self, repeats):
        """Return ``{trigger: value}`` of what holds for the order, a value of 0 where there is none.

        :param repeats: the orders that this one repeats, see ``_get_repeats``
        """
        self.ensure_one()
        facts = {}
        if (is_late := self._is_provider_late()) is not None:
            facts[rates.LATE if is_late else rates.ON_TIME] = 0.0
        answered = self.approval_ids.filtered(
            lambda approval: approval.kind == 'work' and approval.state == 'approved' and approval.stars)
        if answered:
            facts[rates.STARS] = float(answered[-1:].stars)
        if self.is_first_time_fix:
            facts[rates.FIRST_TIME_FIX] = 0.0
        if repeats:
            facts[rates.REPEAT_VISIT] = 0.0
        if self._get_missing_evidence():
            facts[rates.MISSING_EVIDENCE] = 0.0
        return facts

    def _is_provider_late(self):
        """Tell whether the work was done late by the provider's own doing: by the service level's clock of completion,
        where there is none by the order's deadline.

        :return: None where nothing was promised, or somebody else made it late
        """
        self.ensure_one()
        promised = self.sla_clock_ids.filtered(lambda clock: clock.clock == 'complete' and clock.state in ('kept', 'broken'))
        if not promised:
            # The time that the customer takes to approve is not the provider's.
            return self.submitted_at > self.deadline if self.deadline and self.submitted_at else None
        broken = promised.filtered(lambda clock: clock.state == 'broken')
        if not broken:
            return False
        return True if any(clock.reason_party in (False, 'provider') for clock in broken) else None

    def _get_repeats(self):
        """Return the earlier orders whose work did not last, where the same provider went again, see
        ``stokiva.repeat.visit``; without those that a manager waived.

        :return: ``{order: stokiva.work.order records}``
        """
        waived = self.env['stokiva.repeat.visit'].search(
            [('work_order_id', 'in', self.ids), ('state', '=', 'waived')]).work_order_id
        pairs = self.env['stokiva.repeat.visit']._get_pairs(self - waived)
        return {
            order: pairs[order].filtered(lambda old, order=order: old.provider_id == order.provider_id) for order in self}
