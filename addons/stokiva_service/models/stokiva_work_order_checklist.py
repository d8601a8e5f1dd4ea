from odoo import api, fields, models


class WorkOrder(models.Model):
    """The checklist of an order: taken from the catalogue when it is accepted, ticked while it is worked on."""
    _inherit = 'stokiva.work.order'

    checklist_line_ids = fields.One2many('stokiva.checklist.line', 'work_order_id', "Checklist", copy=False)
    checklist_text = fields.Char("Checklist Done", compute='_compute_checklist_text')

    @api.depends('checklist_line_ids.is_done')
    def _compute_checklist_text(self):
        for order in self:
            lines = order.checklist_line_ids
            order.checklist_text = lines and self.env._(
                "%(done)s of %(all)s", done=len(lines.filtered('is_done')), all=len(lines))

    def _on_accept(self, given, actor, channel, occurred):
        self._sync_checklist()  # not before: opening is on the path of every sale
        return super()._on_accept(given, actor, channel, occurred)

    def _on_edit(self, given, actor, channel, occurred):
        if given.get('changes', {}).keys() & {'device_id', 'service_type_id'}:
            self.filtered('accepted_at')._sync_checklist()
        return super()._on_edit(given, actor, channel, occurred)

    def _sync_checklist(self):
        """Give each order the items that fit it; what no longer fits goes, unless it is ticked already.

        Texts are kept in the customer's company's language, as the order's people read them.
        """
        lines = self.checklist_line_ids
        by_order = lines.grouped('work_order_id')
        wanted = self.env['stokiva.checklist.item']._find_for(self)
        values = []
        for order in self:
            items = wanted[order].with_context(lang=order.company_id.partner_id.lang)
            known = by_order.get(order, lines.browse()).item_id
            values += [
                self.env['stokiva.checklist.line']._prepare_values(order, item, index)
                for index, item in enumerate(items, 1) if item not in known]
        lines.filtered(lambda line: not line.is_done and line.item_id not in wanted[line.work_order_id]).unlink()
        if values:
            self.env['stokiva.checklist.line'].create(values)

    def _get_missing_evidence(self):
        """Add the mandatory items of the checklist that are not ticked."""
        missing = super()._get_missing_evidence()
        if self.service_type_id.needs_checklist:
            left = self.checklist_line_ids.filtered(lambda line: line.is_mandatory and not line.is_done)
            if left:
                missing.append(self.env._("checklist (%s left)", len(left)))
        return missing
