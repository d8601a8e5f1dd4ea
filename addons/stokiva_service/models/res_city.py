import csv
from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import file_open

from ..folding import fold


class ResCity(models.Model):
    _name = 'res.city'
    _inherit = ['res.city', 'stokiva.cached.mixin']

    stokiva_key = fields.Char(
        "Folded Name", compute='_compute_stokiva_key', store=True, index=True,
        help="The name as it is compared with what people typed.")
    stokiva_latitude = fields.Float("Latitude", digits=(10, 7))
    stokiva_longitude = fields.Float("Longitude", digits=(10, 7))

    @api.depends('name')
    def _compute_stokiva_key(self):
        for city in self:
            city.stokiva_key = fold(city.name)

    @api.depends('name', 'state_id.name')
    def _compute_display_name(self):  # pylint: disable=missing-return
        # The postal code tells nobody which of the 51 districts named Merkez is meant.
        without_state = self.filtered(lambda city: not city.state_id)
        super(ResCity, without_state)._compute_display_name()
        for city in self - without_state:
            city.display_name = f"{city.name}, {city.state_id.name}"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        key = operator == 'ilike' and isinstance(value, str) and fold(value)
        return domain | Domain('stokiva_key', 'ilike', key) if key else domain

    @api.model
    def _stokiva_load_turkey(self):
        """Create Türkiye's provinces and districts that are missing and fill in what the others
        lack (postal code, position). Running it again changes nothing.

        :return: the districts created
        :rtype: recordset of `res.city`
        """
        country = self.env.ref('base.tr')
        with file_open('stokiva_service/places/tr_districts.csv') as file:
            rows = list(csv.DictReader(file))
        states = self._stokiva_load_states(
            country, {row['province_code']: row['province'] for row in rows})
        known = {
            (city.state_id, city.stokiva_key): city
            for city in self.search([('country_id', '=', country.id)])
        }
        names = Counter(fold(row['district']) for row in rows)
        nowhere = self.env['res.country.state']
        missing = []
        for row in rows:
            values = {
                'zipcode': row['postal_code'],
                'stokiva_latitude': float(row['latitude']),
                'stokiva_longitude': float(row['longitude']),
            }
            state = states[row['province_code']]
            key = fold(row['district'])
            # One of before, entered without its province, is the same if no other district is named so.
            city = known.get((state, key)) or (names[key] == 1 and known.get((nowhere, key)))
            if city:
                values['state_id'] = state.id
                lacking = {name: value for name, value in values.items() if not city[name]}
                if lacking:
                    city.write(lacking)
            else:
                missing.append({
                    **values,
                    'name': row['district'],
                    'state_id': state.id,
                    'country_id': country.id,
                })
        created = self.create(missing)
        # Who had no place on the map because his district had none, or was not there.
        self.env['stokiva.provider'].with_context(active_test=False).search([('map_latitude', '=', 0)])._compute_map()
        return created

    @api.model
    def _stokiva_load_states(self, country, names):
        """Find the provinces by their code and create those that are missing.

        :param country: `res.country`
        :param dict names: code → name
        :return: code → `res.country.state`
        :rtype: dict
        """
        states = {
            state.code: state
            for state in self.env['res.country.state'].search([('country_id', '=', country.id)])
        }
        created = self.env['res.country.state'].create([
            {'code': code, 'name': name, 'country_id': country.id}
            for code, name in names.items() if code not in states
        ])
        return {**states, **{state.code: state for state in created}}
