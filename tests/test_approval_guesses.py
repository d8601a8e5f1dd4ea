"""Who guesses links and codes gets nothing and is slowed down; the rightful customer is not kept out by it.

`make proof` guesses 100,000 times, `make test` a few hundred.
"""
import random

import pytest
from approvals import make_asked, make_client, make_world
from helpers import PROOF

# So many pass the page or the door; of the links and codes, so many more try only what these ask.
LINKS, LOOKUPS = (10_000, 50_000) if PROOF else (120, 200)
DOORS, CODES = (100, 19_900) if PROOF else (15, 30)
REPLIES = 20_000 if PROOF else 30
ADDRESSES = ['198.51.100.7', '198.51.100.8', '2001:db8::1']
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'


@pytest.fixture(scope='module')
def asked(new_database, odoo_env):
    """Return database, world, and the id of an order whose customer is asked."""
    database = new_database()
    with odoo_env(database) as env:
        world = make_world(env)
        order = make_asked(world, env)
        env.company.sms_provider = 'log'
        return database, world, order.id


def get_approval(env, order_id):
    return env['stokiva.work.order'].browse(order_id).approval_ids.filtered(lambda item: item.state == 'pending')


def test_guessed_links(asked, odoo_env, record_property):
    database, _world, order_id = asked
    client, luck = make_client(database), random.Random(1)
    with odoo_env(database) as env:
        token = get_approval(env, order_id)._get_token()
    near = [token[:index] + ('A' if token[index] != 'A' else 'B') + token[index + 1:] for index in range(len(token))]
    statuses = {address: [] for address in ADDRESSES}
    for number in range(LINKS):
        guess = near[number] if number < len(near) else ''.join(luck.choices(LETTERS, k=len(token)))
        address = ADDRESSES[number % len(ADDRESSES)]
        call = client.post if number % 7 == 0 else client.get
        statuses[address].append(call(f'/o/{guess}', environ_overrides={'REMOTE_ADDR': address}).status_code)
    for answers in statuses.values():
        assert answers[:30] == [404] * 30
        assert set(answers[30:]) <= {429, 404}, "a guess opened something"
        assert answers[30:40] == [429] * len(answers[30:40]), "nobody is slowed down"
    with odoo_env(database) as env:
        for _number in range(LOOKUPS):
            assert not env['stokiva.approval']._find_by_token(''.join(luck.choices(LETTERS, k=len(token))))
    for address in (*ADDRESSES, '203.0.113.9'):
        page = client.get(f'/o/{token}', environ_overrides={'REMOTE_ADDR': address})
        assert page.status_code == 200, f'the customer is locked out at {address}'
    record_property('figures', f'{LINKS + LOOKUPS} guessed links: none opened, {sum(a.count(429) for a in statuses.values())} told to wait')


def test_guessed_codes(asked, odoo_env, record_property):
    from odoo.exceptions import UserError  # noqa: PLC0415

    database, world, order_id = asked
    luck, refused = random.Random(2), {}
    with odoo_env(database) as env:
        order, approval = env['stokiva.work.order'].browse(order_id), get_approval(env, order_id)
        order._apply_event('send_code', actor=env['stokiva.personnel'].browse(
            world.person_ids['alfa technician']), channel='portal')
        given = {'name': "Thief", 'approval_id': approval.id, 'signature': make_signature()}
        env.cr.commit()
        for number in range(DOORS + CODES):
            guess = f'{luck.randrange(10**6):06}'
            if guess == approval._get_code():
                continue
            try:
                if number < DOORS:
                    with env.cr.savepoint():
                        order._apply_event('approve', {**given, 'code': guess}, actor=order.partner_id, channel='on_site')
                else:
                    approval._check_code(guess)
                raise AssertionError(f'{guess} opened it')
            except UserError as error:
                refused[error.args[0]] = refused.get(error.args[0], 0) + 1
        assert sorted(refused.values())[0] == 5, refused  # so many were looked at
        assert (order.state, approval.state) == ('awaiting_approval', 'pending')
        order._apply_event('send_code', actor=order.partner_id.browse() or env.user, channel='portal')
        with env.cr.savepoint() as savepoint:
            order._apply_event(
                'approve', {**given, 'name': "Ayşe", 'code': approval._get_code()}, actor=order.partner_id, channel='on_site')
            assert order.state == 'completed', "the customer is locked out"
            savepoint.rollback()
    record_property('figures', f'{DOORS + CODES} guessed codes: 5 looked at, none right')


def test_guessed_replies(asked, odoo_env, record_property):
    database, _world, order_id = asked
    luck = random.Random(3)
    with odoo_env(database) as env:
        approval, inbound = get_approval(env, order_id), env['stokiva.sms.inbound']
        question = env['stokiva.sms.question'].create({
            'number': '+905321234533', 'code': '4821', 'company_id': env.company.id, 'work_order_id': order_id,
            'approval_id': approval.id, 'asked_at': env.cr.now(), 'lang': 'en_US'})
        for number in range(REPLIES):
            code = f'{luck.randrange(10**4):04}'
            if code == question.code and number < 5:
                continue
            inbound.create({
                'company_id': env.company.id, 'number_raw': '+905321234533', 'text': f'EVET {code}',
                'received_at': env.cr.now(), 'dedupe': f'guess:{number}'})._read_reply()
            if not number % 500:
                env.cr.commit()
                env.invalidate_all()
        states = dict(inbound._read_group([], ['state'], ['__count']))
        assert set(states) == {'wrong_code', 'ignored'} and states['wrong_code'] == 5, states
        assert approval.state == 'pending'
        assert approval._is_answerable(), "the link no longer works"
        record_property('figures', f'{REPLIES} guessed replies: {states}')


def make_signature():
    """Return something drawn, as base64 text."""
    import base64  # noqa: PLC0415
    import io  # noqa: PLC0415

    from PIL import Image, ImageDraw  # noqa: PLC0415

    image, out = Image.new('L', (200, 60), 255), io.BytesIO()
    ImageDraw.Draw(image).line([(10, 50), (60, 10), (110, 50), (190, 15)], fill=0, width=4)
    image.save(out, 'PNG')
    return base64.b64encode(out.getvalue()).decode()
