"""What a provider's people see of the company's parts that lie with them."""
from odoo.fields import Domain
from odoo.tools import format_date

from .words import get_selection

MAX_TRANSFERS = 30


class PartsPresenter:
    """Parts of one provider: what is there, what is under way, which defective ones are wanted back.

    :param provider: stokiva.provider record in sudo
    :param company: res.company record whose parts they are
    :param people: the user's memberships with this provider, stokiva.personnel records in sudo
    :param formats: Formats
    """

    def __init__(self, provider, company, people, formats):
        self.provider, self.company, self.people, self.formats = provider, company, people, formats
        self.env = provider.env
        self.is_leading = any(person._is_dispatcher() for person in people)

    def get_page(self):
        """Return what the page shows of this provider."""
        return {
            'id': self.provider.id, 'name': self.provider.name, 'is_leading': self.is_leading,
            'can_request': self.is_leading and self.provider.can_request_parts,
            'places': self._get_places(),
            'transfers': self._get_transfers() if self.is_leading else [],
            'defective': self._get_defective() if self.is_leading else [],
        }

    def _get_places(self):
        """Return what lies on the shelf and in vans; a technician sees the shelf and his own van."""
        places = {}
        for quant in self.get_quants():
            location = quant.location_id
            name = self.env._("Van: %s", location.name) if location.stokiva_personnel_id else self.env._("Shelf")
            places.setdefault(name, []).append({
                'name': quant.product_id.display_name, 'lot': quant.lot_id.name or None,
                'quantity': self.formats.number(quant.quantity)})
        return list(places.items())

    def get_quants(self):
        """Return the stock that the user may see, of parts that can be fitted.

        :return: stock.quant records in sudo
        """
        quants = self.env['stock.quant'].search(
            self.provider._get_quants_domain() & Domain('company_id', '=', self.company.id),
            order='location_id, product_id')
        return quants.filtered(lambda quant: not quant.location_id.stokiva_is_defective and (
            self.is_leading or not quant.location_id.stokiva_personnel_id
            or quant.location_id.stokiva_personnel_id in self.people))

    def _get_transfers(self):
        """Return what is asked for or under way."""
        pickings = self.env['stock.picking'].search([
            ('stokiva_provider_id', '=', self.provider.id), ('company_id', '=', self.company.id),
            ('state', 'not in', ('done', 'cancel'))], order='id desc', limit=MAX_TRANSFERS)
        kinds = get_selection(pickings, 'stokiva_kind')
        return [
            {
                'id': picking.id, 'number': picking.name, 'kind': kinds[picking.stokiva_kind],
                'state': get_transfer_state(self.env, picking),
                'can_receive': picking.stokiva_kind in ('supply', 'move') and picking.state == 'assigned',
                'lines': [
                    {'name': move.product_id.display_name, 'quantity': self.formats.number(move.product_uom_qty)}
                    for move in picking.move_ids],
            }
            for picking in pickings]

    def _get_defective(self):
        """Return the defective parts that are wanted back, the most urgent first."""
        return [
            {'name': line.product_id.display_name, 'order': line.work_order_id.name,
             'due': format_date(self.env, line.return_due),
             'is_late': line.return_due < self.formats.now.date()}
            for line in self.env['stokiva.part.line'].search(
                self.provider._get_defective_domain(self.company), order='return_due, id')]


def get_transfer_state(env, record):
    """Return in words how far something asked for is that is not closed.

    :param record: stock.picking or stock.move record
    """
    return {'draft': env._("Requested"), 'assigned': env._("Ready")}.get(record.state) or env._("Waits for stock")
