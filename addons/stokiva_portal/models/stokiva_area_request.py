from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MANAGER = 'stokiva_service.group_stokiva_manager'


class AreaRequest(models.Model):
    """What a provider wants to add to its service area or leave: it holds once a manager has said yes."""
    _name = 'stokiva.area.request'
    _inherit = ['stokiva.guarded', 'stokiva.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Change of a Service Area"
    _order = 'id desc'
    _rec_names_search = ['name', 'provider_id.name']

    _protected_fields = frozenset({
        'name', 'provider_id', 'company_id', 'kind', 'area_id', 'state_id', 'city_id', 'place', 'reason', 'state',
        'asked_by_id', 'decided_by_id', 'decided_at',
    })

    name = fields.Char("Number", required=True, readonly=True, copy=False, index='trigram')
    provider_id = fields.Many2one('stokiva.provider', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    kind = fields.Selection([('add', "Wants to work there"), ('leave', "Wants to leave")], "Asks", required=True, readonly=True)
    area_id = fields.Many2one('stokiva.service.area', readonly=True, index='btree_not_null', ondelete='set null')
    state_id = fields.Many2one('res.country.state', "Province", readonly=True, ondelete='restrict')
    city_id = fields.Many2one('res.city', "District", readonly=True, ondelete='restrict')
    place = fields.Char("Where", required=True, readonly=True)
    reason = fields.Text("Why", readonly=True)
    state = fields.Selection(
        [('asked', "To answer"), ('granted', "Approved"), ('refused', "Rejected")], required=True, readonly=True,
        default='asked', tracking=True)
    answer = fields.Char(tracking=True, help="The provider reads it in the portal.")
    asked_by_id = fields.Many2one('res.users', "Asked by", readonly=True)
    create_date = fields.Datetime("Asked on", readonly=True)
    decided_by_id = fields.Many2one('res.users', "Answered by", readonly=True)
    decided_at = fields.Datetime("Answered on", readonly=True)

    _waiting_idx = models.Index("(company_id, id DESC) WHERE state = 'asked'")
    _provider_idx = models.Index("(provider_id, id DESC)")

    # === ASKING === #

    def _ask(self, provider, user, values):
        """Note what a provider wants, and give who looks after it a to-do.

        :param provider: stokiva.provider record in sudo, which the user leads
        :param user: res.users record who asks
        :param dict values: ``kind reason`` and, to leave, ``area_id``, to work there, ``city_id`` or ``state_id``
        :return: the request, in sudo
        :raise UserError: if it works there already, or the same is asked already
        """
        request = self.sudo().new({**values, 'provider_id': provider.id})  # sudo: portal users only ask, by this method
        place = request.area_id.display_name or ", ".join(filter(None, [request.city_id.name, request.state_id.name]))
        if request.kind == 'add' and provider.area_ids.filtered(lambda area: (
                area.kind in ('state', 'city') and area.city_id == request.city_id and area.state_id == request.state_id)):
            raise UserError(self.env._("You work in %s already.", place))
        if self.sudo().search_count([  # sudo: of the provider alone
                ('provider_id', '=', provider.id), ('state', '=', 'asked'), ('place', '=', place)], limit=1):
            raise UserError(self.env._("This is asked already: %s. The answer appears here.", place))
        company = provider.company_id or self.env.company
        request = self.sudo().create({  # sudo: as above
            **values, 'provider_id': provider.id, 'company_id': company.id, 'place': place, 'asked_by_id': user.id})
        office = provider._get_responsible()
        request.with_context(lang=office.lang).activity_schedule(
            'mail.mail_activity_data_todo', user_id=office.id,
            summary=request.with_context(lang=office.lang).env._("Service area of %s", provider.name))
        return request

    # === ANSWERING === #

    def action_approve(self):
        """Change the service areas as the providers want."""
        self._check_decider()
        for request in self:
            request._carry_out()
        self._decide('granted')

    def action_reject(self):
        """Leave the service areas as they are.

        :raise UserError: if the answer says nothing
        """
        self._check_decider()
        if not all((request.answer or '').strip() for request in self):
            raise UserError(self.env._("Write in the answer why, the provider reads it."))
        self._decide('refused')

    def _check_decider(self):
        self._check_state('asked')
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers change service areas."))

    def _carry_out(self):
        """Add the area, or delete it; what is so already, stays so."""
        self.ensure_one()
        areas = self.env['stokiva.service.area']
        if self.kind == 'leave':
            self.area_id.unlink()
        elif not areas.search_count([
                ('provider_id', '=', self.provider_id.id), ('city_id', '=', self.city_id.id),
                ('state_id', '=', self.state_id.id), ('kind', 'in', ('state', 'city'))], limit=1):
            areas.create({
                'provider_id': self.provider_id.id, 'city_id': self.city_id.id, 'state_id': self.state_id.id})

    def _decide(self, state):
        self._write_protected({'state': state, 'decided_by_id': self.env.uid, 'decided_at': fields.Datetime.now()})
        self.activity_feedback(['mail.mail_activity_data_todo'])
