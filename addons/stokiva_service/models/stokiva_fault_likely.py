from babel.numbers import format_percent

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse, get_lang

from .. import faults

# So many latest orders tell what is likely: enough to tell, few enough to be quick.
LATEST = 1000
FIELDS = {'symptom': 'symptom_ids', 'cause': 'cause_id', 'resolution': 'resolution_id'}


class Fault(models.Model):
    """Which faults are likely for a model: they are offered first."""
    _inherit = 'stokiva.fault'

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """Offer first what is likely, if the context names what for (see ``_get_likely_in_context``)."""
        likely = self._get_likely_in_context()
        if not likely:
            return super().name_search(name, domain, operator, limit)
        ranks = {item.key.id: rank for rank, item in enumerate(likely)}
        found = super().name_search(name, domain, operator, None)
        return sorted(found, key=lambda item: ranks.get(item[0], len(ranks)))[:limit]

    @api.model
    @api.readonly
    def web_name_search(self, name, specification, domain=None, operator='ilike', limit=100):
        """Write its share behind what is likely."""
        found = super().web_name_search(name, specification, domain, operator, limit)
        locale = babel_locale_parse(get_lang(self.env).code)
        shares = {
            item.key.id: format_percent(item.share, locale=locale) for item in self._get_likely_in_context() if item.share}
        for row in found:
            if row['id'] in shares and '__formatted_display_name' in row:
                row['__formatted_display_name'] += f"\t--{shares[row['id']]}--"
        return found

    @api.model
    def _get_likely_in_context(self):
        """Return the likely faults of which the context speaks.

        ``stokiva_likely_for`` is the id of a device type, ``stokiva_likely_model`` that of a product,
        ``stokiva_likely_kind`` the kind of fault, symptoms when left out, and ``stokiva_likely_symptoms`` the ids of
        those that were reported. Nothing of it is checked by the views that send it.

        :return: list of faults.Likely; empty without device type, or if the user may read no orders
        """
        context = self.env.context
        device_type_id, product_id = context.get('stokiva_likely_for'), context.get('stokiva_likely_model')
        kind, symptoms = context.get('stokiva_likely_kind', 'symptom'), context.get('stokiva_likely_symptoms')
        if (not isinstance(device_type_id, int) or not device_type_id or kind not in FIELDS
                or not self.env['stokiva.work.order'].has_access('read')):
            return []
        return self._get_likely(
            self.env['stokiva.device.type'].browse(device_type_id),
            self.env['product.product'].browse(product_id if isinstance(product_id, int) else False),
            kind, self.browse(id_ for id_ in symptoms if isinstance(id_, int)) if isinstance(symptoms, list) else self)

    @api.model
    def _get_likely(self, device_type, product=None, kind='symptom', symptoms=None):
        """Rank faults by how often they came in the latest orders of the environment's companies.

        By frequency for the model, then for the device type; a fault's share is that of the orders that name one
        of this kind. Portal and field app call it in sudo, with the order's company.

        :param device_type: stokiva.device.type record
        :param product: product.product record, the model; may be empty
        :param str kind: ``symptom``, ``cause`` or ``resolution``
        :param symptoms: stokiva.fault records: only orders with one of them count
        :return: list of faults.Likely whose keys are stokiva.fault records
        :rtype: list
        """
        orders, field = self.env['stokiva.work.order'], FIELDS[kind]
        named = Domain(field, '!=', False)
        if symptoms:
            named &= Domain('symptom_ids', 'in', symptoms.ids)
        counts = []
        for domain in (product and Domain('product_id', '=', product.id), Domain('device_type_id', '=', device_type.id)):
            latest = domain and orders._search(
                domain & Domain('company_id', 'in', self.env.companies.ids), order='id desc', limit=LATEST)
            groups = orders._read_group(
                Domain('id', 'in', latest) & named, [field], ['__count']) if latest else []
            # An order may name several symptoms.
            total = orders.search_count(Domain('id', 'in', latest) & named) if groups and kind == 'symptom' else sum(
                count for _fault, count in groups)
            counts += [dict(groups), total]
        return faults.rank(*counts)
