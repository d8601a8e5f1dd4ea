import io
import json
import tempfile
import zipfile
from pathlib import Path

from odoo.tests import HttpCase, new_test_user, tagged

from .. import audit, order_file
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestOrderFile(WorkOrderCommon, HttpCase):
    """The whole file of an order: for managers, complete, and checked without the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._submitted(cls())
        cls._answer(cls(), cls.order, comment="Thank you", signed_by="A. Customer")
        cls.manager = new_test_user(
            cls.env, 'file_manager', groups='stokiva_service.group_stokiva_manager', password='file_manager')

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def _download(self, login='file_manager'):
        self.authenticate(login, login)
        return self.url_open(self.order.action_download_file()['url'])

    def _files(self):
        """What the zip holds, by name."""
        answer = self._download()
        self.assertEqual(answer.status_code, 200)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _check(self, files, **options):
        path = self.folder / 'order.zip'
        with zipfile.ZipFile(path, 'w') as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return order_file.check(path, **options)

    def test_it_is_complete_and_sound(self):
        self.env['stokiva.seal']._seal(self.company)
        files = self._files()
        self.assertEqual(
            {name.split('/')[0] for name in files},
            {'manifest.json', 'events.json', 'verification.json', 'papers', 'approvals', 'media'})
        self.assertEqual(len([name for name in files if name.startswith('papers/')]), 2)
        self.assertEqual(len([name for name in files if name.startswith('media/')]), len(self.order.media_ids))
        manifest = json.loads(files['manifest.json'])
        self.assertEqual(
            {entry['file']: entry['sha256'] for entry in manifest['files']},
            {name: audit.sha256(content) for name, content in files.items() if name != 'manifest.json'})
        log, verification = json.loads(files['events.json']), json.loads(files['verification.json'])
        self.assertEqual(
            [row['hash'] for row in log['events']], self.order.event_ids.sorted('seq').mapped('hash'))
        self.assertEqual(log['head'], {'seq': self.order.event_seq, 'hash': self.order.event_hash})
        self.assertTrue(log['seals'])
        self.assertTrue(verification['is_sound'])
        self.assertEqual(self._check(files), (self.order.event_seq, []))

    def test_that_it_was_taken_is_an_event(self):
        before = self.order.event_seq
        self._files()
        row = self.order.event_ids.sorted('seq')[-1]
        self.assertEqual((row.seq, row.event, row.role, row.state_after), (before + 1, 'download', 'manager', 'completed'))
        self.assertEqual(row.actor_id, self.manager.id)
        self.assertFalse(self.env['stokiva.verifier']._verify_orders(self.order))

    def test_for_managers_of_the_company_only(self):
        before = self.order.event_seq
        for role in ('dispatcher', 'call_centre', 'technician', 'settlement'):
            new_test_user(self.env, f'file_{role}', groups=f'stokiva_service.group_stokiva_{role}', password=f'file_{role}')
            self.assertEqual(self._download(f'file_{role}').status_code, 404, role)
        other = self.env['res.company'].create({'name': "Other"})
        self.manager.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        self.assertEqual(self._download().status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(f'/stokiva/orders/{self.order.id}/file.zip', allow_redirects=False)
        self.assertEqual(answer.status_code, 303, "to the login page")
        self.assertEqual(self.order.event_seq, before)

    def test_each_way_to_tamper_is_named(self):
        files = self._files()
        log = json.loads(files['events.json'])
        last = log['head']['seq']

        def changed(change):
            copy = json.loads(files['events.json'])
            change(copy)
            path = self.folder / 'events.json'
            path.write_text(json.dumps(copy))
            return order_file.check(path)[1]

        def forge(copy):
            copy['events'][1]['payload'] = '{"reason":"never"}'
            previous = audit.GENESIS
            for row in copy['events']:
                row['prev_hash'] = previous
                previous = row['hash'] = audit.event_hash(dict(row, work_order_id=copy['work_order_id']))

        def swap(copy):
            copy['events'][1]['seq'], copy['events'][2]['seq'] = 3, 2
            copy['events'].sort(key=lambda row: row['seq'])

        def lie(copy):
            row = next(row for row in copy['events'] if row.get('personal'))
            row['personal']['clear'] = dict.fromkeys(row['personal']['clear'], "Somebody else")

        cases = [
            (lambda copy: copy['events'][1].update(payload='{}'), ["event 2 was changed"]),
            (lambda copy: copy['events'].pop(1), ["events 2 to 2 were removed"]),
            (lambda copy: copy['events'].pop(), [f"events {last} to {last} were cut off at the end"]),
            (lambda copy: copy.update(events=[]), [f"events 1 to {last} were cut off at the end"]),
            (swap, ["the event in place 2 was number 3", "the event in place 3 was number 2"]),
            (forge, ["the log was rewritten; its end is not the one that the order knew"]),
        ]
        for change, expected in cases:
            self.assertEqual(changed(change), expected)
        self.assertRegex(changed(lie)[0], r"a personal value of event \d+ was changed")
        # of the other files
        for name in files.keys() - {'manifest.json', 'events.json'}:
            self.assertIn(f"{name} was changed", self._check(dict(files, **{name: files[name] + b' '}))[1])
            self.assertIn(f"{name} is missing", self._check({key: files[key] for key in files.keys() - {name}})[1])
        self.assertIn("more.txt is not in the manifest", self._check({**files, 'more.txt': b'x'})[1])
        with self.assertRaises(order_file.BadFile):
            self._check({'manifest.json': b'[]'})

    def test_a_forged_file_against_the_seals(self):
        """Whoever forges the head, too, meets the seals that left the database."""
        name, content = self.env['stokiva.seal']._seal(self.company)._get_file()
        self.env['stokiva.seal']._seal(self.company)
        (self.folder / name).write_bytes(content)
        sealed = self.order.event_seq
        files = self._files()
        self.assertEqual(self._check(files, seals=self.folder)[1], [])
        log = json.loads(files['events.json'])
        log['events'][0]['channel'] = 'cron'
        previous = audit.GENESIS
        for row in log['events']:
            row['prev_hash'] = previous
            previous = row['hash'] = audit.event_hash(dict(row, work_order_id=log['work_order_id']))
        log['head']['hash'] = previous
        path = self.folder / 'events.json'
        path.write_text(json.dumps(log))
        self.assertEqual(order_file.check(path)[1], [])
        self.assertEqual(order_file.check(path, self.folder)[1], [f"event {sealed} is not what seal 1 says"])
        with self.assertRaises(order_file.BadFile):
            order_file.check(path, self.folder / 'nothing')
