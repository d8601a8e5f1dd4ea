import hashlib
import json
from pathlib import Path

from psycopg2.extras import execute_values

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from .. import audit, audit_check
from ..audit_check import Finding

# Work orders per batch: whole chains, so that memory stays small.
WIDTH = 2000
# So many are told; the number of all is told, too.
MOST_FINDINGS = 1000


class Verifier(models.AbstractModel):
    """Reads the whole log and says what was done to it. Reads by SQL: what the ORM remembers proves nothing."""
    _name = 'stokiva.verifier'
    _description = "Verification of the Event Log"

    @api.model
    def _verify_orders(self, orders):
        """Verify the chains of some work orders, and against the seals in the database.

        :param orders: stokiva.work.order records, which the caller may read
        :return: list of ``audit_check.Finding``, empty if all is well
        """
        if not orders:
            return []
        _count, findings = self._check_chains(SQL("= ANY(%s)", list(orders.ids)))
        return findings + self._check_heads(SQL("stokiva_seal_head"), SQL("sealed.work_order_id = ANY(%s)", list(orders.ids)))

    @api.model
    def _verify_all(self, folder=None):
        """Verify the whole log, in batches of whole chains.

        :param str folder: folder of seal files; None for the seals in the database alone
        :return: numbers of events and of seals read, findings (``MOST_FINDINGS`` at most)
        :rtype: tuple(int, int, list)
        :raise UserError: if the folder holds no seal of this database
        """
        events, findings = 0, []
        for first in range(0, self._get_last_order_id(), WIDTH):
            count, found = self._check_range(first)
            events += count
            findings += found[:MOST_FINDINGS - len(findings)]
        findings += self._verify_seals()
        if folder:
            findings += self._verify_folder(folder)
        return events, self.env['stokiva.seal'].search_count([]), findings[:MOST_FINDINGS]

    @api.model
    def _verify_seals(self):
        """Verify the seals in the database, and the chains against them.

        :return: list of ``audit_check.Finding``
        """
        seals = self.env['stokiva.seal']
        findings = []
        for company, group in seals._read_group([], ['company_id'], ['id:recordset']):
            findings += audit_check.check_seals(
                {**seal._get_content(), 'found': seals._hash_heads(company.id, seal.number)}
                for seal in group.sorted('number'))
        findings += self._check_heads(SQL("stokiva_seal_head"), SQL("TRUE"))
        return findings + [
            Finding('fewer', company_id=company, seal=number) for company, number in self.env.execute_query(SQL(
                """SELECT seal.company_id, seal.number
                     FROM (SELECT DISTINCT ON (company_id) company_id, number, chains, events
                             FROM stokiva_seal ORDER BY company_id, number DESC) AS seal
                     LEFT JOIN (SELECT company_id, count(DISTINCT work_order_id) AS chains, count(*) AS events
                                  FROM stokiva_event GROUP BY company_id) AS log ON log.company_id = seal.company_id
                    WHERE coalesce(log.chains, 0) < seal.chains OR coalesce(log.events, 0) < seal.events"""))]

    @api.model
    def _verify_folder(self, folder):
        """Verify the log and the seals in the database against the seal files of a folder.

        :param str folder: its path
        :return: list of ``audit_check.Finding``
        :raise UserError: if it holds no seal of this database, or a file that cannot be read
        """
        database = self.env['ir.config_parameter'].get_param('database.uuid')
        paths = sorted(Path(folder).glob(f'stokiva_seal_{database}_*.json'))
        if not paths:
            raise UserError(self.env._("There is no seal of this database in %s.", folder))
        self.env.cr.execute(SQL(
            """CREATE TEMPORARY TABLE stokiva_seal_file (
                   company_id int, number int, work_order_id int, seq int, hash varchar) ON COMMIT DROP"""))
        known = {
            (seal.company_id.id, seal.number): seal.hash for seal in self.env['stokiva.seal'].search([])}
        findings, contents = [], []
        for path in paths:
            content = self._read_file(path)
            where = {'company_id': content['company_id'], 'seal': content['number']}
            contents.append(content)
            if (held := known.get((content['company_id'], content['number']))) != content['hash']:
                findings.append(Finding('file_differs' if held else 'file_without_seal', **where))
        contents.sort(key=lambda content: (content['company_id'], content['number']))
        for _company, group in groupby(contents, key=lambda content: content['company_id']):
            findings += audit_check.check_seals(group)
        findings += self._check_heads(SQL("stokiva_seal_file"), SQL("TRUE"))
        self.env.cr.execute(SQL("DROP TABLE stokiva_seal_file"))
        return findings

    @api.model
    def _read_file(self, path):
        """Put the heads of a seal file into the temporary table, and return the rest of it.

        :raise UserError: if it cannot be read
        """
        try:
            content = json.loads(path.read_bytes())
            heads = content.pop('heads')
            digest = hashlib.sha256()
            for head in heads:
                digest.update(audit.head_line(*head).encode())
            audit.seal_hash(content)  # raises on what is missing
            execute_values(
                self.env.cr._obj, 'INSERT INTO stokiva_seal_file VALUES %s',
                ((content['company_id'], content['number'], *head) for head in heads), page_size=1000)
            return {**content, 'hash': content['hash'], 'found': digest.hexdigest()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(self.env._("%(file)s cannot be read as a seal: %(error)s", file=path, error=error)) from error

    @api.model
    def _get_last_order_id(self):
        """Return the highest id of a work order, or of one that events speak of."""
        [(last,)] = self.env.execute_query(SQL(
            """SELECT greatest(0, (SELECT max(id) FROM stokiva_work_order), (SELECT max(work_order_id) FROM stokiva_event))"""))
        return last

    @api.model
    def _check_range(self, first):
        """Check the chains of the ``WIDTH`` order ids after ``first``.

        :return: as ``_check_chains``
        """
        return self._check_chains(SQL("BETWEEN %s AND %s", first + 1, first + WIDTH))

    @api.model
    def _check_chains(self, condition):
        """Check the chains of work orders whose id fulfils a condition.

        :param SQL condition: what follows the name of the column
        :return: number of events read, list of ``audit_check.Finding``
        :rtype: tuple(int, list)
        """
        self.env['stokiva.event'].flush_model()
        self.env['stokiva.event.personal'].flush_model()
        self.env['stokiva.work.order'].flush_model(['event_seq', 'event_hash'])
        heads = {order: (seq or 0, head, company) for order, seq, head, company in self.env.execute_query(SQL(
            "SELECT id, event_seq, event_hash, company_id FROM stokiva_work_order WHERE id %s", condition))}
        self.env.cr.execute(SQL(
            """SELECT event.work_order_id, event.seq, event.event, event.state_before, event.state_after,
                      event.actor_kind, event.actor_id, event.role, event.channel, event.occurred_at,
                      event.recorded_at, event.key, event.payload, event.prev_hash, event.hash, event.company_id,
                      personal.salt, personal.clear
                 FROM stokiva_event AS event
                 LEFT JOIN stokiva_event_personal AS personal ON personal.event_id = event.id
                WHERE event.work_order_id %s ORDER BY event.work_order_id, event.seq""", condition))
        rows = self.env.cr.dictfetchall()
        findings, seen = [], set()
        for order, group in groupby(rows, key=lambda row: row['work_order_id']):
            chain = [self._normalise(row) for row in group]
            seen.add(order)
            seq, head, company = heads.get(order, (0, None, chain[0]['company_id']))
            found = audit_check.check_chain(order, chain, (seq, head) if order in heads else None)
            found += [
                Finding('personal', order, row['seq'], row['seq']) for row in chain if not self._fits_clear_values(row)]
            findings += [finding._replace(company_id=company) for finding in found]
        for order in heads.keys() - seen:
            seq, head, company = heads[order]
            findings += [
                finding._replace(company_id=company) for finding in audit_check.check_chain(order, [], (seq, head))]
        return len(rows), findings

    @api.model
    def _normalise(self, row):
        """Return a row as ``audit.event_hash`` takes it."""
        row['occurred_at'] = audit.iso(row['occurred_at'])
        row['recorded_at'] = audit.iso(row['recorded_at'])
        for name in ('state_before', 'state_after', 'role', 'key'):
            row[name] = row[name] or None
        return row

    @api.model
    def _fits_clear_values(self, row):
        """Return whether the clear personal values, as far as not erased, are those whose digests were logged."""
        if not row['clear']:
            return True
        try:
            return all(
                audit.digest(row['salt'], path, value) in row['payload']
                for path, value in json.loads(row['clear']).items())
        except (ValueError, AttributeError):
            return False

    @api.model
    def _check_heads(self, table, condition):
        """Check that the ends of chains that were sealed are still in the log; the first of each order counts.

        :param SQL table: like ``stokiva_seal_head``
        :param SQL condition: on the table under the name ``sealed``
        :return: list of ``audit_check.Finding``
        """
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT ON (sealed.work_order_id)
                      sealed.company_id, sealed.work_order_id, sealed.seq, sealed.number, event.hash,
                      (SELECT max(seq) FROM stokiva_event AS log WHERE log.work_order_id = sealed.work_order_id)
                 FROM %s AS sealed
                 LEFT JOIN stokiva_event AS event
                        ON event.work_order_id = sealed.work_order_id AND event.seq = sealed.seq
                WHERE event.hash IS DISTINCT FROM sealed.hash AND %s
                ORDER BY sealed.work_order_id, sealed.seq LIMIT %s""", table, condition, MOST_FINDINGS))
        findings = []
        for company, order, seq, number, found, last in rows:
            if last is None:
                kind, first = 'sealed_gone', 1
            elif last < seq:
                kind, first = 'sealed_cut', last + 1
            else:
                kind, first = ('sealed_forged' if found else 'sealed_removed'), seq
            findings.append(Finding(kind, order, first, seq, company, number))
        return findings
