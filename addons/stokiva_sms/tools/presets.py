"""HTTP gateways as data: how a request is filled, what an answer means, what they push. No ORM.

The presets follow the vendors' documents and were NOT tried with a live account.
"""
import json
import re

# What the answers mean; keys are the codes in `http_codes`.
MEANINGS = {
    'ok': 'sent', 'down': 'gateway_down', 'busy': 'gateway_busy', 'config': 'gateway_config',
    'number': 'wrong_number_format', 'text': 'gateway_refused', 'uncertain': 'gateway_uncertain',
}
POLL_KEYS = {'url', 'body', 'rows', 'ref', 'status', 'codes'}
_PLACEHOLDER = re.compile(r'\{(\w+)\}')

PRESETS = {
    'netgsm': {
        'endpoint': 'https://api.netgsm.com.tr/sms/rest/v2/send',
        'http_method': 'POST', 'http_auth': 'basic', 'http_format': 'json', 'number_format': 'national',
        'http_body': json.dumps({
            'msgheader': '{sender}', 'encoding': '{encoding}', 'iysfilter': '{iysfilter}',
            'messages': [{'msg': '{text}', 'no': '{number}'}]}, indent=2),
        'http_code_path': 'code',
        'http_codes': "00=ok\n20=text\n30=config\n40=config\n50=config\n51=config\n70=text\n80=busy\n85=busy\n"
                      "100=down\n101=down",
        'http_ref_path': 'jobid',
        # It pushes nothing. The vendor's own clients disagree on the numbers: those of its documents are taken.
        'http_poll': json.dumps({
            'url': 'https://api.netgsm.com.tr/sms/rest/v2/report', 'body': {'jobids': '{refs}'},
            'rows': 'jobs', 'ref': 'jobid', 'status': 'status',
            'codes': {
                '1': 'delivered', '2': 'expired', '3': 'invalid_destination', '4': 'not_delivered', '11': 'rejected',
                '12': 'not_delivered', '13': 'rejected'}}, indent=2),
    },
    'iletimerkezi': {
        'endpoint': 'https://api.iletimerkezi.com/v1/send-sms/json',
        'http_method': 'POST', 'http_auth': 'none', 'http_format': 'json', 'number_format': 'e164',
        'http_body': json.dumps({'request': {
            'authentication': {'key': '{username}', 'hash': '{password}'},
            'order': {'sender': '{sender}', 'iys': '{iys}', 'message': {
                'text': '{text}', 'receipents': {'number': ['{number}']}}}}}, indent=2),
        'http_code_path': 'response.status.code',
        'http_codes': "200=ok\n401=config\n402=config\n450=config\n451=text\n452=number",
    },
    'verimor': {
        'endpoint': 'https://sms.verimor.com.tr/v2/send.json',
        'http_method': 'POST', 'http_auth': 'none', 'http_format': 'json', 'number_format': 'international',
        'http_body': json.dumps({
            'username': '{username}', 'password': '{password}', 'source_addr': '{sender}', 'custom_id': '{uuid}',
            'messages': [{'msg': '{text}', 'dest': '{number}'}]}, indent=2),
        'http_code_path': '',
        'http_codes': "200=ok\n400=text\n401=config\n429=busy",
    },
}


def format_number(number, number_format):
    """Return an E.164 number as a vendor wants it.

    :param str number: E.164
    :param str number_format: ``e164`` (+905…), ``international`` (905…) or ``national`` (5…, Türkiye only)
    """
    if number_format == 'e164':
        return number
    digits = number.lstrip('+')
    return digits.removeprefix('90') if number_format == 'national' else digits


def _replace(value, values):
    """Fill the placeholders in every text of a JSON value: nothing that is filled in can change its structure."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), value)
    if isinstance(value, list):
        return [_replace(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _replace(item, values) for key, item in value.items()}
    return value


def _read_lines(text, separator):
    """Return ``{key: value}`` of lines."""
    rows = (line.partition(separator) for line in (text or '').splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _separator, value in rows}


def fill(headers, body, body_format, values):
    """Fill the templates of a request.

    :param str headers: a line each, ``Name: value``
    :param str body: JSON, or a line ``name=value`` for each field of a form
    :param str body_format: ``json`` or ``form``
    :param dict values: by placeholder
    :return: dict of headers without line breaks, body
    """
    filled = {
        name: re.sub(r'[\r\n]+', ' ', _replace(value, values)) for name, value in _read_lines(headers, ':').items()}
    if body_format == 'json':
        filled.setdefault('Content-Type', 'application/json; charset=utf-8')
        return filled, json.dumps(_replace(json.loads(body or '{}'), values), ensure_ascii=False).encode()
    return filled, _replace(_read_lines(body, '='), values)


def _follow(value, path):
    """Return what lies at a dotted path of a JSON value, None without."""
    for key in path.split('.'):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def read_answer(status, text, path, codes):
    """Tell what an answer means.

    :param int status: of HTTP
    :param str text: body
    :param str path: dotted path of the code in a JSON body; empty: the HTTP status is the code
    :param str codes: a line each, ``code=meaning``
    :return: state, reason
    """
    code = status
    if path:
        try:
            code = _follow(json.loads(text), path)
        except ValueError:
            code = None
    meanings = _read_lines(codes, '=')
    if code is not None and (meaning := meanings.get(str(code))) in MEANINGS:
        return MEANINGS[meaning], False if meaning == 'ok' else f"{code}: {text[:150]}"
    if status in (429, 503):
        return 'gateway_down', f"HTTP {status}"
    if status in (401, 403, 404):
        return 'gateway_config', f"HTTP {status}"
    if 400 <= status < 500:
        return 'gateway_refused', f"HTTP {status}: {text[:150]}"
    return 'gateway_uncertain', f"HTTP {status}"


def read_ref(text, path):
    """Return the id that a gateway gave a message, None without.

    :param str text: body of its answer
    :param str path: dotted path of the id in a JSON body
    """
    try:
        ref = _follow(json.loads(text), path) if path else None
    except ValueError:
        return None
    return str(ref) if isinstance(ref, (str, int)) else None


def fill_poll(poll, refs, values):
    """Return the body of a request that asks what became of messages.

    :param dict poll: how to ask, see ``POLL_KEYS``; ``{refs}`` in its body becomes the list
    :param list refs: the gateway's ids of the messages
    :param dict values: by placeholder
    :return: bytes of JSON
    """
    def with_refs(value):
        if value == '{refs}':
            return refs
        if isinstance(value, dict):
            return {key: with_refs(item) for key, item in value.items()}
        return value

    return json.dumps(_replace(with_refs(poll['body']), values), ensure_ascii=False).encode()


def read_poll(poll, text):
    """Read an answer to the question what became of messages.

    :param dict poll: how to ask, see ``POLL_KEYS``
    :param str text: body
    :return: list of ``(ref, status, words)``; what is still under way is left out
    """
    try:
        rows = _follow(json.loads(text), poll['rows'])
    except ValueError:
        return []
    found = []
    for row in rows if isinstance(rows, list) else []:
        ref, code = (_follow(row, poll[key]) for key in ('ref', 'status'))
        if ref is not None and (status := poll['codes'].get(str(code))):
            found.append((str(ref), status, f"{poll['status']}={code}"))
    return found


def read_push(data):
    """Read what an HTTP gateway pushes.

    Understood are Verimor's lists, İleti Merkezi's reports, and plain values: ``uuid`` and ``status``
    (``delivered``, ``failed``, ``expired``, ``rejected``) for a report; ``from``, ``to``, ``text`` and ``id``
    for a reply.

    :param data: JSON value, or dict of a form
    :return: list of ``('report', uuid, status, words)`` and ``('reply', from, to, text, id)``
    """
    found = []
    for row in data if isinstance(data, list) else [data]:
        if not isinstance(row, dict):
            continue
        row = row.get('report') if isinstance(row.get('report'), dict) else row
        row = {key: str(value) for key, value in row.items() if isinstance(value, (str, int, float))}
        is_inbound = row.get('type') == 'inbound' or (not row.get('status') and (row.get('text') or row.get('content')))
        if is_inbound:
            found.append((
                'reply', row.get('from') or row.get('source_addr') or '',
                row.get('to') or row.get('destination_addr') or '', row.get('text') or row.get('content') or '',
                row.get('id') or row.get('message_id') or ''))
        elif row.get('status'):
            found.append((
                'report', row.get('uuid') or row.get('message_custom_id') or row.get('custom_id') or '',
                _STATUSES.get(row['status'].lower()), row['status']))
    return found


_STATUSES = {
    'delivered': 'delivered', 'undelivered': 'not_delivered', 'not_delivered': 'not_delivered',
    'failed': 'not_delivered', 'expired': 'expired', 'rejected': 'rejected', 'blacklisted': 'not_allowed',
    'invalid_destination_address': 'invalid_destination', 'system_error': 'not_delivered',
}
