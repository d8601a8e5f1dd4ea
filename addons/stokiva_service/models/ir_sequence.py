from collections import Counter

from odoo import api, models, tools
from odoo.exceptions import UserError

from ..rows import draw


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
        id_, is_plain, affixes, padding = self._stokiva_get_sequence(code, company.id)
        # sudo: sequences are technical; any user who may open a document may number it
        sequence = self.sudo().browse(id_)
        if not sequence:
            raise UserError(self.env._("There is no number sequence %(code)s.", code=code))
        if not is_plain:
            return [sequence.next_by_id() for _number in range(count)]
        prefix, suffix = affixes or sequence._get_prefix_suffix()
        return [f'{prefix}{number:0{padding}d}{suffix}' for number in draw(self.env, f"ir_sequence_{id_:03d}", count)]

    @api.model
    def _stokiva_count_draws(self, code, companies):
        """Return how many numbers documents take of which sequences of the database.

        :param str code: code of the sequence
        :param companies: list of res.company records, one for each document
        :rtype: collections.Counter
        """
        found = [self._stokiva_get_sequence(code, company.id) for company in companies]
        return Counter(f"ir_sequence_{id_:03d}" for id_, is_plain, _affixes, _padding in found if is_plain)

    @api.model
    @tools.ormcache('code', 'company_id')
    def _stokiva_get_sequence(self, code, company_id):
        """Return which sequence numbers a company's documents.

        :return: id, whether the database counts for it, ``(prefix, suffix)`` if they have no date in them, padding; the
            id is False if there is none
        :rtype: tuple
        """
        sequence = self.sudo().search(  # sudo: as above
            [('code', '=', code), ('company_id', 'in', (company_id, False))], order='company_id', limit=1)
        affixes = (sequence.prefix or '', sequence.suffix or '')
        return (
            sequence.id, sequence.implementation == 'standard' and not sequence.use_date_range,
            None if '%' in ''.join(affixes) else affixes, sequence.padding)

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        self.env.registry.clear_cache()
        return sequences

    def write(self, vals):
        """Write sequences; drawing the next number of one without gaps is no change."""
        res = super().write(vals)
        if vals.keys() - {'number_next'}:
            self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
