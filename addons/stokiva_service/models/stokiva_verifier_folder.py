import hashlib
import json
from pathlib import Path

from psycopg2.extras import execute_values

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from .. import audit, audit_check
from ..audit_check import Finding
from .stokiva_seal import CHAINS


def split_chain(chain):
    """Return work order, model and id of what ``audit.chain_of`` returned, None for what it does not name."""
    if isinstance(chain, int):
        return chain, None, None
    model, res_id = chain.rsplit(',', 1)
    return None, model, int(res_id)


class Verifier(models.AbstractModel):
    """The log against the seals that left the database."""
    _inherit = 'stokiva.verifier'

    @api.model
    def _verify_folder(self, folder):
        """Verify the log and the seals in the database against the seal files of a folder.

        :param str folder: its path
        :return: list of ``audit_check.Finding``
        :raise UserError: if it holds no seal of this database, or a file that cannot be read
        """
        seals = self.env['stokiva.seal'].search_fetch([], ['company_id', 'number', 'hash', 'database'])
        # Odoo gives a restored database another name of its own; its seals bear the one they were made under.
        databases = {self.env['ir.config_parameter'].get_param('database.uuid'), *seals.mapped('database')}
        paths = sorted(path for name in databases for path in Path(folder).glob(f'stokiva_seal_{name}_*.json'))
        if not paths:
            raise UserError(self.env._("There is no seal of this database in %s.", folder))
        self.env.cr.execute(SQL(
            """CREATE TEMPORARY TABLE stokiva_seal_file (
                   company_id int, number int, work_order_id int, model varchar, res_id int, seq int, hash varchar)
               ON COMMIT DROP"""))
        known = {(seal.company_id.id, seal.number): seal.hash for seal in seals}
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
        for columns in CHAINS:
            findings += self._check_heads(SQL("stokiva_seal_file"), columns, SQL("TRUE"))
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
                ((content['company_id'], content['number'], *split_chain(chain), *end) for chain, *end in heads),
                page_size=1000)
            return {**content, 'hash': content['hash'], 'found': digest.hexdigest()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(self.env._("%(file)s cannot be read as a seal: %(error)s", file=path, error=error)) from error
