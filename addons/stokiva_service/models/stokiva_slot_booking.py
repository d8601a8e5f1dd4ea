from datetime import timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .. import slots
from ..rows import append


class SlotBooking(models.Model):
    """A piece of somebody's time: for a work order, or held for a while for a sale line or a visitor's booking.

    The place (person and time) is where the visit would fit, so that it is counted once. It is no plan: who goes
    and when in the window is for the provider. One that has lost its place, for the people or hours are no more,
    keeps its window and gets a place again as soon as there is one.
    """
    _name = 'stokiva.slot.booking'
    _inherit = ['stokiva.held.mixin']
    _description = "Booked Time"
    _log_access = False
    _order = 'window_start, id'

    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    work_order_id = fields.Many2one('stokiva.work.order', readonly=True, ondelete='cascade')
    sale_line_id = fields.Many2one('sale.order.line', readonly=True, index='btree_not_null', ondelete='cascade')
    key = fields.Char("Held for", readonly=True, index='btree_not_null', help="The holder's own id.")
    personnel_id = fields.Many2one('stokiva.personnel', "Technician", readonly=True, index='btree_not_null')
    window_start = fields.Datetime("From", required=True, readonly=True)
    window_end = fields.Datetime("Until", required=True, readonly=True)
    minutes = fields.Integer(required=True, readonly=True, aggregator='sum')
    start_at = fields.Datetime("Counted from", readonly=True)
    end_at = fields.Datetime("Counted until", readonly=True)
    expires_at = fields.Datetime("Held until", readonly=True, help="Afterwards the time is free again.")
    is_lost = fields.Boolean("Finds No Time", compute='_compute_is_lost', search='_search_is_lost')

    _work_order_uniq = models.UniqueIndex("(work_order_id) WHERE work_order_id IS NOT NULL")
    _provider_window_idx = models.Index("(provider_id, window_end)")
    _order_idx = models.Index("(window_start, id)")
    _expiry_idx = models.Index("(expires_at) WHERE expires_at IS NOT NULL")

    @api.depends('work_order_id', 'sale_line_id', 'key')
    def _compute_display_name(self):
        for booking in self:
            booking.display_name = (
                booking.work_order_id.name or booking.sale_line_id.order_id.name or self.env._("Held"))

    @api.depends('start_at')
    def _compute_is_lost(self):
        for booking in self:
            booking.is_lost = not booking.start_at

    def _search_is_lost(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('start_at', '=', False)]

    # === BOOKING === #

    @api.model
    def _book(self, requests, released=None):
        """Book or hold time, and give other time free, with one UPDATE of the windows: all or nothing.

        :param list requests: of dicts, in the order in which they are to be served: ``provider`` (record),
            ``window`` (start, end), ``preferred`` (ids of persons; without, those skilled for ``work`` if that is
            given, see ``slots.is_skilled``), ``travel`` (minutes) and ``jobs``, values of bookings with their
            ``minutes``, done in one piece
        :param released: stokiva.slot.booking records that end
        :return: the bookings
        :raise UserError: if a window has no room, naming the next that have
        """
        released = released if released is not None else self
        Slot = self.env['stokiva.slot']
        first, last = Slot._get_horizon()
        days = [
            moment.date() for moment in (
                *released.mapped('window_start'), *(released.filtered('end_at').mapped('end_at')),
                *(moment for request in requests for moment in request['window']))]
        begin, end = max(first, min(days) - timedelta(days=1)), min(last, max(days) + timedelta(days=1))
        providers = released.provider_id.union(*(request['provider'] for request in requests))
        self.env['stokiva.opening']._rebuild_marked()
        self.flush_model()
        diaries = Slot._load(providers.ids, begin, end, released.ids) if begin <= end else {}
        values = []
        for request in requests:
            values += self._prepare_places(request, diaries, last)
        released.unlink()
        bookings = append(self, values)
        if begin <= end:
            with Slot._taking_turns(diaries, [
                    (request['provider'].id, *request['window'], self._get_length(request)) for request in requests
                    if request['provider'].id in diaries and request['window'][0].date() <= last]):
                Slot._store(diaries, begin, end)
        return bookings

    @api.model
    def _prepare_places(self, request, diaries, last):
        """Return the values of the bookings of a request, and take their time from the diary.

        :param dict request: see ``_book``
        :param dict diaries: see ``stokiva.slot._load``
        :param date last: up to which local day windows bind
        :raise UserError: if there is no room
        """
        provider, (start, end) = request['provider'], request['window']
        common = {
            'provider_id': provider.id, 'window_start': start, 'window_end': end, 'personnel_id': False, 'start_at': False}
        jobs = [{**common, **job} for job in request['jobs']]
        if provider.id not in diaries or start.date() > last:
            return jobs
        place = self._find_place(request, diaries[provider.id][0])
        if not place:
            self._refuse(request)
        lane, moment = place
        # A long job counts with what there is room for, each of its parts in proportion.
        total = self._get_length(request)
        needed = request['travel'] + sum(job['minutes'] for job in jobs)
        ends = [0, *(
            total * minutes // needed for minutes in accumulate((job['minutes'] for job in jobs), initial=request['travel']))]
        del ends[1]
        lane.take(moment, moment + timedelta(minutes=total))
        for job, (begin, stop) in zip(jobs, zip(ends, ends[1:], strict=False), strict=True):
            job |= {
                'personnel_id': lane.person, 'start_at': moment + timedelta(minutes=begin),
                'end_at': moment + timedelta(minutes=stop), 'minutes': stop - begin}
        return jobs

    @api.model
    def _get_length(self, request):
        """Return how many minutes a request takes, see ``slots.MOST_MINUTES``."""
        return min(slots.MOST_MINUTES, request['travel'] + sum(job['minutes'] for job in request['jobs']))

    @api.model
    def _find_place(self, request, diary):
        """Return where a request fits in a diary, see ``slots.find_place``."""
        start, end = request['window']
        preferred = request['preferred'] or (diary.get_skilled(*request['work']) if 'work' in request else ())
        return slots.find_place(
            diary.lanes, max(start, fields.Datetime.now()), end, self._get_length(request), preferred)

    @api.model
    def _place_lost(self, diaries):
        """Give bookings that have lost their place another one in their window, or none; a dispatcher is told.

        :param dict diaries: see ``stokiva.slot._load``
        """
        now = fields.Datetime.now()
        rows = []
        for diary, lost in diaries.values():
            for booking, start, end, minutes, person in lost:
                place = end > now and slots.find_place(diary.lanes, max(start, now), end, minutes, (person,))
                if place:
                    lane, moment = place
                    stop = moment + timedelta(minutes=minutes)
                    lane.take(moment, stop)
                    rows.append((booking, lane.person, moment, stop))
                elif end > now:
                    rows.append((booking, None, None, None))
        if not rows:
            return
        gone = self.env.execute_query(SQL(
            """
            UPDATE stokiva_slot_booking b SET personnel_id = v.person, start_at = v.start_at, end_at = v.end_at
              FROM (SELECT id, start_at AS before FROM stokiva_slot_booking WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) o
              JOIN unnest(%s, %s::int[], %s::timestamp[], %s::timestamp[]) AS v (id, person, start_at, end_at) USING (id)
             WHERE b.id = o.id
         RETURNING b.work_order_id, o.before IS NOT NULL AND v.start_at IS NULL
            """, [row[0] for row in rows], *(list(column) for column in zip(*rows, strict=True))))
        self.invalidate_model(flush=False)
        orders = self.env['stokiva.work.order'].browse(order for order, is_gone in gone if order and is_gone)
        for order in orders:
            order._ask_dispatcher_about(self.env._(
                "%s has no time any more in the window of the visit. Agree on another one.", order.provider_id.name))

    # === HOLDS === #

    @api.model
    def _hold(self, provider, window, minutes, expires_at, *, company, key=None, sale_line=None):
        """Hold time for somebody who has not ordered yet; what the same one held before is free again.

        Whoever opens the order releases the hold in the same transaction (``_release_hold``): what follows
        books anew.

        :param provider: stokiva.provider record
        :param tuple window: ``(start, end)``, naive UTC
        :param int minutes: of the visit, without the way there
        :param datetime expires_at: naive UTC; afterwards the time is free again
        :param company: res.company record for which the visit is
        :param str key: the holder's own id, or
        :param sale_line: sale.order.line record
        :return: the booking, empty where windows do not bind
        :raise UserError: if there is no room, naming the next windows that have
        """
        before = self._get_holds(key=key, sale_lines=sale_line)
        if not self._is_bound(company, provider, window[1]):
            before._release()
            return self
        return self._book([{
            'provider': provider, 'window': window, 'preferred': (), 'travel': company.stokiva_travel_minutes,
            'jobs': [{
                'minutes': minutes, 'company_id': company.id, 'expires_at': expires_at, 'key': key,
                'sale_line_id': sale_line and sale_line.id}]}], before)

    @api.model
    def _release_hold(self, *, key=None, sale_lines=None):
        """Give free what somebody holds.

        :param str key: the holder's own id, or
        :param sale_lines: sale.order.line records
        """
        self._get_holds(key=key, sale_lines=sale_lines)._release()

    @api.model
    def _get_holds(self, *, key=None, sale_lines=None):
        domain = [('key', '=', key)] if key else [('sale_line_id', 'in', sale_lines.ids)]
        return self.search([('work_order_id', '=', False), *domain])

    def _release(self):
        """End these bookings; their windows are free again."""
        if self:
            self._book([], self)

    @api.model
    def _cron_release(self, batch_size=200):
        """Give free what was held too long."""
        domain = [('expires_at', '<', fields.Datetime.now())]
        while expired := self.search(domain, limit=batch_size, order='expires_at, id').try_lock_for_update():
            expired._release()
            if not self.env['ir.cron']._commit_progress(len(expired), remaining=self.search_count(domain)):
                break

    # === ITS PARTS === #

    @api.model
    def _is_bound(self, company, provider, end):
        """Tell whether the windows of a provider bind a visit: the company books them, and it has weekly hours.

        :param company: res.company record for which the visit is
        :param provider: stokiva.provider record
        :param datetime end: of the window; one that has passed is nobody's any more
        """
        return company.stokiva_slots and bool(provider.resource_calendar_id) and end > fields.Datetime.now()

    @api.model
    def _refuse(self, request):
        """Raise that a window has no room, naming the next that have.

        :raise UserError: always
        """
        provider, (start, end) = request['provider'], request['window']
        free = self.env['stokiva.slot']._get_free(provider, self._get_length(request), start)
        if not free:
            raise UserError(self.env._(
                "%(provider)s has no free time on %(window)s, nor in the next weeks.",
                provider=provider.name, window=self._describe(provider, start, end)))
        raise UserError(self.env._(
            "%(provider)s has no free time on %(window)s. Free are: %(windows)s.", provider=provider.name,
            window=self._describe(provider, start, end),
            windows=", ".join(self._describe(provider, slot.start_at, slot.end_at) for slot in free)))

    @api.model
    def _describe(self, provider, start, end):
        """Return a window as people read it, in the provider's zone: ``3 Nov 09:00–11:00``."""
        zone = ZoneInfo(provider.tz)
        begin, stop = (moment.replace(tzinfo=ZoneInfo('UTC')).astimezone(zone) for moment in (start, end))
        return f"{format_date(self.env, begin.date(), date_format='EEE d MMM')} {begin:%H:%M}–{stop:%H:%M}"
