"""How many SMS a second one run of the queue hands to a real Kannel, two companies in one queue, with delivery reports
coming in and being applied meanwhile; beside it the bare HTTP loop.

    scripts/bench sms
    tests/bench/sms.py DATABASE [--messages 500] [--bar 50]

The process exits with 1 below the bar, on a conflict in the server's log, and when a message is lost or sent twice.
DATABASE is cloned; the clone is dropped. Kannel comes from `scripts/setup test`.
"""
import argparse
import sys
import tempfile
import time
from pathlib import Path

import requests
from common import clone, environment, table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers import Server
from kannel import Kannel, Phones

TEXT = "Sayın müşterimiz, {} numaralı işiniz bitti. Görüşünüz için EVET ya da HAYIR yazıp gönderin."


def stop_jobs(database):
    """Leave the server nothing to do but to apply reports."""
    with environment(database) as env:
        env['ir.cron'].search([]).active = False
        env.ref('stokiva_sms.ir_cron_sms_report').active = True
        env.cr.commit()


def prepare(env, kannel, server, count):
    """Queue messages of two companies, with everything that a message of an order has, and commit."""
    companies = env.company | env['res.company'].create({'name': "Second", 'country_id': env.company.country_id.id})
    companies.sms_provider = 'gateway'
    env['stokiva.sms.gateway'].create([{
        'name': company.name, 'company_id': company.id, 'provider': 'kannel', 'endpoint': kannel.send_url,
        'username': 'stokiva', 'password': kannel.password, 'sender': '5000', 'callback_url': server.url,
    } for company in companies])
    device_type = env['stokiva.device.type'].create({'name': "Oven"})
    service_type = env['stokiva.service.type'].create({'name': "Repair"})
    logs = env['stokiva.sms.log']
    for company in companies:
        customer = env['res.partner'].create({'name': "Customer", 'phone': '+905321112233'})
        device = env['stokiva.device'].create({
            'partner_id': customer.id, 'device_type_id': device_type.id, 'company_id': company.id})
        order = env['stokiva.work.order'].with_company(company).create({
            'partner_id': customer.id, 'device_id': device.id, 'service_type_id': service_type.id})
        for number in range(count // 2):
            text, phone = TEXT.format(number), f'+90532{company.id:03}{number:04}'
            log = logs.create({
                'work_order_id': order.id, 'company_id': company.id, 'partner_id': customer.id, 'number': phone,
                'gateway': 'gateway', **logs._prepare_text_values(text, phone)})
            log._queue(text)
            logs |= log
    env.cr.commit()
    return logs


def send_bare(kannel, count):
    """Return the messages a second of nothing but the HTTP requests."""
    session = requests.Session()
    session.trust_env = False
    begin = time.perf_counter()
    for number in range(count):
        session.post(kannel.send_url, data=TEXT.format(number).encode(), timeout=20, headers={
            'Content-Type': 'text/plain; charset=UTF-8', 'X-Kannel-Username': 'stokiva', 'X-Kannel-To': '+905320000000',
            'X-Kannel-Password': kannel.password, 'X-Kannel-Coding': '2'}).raise_for_status()
    return count / (time.perf_counter() - begin)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--messages', type=int, default=500)
    parser.add_argument('--bar', type=float, default=50)
    options = parser.parse_args()
    missed = []
    with clone('test') as database, tempfile.TemporaryDirectory() as folder, \
            Kannel(folder, 'http://127.0.0.1:9/') as kannel:
        stop_jobs(database)
        server = Server(database, '--max-cron-threads=1')
        try:
            server.wait()
            phones = Phones(kannel)
            with environment(database) as env:
                logs = prepare(env, kannel, server, options.messages)
                begin, cpu = time.perf_counter(), time.process_time()
                env['sms.sms']._process_queue()
                wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
                env.invalidate_all()
                during = len(logs.filtered(lambda log: log.state == 'delivered'))
                sent = len(logs.filtered(lambda log: log.state in ('sent', 'delivered')))
                until = time.monotonic() + 120
                arrived = []
                # Kannel reports what it handed to the centre, which may still be writing it down.
                while time.monotonic() < until and (
                        len(arrived) < options.messages or set(logs.mapped('state')) != {'delivered'}):
                    time.sleep(0.5)
                    env.cr.rollback()
                    arrived = [row[1] for row in phones.read()]
                delivered = len(logs.filtered(lambda log: log.state == 'delivered'))
            bare = send_bare(kannel, options.messages)
            conflicts = server.log.read_text().count('could not serialize')
        finally:
            server.stop()
    table(
        ('messages', 'seconds', 'a second', 'CPU ms each', 'bare HTTP a second', 'delivered during the run', 'in the end', 'conflicts'),
        [(options.messages, f'{wall:.1f}', f'{options.messages / wall:.0f}', f'{cpu / options.messages * 1000:.1f}',
          f'{bare:.0f}', during, delivered, conflicts)])
    if options.messages / wall < options.bar:
        missed.append(f'{options.messages / wall:.0f} messages a second, {options.bar:.0f} are wanted')
    if sent != options.messages or delivered != options.messages:
        missed.append(f'{sent} of {options.messages} were handed over, {delivered} reported')
    if len(arrived) != options.messages or len(set(arrived)) != options.messages:
        missed.append(f'{len(arrived)} messages reached {len(set(arrived))} phones of {options.messages}')
    if conflicts:
        missed.append(f'{conflicts} conflicts')
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
