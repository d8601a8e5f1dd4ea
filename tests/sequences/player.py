"""Plays one sequence in the database and compares every step with the model."""
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import note

from sequences import rows as stored
from sequences.dialogs import BUTTONS, fill_in, to_dialog
from sequences.edits import BAD_EDITS, EDITS, expect_parts
from sequences.model import CLOSED, EVENTS, FIELD, OPEN, PERHAPS, TOGETHER, WASTED, roles_of
from sequences.shelves import Shelves
from sequences.steps import BEGINNING, Step, begin_with, choose, prepare, spoil

LAPSED = '2020'
BEGINNER = 'manager of both'
FORGERIES = ('state', 'provider_id', 'completed_at', 'custody', 'is_halted', 'event_hash', 'approval_ids', 'company_id')


class Player:
    """One sequence on orders of its own, in a transaction that is rolled back.

    :param World world: in whose database it is played
    :param env: environment of the superuser
    :param Counter counts: how often each event was accepted and refused, over all sequences
    """

    def __init__(self, world, env, counts=None):
        self.world, self.model, self.env = world, world.model, env
        self.counts = Counter() if counts is None else counts
        self.jobs, self.frozen = {}, {}
        self.last = None  # event, actor, given, order ids and key of the last one accepted
        self.number = 0

    def play(self, setup, steps):
        """Play a sequence; a difference between database and model is an AssertionError."""
        note(f'{setup}')
        orders = self.world.make_orders(self.env, setup)
        self.jobs = self.model.jobs = {order.id: job for order, job in orders.items()}
        if setup.is_open:
            self.env['stokiva.work.order'].browse(self.jobs)._apply_event('open', actor=None, channel='system')
            for job in self.jobs.values():
                self.model.follow('open', {}, job)
        self.commit()
        self.rows = stored.dump(self.env.cr, self.jobs)
        self.shelves = Shelves(self)
        for id_, job in self.jobs.items():
            self.shelves.observe_lines(job, stored.of_order(self.rows, 'stokiva_part_line', id_), False)
            self._observe_money(job, self.rows['stokiva_work_order'][id_])
        if setup.is_open and setup.begun_with:
            self._begin(begin_with(setup.begun_with))
        for step in steps:
            getattr(self, f'_step_{step.how}')(step)
            if step.choice % 2:
                self.shelves.move()  # as the job does right after a commit, unless it is late
        self.shelves.move()

    def _begin(self, choice):
        """Play the events that lead to somebody at work."""
        for event, state in BEGINNING.items():
            for id_, job in self.jobs.items():
                if job.state == state:
                    self._try_event(Step('wild', choice, 0, event, BEGINNER, None, 0, False), id_, event, BEGINNER)

    def commit(self):
        """Do what ends a request, but keep the transaction."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        self.env.invalidate_all()

    # -- one attempt -----------------------------------------------------------------------------------

    @contextmanager
    def attempt(self, what, why, ids):
        """Carry something out as a request would, and check that it is refused as the model says, and properly.

        :param str what: for the reader
        :param str why: why it must be refused, None if it must be done
        :param ids: the orders that it may change
        """
        from psycopg2.errors import CheckViolation  # noqa: PLC0415

        from odoo.exceptions import UserError  # noqa: PLC0415

        error = None
        try:
            with self.env.cr.savepoint():
                yield
                self.commit()
        except (UserError, CheckViolation) as refusal:  # so are AccessError and ValidationError; as the framework tells it
            error = refusal
        self.env.invalidate_all()
        before, self.rows = self.rows, stored.dump(self.env.cr, self.jobs)
        note(f'{what}: ' + (f'refused: {type(error).__name__} {error.args[0][:100]}' if error else 'done'))
        if error:
            assert why, f'{what} is refused against the design: {error}'
            assert self.rows == before, f'{what} is refused, yet changed something'
        else:
            assert not why or why == PERHAPS, f'{what} is done, but should be refused: {why}'
            self._check_log(before, ids)
        self._check_rows()

    def _check_log(self, before, ids):
        """What was in the log stays as it was; only the orders meant have more."""
        log = before['stokiva_event']
        assert log.items() <= self.rows['stokiva_event'].items(), "the log was changed"
        new = {row['work_order_id'] for id_, row in self.rows['stokiva_event'].items() if id_ not in log}
        assert new <= set(ids), f'events of {new}, not only of {ids}'

    def _check_rows(self):
        wrong = [*stored.find_wrong(self.rows), *self.shelves.find_wrong()]
        assert not wrong, '\n'.join(wrong)
        findings = self.env['stokiva.verifier']._verify_orders(self.env['stokiva.work.order'].browse(self.jobs))
        assert not findings, findings
        for id_, job in self.jobs.items():
            order = self.rows['stokiva_work_order'][id_]
            is_now = (order['state'], order['custody'], bool(order['is_halted']), bool(order['sla_paused']))
            assert is_now == (job.state, job.custody, job.halted, job.paused), f'{is_now} is not as in {job}'
            provider = self.model.providers.get(order['provider_id'], {}).get('name')
            technician = self.model.people.get(order['personnel_id'], (None,))[0]
            if job.state in OPEN:
                assert (provider, technician) == (job.provider, job.technician), f'{provider}, {technician}: {job}'
            if id_ in self.frozen:
                now, then = stored.frozen_part(self.rows, order), self.frozen[id_]
                changed = {part: (then[part], now[part]) for part in then if then[part] != now[part]}
                assert not changed, f'{order["name"]} is completed and changed: {changed}'
            elif job.state == 'completed':
                self.frozen[id_] = stored.frozen_part(self.rows, order)

    # -- events ----------------------------------------------------------------------------------------

    def _step_lawful(self, step):
        id_, job = self._pick(step)
        options = {}
        for event in EVENTS:
            given = prepare(event, job, self.world, step.choice)
            for name, (actor, _record) in self.world.actors.items():
                if self.model.refusal(event, actor, given, self._together(event, id_, given).values()) in (None, PERHAPS):
                    options.setdefault(event, []).append(name)
        chosen = choose(options, job, step.choice)
        if chosen:
            self._try_event(step, id_, *chosen)

    def _step_wild(self, step):
        id_, _job = self._pick(step)
        self._try_event(step, id_, step.event, step.actor)

    def _pick(self, step):
        ids = list(self.jobs)
        id_ = ids[step.unit % len(ids)]
        return id_, self.jobs[id_]

    def _together(self, event, id_, given):
        """Return the jobs that an event of one order takes along, with it."""
        job, scope = self.jobs[id_], TOGETHER.get(event)
        if event == 'suspend' and (given or {}).get('outcome') in WASTED:
            scope = 'trip'  # nobody at home is so for all of the trip
        if not scope:
            return {id_: job}
        if scope == 'offer' and not job.offer:
            return {id_: job}
        return {
            other: item for other, item in self.jobs.items()
            if other == id_ or (item.state == job.state and (
                item.offer == job.offer if scope == 'offer' else item.provider == job.provider)
                and (event != 'reassign' or item.begun == job.begun))}

    def _try_event(self, step, id_, event, actor_name):
        from odoo import fields  # noqa: PLC0415

        given = prepare(event, self.jobs[id_], self.world, step.choice)
        if step.spoil:
            given = spoil(given, step.spoil, self.world)
        actor, record = self.world.actors[actor_name][0], self.world.get_record(self.env, actor_name)
        has_screen = actor.is_employee and 'integration' not in actor.roles  # a program has none
        by_button = step.by_button and has_screen and not step.spoil and event in BUTTONS
        asked = to_dialog(event, given, self.jobs[id_]) if by_button else None
        by_button, given = asked is not None, given if asked is None else asked
        jobs = self._together(event, id_, given)
        why = self.model.refusal(event, actor, given, jobs.values())
        self.number += 1
        door = {
            'actor': record, 'channel': self._get_channel(event, actor), 'key': f'{id_}-{self.number}',
            'occurred': fields.Datetime.now() + timedelta(seconds=step.when) if step.when else None}
        shown = {name: str(value)[:60] for name, value in given.items()} | ({'by': "button"} if by_button else {})
        order = self.env['stokiva.work.order'].browse(id_)
        before = self.rows['stokiva_event']
        if not why:
            for job in jobs.values():
                self.model.follow(event, given, job)
        with self.attempt(f'{order.id} {event} by {actor_name} with {shown}', why, jobs):
            if by_button:
                events = self._press(order.with_user(record), event, given)
            else:
                events = order._apply_event(event, given, **door)
            self.counts[event, 'done'] += 1
            assert set(events.work_order_id.ids) == set(jobs), f'{event} took along {events.work_order_id}'
            assert set(events.mapped('event')) == {event}
            self.env.flush_all()
            self._observe(event, jobs, before)
        if why:
            self.counts[event, 'refused'] += 1
        else:
            self.last = None if by_button else (event, record, given, id_, door['key'], events.ids)
        if by_button:
            self.counts['button', 'refused' if why else 'done'] += 1

    def _press(self, order, event, given):
        """Cause an event as the office does: by its button and, where that opens one, its dialog.

        :param order: in the user's environment
        :return: stokiva.event records of the event, those that it was caused for along with the order
        """
        Event = self.env['stokiva.event']
        ours = [('work_order_id', 'in', list(self.jobs))]
        known = Event.search(ours)
        dialog = order.with_context(stokiva_event=event).action_event()
        if dialog is not True:
            wizard = order.env[dialog['res_model']].browse(dialog['res_id'])
            self.commit()  # the dialog is shown before anything is filled in
            wizard.write(fill_in(event, given))
            wizard.action_confirm()
        return Event.search(ours).filtered(lambda row: row not in known and row.event == event)

    def _get_channel(self, event, actor):
        """Return by which channel somebody's answer comes; other events come from the office."""
        if event not in ('approve', 'dispute'):
            return 'office'
        return 'link' if actor.is_customer else 'system' if actor.name == 'system' else 'call'

    def _observe(self, event, before_jobs, known):
        """Take over what the model cannot know: ids, and whom the engine chose, if it might choose him."""
        rows = stored.dump(self.env.cr, self.jobs)
        for id_ in before_jobs:
            job, order = self.jobs[id_], rows['stokiva_work_order'][id_]
            new = [row for row in stored.of_order(rows, 'stokiva_event', id_) if row['id'] not in known]
            follows = [row['event'] for row in new[1:]]
            if event in ('reject', 'expire'):
                self._observe_engine(job, order, follows)
            elif event == 'submit' and not job.needs_approval:
                assert follows == ['approve'] and new[-1]['actor_kind'] == 'system', follows
                job.state, job.asked, job.halted, job.paused = 'completed', {}, False, False
            else:
                assert not follows, f'{event} led to {follows}'
            if event == 'dispute' and job.state == 'returned':  # what a refused quote charged will not be done
                self.shelves.observe_lines(job, stored.of_order(rows, 'stokiva_part_line', id_), False)
            job.offer = order['assignment_id'] or 0
            self._observe_requests(job, rows, id_)
            self._observe_money(job, order)

    def _observe_engine(self, job, order, follows):
        together = [item for item in self.jobs.values() if item.state == job.state and item.refused_by == job.refused_by]
        choices = set.intersection(*(self.model.engine_choices(item) for item in together or [job]))
        if follows:
            assert follows == ['assign'], follows
            job.provider, job.state = self.model.providers[order['provider_id']]['name'], 'assigned'
            assert job.provider in choices, f'{job.provider} is none of {choices}'
        else:
            assert not choices, f'nobody was asked of {choices}'

    def _observe_requests(self, job, rows, id_):
        for approval in stored.of_order(rows, 'stokiva_approval', id_):
            if approval['state'] == 'pending' and approval['kind'] in job.asked:
                job.asked[approval['kind']] = approval['id']
                if approval['expires_at'][:4] != LAPSED:
                    job.lapsed.discard(approval['kind'])

    def _observe_money(self, job, order):
        job.charged, job.agreed, job.collected = (
            order[name] or 0.0 for name in ('amount_charged', 'amount_agreed', 'amount_collected'))

    # -- other steps -----------------------------------------------------------------------------------

    def _step_repeat(self, step):
        """The same event comes again: nothing happens, and the answer is that of the first time."""
        if not self.last:
            return
        event, record, given, id_, key, known = self.last
        before = self.rows
        if record is not None and record._name == 'res.users':
            record = self.env[record._name].browse(record.id)
        events = self.env['stokiva.work.order'].browse(id_)._apply_event(
            event, given, actor=record, channel='office', key=key)
        self.commit()
        self.rows = stored.dump(self.env.cr, self.jobs)
        note(f'{event} with {key} again')
        assert self.rows == before, "a repetition changed something"
        assert set(events.ids) <= set(known), "a repetition is answered otherwise"

    def _step_edit(self, step):
        id_, job = self._pick(step)
        if job.state is None:
            return
        make = EDITS[step.choice % len(EDITS)]
        actor, values = self.world.actors[step.actor][0], make(self.world, job)
        why = self.model.refusal_of_edit(actor, job) or (make in BAD_EDITS and 'bad') or None
        if not why and job.state == 'awaiting_approval' and 'part_line_ids' in values:
            why = self.model.refusal_of_parts(actor, job, expect_parts(self.world, job, values))
        if not why and job.state == 'awaiting_approval' and (job.is_paid or job.is_warranty_refused):
            why = PERHAPS  # a line may cost more than was agreed
        self._edit(f'{id_} edit {step.choice % len(EDITS)} by {step.actor}', step.actor, id_, values, why)

    def _step_photo(self, step):
        """Somebody who may adds the photos that are wanted."""
        id_, job = self._pick(step)
        able = [name for name, (actor, _record) in self.world.actors.items()
                if job.state and self.model.refusal_of_edit(actor, job) is None
                and roles_of(actor, job) & FIELD]
        if not able:
            return
        values = {'media_ids': [(0, 0, {'kind': kind, 'image': self.world.photo}) for kind in ('before', 'after', 'fault')]}
        job.missing_photos, job.has_fault_photo = 0, True
        self._edit(f'{id_} photos', able[step.choice % len(able)], id_, values, None)

    def _edit(self, what, actor_name, id_, values, why):
        job = self.jobs[id_]
        record = self.world.get_record(self.env, actor_name)
        channel = 'office' if self.world.actors[actor_name][0].is_employee else 'portal'
        with self.attempt(what, why, [id_]):
            self.env['stokiva.work.order'].browse(id_)._edit(values, actor=record, channel=channel)
            if job.state == 'awaiting_approval' and not job.halted:
                job.asked = {'work': None}
            rows = stored.dump(self.env.cr, self.jobs)
            self._observe_requests(job, rows, id_)
            self._observe_money(job, rows['stokiva_work_order'][id_])
            self.shelves.observe_lines(job, stored.of_order(rows, 'stokiva_part_line', id_), 'part_line_ids' in values)

    def _step_stock(self, step):
        """Parts are moved by the job, come or go, or are settled by the office."""
        id_, _job = self._pick(step)
        self.shelves.step(id_, step.choice)

    def _step_forge(self, step):
        """A user writes what belongs to the door, or removes what is evidence."""
        record = self.world.get_record(self.env, step.actor)
        if record is None or record._name != 'res.users':
            return
        id_, _job = self._pick(step)
        order = self.env['stokiva.work.order'].browse(id_).with_user(record)
        name = FORGERIES[step.choice % len(FORGERIES)]
        everything = order.sudo()
        evidence = [getattr(everything, field)[:1] for field in (
            'event_ids', 'approval_ids', 'visit_ids', 'assignment_ids')]
        target = [*evidence, order][step.choice % 5].with_env(order.env)
        with self.attempt(f'{id_} {name} written by {step.actor}', 'forged', []):
            order.write({name: False})
        if target:
            with self.attempt(f'{target} removed by {step.actor}', 'evidence', []):
                target.unlink()

    def _step_lapse(self, step):
        """The link to the customer ends: nobody can answer by it any more."""
        id_, job = self._pick(step)
        if not job.asked or job.state in CLOSED or step.choice % 4:
            return
        approvals = self.env['stokiva.approval'].browse(job.asked.values())
        approvals.expires_at = f'{LAPSED}-01-01 00:00:00'
        note(f'{id_} the link lapses')
        job.lapsed = set(job.asked)
        self.commit()
        self.rows = stored.dump(self.env.cr, self.jobs)
