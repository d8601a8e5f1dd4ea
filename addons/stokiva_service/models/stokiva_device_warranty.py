from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .. import warranty


class Device(models.Model):
    """The warranty of a device: by its product's rule, lengthened by what was sold, or set by hand."""
    _inherit = 'stokiva.device'

    warranty_by_hand = fields.Boolean(
        "Set by Hand", tracking=True, copy=False,
        help="The ends are not computed any more, whatever becomes of dates, product and extensions.")
    warranty_labour_until = fields.Date(
        "Labour Warranty Until", compute='_compute_warranty', inverse='_inverse_warranty', store=True,
        readonly=False, precompute=True, recursive=True, tracking=True)
    warranty_parts_until = fields.Date(
        "Parts Warranty Until", compute='_compute_warranty', inverse='_inverse_warranty', store=True,
        readonly=False, precompute=True, recursive=True, tracking=True)
    warranty_until = fields.Date(
        compute='_compute_warranty_until', store=True, precompute=True, index=True,
        help="The later one of labour and parts.")
    warranty_state = fields.Selection(
        [
            ('full', "Labour and parts"),
            ('labour', "Labour only"),
            ('parts', "Parts only"),
            ('ended', "Ended"),
            ('future', "Not begun"),
            ('unknown', "Not known"),
        ],
        "Warranty", compute='_compute_warranty_state', search='_search_warranty_state')
    warranty_text = fields.Char("Why", compute='_compute_warranty_state')
    extension_ids = fields.One2many(
        'stokiva.warranty.extension', 'device_id', "Extensions", copy=False, groups='base.group_user')

    @api.depends(
        'product_id', 'date_sold', 'date_delivered', 'date_installed', 'warranty_by_hand',
        'extension_ids.labour_months', 'extension_ids.parts_months',
        'replaces_id.warranty_labour_until', 'replaces_id.warranty_parts_until')
    def _compute_warranty(self):
        for device in self:
            ends = (device.warranty_labour_until, device.warranty_parts_until)
            device.warranty_labour_until, device.warranty_parts_until = (
                ends if device.warranty_by_hand else device._get_warranty_ends())

    def _inverse_warranty(self):
        # Who writes another day than the rule gives means it.
        for device in self:
            if (device.warranty_labour_until or None, device.warranty_parts_until or None) != device._get_warranty_ends():
                device.warranty_by_hand = True

    @api.depends('warranty_labour_until', 'warranty_parts_until')
    def _compute_warranty_until(self):
        for device in self:
            device.warranty_until = warranty.get_last(device.warranty_labour_until, device.warranty_parts_until)

    @api.model
    def _derive_values(self, vals_list):
        """Add the warranty by the products' rules."""
        derived = super()._derive_values(vals_list)
        for values, vals in zip(derived, vals_list, strict=True):
            if vals.get('product_id') and not (vals.get('replaces_id') or vals.get('warranty_by_hand')):
                labour, parts = self.env['product.product'].browse(vals['product_id']).product_tmpl_id._stokiva_get_warranty(
                    vals.get('date_sold'), vals.get('date_delivered'), vals.get('date_installed'))
                values.update(
                    warranty_labour_until=labour, warranty_parts_until=parts, warranty_until=warranty.get_last(labour, parts))
        return derived

    @api.depends('warranty_labour_until', 'warranty_parts_until', 'date_sold', 'date_delivered', 'date_installed')
    @api.depends_context('lang', 'tz')
    def _compute_warranty_state(self):
        today = fields.Date.context_today(self)
        for device in self:
            device.warranty_state = device._get_warranty_state(today)
            device.warranty_text = device._get_warranty_reason()

    def _search_warranty_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = fields.Date.context_today(self)
        labour, parts = (Domain(name, '>=', today) for name in ('warranty_labour_until', 'warranty_parts_until'))
        known = Domain('warranty_until', '!=', False)
        domains = {
            'full': labour & parts,
            'labour': labour & ~parts,
            'parts': parts & ~labour,
            'ended': known & ~labour & ~parts,
            'unknown': ~known,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _get_first_day(self):
        """Return the first day of which something is known of the device, or None."""
        return min(filter(None, (self.date_sold, self.date_delivered, self.date_installed)), default=None)

    def _get_warranty_ends(self):
        """Return the last days of the warranty by the rules: of the device replaced, else of the product.

        :return: of labour and of parts, each a `datetime.date` or None
        :rtype: tuple
        """
        self.ensure_one()
        replaced = self.replaces_id
        # The template's own fields: those that a variant inherits are computed, at every sale.
        ends = (
            (replaced.warranty_labour_until or None, replaced.warranty_parts_until or None) if replaced else
            self.product_id.product_tmpl_id._stokiva_get_warranty(self.date_sold, self.date_delivered, self.date_installed))
        extensions = self.extension_ids
        return ends if not extensions else (
            warranty.get_end(ends[0], sum(extensions.mapped('labour_months'))),
            warranty.get_end(ends[1], sum(extensions.mapped('parts_months'))))

    def _get_warranty(self, date):
        """Tell what the warranty covers on a day.

        :param date: `datetime.date`
        :return: ``{'labour': bool, 'parts': bool}``
        :rtype: dict
        """
        self.ensure_one()
        return warranty.get_cover(
            date, self._get_first_day(), self.warranty_labour_until, self.warranty_parts_until)

    def _get_warranty_state(self, date):
        """Name the state of the warranty on a day.

        :param date: `datetime.date`
        :return: key of ``warranty_state``
        :rtype: str
        """
        self.ensure_one()
        return warranty.get_state(
            date, self._get_first_day(), self.warranty_labour_until, self.warranty_parts_until)

    def _get_warranty_sentence(self, date):
        """Say what the warranty covers on a day, and until when.

        :param date: `datetime.date`
        :rtype: str
        """
        self.ensure_one()
        labour, parts = self.warranty_labour_until, self.warranty_parts_until
        state = self._get_warranty_state(date)
        if state == 'unknown':
            return (
                self.env._("Not known: the device has no date of sale.") if self.product_id
                else self.env._("Not known: the device has no product."))
        if state == 'future':
            return self.env._("Begins on %s", format_date(self.env, self._get_first_day()))
        if labour == parts:
            day = format_date(self.env, labour)
            return self.env._("Until %s", day) if state == 'full' else self.env._("Ended on %s", day)
        texts = [
            self.env._("%(what)s until %(day)s", what=what, day=format_date(self.env, end)) if end and end >= date
            else self.env._("%(what)s not covered", what=what)
            for what, end in ((self.env._("Labour"), labour), (self.env._("Parts"), parts))]
        return ", ".join(texts)

    def _get_warranty_reason(self, is_for_customer=False):
        """Say why the warranty ends when it ends.

        :param bool is_for_customer: without the words that the office wrote for itself
        :rtype: str
        """
        self.ensure_one()
        if not self.warranty_until:
            return (
                self.env._("No date of sale, delivery or installation is known.") if self.product_id
                else self.env._("No product is known, so no rule."))
        if self.warranty_by_hand:
            return self.env._("As agreed with you.") if is_for_customer else self.env._("Set by hand.")
        product, extensions = self.product_id, self.extension_ids
        if self.replaces_id:
            texts = [self.env._("Taken over from %s, which it replaces", self.replaces_id.display_name)]
        else:
            texts = [self._get_rule_text(product)]
        for extension in extensions:
            texts.append(self.env._(
                "extended by %(labour)s months for labour, %(parts)s for parts: %(what)s",
                labour=extension.labour_months, parts=extension.parts_months,
                what=extension.product_id.name or self.env._("goodwill") if is_for_customer else extension.display_name))
        return "; ".join(texts) + "."

    def _get_rule_text(self, product):
        """Say by which rule of the product the warranty is counted, from which day.

        :param product: product.product record
        :rtype: str
        """
        days = {
            self.env._("installation"): self.date_installed, self.env._("delivery"): self.date_delivered,
            self.env._("sale"): self.date_sold}
        begin = warranty.get_begin(
            product.stokiva_warranty_from, self.date_sold, self.date_delivered, self.date_installed)
        if product.stokiva_warranty_from == 'delivery':
            days = dict([*list(days.items())[1:], *list(days.items())[:1]])
        event = next((name for name, day in days.items() if day == begin), "")
        values = {
            'labour': product.stokiva_warranty_months, 'parts': product.stokiva_warranty_parts_months,
            'event': event, 'day': format_date(self.env, begin)}
        if values['labour'] == values['parts']:
            return self.env._("%(labour)s months from %(event)s on %(day)s", **values)
        return self.env._(
            "%(labour)s months for labour, %(parts)s for parts, from %(event)s on %(day)s", **values)
