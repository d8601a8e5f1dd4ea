"""Checks the file of an order that left the database. No ORM and no database; see ``docs/verify.md``."""
import json
import zipfile
from pathlib import Path

from . import audit, audit_check

MANIFEST, EVENTS = 'manifest.json', 'events.json'
TEXTS = {
    'changed': "event {first} was changed",
    'removed': "events {first} to {last} were removed",
    'reordered': "the event in place {first} was number {last}",
    'replaced': "event {first} was replaced by another",
    'cut': "events {first} to {last} were cut off at the end",
    'added': "events {first} to {last} were added",
    'head': "the log was rewritten; its end is not the one that the order knew",
}


class BadFile(ValueError):
    """What was given is no file of an order."""


def check(path, seals=None):
    """Find what was changed in an order's zip, or in the ``events.json`` of one.

    :param path: of the zip or JSON file
    :param seals: folder of seal files that left the database, if the log shall be held against them
    :return: number of events, list of findings as English sentences
    :rtype: tuple(int, list)
    :raise BadFile: if it cannot be read as one
    """
    try:
        if not zipfile.is_zipfile(path):
            log, findings = json.loads(Path(path).read_bytes()), []
        else:
            with zipfile.ZipFile(path) as archive:
                findings = _check_manifest(archive)
                log = json.loads(archive.read(EVENTS))
                findings += _check_shown(archive, log)
        findings += _check_log(log)
        if seals:
            findings += _check_seals(log, seals)
        return len(log['events']), findings
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BadFile(f"{path} cannot be read as an order's file: {error!r}") from error


def _check_manifest(archive):
    """Hold the files of a zip against its manifest."""
    listed = {entry['file']: entry['sha256'] for entry in json.loads(archive.read(MANIFEST))['files']}
    found = set(archive.namelist()) - {MANIFEST}
    findings = [f"{name} is missing" for name in sorted(listed.keys() - found)]
    findings += [f"{name} is not in the manifest" for name in sorted(found - listed.keys())]
    for name in sorted(found & listed.keys()):
        if audit.sha256(archive.read(name)) != listed[name]:
            findings.append(f"{name} was changed")
    return findings


def _check_shown(archive, log):
    """Hold what the customer was shown against what the log says of it, unless he was anonymised."""
    if any(row['event'] == 'anonymise' for row in log['events']):
        return []
    found = {audit.sha256(archive.read(name)) for name in archive.namelist() if name.startswith('approvals/')}
    return [
        f"event {row['seq']}: what the customer was shown is missing or was changed"
        for row in log['events'] if row['event'] in ('approve', 'dispute')
        for shown in [json.loads(row['payload']).get('shown_hash')] if shown and shown not in found]


def _check_log(log):
    """Check the chain, and the personal values that are still in the clear."""
    rows = [{**row, 'work_order_id': log['work_order_id']} for row in log['events']]
    findings = [
        TEXTS[finding.kind].format(**finding._asdict())
        for finding in audit_check.check_chain(log['work_order_id'], rows, (log['head']['seq'], log['head']['hash']))]
    for row in rows:
        personal = row.get('personal') or {'clear': {}}
        if not all(
            audit.digest(personal['salt'], path, value) in row['payload'] for path, value in personal['clear'].items()
        ):
            findings.append(f"a personal value of event {row['seq']} was changed")
    return findings


def _check_seals(log, folder):
    """Hold the chain against the seals of a folder.

    :raise ValueError: if there is none of this database
    """
    held = {row['seq']: row['hash'] for row in log['events']}
    paths = sorted(Path(folder).glob(f"stokiva_seal_{log['database']}_{log['company_id']}_*.json"))
    if not paths:
        raise ValueError(f"there is no seal of this database in {folder}")
    findings = []
    contents = [json.loads(path.read_bytes()) for path in paths]
    for content in contents:
        content['found'] = audit.sha256(''.join(audit.head_line(*head) for head in content['heads']))
        for chain, seq, digest in content['heads']:
            if chain == log['work_order_id'] and held.get(seq) != digest:
                findings.append(f"event {seq} is not what seal {content['number']} says")
    return findings + [
        f"seal {finding.seal}: {finding.kind.removeprefix('seal_')}" for finding in audit_check.check_seals(contents)]
