from odoo import fields, models


class StockLocation(models.Model):
    """Where a provider keeps the company's parts: outside every warehouse, so that no sale reserves them."""
    _inherit = 'stock.location'

    stokiva_provider_id = fields.Many2one(
        'stokiva.provider', "Service Provider", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict', check_company=True)
    stokiva_personnel_id = fields.Many2one(
        'stokiva.personnel', "Van of", readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
        check_company=True)
    stokiva_is_defective = fields.Boolean(
        "Defective Parts", readonly=True, copy=False,
        help="Parts taken out of appliances: counted, but worth nothing.")

    _stokiva_provider_uniq = models.UniqueIndex(
        "(stokiva_provider_id, company_id, stokiva_is_defective)"
        " WHERE stokiva_provider_id IS NOT NULL AND stokiva_personnel_id IS NULL",
        "The provider has such a location already.")
    _stokiva_van_uniq = models.UniqueIndex(
        "(stokiva_personnel_id, company_id) WHERE stokiva_personnel_id IS NOT NULL", "There is such a van already.")

    def _should_be_valued(self):
        """Defective parts are not worth what new ones cost."""
        return not self.stokiva_is_defective and super()._should_be_valued()
