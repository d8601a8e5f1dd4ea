import json

from odoo import fields, models

from .. import audit, order_file

MANAGER = 'stokiva_service.group_stokiva_manager'


class WorkOrder(models.Model):
    """An order's whole file: papers, media, log and its verification, as one zip for whoever has to judge it."""
    _inherit = 'stokiva.work.order'

    def action_download_file(self):
        """Download the order's whole file.

        :return: URL action
        """
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': f'/stokiva/orders/{self.id}/file.zip', 'target': 'download'}

    def _get_file_papers(self):
        """Return the papers that belong to the order's file; to be extended.

        :return: list of (file name without extension, XML id of the report)
        """
        papers = [
            ('service-form', 'stokiva_service.action_report_service_form'),
            ('work-report', 'stokiva_service.action_report_work'),
        ]
        if 'quote' in self.approval_ids.mapped('kind'):
            papers.append(('quote', 'stokiva_service.action_report_quote'))
        return papers

    def _get_file_archive(self):
        """Return what goes into the order's whole file, in the state of this moment.

        :return: content of the manifest, list of (file name, function that returns the bytes)
        """
        self.ensure_one()
        manifest, pictures = self._get_media_archive()
        listed = [dict(entry, file=f"media/{entry['file']}") for entry in manifest['files']]
        files = [(f'media/{name}', read) for name, read in pictures]
        for name, content in self._get_file_contents():
            listed.append({'file': name, 'sha256': audit.sha256(content)})
            files.append((name, lambda content=content: content))
        return {
            'version': audit.VERSION, 'work_order': self.name, 'company': self.company_id.name,
            'made_at': audit.iso(fields.Datetime.now()), 'made_by': self.env.user.name, 'files': listed,
        }, files

    def _get_file_contents(self):
        """Yield name and bytes of what is written for the file: papers, log, approvals, verification."""
        for name, report in self._get_file_papers():
            content, kind = self.env['ir.actions.report']._render(report, self.ids)
            yield f'papers/{name}.{kind}', content if isinstance(content, bytes) else content.encode()
        for approval in self.approval_ids.sorted('id'):
            if audit.sha256(approval.shown) != approval.shown_hash:
                continue  # forgotten with its customer; what else happened to it, the checker tells
            yield f'approvals/{approval.id}-{approval.kind}.json', approval.shown.encode()
        yield order_file.EVENTS, self._get_log_content()
        verifier = self.env['stokiva.verifier']
        findings = verifier._verify_orders(self)
        yield 'verification.json', _readable({
            'verified_at': audit.iso(fields.Datetime.now()), 'events': self.event_seq, 'is_sound': not findings,
            'findings': [
                {'kind': finding.kind, 'first': finding.first, 'last': finding.last, 'seal': finding.seal, 'text': text}
                for finding, text in zip(findings, verifier._describe(findings), strict=True)],
        })

    def _get_log_content(self):
        """Return the order's log as it leaves the database, see ``docs/verify.md``.

        :return: bytes of a JSON object
        """
        rows = self.env['stokiva.event'].search([('work_order_id', '=', self.id)], order='seq')
        personal = {
            row.event_id: {'salt': row.salt, 'clear': json.loads(row.clear)}
            # sudo: managers hand out the order's file with what the digests stand for
            for row in self.env['stokiva.event.personal'].sudo().search([('event_id', 'in', rows.ids)])}
        heads = self.env['stokiva.seal.head'].sudo().search([('work_order_id', '=', self.id)])  # sudo: hashes only
        content = []
        for row in rows:
            values = row._get_hashed_values() | {'hash': row.hash}
            for name in ('work_order_id', 'model', 'res_id'):
                del values[name]
            content.append(values | ({'personal': personal[row.id]} if row.id in personal else {}))
        return _readable({
            'version': audit.VERSION,
            'database': self.env['ir.config_parameter'].sudo().get_param('database.uuid'),  # sudo: names the seals
            'company_id': self.company_id.id,
            'work_order_id': self.id,
            'name': self.name,
            'head': {'seq': self.event_seq, 'hash': self.event_hash},
            'seals': [{'number': head.number, 'seq': head.seq, 'hash': head.hash} for head in heads],
            'events': content,
        })


def _readable(content):
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
