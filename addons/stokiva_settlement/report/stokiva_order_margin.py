from odoo import fields, models
from odoo.tools import SQL


class OrderMargin(models.Model):
    """What is left of an order that has ended: what customer and warranty pay, less the provider's pay and our parts."""
    _name = 'stokiva.order.margin'
    _description = "Margin of a Work Order"
    _auto = False
    _order = 'closed_at desc, id desc'
    _rec_name = 'work_order_id'
    _depends = {
        'product.product': ['product_tmpl_id'],
        'product.template': ['stokiva_brand_id'],
        'res.city': ['state_id'],
        'res.company': ['currency_id'],
        'res.partner': ['state_id'],
        'sale.order': ['amount_untaxed', 'currency_rate', 'state'],
        'stokiva.brand': ['warranty_share'],
        'stokiva.device': ['product_id'],
        'stokiva.labour.line': ['amount', 'coverage', 'price_listed', 'quantity', 'work_order_id'],
        'stokiva.part.line': [
            'amount', 'cost', 'coverage', 'is_provider_stock', 'price_listed', 'quantity', 'work_order_id'],
        'stokiva.provider': ['kind'],
        'stokiva.settlement': ['company_rate', 'rejected_at', 'work_order_id'],
        'stokiva.settlement.line': ['amount', 'settlement_id', 'source'],
        'stokiva.work.order': [
            'charge_order_id', 'city_id', 'closed_at', 'company_id', 'completed_at', 'device_id', 'device_type_id',
            'personnel_id', 'provider_id', 'service_type_id', 'site_id', 'state'],
    }

    work_order_id = fields.Many2one('stokiva.work.order', aggregator='count')
    company_id = fields.Many2one('res.company')
    currency_id = fields.Many2one('res.currency')
    closed_at = fields.Datetime("Ended")
    state = fields.Selection(
        lambda self: self.env['stokiva.work.order']._fields['state']._description_selection(self.env))
    provider_id = fields.Many2one('stokiva.provider')
    provider_kind = fields.Selection(
        lambda self: self.env['stokiva.provider']._fields['kind']._description_selection(self.env), "Kind of Provider")
    personnel_id = fields.Many2one('stokiva.personnel', "Technician")
    service_type_id = fields.Many2one('stokiva.service.type')
    device_type_id = fields.Many2one('stokiva.device.type')
    brand_id = fields.Many2one('stokiva.brand')
    state_id = fields.Many2one('res.country.state', "Province")
    city_id = fields.Many2one('res.city', "District")
    is_settled = fields.Boolean("Settled")
    customer = fields.Monetary(help="What the customer pays for the work, without tax.")
    warranty = fields.Monetary(help="What the brand's manufacturer pays of work and parts in warranty.")
    provider_pay = fields.Monetary("Provider's pay", help="By settlements that are not rejected.")
    parts = fields.Monetary("Our parts", help="Cost of the parts from our stock.")
    margin = fields.Monetary(help="Customer and warranty, less provider's pay and our parts.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id, o.id AS work_order_id, o.company_id, company.currency_id, COALESCE(o.completed_at, o.closed_at) AS closed_at, o.state,
                   o.provider_id, provider.kind AS provider_kind, o.personnel_id, o.service_type_id, o.device_type_id,
                   brand.id AS brand_id, COALESCE(city.state_id, site.state_id) AS state_id, o.city_id,
                   pay.amount IS NOT NULL AS is_settled, sums.*,
                   sums.customer + sums.warranty - sums.provider_pay - sums.parts AS margin
              FROM stokiva_work_order o
              JOIN res_company company ON company.id = o.company_id
         LEFT JOIN stokiva_provider provider ON provider.id = o.provider_id
         LEFT JOIN res_partner site ON site.id = o.site_id
         LEFT JOIN res_city city ON city.id = o.city_id
         LEFT JOIN stokiva_device device ON device.id = o.device_id
         LEFT JOIN product_product product ON product.id = device.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN stokiva_brand brand ON brand.id = template.stokiva_brand_id
         LEFT JOIN sale_order sale ON sale.id = o.charge_order_id AND sale.state <> 'cancel'
         LEFT JOIN LATERAL (
                SELECT SUM(amount) FILTER (WHERE coverage = 'charged') AS charged,
                       SUM(quantity * price_listed) FILTER (WHERE coverage = 'warranty') AS covered
                  FROM stokiva_labour_line WHERE work_order_id = o.id
                   ) labour ON true
         LEFT JOIN LATERAL (
                SELECT SUM(amount) FILTER (WHERE coverage = 'charged') AS charged,
                       SUM(quantity * price_listed) FILTER (WHERE coverage = 'warranty') AS covered,
                       SUM(cost) FILTER (WHERE is_provider_stock IS NOT TRUE) AS cost
                  FROM stokiva_part_line WHERE work_order_id = o.id
                   ) part ON true
         LEFT JOIN LATERAL (
                SELECT SUM(l.amount * s.company_rate) FILTER (WHERE l.source <> 'deduction') AS amount
                  FROM stokiva_settlement s
                  JOIN stokiva_settlement_line l ON l.settlement_id = s.id
                 WHERE s.work_order_id = o.id AND s.rejected_at IS NULL
                   ) pay ON true
        CROSS JOIN LATERAL (
                SELECT COALESCE(
                           sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1),
                           COALESCE(labour.charged, 0) + COALESCE(part.charged, 0)) AS customer,
                       (COALESCE(labour.covered, 0) + COALESCE(part.covered, 0)) * COALESCE(brand.warranty_share, 0) / 100
                           AS warranty,
                       COALESCE(pay.amount, 0) AS provider_pay,
                       COALESCE(part.cost, 0) AS parts
                   ) sums
             WHERE o.state IN ('completed', 'returned')
            """)

    def action_open(self):
        """Open the work order.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'stokiva.work.order', 'res_id': self.work_order_id.id,
            'view_mode': 'form'}
