import base64
import hashlib
import json
import logging
import os
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import audit, config

_logger = logging.getLogger(__name__)

BATCH = 10_000
# What tells the chains apart: those of work orders, those of records.
CHAINS = (('work_order_id',), ('model', 'res_id'))
# A file that somebody moved to a safe place later than this is not written again.
DAYS_TO_COPY = 7


def columns_of(columns, alias=None):
    """Return names of columns for a query, of a table's alias if one is given."""
    return SQL(", ").join(SQL.identifier(*filter(None, (alias, column))) for column in columns)


class Seal(models.Model):
    """The nightly seal: fixes the ends of a company's chains outside the database. See ``docs/verify.md``."""
    _name = 'stokiva.seal'
    _description = "Seal of the Event Log"
    _order = 'sealed_at desc, id desc'
    _log_access = False
    _rec_name = 'number'

    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    number = fields.Integer("No.", required=True, readonly=True, aggregator=None)
    sealed_at = fields.Datetime(required=True, readonly=True)
    database = fields.Char(required=True, readonly=True)
    chains = fields.Integer(required=True, readonly=True, aggregator=None)
    events = fields.Integer(required=True, readonly=True, aggregator=None)
    heads_hash = fields.Char("Hash of the heads", required=True, readonly=True)
    prev_hash = fields.Char("Hash before", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _company_number_uniq = models.UniqueIndex('(company_id, number)')
    _sealed_idx = models.Index('(sealed_at DESC, id DESC)')

    def init(self):
        """Let the database itself refuse to change or remove a seal."""
        self.env['stokiva.event']._guard_table(self._table)

    @api.depends('number', 'sealed_at')
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = f"{seal.number} · {seal.sealed_at.date() if seal.sealed_at else ''}"

    @api.model_create_multi
    def create(self, vals_list):
        """Write seals; under ``env.su`` only.

        :raise AccessError: for anybody else
        """
        if not self.env.su:
            raise AccessError(self.env._("Only the nightly job seals the log."))
        return super().create(vals_list)

    @api.model
    def _cron_seal(self):
        """Seal the log of every company, queue the e-mails and copy the seals into the folder."""
        companies = [company for (company,) in self.env['stokiva.event']._read_group([], ['company_id'])]
        self.env['ir.cron']._commit_progress(remaining=len(companies))
        for company in companies:
            self._seal(company)
            # The seal is out of the database only when it is in it: files are written after the commit.
            self.env['ir.cron']._commit_progress(1)
        self.search([('sealed_at', '>=', fields.Datetime.now() - timedelta(days=DAYS_TO_COPY))])._copy_to_folder()

    @api.model
    def _seal(self, company):
        """Seal the ends of a company's chains, and queue the e-mail to its auditor.

        :param company: res.company record
        :return: the new stokiva.seal record; under ``env.su`` only
        """
        last = self.search([('company_id', '=', company.id)], order='number desc', limit=1)
        number = last.number + 1
        self.env['stokiva.event'].flush_model()
        self._insert_heads(company, number)
        [(chains, events)] = self.env.execute_query(SQL(
            """SELECT count(DISTINCT work_order_id) + count(DISTINCT (model, res_id)) FILTER (WHERE model IS NOT NULL), count(*)
                 FROM stokiva_event WHERE company_id = %s""", company.id))
        now = fields.Datetime.now()
        content = {
            'database': self.env['ir.config_parameter'].get_param('database.uuid'), 'company_id': company.id,
            'number': number, 'chains': chains, 'events': events,
            'heads_hash': self._hash_heads(company.id, number), 'prev_hash': last.hash or audit.GENESIS,
        }
        seal = self.create({
            **content, 'sealed_at': now, 'hash': audit.seal_hash({**content, 'sealed_at': audit.iso(now)})})
        seal._queue_email()
        return seal

    @api.model
    def _insert_heads(self, company, number):
        """Note the end of every chain that is not as it was sealed last."""
        for columns in CHAINS:
            self.env.cr.execute(SQL(
                """INSERT INTO stokiva_seal_head (company_id, number, %(columns)s, seq, hash)
                   SELECT %(company)s, %(number)s, %(head)s, head.seq, head.hash
                     FROM (SELECT DISTINCT ON (%(columns)s) %(columns)s, seq, hash
                             FROM stokiva_event WHERE company_id = %(company)s AND %(first)s IS NOT NULL
                            ORDER BY %(columns)s, seq DESC) AS head
                     LEFT JOIN (SELECT DISTINCT ON (%(columns)s) %(columns)s, hash
                                  FROM stokiva_seal_head WHERE %(first)s IS NOT NULL
                                 ORDER BY %(columns)s, id DESC) AS last
                            ON (%(last)s) = (%(head)s)
                    WHERE last.hash IS DISTINCT FROM head.hash
                    ORDER BY %(head)s""",
                company=company.id, number=number, first=columns_of(columns[:1]), columns=columns_of(columns),
                head=columns_of(columns, 'head'), last=columns_of(columns, 'last')))

    @api.model
    def _iter_heads(self, company_id, number):
        """Yield ``(chain, seq, hash)`` of a seal, by work order, then by model and id of records, read in batches."""
        after = 0
        while rows := self.env.execute_query(SQL(
            """SELECT work_order_id, seq, hash FROM stokiva_seal_head
                WHERE company_id = %s AND number = %s AND work_order_id > %s ORDER BY work_order_id LIMIT %s""",
            company_id, number, after, BATCH,
        )):
            yield from rows
            after = rows[-1][0]
        model, res_id = '', 0
        while rows := self.env.execute_query(SQL(
            """SELECT model, res_id, seq, hash FROM stokiva_seal_head
                WHERE company_id = %s AND number = %s AND (model COLLATE "C", res_id) > (%s, %s)
                ORDER BY model COLLATE "C", res_id LIMIT %s""",
            company_id, number, model, res_id, BATCH,
        )):
            for model, res_id, seq, digest in rows:
                yield f'{model},{res_id}', seq, digest

    @api.model
    def _hash_heads(self, company_id, number):
        """Return the SHA-256 of a seal's heads as they stand in the table."""
        digest = hashlib.sha256()
        for head in self._iter_heads(company_id, number):
            digest.update(audit.head_line(*head).encode())
        return digest.hexdigest()

    def _get_content(self):
        """Return what ``audit.seal_hash`` wants, and the hash.

        :rtype: dict
        """
        self.ensure_one()
        return {
            'database': self.database, 'company_id': self.company_id.id, 'number': self.number,
            'sealed_at': audit.iso(self.sealed_at), 'chains': self.chains, 'events': self.events,
            'heads_hash': self.heads_hash, 'prev_hash': self.prev_hash, 'hash': self.hash,
        }

    def _get_file(self):
        """Return the seal as it leaves the database.

        :return: name and bytes of a JSON file, see ``docs/verify.md``
        :rtype: tuple(str, bytes)
        """
        self.ensure_one()
        name = f'stokiva_seal_{self.database}_{self.company_id.id}_{self.number:06d}.json'
        heads = list(self._iter_heads(self.company_id.id, self.number))
        return name, audit.canonical({'version': audit.VERSION, **self._get_content(), 'heads': heads}).encode()

    def _queue_email(self):
        """Put an e-mail with the seal to the company's auditor into Odoo's mail queue, if there is one."""
        self.ensure_one()
        auditor = self.company_id.stokiva_auditor_email
        if not auditor:
            return
        name, content = self._get_file()
        self.env['mail.mail'].create({
            'subject': self.env._(
                "%(company)s: seal %(number)s of the service log", company=self.company_id.name, number=self.number),
            'body_html': self.env._("Please keep this seal where nobody of the company can change it: %s", self.hash),
            'email_from': self.company_id.email_formatted or self.env.user.email_formatted,
            'email_to': auditor,
            'attachment_ids': [fields.Command.create({
                'name': name, 'mimetype': 'application/json', 'datas': base64.b64encode(content)})],
        })

    def _copy_to_folder(self):
        """Write the seals that are not there yet into the folder of odoo.conf; a failure is logged only.

        :return: names of the files written
        :rtype: list
        """
        folder = config.get_seal_dir()
        if not folder:
            return []
        written = []
        for seal in self:
            name, content = seal._get_file()
            path = Path(folder, name)
            try:
                if not path.exists():
                    draft = path.with_suffix('.part')
                    draft.write_bytes(content)
                    os.replace(draft, path)  # never half a file under the right name
                    written.append(name)
                elif json.loads(path.read_bytes()).get('hash') != seal.hash:
                    _logger.error("Seal %s differs from the file %s", seal.id, path)
            except (OSError, ValueError):
                _logger.exception("Seal %s could not be copied to %s", seal.id, path)
        return written

    def action_verify(self):
        """Verify the whole log against the seals in the background; managers get the result by e-mail.

        :return: an action that says so
        :rtype: dict
        """
        self.env['stokiva.seal'].check_access('read')
        # sudo: crons belong to administrators
        self.env.ref('stokiva_service.ir_cron_event_verify').sudo()._trigger()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'info', 'message': self.env._(
                    "The whole log is being verified. Managers get an e-mail if something is wrong."),
            },
        }
