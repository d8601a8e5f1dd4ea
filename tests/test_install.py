"""The addons in every sensible combination: installed without a warning, used, and uninstalled without a trace."""
import re
from pathlib import Path

import pytest
import traces
from commands import install, uninstall
from helpers import ROOT, forget_environment

SALES = 3
# One grey pixel, as PNG.
PHOTO = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
# As much ink as a signature must have: a black square.
SIGNATURE = 'iVBORw0KGgoAAAANSUhEUgAAAAwAAAAMCAAAAABzHgM7AAAADElEQVR42mNgGLwAAACcAAEoPOGlAAAAAElFTkSuQmCC'


def make_customer(env, name):
    return env['res.partner'].create({
        'name': name, 'street': "Bahariye Cad. 1", 'city': "Kadıköy", 'state_id': env.ref('base.state_tr_34').id,
        'country_id': env.ref('base.tr').id, 'email': 'customer@example.com'})


def make_product(env, **values):
    return env['product.product'].create({
        'name': "Dishwasher", 'type': 'consu', 'is_storable': True, 'list_price': 1000.0, **values})


def sell(env, customer, product):
    """Return a confirmed sale of two units."""
    sale = env['sale.order'].create({
        'partner_id': customer.id, 'order_line': [(0, 0, {'product_id': product.id, 'product_uom_qty': 2.0})]})
    sale.action_confirm()
    return sale


def make_provider(env):
    """Return a provider that works everywhere in Türkiye, with a dispatcher who is the technician, too."""
    office, person = env['res.partner'].create([{'name': "Provider"}, {'name': "Master"}])
    return env['stokiva.provider'].create({
        'partner_id': office.id,
        'area_ids': [(0, 0, {'country_id': env.ref('base.tr').id})],
        'personnel_ids': [(0, 0, {'partner_id': person.id, 'role': 'master'})],
    })


def do_whole_job(env):
    """Sell an appliance, do the work and let the customer approve it, all through the models.

    :return: one completed order and one that waits
    """
    provider = make_provider(env)
    master = provider.personnel_ids
    service_type = env['stokiva.service.type'].create({'name': "Installation"})
    device_type = env['stokiva.device.type'].create({'name': "Dishwasher"})
    product = make_product(
        env, stokiva_policy='auto', stokiva_service_type_ids=[(4, service_type.id)],
        stokiva_device_type_id=device_type.id)
    sale = sell(env, make_customer(env, "Buyer"), product)
    orders = env['stokiva.work.order'].search([('sale_order_id', '=', sale.id)], order='id')
    assert orders.mapped('state') == ['assigned', 'assigned']
    assert orders.provider_id == provider
    orders[0]._apply_event('accept', actor=master, channel='portal')
    orders[0]._apply_event('plan', {'personnel_id': master.id}, actor=master, channel='portal')
    orders[0]._apply_event('depart', actor=master, channel='portal')
    orders[0]._apply_event('start', actor=master, channel='portal')
    orders[0]._edit({'media_ids': [(0, 0, {'kind': 'after', 'image': PHOTO})]}, actor=master, channel='portal')
    orders[0].message_post(body="Done")
    orders[0].activity_schedule('mail.mail_activity_data_todo')
    orders[0]._apply_event('submit', actor=master, channel='portal')
    request = orders[0].approval_ids
    assert request._find_by_token(request._get_token()) == request
    orders[0]._apply_event(
        'approve', {'approval_id': request.id, 'stars': 5, 'signature': SIGNATURE}, actor=orders[0].partner_id, channel='link')
    assert orders.mapped('state') == ['completed', 'on_the_way']
    assert not orders.event_ids._verify()
    return orders


@pytest.fixture
def work_in(odoo_env):
    """Return a function like `odoo_env` for databases whose addons change: their models are forgotten after it."""
    def work(database, function):
        try:
            with odoo_env(database) as env:
                return function(env)
        finally:
            forget_environment(database)
    return work


def do_and_look(env, model, domain=()):
    """Do a whole job, and return the states of a model's records then."""
    do_whole_job(env)
    env.cr.commit()
    return env[model].search(list(domain)).mapped('state')


def test_one_addon_after_the_other(new_database, service_database, work_in):
    """Service alone, then with settlement, then with portal, then with SMS."""
    def settle(env):
        return do_and_look(env, 'stokiva.settlement')

    database = new_database(service_database)
    work_in(database, do_whole_job)

    install(database, 'stokiva_settlement')
    # What was completed before is not settled by itself; what is completed from now on is.
    assert work_in(database, settle) == ['pending']

    install(database, 'stokiva_portal')
    assert work_in(database, settle) == ['pending'] * 2

    install(database, 'stokiva_sms')
    assert work_in(
        database, lambda env: do_and_look(env, 'stokiva.message', [('channel', '=', 'sms')]))

    uninstall(database, 'stokiva_sms')
    assert work_in(database, settle) == ['pending'] * 4


def test_with_sms_and_away_again(new_database, service_database, work_in):
    """Service with SMS, without settlement and portal; nothing of it stays, even though orders were completed."""
    before = traces.read(new_database('base'))
    database = new_database(service_database)
    install(database, 'stokiva_sms')
    work_in(database, do_whole_job)
    uninstall(database, 'stokiva_service')
    left = traces.compare(before, traces.read(database))
    assert not [line for line in left if 'stokiva' in line.lower()]
    assert not [line for line in left if line.startswith(('- ', '+ columns', '+ indexes', '+ constraints'))]


def test_all_on_a_database_with_sales_and_away_again(new_database, work_in):
    """Confirmed sales stay as they are, and after the uninstallation the database is as before."""
    database = new_database('base')

    def trade(env):
        product = make_product(env)
        return [sell(env, make_customer(env, f"Customer {number}"), product).id for number in range(SALES)]

    sale_ids = work_in(database, trade)
    before = traces.read(database)
    install(database, 'stokiva_service', 'stokiva_settlement', 'stokiva_sms', 'stokiva_portal')

    def look(env):
        sales = env['sale.order'].browse(sale_ids)
        assert set(sales.mapped('state')) == {'sale'}
        assert set(sales.order_line.product_id.mapped('stokiva_policy')) == {'none'}
        assert not env['stokiva.work.order'].search_count([])
        return sales.order_line.ids

    work_in(database, look)
    uninstall(database, 'stokiva_service')
    assert traces.compare(before, traces.read(database)) == []
    # Trade goes on.
    work_in(database, trade)


def test_addresses_of_actions_are_ours_alone():
    """Another of Odoo's addons with the same one could not be installed beside ours."""
    import odoo.addons  # noqa: PLC0415

    def read(folders):
        return {
            path for folder in folders for file in Path(folder).glob('*/views/*.xml')
            for path in re.findall(r'<field name="path">([^<]+)<', file.read_text())}

    ours = read([ROOT / 'addons'])
    assert 'service-orders' in ours
    assert not ours & read(folder for folder in odoo.addons.__path__ if Path(folder) != ROOT / 'addons')
