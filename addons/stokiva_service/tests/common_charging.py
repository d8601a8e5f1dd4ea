from odoo.fields import Command, Date

from .common_orders import WorkOrderCommon, photo


class ChargingCommon(WorkOrderCommon):
    """Orders of a device whose warranty is known, and products with a tax of 20 percent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls._make_tax(cls.company, 20)
        cls.labour_product, cls.diagnosis_product = cls.env['product.product'].create([
            {'name': name, 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)]} for name in ("Labour", "Diagnosis")])
        cls.part_product.taxes_id = cls.tax
        cls.company.write({
            'stokiva_labour_product_id': cls.labour_product.id,
            'stokiva_diagnosis_product_id': cls.diagnosis_product.id,
            'stokiva_diagnosis_fee': 0,
            'stokiva_goodwill_dispatcher': 500,
            'stokiva_goodwill_manager': 2000,
        })

    @classmethod
    def _make_tax(cls, company, percent):
        """A tax on sales as a chart of accounts would bring it, with the little that it needs."""
        country = company.account_fiscal_country_id or company.country_id or cls.country
        group = cls.env['account.tax.group'].create(
            {'name': f"VAT {percent}%", 'company_id': company.id, 'country_id': country.id})
        return cls.env['account.tax'].create({
            'name': f"VAT {percent}% sale", 'amount': percent, 'amount_type': 'percent', 'type_tax_use': 'sale',
            'company_id': company.id, 'tax_group_id': group.id, 'country_id': country.id})

    def _warrant(self, order, labour=0, parts=0):
        """Let the warranty of labour and parts end in so many days; negative: it has ended."""
        today = Date.today()
        order.device_id.write({
            'date_sold': Date.subtract(today, years=3),
            'warranty_labour_until': Date.add(today, days=labour),
            'warranty_parts_until': Date.add(today, days=parts)})

    def _working(self, labour=30, parts=30, **values):
        """An order at work on a device with such a warranty."""
        order = self._in_progress(**values)
        self._warrant(order, labour, parts)
        return order

    def _show_fault(self, order):
        order._edit(
            {'media_ids': [Command.create({'kind': 'fault', 'image': photo((9, 90, 9))})]},
            actor=self.user_technician_a, channel='portal')

    def _refuse(self, order, reason='misuse', **given):
        self._show_fault(order)
        self._do(order, 'refuse_warranty', self.user_technician_a, 'portal', reason=reason, **given)

    def _quote(self, order, text="Pump and labour", **given):
        self._do(order, 'quote', self.user_technician_a, 'portal', text=text, **given)
        return order.approval_ids.filtered(lambda item: item.state == 'pending')
