"""What is done on a work order, as the provider's people see and fill it in."""
from odoo.addons.stokiva_service import workflow

from .catalogue import get_parts, get_parts_domain, get_workmanships
from .inputs import clean
from .words import get_selection, sort_photos


class JobWork:
    """Findings, labour, parts, checklist and photos of the order; part of ``JobPresenter``, which sets the attributes."""

    def get_work(self, can_edit):
        """Return findings, labour and parts, and what there is to choose from."""
        order = self.order
        return {
            'found': list(filter(None, [order.cause_id.name, order.resolution_id.name, order.diagnosis])),
            'cause_id': order.cause_id.id, 'resolution_id': order.resolution_id.id,
            'diagnosis': order.diagnosis or "",
            'labour': [
                self._get_line(line, line.duration_minutes and self.formats.span(line.duration_minutes))
                for line in order.labour_line_ids],
            'parts': [
                self._get_line(line, _own_part(line)) for line in order.part_line_ids],
            'price': self._get_price(),
            'choices': self._get_choices() if can_edit else None,
        }

    def _get_price(self):
        """Return what the customer pays and has accepted, None where there is nothing or prices are hidden."""
        order = self.order
        if not order.amount_charged or not self.provider.can_see_prices:
            return None
        currency = order.currency_id
        return {
            'total': self.formats.money(order.amount_charged, currency),
            'agreed': self.formats.money(order.amount_agreed, currency) if order.amount_agreed else None,
            'paid': self.formats.money(order.amount_collected, currency) if order.amount_collected else None,
            'is_beyond': order.is_beyond_quote and order.state in workflow.WITH_PROVIDER,
        }

    def get_checklist(self):
        """Return what is to be ticked, None where there is nothing."""
        lines = self.order.checklist_line_ids
        return {
            'text': self.order.checklist_text,
            'is_done': all(line.is_done for line in lines if line.is_mandatory),
            'lines': [
                {'id': line.id, 'name': line.name, 'is_done': line.is_done, 'is_mandatory': line.is_mandatory,
                 'remark': line.remark or ""}
                for line in lines],
        } if lines else None

    def _get_line(self, line, detail):
        """Return a line; its price only to a provider that may see prices."""
        price = get_selection(line, 'coverage')[line.coverage]
        if line.coverage == 'charged' and self.provider.can_see_prices:
            price = self.formats.money(line.amount, line.currency_id)
        return {
            'id': line.id, 'name': line.name, 'quantity': self.formats.number(line.quantity),
            'detail': detail, 'price': price}

    def _get_choices(self):
        order = self.order
        faults = self.env['stokiva.fault'].search([
            ('device_type_id', 'parent_of', order.device_type_id.ids), ('kind', 'in', ('cause', 'resolution'))])
        return {
            'workmanships': [
                (item.id, f"{item.name} · {self.formats.span(item.duration_minutes)}")
                for item in get_workmanships(order)],
            'causes': [(fault.id, fault.name) for fault in faults if fault.kind == 'cause'],
            'resolutions': [(fault.id, fault.name) for fault in faults if fault.kind == 'resolution'],
            'kinds': [
                item for item in get_selection(self.env['stokiva.media'], 'kind').items() if item[0] != 'complaint'],
        }

    def get_photos(self):
        """Return photos, videos and documents by kind."""
        labels = get_selection(self.env['stokiva.media'], 'kind')
        url = f'/my/jobs/{self.order.id}/photos'
        return [
            {'id': item.id, 'kind': labels[item.kind], 'type': item.media_type, 'url': f'{url}/{item.id}',
             'thumb': f'{url}/{item.id}?size=256'}
            for item in sort_photos(self.order.media_ids)]

    def find_parts(self, text):
        """Return the products that a part's name or reference may mean.

        :param str text: what was typed
        :rtype: list
        """
        text = clean(text, 60)
        if len(text) < 2:
            return []
        order = self.order
        products = get_parts(order).search(
            get_parts_domain(order) + ['|', ('name', 'ilike', text), ('default_code', 'ilike', text)], limit=10)
        return [
            {'id': product.id, 'name': product.display_name, 'is_tracked': product.tracking != 'none',
             'can_ask': product.is_storable and self.provider.can_request_parts and order.company_id.stokiva_parts,
             'price': self.formats.money(product.lst_price, order.currency_id)
             if self.provider.can_see_prices else None}
            for product in products]


def _own_part(line):
    return line.env._("own part") if line.is_provider_stock else None
