from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from .stokiva_personnel import DISPATCHING


class Provider(models.Model):
    _name = 'stokiva.provider'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Service Provider"
    _order = 'name, id'
    _rec_names_search = ['name', 'code']
    _check_company_auto = True

    partner_id = fields.Many2one(
        'res.partner', "Contact", required=True, index=True, ondelete='restrict', check_company=True,
        groups='base.group_user')
    name = fields.Char(related='partner_id.name', store=True, index='trigram')
    code = fields.Char(
        tracking=True, groups='base.group_user', help="Short key for imports and reports.")
    kind = fields.Selection(
        [
            ('authorised', "Authorised"),
            ('private', "Private"),
            ('in_house', "In-house"),
        ],
        required=True, default='authorised', tracking=True,
        help="Authorised: works under our brand. Private: a subcontractor. In-house: our own people.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', default=lambda self: self.env.company, tracking=True,
        groups='base.group_user', help="If empty, all companies give it work.")

    phone = fields.Char(related='partner_id.phone', groups='base.group_user')
    email = fields.Char(related='partner_id.email', groups='base.group_user')
    district = fields.Char(related='partner_id.city', string="District", groups='base.group_user')
    state_id = fields.Many2one(
        related='partner_id.state_id', string="Province", store=True, index='btree_not_null',
        groups='base.group_user')
    user_id = fields.Many2one(
        'res.users', "Responsible", index='btree_not_null', check_company=True, tracking=True,
        domain=[('share', '=', False)], groups='base.group_user',
        help="Who in the office looks after the provider and is warned when something of it ends.")
    tz = fields.Selection(
        _tz_get, "Time Zone", compute='_compute_tz', store=True, readonly=False, required=True,
        precompute=True, groups='base.group_user')

    personnel_ids = fields.One2many('stokiva.personnel', 'provider_id')
    area_ids = fields.One2many('stokiva.service.area', 'provider_id', "Service Areas")
    offer_deadline_minutes = fields.Integer(
        "Time to Answer (minutes)", required=True, default=120, aggregator=None, groups='base.group_user',
        help="An offer without an answer goes to the next provider after this time.")

    can_open = fields.Boolean("May open work orders", tracking=True)
    can_close = fields.Boolean("May close work orders", default=True, tracking=True)
    can_reassign = fields.Boolean("May change the technician", default=True, tracking=True)
    can_request_parts = fields.Boolean("May request parts", default=True, tracking=True)
    can_see_prices = fields.Boolean("May see customer prices", default=True, tracking=True)
    can_see_settlements = fields.Boolean("May see settlements", default=True, tracking=True)

    _partner_uniq = models.Constraint(
        'UNIQUE(partner_id)', "This contact is a provider already, perhaps an archived one.")
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code <> ''",
        "Another provider has this code already.")
    _offer_deadline_positive = models.Constraint(
        'CHECK(offer_deadline_minutes > 0)', "A provider needs at least one minute to answer.")

    @api.depends('partner_id')
    def _compute_tz(self):
        for provider in self:
            provider.tz = provider.tz or provider.partner_id.tz or 'Europe/Istanbul'

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for provider in self:
            if not provider.partner_id.active:
                raise ValidationError(self.env._("The contact %s is archived.", provider.partner_id.name))

    def _get_dispatchers(self):
        """Return the active people who answer for these providers, by name.

        :return: `stokiva.personnel`
        """
        people = self.env['stokiva.personnel']
        people.flush_model(['provider_id', 'partner_id', 'name', 'role', 'active'])
        # Every sale comes here: what the ORM would make of a domain costs more than the query.
        rows = self.env.execute_query(SQL(
            """SELECT id, provider_id, partner_id FROM stokiva_personnel
                WHERE provider_id = ANY(%s) AND role IN %s AND active ORDER BY name, id""", self.ids, DISPATCHING))
        people = people.browse(row[0] for row in rows)
        for index, name in enumerate(('provider_id', 'partner_id'), 1):
            people._fields[name]._insert_cache(people, [row[index] for row in rows])
        return people
