from odoo import api, fields, models


class Workmanship(models.Model):
    _name = 'stokiva.workmanship'
    _inherit = ['stokiva.audited']
    _description = "Workmanship"
    _order = 'device_type_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    device_type_id = fields.Many2one(
        'stokiva.device.type', required=True, index=True, ondelete='cascade')
    service_type_id = fields.Many2one(
        'stokiva.service.type', index='btree_not_null', ondelete='restrict', check_company=True,
        help="If empty, offered for every type of service.")
    company_id = fields.Many2one(related='device_type_id.company_id', store=True, index='btree_not_null')
    duration_minutes = fields.Integer("Duration (minutes)", required=True, default=30, aggregator=None)
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    price = fields.Monetary(
        "Customer Price", aggregator=None, groups='base.group_user',
        help="What the customer pays if the work is charged, without tax.")
    product_id = fields.Many2one(
        'product.product', "Invoiced as", index='btree_not_null', check_company=True,
        domain=[('type', '=', 'service')], groups='base.group_user',
        help="Service product on the customer's invoice.")

    _duration_positive = models.Constraint(
        'CHECK(duration_minutes >= 0)', "The duration cannot be negative.")
    _price_positive = models.Constraint('CHECK(price >= 0)', "The price cannot be negative.")

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_currency_id(self):
        for workmanship in self:
            workmanship.currency_id = (workmanship.company_id or self.env.company).currency_id

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Workmanship"),
            'template': '/stokiva_service/static/import/stokiva.workmanship.csv'}]
