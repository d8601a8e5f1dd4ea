from odoo import api, fields, models

from odoo.addons.stokiva_service.audit import sha256


class RateSnapshot(models.Model):
    """The rules that held for a provider on a day, as they were when something was priced by them. Thousands of
    settlements name the same one by its digest, so that each can be computed again whatever becomes of the cards.
    """
    _name = 'stokiva.rate.snapshot'
    _description = "Rates as They Were"
    _rec_name = 'digest'
    _order = 'id'
    # No column may point at a user who is deleted one day: rows are never changed.
    _log_access = False

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    digest = fields.Char(required=True, readonly=True, index=True, help="SHA-256 of the rules' canonical text.")
    rules = fields.Text(required=True, readonly=True, help="Canonical text, see docs/verify.md.")

    def init(self):
        """Let the database itself refuse to change or remove what was kept."""
        self.env['stokiva.event']._guard_table(self._table)

    @api.model
    def _keep(self, texts):
        """Keep lists of rules that are not kept yet.

        Two transactions may keep the same list at the same time: that does no harm, and neither waits for the other.

        :param set texts: of ``(res.company, text)``, the texts as of ``basis.write_rules``
        """
        wanted = {(company, sha256(text)): text for company, text in texts}
        kept = {
            (snapshot.company_id, snapshot.digest)
            for snapshot in self.search([('digest', 'in', [digest for _company, digest in wanted])])}
        self.create([
            {'company_id': company.id, 'digest': digest, 'rules': text}
            for (company, digest), text in wanted.items() if (company, digest) not in kept])
