"""Writes planned claims into a database, by SQL: one record of each model is made by the ORM and copied."""
import json
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta

from . import kitchens
from .plan import FAMILIES, FAULTS, TECHNICIANS, TYPES

TIME = '%Y-%m-%d %H:%M:%S'
CHUNK = 2000


def get_fingerprint(photo):
    """Return the fingerprint of a photo as it would be uploaded.

    :param tuple photo: building, flat, number of the source or None, how it was copied or None
    """
    import random  # noqa: PLC0415

    from odoo.addons.stokiva_service.media import similarity  # noqa: PLC0415

    building, flat, source, how = photo
    image = kitchens.draw(building, flat)
    image = kitchens.compress(image) if how is None else kitchens.copy(image, how, random.Random(f'{photo}'))
    return similarity.fingerprint(kitchens.compress(image))


def get_days(env, first, number):
    """Return the days from a day on on which the company's providers work, and those on which not."""
    provider = env['stokiva.provider'].create({'partner_id': env['res.partner'].create({'name': "Calendar"}).id})
    days = [first + timedelta(days=index) for index in range(number)]
    is_open = env['stokiva.opening']._get_open_days({(provider.id, None, day) for day in days})
    return [[day for day in days if ((provider.id, None, day) in is_open) is wanted] for wanted in (True, False)]


class Seed:
    """Rows of a database that are like one that the ORM made."""

    def __init__(self, env):
        self.env = env

    def copy(self, record, rows):
        """Write copies of a record.

        :param record: made by the ORM
        :param list rows: dicts of other values, in order
        :return: their ids
        """
        cr, table = self.env.cr, record._table
        self.env.flush_all()
        cr.execute(f'SELECT nextval(%s) FROM generate_series(1, {len(rows)})', [f'{table}_id_seq'])
        ids = [row[0] for row in cr.fetchall()]
        cr.execute(f'SELECT to_jsonb(t) FROM {table} t WHERE id = %s', [record.id])
        template = cr.fetchone()[0]
        for start in range(0, len(rows), CHUNK):
            chunk = [dict(row, id=id_) for id_, row in zip(ids[start:start + CHUNK], rows[start:start + CHUNK], strict=True)]
            cr.execute(f"""
                INSERT INTO {table} SELECT made.* FROM jsonb_array_elements(%s::jsonb) row,
                       LATERAL jsonb_populate_record(NULL::{table}, %s::jsonb || row) made""",
                       [json.dumps(chunk, default=str), json.dumps(template)])
        return ids


def write(env, claims, workers=2):
    """Write claims, pending and not checked.

    :param env: environment of the superuser
    :param list claims: as ``plan.make`` gives them
    :param int workers: processes that draw the photos
    :return: ``{settlement id: Claim}``
    """
    photos = [claim.photo for claim in claims if claim.photo]
    with ProcessPoolExecutor(workers) as pool:
        fingerprints = dict(zip(photos, pool.map(get_fingerprint, photos, chunksize=50), strict=True))
    seed, base = Seed(env), make_base(env)
    providers, people = write_people(seed, base, claims)
    sites = dict(zip(*write_sites(seed, base, claims), strict=True))
    first = [claim for claim in claims if claim.device == claim.number]
    devices = dict(zip([claim.number for claim in first], seed.copy(base['device'], [
        {'partner_id': sites[claim.site], 'site_id': sites[claim.site], 'serial': claim.serial, 'warranty_labour_until': claim.until,
         'warranty_parts_until': claim.until} for claim in first]), strict=True))
    orders = seed.copy(base['order'], [
        {'name': f'C/{claim.number:06}', 'state': 'completed', 'provider_id': providers[claim.provider],
         'personnel_id': people[claim.technician], 'partner_id': sites[claim.site], 'site_id': sites[claim.site],
         'device_id': devices[claim.device], 'service_type_id': base['types'][claim.work], 'opened_at': claim.opened,
         'started_at': claim.arrived, 'submitted_at': claim.finished, 'completed_at': claim.finished,
         'opened_symptom_id': base['faults'][claim.fault].id, 'visit_id': None} for claim in claims])
    rows = list(zip(claims, orders, strict=True))
    seed.copy(base['order'].visit_id, [
        {'work_order_id': order, 'provider_id': providers[claim.provider], 'personnel_id': people[claim.technician],
         'departed_at': claim.arrived - timedelta(minutes=20), 'arrived_at': claim.arrived, 'finished_at': claim.finished,
         'outcome': 'done', 'arrived_latitude': claim.check_in[0], 'arrived_longitude': claim.check_in[1],
         'arrived_accuracy': 20} for claim, order in rows])
    from odoo.addons.stokiva_service.media import similarity  # noqa: PLC0415

    seed.copy(base['media'], [
        {'work_order_id': order, 'kind': 'after', 'taken_at': claim.photo_taken, 'latitude': claim.photo_place[0],
         'longitude': claim.photo_place[1], 'sha256': f'{claim.number:064x}', 'fingerprint': fingerprints[claim.photo],
         'perceptual_hash': fingerprints[claim.photo][:similarity.DIGITS], 'similar_id': None}
        for claim, order in rows if claim.photo])
    seed.copy(base['labour'], [{'work_order_id': order, 'coverage': 'warranty'} for _claim, order in rows])
    write_parts(seed, base, [(claim, order) for claim, order in rows if claim.has_part])
    seed.copy(base['approval'], [
        {'work_order_id': order, 'provider_id': providers[claim.provider], 'kind': 'work', 'state': 'approved',
         'channel': claim.channel, 'answered_at': claim.finished + timedelta(hours=1), 'token_hash': None}
        for claim, order in rows])
    settlements = seed.copy(base['settlement'], [
        {'name': f'S/{claim.number:06}', 'work_order_id': order, 'provider_id': providers[claim.provider], 'state': 'pending',
         'service_type_id': base['types'][claim.work], 'date': claim.finished.date(),
         'amount_total': claim.amount + claim.by_hand, 'checked_at': None, 'rejected_at': None} for claim, order in rows])
    seed.copy(base['line'], [
        {'settlement_id': settlement, 'source': source, 'rate': amount, 'quantity': 1, 'amount': amount}
        for claim, settlement in zip(claims, settlements, strict=True)
        for source, amount in (('labour', claim.amount), ('adjustment', claim.by_hand)) if amount])
    env.cr.execute('ANALYZE')
    env.invalidate_all()
    return dict(zip(settlements, claims, strict=True))


def make_base(env):
    """Return one record of each model, to be copied."""
    env.company.stokiva_parts = True
    partner = env['res.partner'].create({'name': "Customer"})
    provider = env['stokiva.provider'].create({
        'partner_id': env['res.partner'].create({'name': "Provider"}).id,
        'personnel_ids': [(0, 0, {'partner_id': env['res.partner'].create({'name': "Technician"}).id, 'role': 'technician'})]})
    device_type = env['stokiva.device.type'].create({'name': "Oven"})
    faults = {
        (family, fault): env['stokiva.fault'].create({
            'name': f"Fault {family}.{fault}", 'family': f"Family {family}", 'device_type_id': device_type.id})
        for family in range(FAMILIES) for fault in range(FAULTS)}
    types = env['stokiva.service.type'].create([{'name': f"Work {number}", 'photos_after': 1} for number in range(TYPES)])
    device = env['stokiva.device'].create({'partner_id': partner.id, 'device_type_id': device_type.id, 'serial': "BASE"})
    device.date_installed = date(2020, 1, 1)
    order = env['stokiva.work.order'].create({'partner_id': partner.id, 'device_id': device.id, 'service_type_id': types[0].id})
    order.write({'provider_id': provider.id, 'personnel_id': provider.personnel_ids.id, 'state': 'accepted'})
    order._open_visits()
    product = env['product.product'].create({'name': "Pump", 'is_storable': True})
    labour = env['stokiva.labour.line'].create({'work_order_id': order.id, 'name': "Work"})
    part = env['stokiva.part.line'].create({'work_order_id': order.id, 'product_id': product.id})
    location = env['stock.location'].search([('usage', '=', 'internal')], limit=1)
    move = env['stock.move'].create({
        'product_id': product.id, 'product_uom_qty': 1, 'location_id': location.id, 'location_dest_id': location.id})
    settlement = env['stokiva.settlement'].create({
        'work_order_id': order.id, 'provider_id': provider.id, 'company_id': order.company_id.id, 'date': date(2020, 1, 1),
        'currency_id': order.company_id.currency_id.id, 'line_ids': [(0, 0, {'source': 'labour', 'name': "Work", 'why': "Rate", 'rate': 1})]})
    settlement._write_protected({'rejected_at': datetime(2020, 1, 1), 'reject_reason': "To be copied"})
    env['stokiva.claim.rule'].search([]).action = 'hold'
    return {
        'partner': partner, 'provider': provider, 'types': types.ids, 'faults': faults, 'device': device, 'order': order,
        'labour': labour, 'part': part, 'move': move, 'settlement': settlement, 'line': settlement.line_ids,
        'approval': env['stokiva.approval']._request(order, 'work'),
        'media': env['stokiva.media'].create({
            'work_order_id': order.id, 'image': _encode(kitchens.draw('base', 0)), 'channel': 'field'}),
    }


def _encode(image):
    import base64  # noqa: PLC0415
    import io  # noqa: PLC0415

    out = io.BytesIO()
    image.save(out, 'JPEG')
    return base64.b64encode(out.getvalue()).decode()


def write_people(seed, base, claims):
    """Write providers and their technicians; return their ids."""
    count = max(claim.provider for claim in claims) + 1
    partner = base['provider'].partner_id
    partners = seed.copy(partner, [{'name': f"Provider {number}"} for number in range(count)])
    providers = seed.copy(base['provider'], [{'partner_id': id_} for id_ in partners])
    partners = seed.copy(partner, [{'name': f"Technician {number}"} for number in range(count * TECHNICIANS)])
    people = seed.copy(base['provider'].personnel_ids, [
        {'partner_id': id_, 'provider_id': providers[number // TECHNICIANS]} for number, id_ in enumerate(partners)])
    return providers, people


def write_sites(seed, base, claims):
    """Write customers, who are their addresses, too; return whose and their ids."""
    first = {claim.site: claim for claim in claims if claim.site == claim.number}
    return list(first), seed.copy(base['partner'], [
        {'name': f"Customer {number}", 'partner_latitude': claim.place[0], 'partner_longitude': claim.place[1]}
        for number, claim in first.items()])


def write_parts(seed, base, rows):
    """Write parts, the moves by which they left a stock, and when the defective ones were due back."""
    today = date.today()
    lines = seed.copy(base['part'], [
        {'work_order_id': order, 'coverage': 'warranty', 'stock_state': 'waiting' if claim.part_lacks == 'move' else 'done',
         **({'return_state': 'due', 'return_due': today - timedelta(days=claim.overdue)} if claim.part_lacks == 'return' else
            {'return_state': 'back', 'return_due': claim.finished.date()})} for claim, order in rows])
    seed.copy(base['move'], [
        {'stokiva_part_line_id': line, 'state': 'done'} for (claim, _order), line in zip(rows, lines, strict=True)
        if claim.part_lacks != 'move'])
