from odoo.tests import BaseCase, tagged

from .. import audit, workflow


def facts(**changes):
    """Facts of an order with everything in place, but for what is changed."""
    return {
        'state': 'created', 'roles': {'manager'}, 'has_started': False, 'has_technician': True,
        'custody': 'customer', 'paused': False, 'halted': False, 'open_quote': False, 'asked': False,
        'missing_evidence': [], 'approval_kind': None, 'provider_personnel': {7}, 'personnel_id': 7,
        'switches': {'close', 'reassign'}, 'in_warranty': True, 'warranty_refused': False, 'fault_photo': True,
        'beyond_quote': False, 'something_charged': True, 'has_charge_order': False, **changes}


@tagged('post_install', '-at_install')
class TestWorkflowTable(BaseCase):
    """The table itself, without a database."""

    def test_what_comes_after_the_completion_leaves_its_time(self):
        self.assertEqual(workflow.stamp_of('approve', facts(state='awaiting_approval', approval_kind='work')), 'completed_at')
        for event in ('move', 'hand_back'):
            self.assertIsNone(workflow.stamp_of(event, facts(state='completed', custody='workshop')))

    def test_every_row_is_sound(self):
        for event, row in workflow.TABLE.items():
            with self.subTest(event=event):
                self.assertTrue(row.roles)
                self.assertLessEqual(set(row.sources) - {None}, set(workflow.STATES))
                self.assertTrue(row.target is None or row.target in workflow.STATES)
                self.assertLessEqual(set(row.guards), set(workflow.GUARDS))
                if set(row.sources) & set(workflow.CLOSED):
                    self.assertIn(
                        event, ('move', 'hand_back', *workflow.AFTER_CLOSING),
                        "closed orders are frozen, but for who has the device and what was paid")
                    self.assertEqual((row.target, row.stamp, row.clock), (None, None, None))

    def test_every_state_is_reached_and_left(self):
        reached = {row.target for row in workflow.TABLE.values()} | {
            workflow.target_of('approve', facts(state='awaiting_approval', approval_kind='work'))}
        self.assertLessEqual(set(workflow.STATES), reached)
        for state in workflow.OPEN:
            self.assertTrue(any(
                state in row.sources and row.target not in (None, state) for row in workflow.TABLE.values())
                or state == 'awaiting_approval')

    def test_only_approval_completes(self):
        for event, row in workflow.TABLE.items():
            if row.target == 'completed':
                self.fail(f"{event} completes an order")
        self.assertEqual(
            workflow.target_of('approve', facts(state='awaiting_approval', approval_kind='work')), 'completed')
        self.assertEqual(
            workflow.target_of('approve', facts(state='in_progress', approval_kind='quote')), 'in_progress')
        self.assertEqual(
            workflow.target_of('dispute', facts(state='in_progress', approval_kind='quote')), 'returned')

    def test_problems(self):
        cases = [
            ('fly', {}, facts(), ('unknown', 'fly')),
            ('start', {}, facts(), ('state', 'created')),
            ('expire', {}, facts(state='assigned'), ('role', 'expire')),
            ('reject', {}, facts(state='assigned'), ('missing', 'reason')),
            ('reassign', {'reason': 'x', 'provider_id': 1}, facts(state='accepted', has_started=True),
             ('not_started', None)),
            ('depart', {}, facts(state='accepted', has_technician=False), ('has_technician', None)),
            ('start', {}, facts(state='accepted'), ('here_or_in_workshop', None)),
            ('start', {}, facts(state='accepted', custody='workshop'), None),
            ('start', {}, facts(state='accepted', custody='technician'), ('here_or_in_workshop', None)),
            ('plan', {'assistant_ids': [7]}, facts(state='accepted'), None),
            ('plan', {'assistant_ids': [7, 8]}, facts(state='accepted'), ('own_technician', None)),
            ('plan', {'assistant_ids': [{}]}, facts(state='accepted'), ('own_technician', None)),
            ('plan', {'assistant_ids': 7}, facts(state='accepted'), ('own_technician', None)),
            ('plan', {'assistant_ids': []}, facts(state='accepted', roles={'customer'}), ('own_technician', None)),
            ('suspend', {'outcome': 'workshop'}, facts(state='in_progress'), ('taken_in', None)),
            ('suspend', {'outcome': 'workshop'}, facts(state='in_progress', custody='technician'), None),
            ('take_in', {'custody': 'customer'}, facts(state='accepted'), ('known_holder', None)),
            ('move', {'custody': 'workshop'}, facts(state='accepted'), ('not_with_customer', None)),
            ('move', {'custody': 'workshop'}, facts(state='accepted', custody='workshop'), ('other_holder', None)),
            ('move', {'custody': 'workshop'}, facts(state='returned', custody='technician'), None),
            ('hand_back', {}, facts(state='completed', custody='workshop'), None),
            ('hand_back', {}, facts(state='canceled', custody='workshop'), ('state', 'canceled')),
            ('reassign', {'reason': 'x', 'provider_id': 1}, facts(state='accepted', custody='workshop'),
             ('with_customer', None)),
            ('submit', {}, facts(state='in_progress', roles={'technician'}, switches=set()), ('may_close', None)),
            ('return', {'reason': 'x'}, facts(state='accepted', roles={'provider_dispatcher'}, switches={'reassign'}),
             ('may_close', None)),
            ('plan', {'personnel_id': 8}, facts(
                state='accepted', roles={'provider_dispatcher'}, provider_personnel={7, 8}, switches={'close'}),
             ('may_reassign', None)),
            ('plan', {'personnel_id': 7}, facts(
                state='accepted', roles={'provider_dispatcher'}, switches=set()), None),
            ('plan', {'personnel_id': 7}, facts(
                state='accepted', roles={'provider_dispatcher'}, has_technician=False, switches=set()), None),
            ('suspend', {'outcome': 'done'}, facts(state='in_progress'), ('known_outcome', None)),
            ('submit', {}, facts(state='in_progress', missing_evidence=['photo']), ('evidence', None)),
            ('submit', {}, facts(state='in_progress', open_quote=True), ('no_open_quote', None)),
            ('submit', {}, facts(state='in_progress', beyond_quote=True), ('within_quote', None)),
            ('quote', {}, facts(state='in_progress'), ('missing', 'text')),
            ('refuse_warranty', {'reason': 'x'}, facts(state='in_progress', fault_photo=False), ('fault_photo', None)),
            ('refuse_warranty', {'reason': 'x'}, facts(state='in_progress', in_warranty=False), ('in_warranty', None)),
            ('refuse_warranty', {'reason': 'x'}, facts(state='created'), ('state', 'created')),
            ('grant_warranty', {'reason': 'x'}, facts(state='in_progress'), ('warranty_refused', None)),
            ('grant_warranty', {'reason': 'x'}, facts(
                state='in_progress', roles={'technician'}, warranty_refused=True), ('role', 'grant_warranty')),
            ('collect', {'amount': 1}, facts(state='completed'), ('missing', 'method')),
            ('collect', {'amount': 1, 'method': 'cash'}, facts(state='completed', roles={'technician'}), None),
            ('collect', {'amount': 1, 'method': 'cash'}, facts(state='canceled'), ('state', 'canceled')),
            ('charge', {}, facts(state='completed', has_charge_order=True), ('not_charged', None)),
            ('charge', {}, facts(state='completed', something_charged=False), ('something_charged', None)),
            ('charge', {}, facts(state='completed', roles={'technician'}), ('role', 'charge')),
            ('approve', {'approval_id': 1}, facts(state='awaiting_approval'), ('pending_approval', None)),
            ('approve', {'approval_id': 1}, facts(state='awaiting_approval', approval_kind='quote'),
             ('pending_approval', None)),
            ('approve', {'approval_id': 1}, facts(state='awaiting_approval', approval_kind='work'),
             ('words_of_office', None)),
            ('dispute', {'approval_id': 1}, facts(state='awaiting_approval', approval_kind='work'),
             ('words_for_work', None)),
            ('rework', {}, facts(state='awaiting_approval'), ('halted', None)),
            ('cancel', {'reason': 'x'}, facts(state='accepted', custody='workshop'), ('with_customer', None)),
            ('cancel', {'reason': 'x'}, facts(state='on_the_way', roles={'customer'}),
             ('customer_may_cancel', None)),
            ('edit', {}, facts(state='awaiting_approval', roles={'technician'}), ('may_edit_submitted', None)),
            ('edit', {}, facts(state='completed'), ('state', 'completed')),
            ('plan', {}, facts(state='assigned', roles={'provider_dispatcher', 'technician'}), ('accepted_first', None)),
            ('pause', {'reason': 'x'}, facts(state='assigned', roles={'provider_dispatcher'}), ('accepted_first', None)),
            ('plan', {'personnel_id': 8}, facts(state='accepted'), ('own_technician', None)),
            ('plan', {'personnel_id': 7}, facts(state='accepted', roles={'customer'}), ('own_technician', None)),
            ('plan', {'personnel_id': 7}, facts(state='accepted'), None),
        ]
        for event, given, state, problem in cases:
            with self.subTest(event=event, given=given):
                self.assertEqual(workflow.problem_of(event, given, state), problem)

    def test_legal_events_are_those_without_a_problem(self):
        given = {'reason': 'x', 'provider_id': 1, 'outcome': 'absent', 'amount': 1, 'text': 'x', 'approval_id': 1,
                 'comment': 'x', 'personnel_id': 7, 'method': 'cash'}
        for state in workflow.OPEN:
            for role in ('manager', 'technician', 'provider_dispatcher', 'customer', 'system', 'call_centre'):
                now = facts(state=state, roles={role})
                legal = set(workflow.legal_events(now))
                for event in workflow.TABLE:
                    problem = workflow.problem_of(event, dict(given) if event != 'plan' else {}, now)
                    if event == 'edit' and problem:
                        continue
                    self.assertEqual(event in legal, not problem, (state, role, event))


@tagged('post_install', '-at_install')
class TestAuditForms(BaseCase):
    """Canonical forms, without a database."""

    def test_canonical_is_one_text(self):
        self.assertEqual(audit.canonical({'b': [1, None, 'ı'], 'a': True}), '{"a":true,"b":[1,null,"ı"]}')
        with self.assertRaises(ValueError):
            audit.canonical(float('nan'))

    def test_mask_hides_personal_values_only(self):
        masked, clear = audit.mask({'reason': 'x', 'comment': 'Ayşe', 'lines': [{'note': 'n', 'qty': 1}]}, 's')
        self.assertEqual(masked['reason'], 'x')
        self.assertEqual(masked['comment'], audit.digest('s', 'comment', 'Ayşe'))
        self.assertEqual(masked['lines'][0]['qty'], 1)
        self.assertEqual(clear, {'comment': 'Ayşe', 'lines.0.note': 'n'})
        self.assertNotIn('Ayşe', audit.canonical(masked))

    def test_hash_covers_every_column(self):
        row = {
            'prev_hash': audit.GENESIS, 'work_order_id': 1, 'seq': 1, 'event': 'open', 'state_before': None,
            'state_after': 'created', 'actor_kind': 'user', 'actor_id': 2, 'role': 'manager', 'channel': 'office',
            'occurred_at': '2026-11-22T10:00:00Z', 'recorded_at': '2026-11-22T10:00:00Z', 'key': None,
            'payload': '{}'}
        base = audit.event_hash(row)
        for name in row:
            self.assertNotEqual(audit.event_hash(dict(row, **{name: 'changed'})), base, name)
