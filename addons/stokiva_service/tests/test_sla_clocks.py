from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from .. import hours, sla

ISTANBUL, BERLIN = ZoneInfo('Europe/Istanbul'), ZoneInfo('Europe/Berlin')
NINE_TO_SIX = {(parity, day): [(9 * 60, 18 * 60)] for parity in (0, 1) for day in range(5)}
NIGHT = {(parity, day): [(0, 6 * 60), (22 * 60, 24 * 60)] for parity in (0, 1) for day in range(7)}


def at(text):
    """A moment of 2026: ``03-27 15:00``, in UTC."""
    return datetime.strptime(f'2026-{text}', '%Y-%m-%d %H:%M')


def policy(hours_of=sla.ELAPSED, percent=75, follows_window=True, **minutes):
    return {
        'id': 1, 'minutes': minutes, 'hours': hours_of, 'percent': percent, 'follows_window': follows_window, 'levels': []}


class Life:
    """One order and its clocks, led from event to event as the ORM does."""

    def __init__(self, opened_at, promise, openings=None, **facts):
        self.clocks, self.promise, self.openings = [], promise, openings or {}
        self.order = sla.Order('created', at(opened_at), **facts)
        self.go(opened_at)

    def find_openings(self, whose, start):
        return None if whose == sla.ELAPSED else self.openings[whose]

    def go(self, when, promise=None, **facts):
        """Something happens to the order; another promise holds from then on if one is given."""
        self.order = replace(self.order, **{'was_there': False, **facts})
        self.promise = promise or self.promise
        fresh = [clock for clock in sla.follow(
            self.clocks, self.order, self.promise, at(when), self.find_openings, bool(promise))
            if not any(clock is known for known in self.clocks)]
        self.clocks += fresh
        return self

    def get(self, kind):
        return [clock for clock in self.clocks if clock.kind == kind][-1]


def lay(week, zone, first=date(2026, 3, 1), last=date(2026, 12, 31), **closed):
    return [row[1:] for row in hours.get_openings(first, last, week, zone, **closed)]


@tagged('post_install', '-at_install')
class TestSlaClocks(BaseCase):
    """When promises are due: the expected moments are written by hand."""

    def test_deadlines(self):
        office = lay(NINE_TO_SIX, ISTANBUL)
        holiday = lay(NINE_TO_SIX, ISTANBUL, closed_from={date(2026, 5, 1): 0, date(2026, 10, 28): 13 * 60, date(2026, 10, 29): 0})
        berlin, night = lay(NINE_TO_SIX, BERLIN), lay(NIGHT, BERLIN)
        for name, openings, start, minutes, due in (
            ("round the clock", None, '03-27 15:00', 2880, '03-29 15:00'),
            ("round the clock over the change of the hour in Berlin", None, '03-28 23:00', 240, '03-29 03:00'),
            ("within the day, İstanbul is three hours ahead", office, '03-27 07:00', 120, '03-27 09:00'),
            ("before opening: from 9:00", office, '03-27 03:00', 60, '03-27 07:00'),
            ("Friday evening goes on on Monday", office, '03-27 14:30', 60, '03-30 06:30'),
            ("it ends as the door closes", office, '03-27 14:00', 60, '03-27 15:00'),
            ("the first of May is no day", holiday, '04-30 14:00', 120, '05-04 07:00'),
            ("half a day before the feast, then the feast", holiday, '10-28 06:00', 300, '10-30 07:00'),
            ("Berlin, winter to summer over the weekend", berlin, '03-27 16:00', 120, '03-30 08:00'),
            ("Berlin, summer to winter over the weekend", berlin, '10-23 15:00', 120, '10-26 09:00'),
            ("over midnight", night, '06-10 21:00', 180, '06-11 00:00'),
            ("a night that lacks an hour: 22 to 6 are seven", night, '03-28 21:00', 480, '03-29 21:00'),
            ("a night that has one more: nine", night, '10-24 20:00', 540, '10-25 05:00'),
        ):
            with self.subTest(name):
                life = Life(start, policy(sla.COMPANY if openings else sla.ELAPSED, complete=minutes), {sla.COMPANY: openings})
                self.assertEqual(life.get('complete').deadline, at(due))

    def test_29_february(self):
        openings = lay({(parity, day): [(540, 1080)] for parity in (0, 1) for day in range(7)}, ISTANBUL, date(2028, 2, 27), date(2028, 3, 3))
        run = sla.Run(datetime(2028, 2, 28, 14), None, sla.COMPANY, openings)
        self.assertEqual(sla.find_moment([run], 120), datetime(2028, 2, 29, 7))

    def test_each_promise_begins_and_is_kept(self):
        life = Life('06-01 08:00', policy(assign=60, accept=30, arrive=600, complete=1440))
        self.assertEqual({clock.kind for clock in life.clocks}, {'assign', 'arrive', 'complete'})
        life.go('06-01 08:20', state='assigned', provider_id=7, offer_id=70)
        self.assertEqual((life.get('assign').state, life.get('assign').ended_at), (sla.KEPT, at('06-01 08:20')))
        self.assertEqual((life.get('accept').deadline, life.get('accept').provider_id), (at('06-01 08:50'), 7))
        life.go('06-01 08:50', state='accepted')
        self.assertEqual(life.get('accept').state, sla.KEPT, "at the very minute it is kept")
        life.go('06-01 18:01', state='in_progress', started_at=at('06-01 18:01'))
        self.assertEqual(life.get('arrive').state, sla.BROKEN)
        life.go('06-01 19:00', state='awaiting_approval')
        life.go('06-05 19:00', state='completed')
        self.assertEqual((life.get('complete').state, life.get('complete').ended_at), (sla.KEPT, at('06-01 19:00')))
        self.assertEqual(len(life.clocks), 4)

    def test_refused_offer_is_not_counted_and_the_order_is_to_be_assigned_anew(self):
        life = Life('06-01 08:00', policy(assign=60, accept=30))
        life.go('06-01 08:10', state='assigned', provider_id=7, offer_id=70)
        life.go('06-01 08:15', state='created', provider_id=None, offer_id=None)
        self.assertEqual([(clock.kind, clock.state, clock.provider_id) for clock in life.clocks], [
            ('assign', sla.KEPT, None), ('accept', sla.VOID, 7), ('assign', sla.RUNNING, None)])
        self.assertEqual(life.get('assign').deadline, at('06-01 09:15'))
        life.go('06-01 08:20', state='assigned', provider_id=8, offer_id=71)
        life.go('06-01 08:55', state='assigned', provider_id=9, offer_id=72)  # taken from one who did not answer
        self.assertEqual([clock.state for clock in life.clocks if clock.kind == 'accept'], [sla.VOID, sla.BROKEN, sla.RUNNING])

    def test_pause_stops_all_clocks(self):
        life = Life('06-01 08:00', policy(assign=60, complete=600))
        life.go('06-01 08:30', paused=True)
        self.assertEqual([(clock.state, clock.deadline) for clock in life.clocks], [(sla.PAUSED, None)] * 2)
        life.go('06-01 10:00', state='assigned', provider_id=7, offer_id=70)
        self.assertEqual(life.get('assign').state, sla.KEPT)
        life.go('06-03 08:00', paused=False)
        self.assertEqual((life.get('complete').state, life.get('complete').deadline), (sla.RUNNING, at('06-03 17:30')))
        self.assertEqual(life.get('complete').risk_at, at('06-03 15:00'))

    def test_pause_by_working_hours(self):
        life = Life('03-27 07:00', policy(sla.COMPANY, complete=600), {sla.COMPANY: lay(NINE_TO_SIX, ISTANBUL)})
        self.assertEqual(life.get('complete').deadline, at('03-30 08:00'))
        life.go('03-27 14:00', paused=True).go('03-29 20:00', paused=False)
        self.assertEqual(life.get('complete').deadline, at('03-30 09:00'))

    def test_what_was_late_before_the_pause_stays_late(self):
        life = Life('06-01 08:00', policy(complete=60))
        life.go('06-01 09:30', paused=True)
        self.assertEqual(life.get('complete').deadline, at('06-01 09:00'))
        life.go('06-02 09:30', paused=False).go('06-02 10:00', state='canceled')
        self.assertEqual(life.get('complete').state, sla.BROKEN)

    def test_provider_in_another_zone_counts_by_its_own_hours(self):
        life = Life('03-27 07:00', policy(sla.PROVIDER, complete=600), {
            sla.COMPANY: lay(NINE_TO_SIX, ISTANBUL), 'provider,7': lay(NINE_TO_SIX, BERLIN), 'provider,8': []})
        self.assertEqual(life.get('complete').deadline, at('03-30 08:00'))
        life.go('03-27 13:00', state='assigned', provider_id=7, offer_id=70)  # six hours gone, four are left
        self.assertEqual(life.get('complete').deadline, at('03-27 17:00'))
        self.assertEqual([run.whose for run in life.get('complete').runs], [sla.COMPANY, 'provider,7'])
        life.go('03-27 14:00', provider_id=8, offer_id=71)
        self.assertEqual(life.get('complete').deadline, at('03-27 17:00'), "who is never open has round the clock")

    def test_dispute_lets_the_time_run_on(self):
        life = Life('06-01 08:00', policy(complete=600))
        life.go('06-01 09:00', state='in_progress', started_at=at('06-01 09:00')).go('06-01 10:00', state='awaiting_approval')
        self.assertEqual(life.get('complete').state, sla.KEPT)
        life.go('06-04 10:00', halted=True)
        self.assertEqual((life.get('complete').state, life.get('complete').deadline), (sla.RUNNING, at('06-04 18:00')))
        life.go('06-04 19:00', state='in_progress', halted=False).go('06-04 20:00', state='awaiting_approval')
        self.assertEqual([clock.state for clock in life.clocks], [sla.BROKEN])

    def test_agreed_window(self):
        window = (at('06-10 06:00'), at('06-10 08:00'))
        life = Life('06-01 08:00', policy(arrive=240, complete=480), window=window)
        self.assertEqual((life.get('arrive').deadline, life.get('arrive').risk_at), (window[1], at('06-10 07:30')))
        self.assertEqual(life.get('complete').deadline, at('06-10 14:00'))
        moved = (at('06-12 06:00'), at('06-12 08:00'))
        life.go('06-02 08:00', window=moved)
        self.assertEqual((life.get('arrive').deadline, life.get('complete').deadline), (moved[1], at('06-12 14:00')))
        life.go('06-03 08:00', window=window)
        self.assertEqual((life.get('arrive').deadline, life.get('complete').deadline), (window[1], at('06-10 14:00')))
        ignored = Life('06-01 08:00', policy(arrive=240, complete=480, follows_window=False), window=window)
        self.assertEqual((ignored.get('arrive').deadline, ignored.get('complete').deadline), (at('06-01 12:00'), at('06-01 16:00')))

    def test_nothing_counts_before_the_delivery(self):
        life = Life('06-01 08:00', policy(assign=60, arrive=240, complete=480), earliest_start=at('06-05 08:00'))
        self.assertEqual([clock.deadline for clock in life.clocks], [at('06-01 09:00'), at('06-05 12:00'), at('06-05 16:00')])
        life.go('06-02 08:00', earliest_start=at('06-07 08:00'))
        self.assertEqual(life.get('complete').deadline, at('06-07 16:00'))

    def test_nobody_at_home_is_an_arrival(self):
        life = Life('06-01 08:00', policy(arrive=240))
        life.go('06-01 11:00', state='on_the_way').go('06-01 11:30', state='accepted', was_there=True)
        self.assertEqual(life.get('arrive').state, sla.KEPT)
        life.go('06-02 11:30', state='in_progress', started_at=at('06-02 11:30'))
        self.assertEqual(len(life.clocks), 1)

    def test_another_policy(self):
        life = Life('06-01 08:00', policy(assign=60, complete=600))
        life.go('06-01 09:30', {**policy(complete=120, accept=30), 'id': 2}, state='assigned', provider_id=7, offer_id=70)
        self.assertEqual((life.get('assign').state, life.get('assign').policy_id), (sla.BROKEN, 1))
        self.assertEqual((life.get('complete').deadline, life.get('complete').policy_id), (at('06-01 10:00'), 2))
        life.go('06-01 09:40', {**policy(complete=300), 'id': 3})
        self.assertEqual(life.get('accept').state, sla.VOID, "the new one promises no answer")
        self.assertEqual(life.get('complete').deadline, at('06-01 13:00'))

    def test_canceled_in_time_is_not_counted(self):
        life = Life('06-01 08:00', policy(complete=600)).go('06-01 09:00', state='canceled')
        self.assertEqual(life.get('complete').state, sla.VOID)

    def test_an_event_that_changes_nothing_changes_no_clock(self):
        life = Life('06-01 08:00', policy(sla.COMPANY, assign=60, complete=600), {sla.COMPANY: lay(NINE_TO_SIX, ISTANBUL)})
        self.assertFalse(sla.follow(life.clocks, life.order, life.promise, at('06-01 08:30'), life.find_openings))

    def test_runs_survive_being_stored(self):
        life = Life('03-27 07:00', policy(sla.COMPANY, complete=600), {sla.COMPANY: lay(NINE_TO_SIX, ISTANBUL)})
        clock = life.go('03-27 14:00', paused=True).go('03-30 05:00', paused=False).get('complete')
        stored = [run.to_json(clock.deadline) for run in clock.runs]
        self.assertEqual(stored[0], {
            'from': '2026-03-27T07:00:00Z', 'to': '2026-03-27T14:00:00Z', 'hours': 'company',
            'open': [['2026-03-27T07:00:00Z', '2026-03-27T14:00:00Z']]})
        self.assertEqual(stored[1]['open'], [['2026-03-30T06:00:00Z', '2026-03-30T09:00:00Z']], "no more than is needed")
        self.assertEqual(sla.find_moment([sla.Run.from_json(run) for run in stored], 600), clock.deadline)

    def test_alerts_come_once_each(self):
        clock = Life('06-01 08:00', policy(complete=60)).get('complete')
        levels = [30, 120]
        for now, stage, following in (
            ('06-01 08:44', 0, '06-01 08:45'), ('06-01 08:45', 1, '06-01 09:00'), ('06-01 09:00', 2, '06-01 09:30'),
            ('06-01 09:30', 3, '06-01 11:00'), ('06-01 12:00', 4, None),
        ):
            expected = following and at(following)
            self.assertEqual(sla.get_alert(clock, levels, at(now)), (stage, expected))
        clock.stage = 3
        self.assertEqual(sla.get_alert(clock, levels, at('06-01 10:00')), (3, at('06-01 11:00')))
        clock.stage = 0
        self.assertEqual(sla.get_alert(clock, levels, at('06-01 13:00')), (4, None), "the gravest, when nobody looked for long")

    def test_first_policy_that_is_met_holds(self):
        def row(id_, since='01-01 00:00', **conditions):
            return {'id': id_, 'since': at(since), 'conditions': {name: frozenset(ids) for name, ids in conditions.items()}}

        rows = [row(1, priority='1', area={('city', 5)}), row(2, area={('city', 5), ('state', 34)}), row(3, since='06-01 00:00'), row(4)]
        for priority, city, opened_at, expected in (
            ('1', 5, '02-01 00:00', 1), ('0', 5, '02-01 00:00', 2), ('0', 6, '07-01 00:00', 3), ('0', 6, '02-01 00:00', 4),
        ):
            keys = {'priority': {priority}, 'area': {('city', city), ('state', 1)}}
            self.assertEqual(sla.find_policy(rows, keys, at(opened_at))['id'], expected)
        self.assertIsNone(sla.find_policy(rows[:1], keys, at('02-01 00:00')))
