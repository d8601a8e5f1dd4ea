"""The checker that uses none of our code derives the engine's choices again, and finds what was changed."""
import subprocess

from helpers import ROOT


def check(database):
    done = subprocess.run(
        [ROOT / 'scripts/check_choices', database], check=False, capture_output=True, text=True)
    return done.returncode, done.stdout


def make_offers(env):
    """Return the offers of a batch of orders, among providers of different places, ratings and work."""
    env['res.city']._stokiva_load_turkey()
    cities = env['res.city'].search([('state_id', '=', env.ref('base.state_tr_34').id)], limit=4)
    partners = env['res.partner'].create([
        {'name': f"Partner {index}", 'city_id': city.id, 'state_id': city.state_id.id, 'country_id': city.country_id.id}
        for index, city in enumerate(cities)])
    providers = env['stokiva.provider'].create([
        {'partner_id': partner.id, 'area_ids': [(0, 0, {'state_id': cities.state_id.id, 'priority': 5 + index})]}
        for index, partner in enumerate(partners)])
    for provider, rating in zip(providers, (0, 3.2, 4.8, 4.1), strict=True):
        provider.rating_score = rating
    env['stokiva.assignment.rule'].create([
        {'name': "Urgent", 'sequence': 1, 'domain': "[('priority', '=', '1')]", 'strategy': 'best_rated', 'min_rating': 4},
        {'name': "Others", 'sequence': 2, 'strategy': 'balanced'}])
    customer = env['res.partner'].create({
        'name': "Customer", 'city_id': cities[0].id, 'state_id': cities.state_id.id, 'country_id': cities.country_id.id})
    device = env['stokiva.device'].create({
        'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
    service_type = env['stokiva.service.type'].create({'name': "Repair"})
    orders = env['stokiva.work.order'].create([
        {'partner_id': customer.id, 'device_id': device.id, 'service_type_id': service_type.id,
         'priority': str(index % 2)} for index in range(12)])
    orders[:3].group_id = orders[0]
    orders._apply_event('open', actor=None, channel='system')
    orders._assign_automatically()
    return orders.assignment_id


def test_choices_are_derived_again(database, odoo_env):
    with odoo_env(database) as env:
        offers = make_offers(env)
        assert len(offers) == 10, "a group has one"
        assert len(offers.provider_id) > 2, "the load grows inside the batch"
        first = offers[0].id
    assert check(database) == (0, "10 offers, none wrong\n")

    with odoo_env(database) as env:
        offer = env['stokiva.assignment'].browse(first)
        kept = offer.ranking
        fitting = [row['provider_id'] for row in kept if not row['failed']]
        for change, words in (
            ({'provider_id': fitting[1]}, 'should have gone to'),
            ({'ranking': [*kept[1::-1], *kept[2:]]}, 'not in order'),
            ({'ranking': [{**kept[0], 'points': kept[0]['points'] + 1}, *kept[1:]]}, 'points, should have'),
            ({'rule': {**offer.rule, 'kinds': []}}, "does not keep the rule's limits"),
        ):
            old = {name: offer[name] for name in change}
            offer.write(change)
            env.cr.commit()
            code, text = check(database)
            assert code == 1 and words in text, (change, text)
            offer.write(old)
            env.cr.commit()
    assert check(database)[0] == 0
