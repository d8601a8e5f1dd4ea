"""Whatever strangers send to the pages and callbacks that need no login: no error of the server, nothing changed.

`make proof` sends 20,000 requests, `make test` 2,000. Right links are among them; what they could rightly answer is not.
"""
import json
import random
from collections import Counter

import pytest
from approvals import make_asked, make_client, make_world
from helpers import PROOF

REQUESTS = 20_000 if PROOF else 2_000
TABLES = (
    'stokiva_work_order', 'stokiva_approval', 'stokiva_event', 'stokiva_message', 'stokiva_media', 'stokiva_visit',
    'stokiva_labour_line', 'stokiva_part_line', 'stokiva_assignment', 'stokiva_settlement', 'stokiva_sms_inbound',
    'stokiva_sms_report', 'stokiva_sms_log', 'stokiva_sms_question', 'stokiva_sms_gateway', 'res_partner', 'mail_activity',
    'mail_message', 'sms_sms', 'mail_mail', 'ir_attachment', 'res_users')
TEXTS = (
    '', ' ', '0', '-1', '1', str(2**31), str(2**63), '1e9', 'null', 'true', "' OR 1=1 --", '<script>x</script>', '../../etc',
    '%00', 'a\0b', '\ud800', 'ş' * 50, 'A' * 5000, '{link}', '{{7*7}}', '%s%n', '[]', '{}', '٣', 'NaN', '🙂', '\r\nX: y')
NAMES = (
    'answer', 'comment', 'stars', 'signature', 'typed', 'name', 'photos', 'lang', 'type', 'reply', 'status', 'to', 'id', 'n',
    'From', 'To', 'Body', 'MessageSid', 'message_id', 'debug', 'csrf_token', 'db', 'session_id', '__proto__', 'x[]')
HEADERS = ('User-Agent', 'Accept-Language', 'Content-Type', 'X-Forwarded-For', 'X-Kannel-From', 'X-Twilio-Signature', 'Cookie',
           'Range', 'Referer', 'Accept', 'If-None-Match', 'X-HTTP-Method-Override')
METHODS = ('GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH')


@pytest.fixture(scope='module')
def served(new_database, odoo_env):
    """Return database, client, public routes of our addons, right tokens and ids to try."""
    database = new_database()
    with odoo_env(database) as env:
        world = make_world(env)
        orders = [make_asked(world, env) for _number in range(2)]
        gateway = env['stokiva.sms.gateway'].create({
            'name': "Stub", 'company_id': env.company.id, 'provider': 'http', 'endpoint': 'http://127.0.0.1:9/'})
        client = make_client(database)
        rules = [
            rule for rule in env['ir.http'].routing_map().iter_rules()
            if rule.endpoint.func.__module__.startswith('odoo.addons.stokiva_')
            and rule.endpoint.routing['auth'] in ('public', 'none')]
        tokens = [order.approval_ids._get_token() for order in orders]
        ids = [*orders[0].media_ids.ids, gateway.id, 0, 1, 10**6, 2**31, 2**63]
        return database, client, rules, tokens, ids


def dump(env):
    """Return a digest of each table that strangers must not change."""
    found = {}
    for table in TABLES:
        env.cr.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t")  # pylint: disable=sql-injection
        found[table] = env.cr.fetchone()
    return found


class Stranger:
    """Makes requests up.

    :param random.Random luck: so that a failure can be had again
    """

    def __init__(self, luck, rules, tokens, ids):
        self.luck, self.rules, self.tokens, self.ids = luck, rules, tokens, ids

    def make_path(self):
        rule, path = self.luck.choice(self.rules), ''
        for is_dynamic, data in rule._trace:
            path += self._fill(rule, data) if is_dynamic else data
        path = path.lstrip('|') or '/'
        if rule.rule != '/o/<string:token>':  # what leads to no route of ours with NUL in it fails in Odoo itself
            path = path.replace('\0', '').replace('%00', '')
        elif self.luck.random() < 0.1 and not ('\0' in path or '%00' in path):
            path += self.luck.choice(('/', '//', '/..', '?', '#x', '/%2e%2e/', ';x', '/thumb'))
        return path.encode('utf-8', 'ignore').decode()

    def _fill(self, rule, name):
        if type(rule._converters[name]).__name__ in ('IntegerConverter',):
            return str(self.luck.choice(self.ids)) if self.luck.random() < 0.9 else self.make_text()
        if name == 'token':
            return self.luck.choice(self.tokens) if self.luck.random() < 0.5 else self.make_text()
        return self.luck.choice(('thumb', self.make_text()))

    def make_text(self):
        text = self.luck.choice(TEXTS)
        if self.luck.random() < 0.3:
            text = ''.join(chr(self.luck.randrange(1, 0x3000)) for _index in range(self.luck.randrange(1, 60)))
        return ''.join(char for char in text if char not in '\r\n' and not 0xd800 <= ord(char) < 0xe000)

    def make_fields(self):
        names = [self.luck.choice(NAMES) for _index in range(self.luck.randrange(6))]
        names += [f'{self.luck.choice(("hash_", "answer_", "comment_"))}{self.luck.randrange(5)}' for _index in range(2)]
        return {name: 'approve' if self.luck.random() < 0.1 else self.make_text() for name in names}

    def make_body(self):
        kind = self.luck.randrange(5)
        if kind == 0:
            return {'data': self.make_fields()}
        if kind == 1:
            value = self.luck.choice((self.make_fields(), [self.make_fields()], [[]], None, 7, '[' * 2000))
            return {'data': json.dumps(value), 'content_type': 'application/json'}
        if kind == 2:
            return {'data': self.luck.randbytes(self.luck.randrange(3000)), 'content_type': self.luck.choice((
                'application/octet-stream', 'multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain',
                'application/json', 'application/x-www-form-urlencoded'))}
        if kind == 3:
            import io  # noqa: PLC0415

            from werkzeug.datastructures import FileStorage  # noqa: PLC0415

            return {'data': {**self.make_fields(), 'photos': FileStorage(io.BytesIO(self.luck.randbytes(200)), 'x.jpg')}}
        return {}

    def make_headers(self):
        return {
            name: self.make_text().encode('latin-1', 'ignore').decode('latin-1').replace('\0', '')
            for name in self.luck.sample(HEADERS, self.luck.randrange(3)) if name != 'Content-Type'}


def test_strangers_break_and_change_nothing(served, odoo_env, capsys, record_property):
    database, client, rules, tokens, ids = served
    assert len(rules) >= 6, rules
    stranger = Stranger(random.Random(7), rules, tokens, ids)
    with odoo_env(database) as env:
        before = dump(env)
    statuses = Counter()
    for number in range(REQUESTS):
        method, path = stranger.luck.choice(METHODS), stranger.make_path()
        response = client.open(
            path, method=method, query_string=stranger.make_fields() if '?' not in path and stranger.luck.random() < 0.3 else None,
            headers=stranger.make_headers(), environ_overrides={'REMOTE_ADDR': f'198.51.{number // 200 % 256}.{number % 200}'},
            **(stranger.make_body() if method in ('POST', 'PUT', 'PATCH') else {}))
        statuses[response.status_code] += 1
        assert response.status_code < 500, f'{method} {path!r}: {response.status_code} {response.get_data(as_text=True)[-2000:]}'
        response.close()
    with odoo_env(database) as env:
        after = dump(env)
    changed = {table: (before[table], after[table]) for table in TABLES if before[table] != after[table]}
    assert not changed, changed
    assert statuses[200], "no request came to a page"
    record_property('figures', f'{REQUESTS} requests to {len(rules)} routes: {dict(statuses)}')
