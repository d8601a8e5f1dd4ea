"""SMS through a real Kannel on loopback: out, reported, answered; and what fails on the way."""
import time

import pytest
from kannel import SMSC_SMPP, Kannel, Phones, free_port
from smpp_peer import Centre

CUSTOMER = '+905321112233'
TEXT = (
    "Sayın müşterimiz, çamaşır makinenizin pompası değiştirildi, gövdesi temizlendi ve denendi. Görüşünüzü "
    "bekliyoruz, teşekkürler: {link} {reply}")


def wait(odoo_env, database, get_value, seconds=60):
    """Return the first true value that a function of an environment gives.

    :raise AssertionError: when it stays false
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with odoo_env(database) as env:
            if value := get_value(env):
                return value
        time.sleep(0.3)
    raise AssertionError("it did not happen in time")


def add_gateway(env, kannel, server, **values):
    env.company.sms_provider = 'gateway'
    return env['stokiva.sms.gateway'].create({
        'name': "Kannel", 'company_id': env.company.id, 'provider': 'kannel', 'endpoint': kannel.send_url,
        'username': 'stokiva', 'password': kannel.password, 'sender': '5000', 'reply_to': '5000',
        'callback_url': server.url, 'allowed_ips': '127.0.0.1', 'webhook_secret': 'secret-of-the-test', **values})


def submit_order(env):
    """An order whose customer is asked to approve."""
    env.company.country_id = env.ref('base.tr')
    rule = env.ref('stokiva_sms.message_rule_submit_customer_sms')
    rule.sms_template_id.body = TEXT
    customer = env['res.partner'].create({'name': "Müşteri", 'phone': CUSTOMER, 'country_id': env.ref('base.tr').id})
    device_type = env['stokiva.device.type'].create({'name': "Washing machine"})
    provider = env['stokiva.provider'].create({'partner_id': env['res.partner'].create({'name': "Servis"}).id})
    technician = env['stokiva.personnel'].create({
        'provider_id': provider.id, 'partner_id': env['res.partner'].create({'name': "Usta"}).id})
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id,
        'device_id': env['stokiva.device'].create({'partner_id': customer.id, 'device_type_id': device_type.id}).id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    for event, given in (
        ('open', {}), ('assign', {'provider_id': provider.id}), ('accept', {}), ('plan', {'personnel_id': technician.id}),
        ('depart', {}), ('start', {}), ('submit', {}),
    ):
        order._apply_event(event, given, actor=env.user, channel='office')
    return order


def get_reply_url(server, gateway_id):
    from odoo.addons.stokiva_sms import signing  # noqa: PLC0415

    signature = signing.get_reply_signature('secret-of-the-test', gateway_id)
    return f'{server.url}/stokiva_sms/{gateway_id}/kannel/{signature}'


@pytest.fixture(scope='module')
def server(new_server, new_database):
    """A server that runs its scheduled jobs."""
    return new_server(new_database(), '--max-cron-threads=1')


def make_gateway_id(odoo_env, database):
    """The id that the next gateway will have: Kannel's configuration names it before it can be made."""
    with odoo_env(database) as env:
        gateway = env['stokiva.sms.gateway'].create({'name': "Number", 'company_id': env.company.id})
        number = gateway.id + 1
        gateway.unlink()
        return number


def test_out_reported_answered_completed(server, odoo_env, tmp_path):
    gateway_id = make_gateway_id(odoo_env, server.database)
    with Kannel(tmp_path, get_reply_url(server, gateway_id)) as kannel:
        phones = Phones(kannel)
        with odoo_env(server.database) as env:
            assert add_gateway(env, kannel, server).id == gateway_id
            order = submit_order(env)
            order_id = order.id
        messages = kannel.wait(lambda: [row for row in phones.read() if 'pompası' in row[2]], 60)
        with odoo_env(server.database) as env:
            link = env['stokiva.work.order'].browse(order_id).approval_ids._get_link()
            question = env['stokiva.sms.question'].search([('work_order_id', '=', order_id)])
            code = question.code
        sender, recipient, text = messages[0]
        assert (sender, recipient) == ('5000', CUSTOMER)
        assert text == TEXT.replace('{link}', link).replace('{reply}', f"Reply YES {code} or NO {code} and why.")

        def get_log(env):
            return env['stokiva.sms.log'].search([('work_order_id', '=', order_id), ('event', '=', 'submit')])

        wait(odoo_env, server.database, lambda env: get_log(env).state == 'delivered')
        with odoo_env(server.database) as env:
            log = get_log(env)
            assert (log.encoding, log.parts > 2, log.attempts) == ('ucs2', True, 1)
            assert code not in log.body
        phones.write(CUSTOMER, '5000', f"Evet {code}, teşekkürler İ")
        wait(odoo_env, server.database,
             lambda env: env['stokiva.work.order'].browse(order_id).state == 'completed')
        with odoo_env(server.database) as env:
            approval = env['stokiva.work.order'].browse(order_id).approval_ids
            assert (approval.channel, approval.comment, approval.signed_by) == ('sms', 'teşekkürler İ', CUSTOMER)
        # "Thank you", once
        kannel.wait(lambda: any('Thank you' in row[2] for row in phones.read()), 60)


def test_every_failure_ends_in_a_visible_state(server, odoo_env, tmp_path):
    centre = Centre()
    with Kannel(tmp_path, 'http://127.0.0.1:9/', SMSC_SMPP, centre.port) as kannel:
        kannel.wait(lambda: 'online' in (kannel.status() or '').partition('SMSC connections')[2])
        with odoo_env(server.database) as env:
            env['stokiva.sms.gateway'].search([]).active = False
            wrong = add_gateway(env, kannel, server, name="Wrong", password='wrong', sequence=1)
            dead = add_gateway(env, kannel, server, name="Dead", endpoint=f'http://127.0.0.1:{free_port()}/', sequence=2)
            right = add_gateway(env, kannel, server, sequence=3)
            ids = {'wrong': wrong.id, 'dead': dead.id, 'right': right.id}
            numbers = [f'+9053211122{end:02}' for end in range(8)]
            uuids = env['sms.sms'].create([
                {'number': number, 'body': "Deneme ğ", 'record_company_id': env.company.id} for number in numbers
            ]).mapped('uuid')
        expected = ['delivered', 'failed', 'failed', 'failed', 'failed', 'sent', 'delivered', 'delivered']

        def get_states(env):
            logs = env['stokiva.sms.log'].search([('uuid', 'in', uuids)])
            states = [logs.filtered(lambda log: log.uuid == uuid).state for uuid in uuids]  # noqa: B023
            return states == expected

        wait(odoo_env, server.database, get_states)
        with odoo_env(server.database) as env:
            gateways = env['stokiva.sms.gateway'].browse(ids.values())
            assert gateways.mapped('health') == ['failing', 'failing', 'ok']
            assert set(env['stokiva.sms.log'].search([('uuid', 'in', uuids)]).mapped('gateway_id')) == {gateways[2]}
            reasons = env['stokiva.sms.log'].search([('uuid', 'in', uuids), ('state', '=', 'failed')]).mapped('reason')
            assert all(reasons)
            assert 'wrong' not in str(gateways.read(['last_error']))
        assert sorted(row[1].lstrip('+') for row in centre.taken) == [number.lstrip('+') for number in numbers]
        assert {row[3].decode('utf-16-be') for row in centre.taken} == {"Deneme ğ"}
    centre.close()
    assert 'serialize' not in server.log.read_text()
