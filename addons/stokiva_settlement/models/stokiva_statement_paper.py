from odoo import models
from odoo.tools import format_date

from .. import statement_sheet


class Statement(models.Model):
    """The statement as a workbook and as a paper to be signed."""
    _inherit = 'stokiva.statement'

    def _get_file_name(self):
        """Return the name of files of the statement, without extension."""
        self.ensure_one()
        return f"{self.name.replace('/', '-')}-{self.provider_id.name}"

    def _make_workbook(self):
        """Return the statement as an XLSX file, in the language of the environment.

        :rtype: bytes
        """
        self.ensure_one()
        provider, company = self.provider_id.partner_id, self.company_id
        document = self._get_document()
        return statement_sheet.make(document, {
            'title': self.env._("Statement %s", self.name),
            'facts': [
                (self.env._("Provider"), provider.name), (self.env._("Tax number"), provider.vat),
                (self.env._("Company"), company.name),
                (self.env._("Period"), f"{format_date(self.env, self.date_from)} – {format_date(self.env, self.date_to)}"),
                (self.env._("Currency"), self.currency_id.name)],
            'columns': [
                self.env._("Date"), self.env._("Work order"), self.env._("Settlement"), self.env._("Work"),
                self.env._("Labour"), self.env._("Travel"), self.env._("Own parts"), self.env._("Bonuses and reductions"),
                self.env._("Kept from customers"), self.env._("Total"), self.env._("Why")],
            'further': self.env._("Further Rows"),
            'subtotal': self.env._("Subtotal"),
            'payable': self.env._("To pay"),
        }, self.currency_id.decimal_places)

    def _get_amount_in_words(self):
        """Return what is to be paid in words, as Turkish papers have it."""
        self.ensure_one()
        return self.currency_id.amount_to_text(abs(self.amount_payable))
