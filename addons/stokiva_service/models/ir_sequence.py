from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = 'ir.sequence'

    @api.model
    def _stokiva_next_batch(self, code, company, count):
        """Draw many numbers of a company's sequence in one statement.

        :param str code: code of the sequence; the company's own one is taken before a shared one
        :param company: res.company record
        :param int count: how many numbers
        :return: list of the formatted numbers, ascending
        :raise UserError: if there is no such sequence
        """
        # sudo: sequences are technical; any user who may open a document may number it
        sequence = self.sudo().search_fetch(
            [('code', '=', code), ('company_id', 'in', (company.id, False))],
            ['prefix', 'suffix', 'padding', 'implementation', 'use_date_range'], order='company_id', limit=1)
        if not sequence:
            raise UserError(self.env._("There is no number sequence %(code)s.", code=code))
        if sequence.implementation != 'standard' or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        rows = self.env.execute_query(SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count))
        prefix, suffix = sequence._get_prefix_suffix()
        return [f'{prefix}{number:0{sequence.padding}d}{suffix}' for (number,) in rows]
