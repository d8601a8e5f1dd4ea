import itertools
import json

from odoo import api, models
from odoo.tools import SQL

from .. import audit, audit_check
from ..audit_check import Finding
from .stokiva_seal import CHAINS, columns_of

# Work orders per step of the nightly job.
WIDTH = 2000
# Rows in memory at a time.
ROWS = 2000
ORDERS, RECORDS = CHAINS
# Where the ends of the chains are noted outside the log.
ENDS = {
    ORDERS: SQL("(SELECT id AS work_order_id, event_seq AS seq, event_hash AS hash, company_id FROM stokiva_work_order)"),
    RECORDS: SQL("stokiva_event_chain"),
}
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
        return self._verify_chains(ORDERS, SQL("= ANY(%s)", list(orders.ids)))

    @api.model
    def _verify_records(self, records):
        """Verify the change logs of some records, and against the seals in the database.

        :param records: ``(model, id)`` pairs of which the caller may read the log
        :return: list of ``audit_check.Finding``, empty if all is well
        """
        if not records:
            return []
        return self._verify_chains(RECORDS, SQL("IN %s", tuple(records)))

    @api.model
    def _verify_chains(self, columns, condition):
        """Verify chains, and against the seals in the database.

        :param tuple columns: see ``_check_chains``
        :param SQL condition: see ``_check_chains``
        :return: list of ``audit_check.Finding``
        """
        _count, findings = self._check_chains(columns, condition)
        return findings + self._check_heads(
            SQL("stokiva_seal_head"), columns, SQL("(%s) %s", columns_of(columns, 'sealed'), condition))

    @api.model
    def _verify_all(self, folder=None):
        """Verify the whole log, few rows in memory at a time.

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
        count, found = self._check_records()
        events += count
        findings += found + self._verify_seals()
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
        for columns in CHAINS:
            findings += self._check_heads(SQL("stokiva_seal_head"), columns, SQL("TRUE"))
        return findings + [
            Finding('fewer', company_id=company, seal=number) for company, number in self.env.execute_query(SQL(
                """SELECT seal.company_id, seal.number
                     FROM (SELECT DISTINCT ON (company_id) company_id, number, chains, events
                             FROM stokiva_seal ORDER BY company_id, number DESC) AS seal
                     LEFT JOIN (SELECT company_id, count(*) AS events, count(DISTINCT work_order_id)
                                      + count(DISTINCT (model, res_id)) FILTER (WHERE model IS NOT NULL) AS chains
                                  FROM stokiva_event GROUP BY company_id) AS log ON log.company_id = seal.company_id
                    WHERE coalesce(log.chains, 0) < seal.chains OR coalesce(log.events, 0) < seal.events"""))]

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
        return self._check_chains(ORDERS, SQL("BETWEEN %s AND %s", first + 1, first + WIDTH))

    @api.model
    def _check_records(self):
        """Check the change logs of all records.

        :return: as ``_check_chains``
        """
        return self._check_chains(RECORDS, SQL("IS NOT NULL"))

    @api.model
    def _check_chains(self, columns, condition):
        """Check the chains that fulfil a condition.

        :param tuple columns: what tells the chains apart, one of ``CHAINS``
        :param SQL condition: what follows the columns
        :return: number of events read, list of ``audit_check.Finding``
        :rtype: tuple(int, list)
        """
        self.env['stokiva.event'].flush_model()
        self.env['stokiva.event.personal'].flush_model()
        self.env['stokiva.work.order'].flush_model(['event_seq', 'event_hash'])
        parts = {
            'chain': columns_of(columns, 'event'), 'columns': columns_of(columns, 'known'), 'ends': ENDS[columns],
            'first': columns_of(columns[:1], 'event'), 'condition': condition}
        rows = self._fetch(SQL(
            """SELECT event.work_order_id, event.model, event.res_id, event.seq, event.event, event.state_before,
                      event.state_after, event.actor_kind, event.actor_id, event.role, event.channel,
                      event.occurred_at, event.recorded_at, event.key, event.payload, event.prev_hash, event.hash,
                      event.company_id, personal.salt, personal.clear,
                      known.company_id IS NOT NULL AS is_known, known.seq AS last_seq, known.hash AS last_hash
                 FROM stokiva_event AS event
                 LEFT JOIN stokiva_event_personal AS personal ON personal.event_id = event.id
                 LEFT JOIN %(ends)s AS known ON (%(columns)s) = (%(chain)s)
                WHERE (%(chain)s) %(condition)s AND %(first)s IS NOT NULL ORDER BY %(chain)s, event.seq""", **parts))
        count, findings = 0, []
        # Odoo's own would hold all rows in memory; these are sorted.
        for chain, group in itertools.groupby(rows, key=audit.chain_of):  # pylint: disable=bad-builtin-groupby
            read, found = self._check_chain(chain, group)
            count += read
            findings += found[:MOST_FINDINGS - len(findings)]
        for *chain, seq, company in self.env.execute_query(SQL(
            """SELECT %(columns)s, known.seq, known.company_id FROM %(ends)s AS known
                WHERE (%(columns)s) %(condition)s AND known.seq > 0
                  AND NOT EXISTS (SELECT FROM stokiva_event AS event WHERE (%(chain)s) = (%(columns)s))
                ORDER BY %(columns)s LIMIT %(most)s""", most=MOST_FINDINGS, **parts,
        )):
            name = chain[0] if columns == ORDERS else f'{chain[0]},{chain[1]}'
            findings.append(Finding('cut', name, 1, seq, company))
        return count, findings

    @api.model
    def _check_chain(self, chain, group):
        """Check one chain, its rows being read.

        :param chain: its name, as ``audit.chain_of``
        :param group: iterator of rows with the end of the chain as it is known elsewhere
        :return: as ``_check_chains``
        """
        first = next(group)
        head = (first['last_seq'] or 0, first['last_hash']) if first['is_known'] else None
        count, wrong = 0, []

        def read():
            nonlocal count
            for row in chain_rows:
                count += 1
                if not self._fits_clear_values(row):
                    wrong.append(Finding('personal', chain, row['seq'], row['seq']))
                yield self._normalise(row)

        chain_rows = itertools.chain([first], group)
        findings = audit_check.check_chain(chain, read(), head) + wrong
        return count, [finding._replace(company_id=first['company_id']) for finding in findings]

    @api.model
    def _fetch(self, query):
        """Yield the rows of a query as dicts, with few of them in memory.

        :param SQL query: the query
        """
        cr = self.env.cr
        cr.execute(SQL("DECLARE stokiva_log NO SCROLL CURSOR FOR %s", query))
        while True:
            cr.execute(SQL("FETCH %s FROM stokiva_log", ROWS))
            if not (rows := cr.dictfetchall()):
                break
            yield from rows
        cr.execute("CLOSE stokiva_log")

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
    def _check_heads(self, table, columns, condition):
        """Check that the ends of chains that were sealed are still in the log; the first of each chain counts.

        :param SQL table: like ``stokiva_seal_head``
        :param tuple columns: what tells the chains apart, one of ``CHAINS``
        :param SQL condition: on the table under the name ``sealed``
        :return: list of ``audit_check.Finding``
        """
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT ON (%(sealed)s) sealed.company_id, sealed.seq, sealed.number, event.hash,
                      (SELECT max(seq) FROM stokiva_event AS log WHERE (%(log)s) = (%(sealed)s)), %(sealed)s
                 FROM %(table)s AS sealed
                 LEFT JOIN stokiva_event AS event ON (%(event)s) = (%(sealed)s) AND event.seq = sealed.seq
                WHERE event.hash IS DISTINCT FROM sealed.hash AND %(first)s IS NOT NULL AND %(condition)s
                ORDER BY %(sealed)s, sealed.seq LIMIT %(most)s""",
            table=table, condition=condition, most=MOST_FINDINGS, first=columns_of(columns[:1], 'sealed'),
            sealed=columns_of(columns, 'sealed'), event=columns_of(columns, 'event'), log=columns_of(columns, 'log')))
        findings = []
        for company, seq, number, found, last, *chain in rows:
            name = chain[0] if columns == ORDERS else f'{chain[0]},{chain[1]}'
            if last is None:
                kind, first = 'sealed_gone', 1
            elif last < seq:
                kind, first = 'sealed_cut', last + 1
            else:
                kind, first = ('sealed_forged' if found else 'sealed_removed'), seq
            findings.append(Finding(kind, name, first, seq, company, number))
        return findings
