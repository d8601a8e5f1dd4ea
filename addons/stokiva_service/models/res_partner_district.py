from odoo import api, fields, models
from odoo.fields import Domain

from .. import workflow
from ..folding import find_similar, fold, get_parts

BATCH = 1000


class ResPartner(models.Model):
    """Addresses whose district is not known: found by themselves, or listed with a suggestion for people."""
    _inherit = 'res.partner'

    stokiva_lacks_district = fields.Boolean(
        "District Unknown", compute='_compute_stokiva_lacks_district', search='_search_stokiva_lacks_district',
        groups='base.group_user', help="The address has a text but no district, so that no provider is found by it.")
    stokiva_suggested_city_id = fields.Many2one(
        'res.city', "Suggested District", compute='_compute_stokiva_suggested_city_id',
        groups='base.group_user')

    _stokiva_lacks_district_idx = models.Index("(complete_name, id) WHERE city_id IS NULL AND active")

    @api.depends('city_id', 'city', 'street2', 'zip')
    def _compute_stokiva_lacks_district(self):
        lacking = self.filtered_domain(self._get_lacking_domain())
        for partner in self:
            partner.stokiva_lacks_district = partner in lacking

    def _search_stokiva_lacks_district(self, operator, value):
        return self._get_lacking_domain() if operator == 'in' else NotImplemented

    @api.model
    def _get_lacking_domain(self):
        """Return the domain of addresses without district, in countries whose districts are loaded."""
        countries = [country.id for (country,) in self.env['res.city']._read_group([], ['country_id'])]
        return (
            Domain('city_id', '=', False) & Domain('country_id', 'in', [False, *countries])
            & (Domain('city', '!=', False) | Domain('zip', '!=', False) | Domain('street2', '!=', False)))

    @api.depends('city_id', 'city', 'street2', 'zip', 'state_id', 'country_id')
    def _compute_stokiva_suggested_city_id(self):
        found = self._stokiva_resolve_city()
        unknown = self.filtered(lambda partner: partner not in found)
        cities = self.env['res.city']
        if unknown:
            countries = unknown.country_id or self.env.company.country_id
            cities = cities.search_fetch(
                [('country_id', 'in', countries.ids)], ['stokiva_key', 'zipcode', 'state_id', 'country_id'])
        by_state = cities.grouped('state_id')
        for partner in self:
            partner.stokiva_suggested_city_id = found.get(partner) or partner._stokiva_guess_city(by_state)

    def _stokiva_guess_city(self, by_state):
        """Guess the district of an address, for people to judge: in the province that its field, its text or its
        postal code names, the district whose name is the same or much alike.

        :param dict by_state: `res.country.state` → its districts
        :return: one district or none
        :rtype: recordset of `res.city`
        """
        self.ensure_one()
        names = get_parts(self.city, self.street2)
        if self.state_id in by_state:
            states = self.state_id
        else:
            states = self.state_id.browse().union(*(
                state for state, cities in by_state.items()
                if (not self.country_id or state.country_id == self.country_id)
                and (fold(state.name) in names or any(
                    self.zip and city.zipcode and city.zipcode[:2] == self.zip.strip()[:2] for city in cities[:1]))))
        cities = self.env['res.city'].union(*(by_state[state] for state in states))
        by_key = cities.grouped('stokiva_key')
        provinces = {fold(state.name) for state in states}
        key = find_similar([name for name in names if name not in provinces], by_key)
        return by_key[key] if key and len(by_key[key]) == 1 else cities.browse()

    def action_stokiva_accept_city(self):
        """Give these addresses the districts that are suggested for them.

        :return: an action that tells how many got one
        :rtype: dict
        """
        partners = self.filtered('stokiva_suggested_city_id')
        for city, group in partners.grouped('stokiva_suggested_city_id').items():
            group._stokiva_set_city(city)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if partners == self else 'warning',
                'message': self.env._(
                    "%(count)s of %(total)s addresses got their district.", count=len(partners), total=len(self)),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _stokiva_set_city(self, city):
        """Give these addresses a district, and their open orders that lack one.

        What people typed stays as it is; an empty line is filled in.

        :param city: `res.city`
        """
        self.write({
            'city_id': city.id,
            **({'state_id': city.state_id.id} if city.state_id else {}),
            'country_id': city.country_id.id,
        })
        self.filtered(lambda partner: not partner.city).write({'city': city.name})
        orders = self.env['stokiva.work.order'].search([
            ('site_id', 'in', self.ids), ('city_id', '=', False), ('state', 'in', workflow.OPEN)])
        orders._set_city(city)

    @api.model
    def _cron_stokiva_find_districts(self):
        """Give every address the district that its text or postal code names, and open orders theirs.

        What stays open is left for people: see ``stokiva_lacks_district``.
        """
        domain = Domain('stokiva_lacks_district', '=', True) & Domain('active', '=', True)
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        last = 0
        while partners := self.search(domain & Domain('id', '>', last), order='id', limit=BATCH):
            last = partners[-1].id
            cities = partners._stokiva_resolve_city()
            for city in self.env['res.city'].union(*cities.values()):
                self.union(*(partner for partner in cities if cities[partner] == city))._stokiva_set_city(city)
            if not self.env['ir.cron']._commit_progress(len(partners)):
                break
        else:
            self.env['stokiva.work.order']._find_cities()
