"""Phones, an office and a network that loses, doubles, reorders and dies: one random run of them."""
import io
import uuid
from datetime import timedelta

from PIL import Image

TYPES = (
    ['event'] * 5 + ['labour_add'] * 3 + ['labour_remove', 'part_add', 'part_add', 'part_set', 'check', 'findings', 'media', 'media'])
EVENTS = ('depart', 'depart', 'start', 'start', 'submit', 'submit', 'suspend')
FATES = ('ok', 'ok', 'ok', 'lost', 'lost', 'crash', 'twice')


def make_photo(number):
    out = io.BytesIO()
    Image.new('RGB', (24, 16), (number * 37 % 256, number * 91 % 256, 120)).save(out, 'JPEG')
    return out.getvalue()


class Phone:
    """What one phone does and knows, as the app: an outbox, and what the server answered for good."""

    def __init__(self, run, user_id):
        self.run, self.user_id = run, user_id
        self.device = run.new_uuid()
        self.skew = timedelta(seconds=run.random.choice((0, 0, 20, -90_000, 90_000)))
        self.outbox, self.answers, self.files = [], {}, {}
        self.digest, self.shown = {}, {}

    def act(self, job):
        """Do something, without asking anybody."""
        run, type_ = self.run, self.run.random.choice(TYPES)
        op = {
            'uuid': run.new_uuid(), 'type': type_, 'work_order_id': job, 'requires': [], 'payload': {},
            'client_time': run.iso(run.now() - self.skew)}
        if type_ == 'event':
            event = run.random.choice(EVENTS)
            op['payload'] = {'event': event, **({'values': {'outcome': 'absent'}} if event == 'suspend' else {})}
            if event == 'submit':
                op['requires'] = [
                    one['uuid'] for one in self.outbox if one['type'] == 'media' and one['work_order_id'] == job]
        elif type_ == 'media':
            op['payload'] = {'kind': run.random.choice(('before', 'after'))}
            self.files[op['uuid']] = make_photo(len(run.made))
        elif type_ in ('labour_remove', 'part_set'):
            lines = [one for one in run.made if one['type'] == type_.split('_')[0] + '_add' and one['work_order_id'] == job]
            if not lines:
                return
            op['payload'] = {'line': run.random.choice(lines)['uuid'], 'quantity': run.random.randint(1, 4)}
        else:
            op['payload'] = dict(run.payloads[type_])
        run.made.append(op)
        self.outbox.append(op)

    def pick(self):
        """Return what is sent next: a file, or some operations in order."""
        if self.outbox and self.outbox[0]['type'] == 'media' or self.run.random.random() < 0.3:
            files = [op for op in self.outbox if op['type'] == 'media']
            if files:
                return files[:1]
        decisions = [op for op in self.outbox if op['type'] == 'decide']
        others = [op for op in self.outbox if op['type'] not in ('decide', 'media')]
        return [dict(op) for op in (decisions + others)[:self.run.random.randint(1, 6)]]

    def look(self):
        """Learn what differs from what it shows."""
        run = self.run
        delta = run.FieldSnapshot(run.env(user=self.user_id, su=False)).get_delta(self.digest)
        if delta:
            self.digest = run.protocol.apply_delta(self.digest, delta)
            self.shown |= {job['id']: job for job in delta['orders']}
            for gone in delta['removed']:
                del self.shown[gone]

    def take(self, results):
        """Learn what became of operations; a refusal is decided at once."""
        for result in results:
            op = next((one for one in self.outbox if one['uuid'] == result['uuid']), None)
            if not op or result['status'] not in ('applied', 'rejected'):
                continue
            self.outbox.remove(op)
            if op['type'] == 'decide':
                continue
            self.answers[op['uuid']] = result['status']
            if result['status'] == 'rejected':
                for other in self.outbox:
                    other['requires'] = [one for one in other['requires'] if one != op['uuid']]
                self.outbox.append({
                    'uuid': self.run.new_uuid(), 'type': 'decide', 'work_order_id': op['work_order_id'], 'requires': [],
                    'payload': {'uuid': op['uuid'], 'decision': 'discarded'}, 'client_time': op['client_time']})


class Run:
    """One interleaving, inside a transaction that the caller rolls back.

    :param env: the superuser's environment
    :param world: FieldWorld
    :param list jobs: ids of work orders
    :param random: random.Random
    """

    def __init__(self, env, world, jobs, random):
        from odoo import fields  # noqa: PLC0415

        from odoo.addons.stokiva_portal.field import FieldSnapshot, protocol  # noqa: PLC0415

        self.env, self.world, self.jobs, self.random = env, world, jobs, random
        self.now, self.protocol, self.FieldSnapshot = fields.Datetime.now, protocol, FieldSnapshot
        self.made, self.packets, self.given = [], [], 0
        self.payloads = world.get_payloads(env, jobs[0])
        users = list(world.users.values())
        self.phones = [Phone(self, user) for user in (users[0], users[0], users[1])]

    def new_uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def iso(self, moment):
        return moment.isoformat(timespec='seconds') + '.000Z'

    def play(self, steps):
        """Let everybody do random things, then let all that waits arrive."""
        for _step in range(steps):
            move = self.random.random()
            phone = self.random.choice(self.phones)
            if move < 0.02:
                phone.look()
            elif move < 0.45:
                phone.act(self.random.choice(self.jobs))
            elif move < 0.80:
                self.send(phone, self.random.choice(FATES))
            elif move < 0.92 and self.packets:
                self.carry_out(*self.random.choice(self.packets))  # an old packet arrives once more
            else:
                self.act_in_office()
        for _round in range(60):
            for phone in self.phones:
                self.send(phone, 'ok')
            if not any(phone.outbox for phone in self.phones):
                return
        raise AssertionError(f"never sent: {[phone.outbox for phone in self.phones]}")

    def send(self, phone, fate):
        """Send what waits on a phone; fates: the answer is lost, the server dies before it is done, it is sent twice."""
        ops = phone.pick()
        if not ops:
            return
        packet = phone, ops
        self.packets.append(packet)
        results = self.carry_out(*packet, dies=fate == 'crash')
        if fate == 'twice':
            again = self.carry_out(*packet)
            final = [row for row in results if row['status'] in ('applied', 'rejected')]
            assert [row['status'] for row in again][:len(final)] == [row['status'] for row in results][:len(final)]
            results = again
        if fate in ('ok', 'twice'):
            phone.take(results)

    def carry_out(self, phone, ops, dies=False):
        """Do what the server does with a request."""
        env = self.env(user=phone.user_id, su=False)
        now = self.now()
        skew = self.protocol.get_skew(now - phone.skew, now)
        rows = env['stokiva.field.op']
        savepoint = self.env.cr.savepoint()
        with savepoint:
            if ops[0]['type'] == 'media':
                op = self.protocol.with_content(self.protocol.parse_op(ops[0]), phone.files[ops[0]['uuid']])
                results = [rows._process_media(op, phone.device, skew, now)]
            else:
                results = rows._process_all(ops, phone.device, skew, now)
            assert not [row for row in results if row['status'] == 'error'], results
            if dies:
                savepoint.rollback()
        return results

    def act_in_office(self):
        """Give a job to somebody else, or call it off."""
        order = self.env['stokiva.work.order'].browse(self.random.choice(self.jobs))
        manager = self.env['res.users'].browse(self.world.manager_id)
        if order.state == 'accepted' and self.random.random() < 0.8:
            self.given += 1
            person = self.random.choice(list(self.world.people.values()))
            order._apply_event('plan', {'personnel_id': person}, actor=manager, channel='office')
        elif order.state in ('accepted', 'on_the_way') and self.random.random() < 0.2:
            order._apply_event('cancel', {'reason': "Called off"}, actor=manager, channel='office')
