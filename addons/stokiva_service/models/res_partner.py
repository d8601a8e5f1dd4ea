from odoo import fields, models
from odoo.fields import Domain

from ..folding import fold, get_parts

STOKIVA_READERS = (
    'stokiva_service.group_stokiva_technician,stokiva_service.group_stokiva_call_centre,'
    'stokiva_service.group_stokiva_settlement,sales_team.group_sale_salesman')


class ResPartner(models.Model):
    _inherit = 'res.partner'

    stokiva_device_ids = fields.One2many(
        'stokiva.device', 'partner_id', "Devices", groups=STOKIVA_READERS)
    stokiva_device_count = fields.Integer(
        "Number of Devices", compute='_compute_stokiva_device_count', groups=STOKIVA_READERS)

    def _compute_stokiva_device_count(self):
        self.stokiva_device_count = 0
        family = self.with_context(active_test=False).search_fetch(
            [('id', 'child_of', self.ids)], ['parent_id'])
        for partner, count in self.env['stokiva.device']._read_group(
                [('partner_id', 'in', family.ids)], ['partner_id'], ['__count']):
            while partner:
                if partner in self:
                    partner.stokiva_device_count += count
                partner = partner.parent_id

    def action_view_stokiva_devices(self):
        """Open the devices of this contact and of the contacts below it.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.device_action')
        action['domain'] = [('partner_id', 'child_of', self.ids)]
        action['context'] = {'default_partner_id': self.id}
        return action

    def _stokiva_resolve_city(self):
        """Find the district of each address: the one chosen, else the one that the text names
        (within its province), else the one that the postal code belongs to.

        A name that several provinces have (Merkez, Ereğli) counts only together with the
        province. What stays open is left out, for people to decide.

        :return: partner → `res.city`, without the partners whose district is unknown
        :rtype: dict
        """
        chosen = {partner: partner.city_id for partner in self if partner.city_id}
        parts = {
            partner: get_parts(partner.city, partner.street2)
            for partner in self if partner not in chosen
        }
        if not parts:
            return chosen
        keys = {part for names in parts.values() for part in names}
        codes = {partner.zip.strip() for partner in parts if partner.zip}
        cities = self.env['res.city'].search_fetch(
            Domain('stokiva_key', 'in', list(keys)) | Domain('zipcode', 'in', list(codes)),
            ['stokiva_key', 'zipcode', 'state_id', 'country_id'])
        by_key, by_code = cities.grouped('stokiva_key'), cities.grouped('zipcode')
        nowhere = cities.browse()
        for partner, names in parts.items():
            city = nowhere
            for name in names:
                city = city or partner._stokiva_pick_city(by_key.get(name, nowhere), names)
            city = city or partner._stokiva_pick_city(
                by_code.get((partner.zip or '').strip(), nowhere))
            if city:
                chosen[partner] = city
        return chosen

    def _stokiva_pick_city(self, cities, names=None):
        """Choose the one district that fits this address's country and province.

        :param cities: candidates, `res.city`
        :param list names: folded names in the address, among which the province has to be if
            its field is empty and the address consists of more than the district
        :return: one district, or none if several or none fit
        :rtype: recordset of `res.city`
        """
        self.ensure_one()
        if self.country_id:
            cities = cities.filtered(lambda city: city.country_id == self.country_id)
        if self.state_id:
            cities = cities.filtered(lambda city: city.state_id == self.state_id)
        elif names and len(names) > 1:
            cities = cities.filtered(lambda city: fold(city.state_id.name) in names)
        return cities if len(cities) == 1 else cities.browse()
