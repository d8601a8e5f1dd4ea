from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .. import messages, slots, workflow
from ..groups import STAFF
from .stokiva_provider_authorisation import ALL

# Field → channel and topic of messages, see ``messages``.
PERMISSIONS = {
    'notify_email': ('email', messages.JOB), 'notify_sms': ('sms', messages.JOB),
    'notify_email_status': ('email', messages.STATUS), 'notify_sms_status': ('sms', messages.STATUS),
}
WORKERS = ('master', 'technician')
# Roles that answer offers and give work to the others.
DISPATCHING = ('master', 'dispatcher')


class Personnel(models.Model):
    _name = 'stokiva.personnel'
    _inherit = ['stokiva.audited']
    _description = "Provider's Personnel"
    _order = 'provider_id, name, id'
    _rec_names_search = ['name', 'provider_id.name']
    _check_company_auto = True

    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', "Contact", required=True, index=True, ondelete='restrict', check_company=True,
        groups='base.group_user')
    name = fields.Char(related='partner_id.name', store=True)
    role = fields.Selection(
        [
            ('master', "Master"),
            ('technician', "Technician"),
            ('assistant', "Assistant"),
            ('dispatcher', "Dispatcher"),
        ],
        required=True, default='technician',
        help="Masters and dispatchers answer offers and give work to the others.")
    active = fields.Boolean(
        default=True, help="Archived people see nothing of the provider any more.")
    company_id = fields.Many2one(
        related='provider_id.company_id', store=True, index='btree_not_null', groups='base.group_user')
    phone = fields.Char(related='partner_id.phone', readonly=False, groups='base.group_user')
    email = fields.Char(related='partner_id.email', readonly=False, groups='base.group_user')
    user_id = fields.Many2one(
        'res.users', "Login", index='btree_not_null', ondelete='set null', groups='base.group_user',
        help="With it the person sees the provider's work orders.")
    login_date = fields.Datetime("Last Login", related='user_id.login_date', groups='base.group_user')
    notify_email = fields.Boolean(
        "Jobs by E-mail", default=True, groups='base.group_user', help="What is offered or given to the person.")
    notify_sms = fields.Boolean(
        "Jobs by SMS", groups='base.group_user', help="What is offered or given to the person.")
    notify_email_status = fields.Boolean(
        "News by E-mail", default=True, groups='base.group_user', help="What became of the person's jobs.")
    notify_sms_status = fields.Boolean(
        "News by SMS", groups='base.group_user', help="What became of the person's jobs.")
    consent_ids = fields.One2many(
        'stokiva.personnel.consent', 'personnel_id', "Permissions given and withdrawn", readonly=True,
        groups='stokiva_service.group_stokiva_dispatcher')

    service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Can Do", check_company=True, context=ALL, groups='base.group_user',
        help="Service types that the person has learnt. If empty, all.")
    device_type_ids = fields.Many2many(
        'stokiva.device.type', string="Knows", check_company=True, context=ALL, groups='base.group_user',
        help="Appliances, with the types below them, that the person knows. If empty, all.")
    resource_calendar_id = fields.Many2one(
        'resource.calendar', "Own Hours", check_company=True, index='btree_not_null', groups='base.group_user',
        help="If empty, the provider's working hours count.")
    open_order_count = fields.Integer("Open Orders", compute='_compute_open_order_count', groups=STAFF)
    date_left = fields.Date("Left On", readonly=True, copy=False, groups='base.group_user')

    _provider_partner_uniq = models.Constraint(
        'UNIQUE(provider_id, partner_id)', "This person works for the provider already, perhaps archived.")

    def _compute_open_order_count(self):
        counts = dict(self.env['stokiva.work.order']._read_group(
            self._get_open_orders_domain(), ['personnel_id'], ['__count']))
        for person in self:
            person.open_order_count = counts.get(person, 0)

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for person in self:
            if not person.partner_id.active:
                raise ValidationError(self.env._("The contact %s is archived.", person.partner_id.name))

    @api.constrains('user_id', 'partner_id')
    def _check_user_id(self):
        for person in self.filtered('user_id'):
            if person.user_id.partner_id != person.partner_id:
                raise ValidationError(self.env._(
                    "The login %(login)s belongs to somebody else than %(person)s.",
                    login=person.user_id.login, person=person.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create people, and note which messages they allow."""
        people = super().create(vals_list)
        self.env['stokiva.personnel.consent']._log([
            (person, *kind, True) for person in people for name, kind in PERMISSIONS.items() if person[name]])
        return people

    def write(self, vals):
        """Write, and note permissions given or withdrawn.

        :raise UserError: if somebody with open visits leaves, or with visits goes to another provider
        """
        leaving = self.filtered('active') if 'active' in vals and not vals['active'] else self.browse()
        self.check_access('write')  # before anything is told of their work
        leaving._check_no_open_work()
        if 'provider_id' in vals:
            self.filtered(lambda person: person.provider_id.id != vals['provider_id'])._check_no_history()
        if 'active' in vals:
            vals = dict(vals, date_left=False if vals['active'] else fields.Date.context_today(self))
        changes = [
            (person, *kind, vals[name]) for person in self for name, kind in PERMISSIONS.items()
            if name in vals and person[name] != vals[name]]
        res = super().write(vals)
        self.env['stokiva.personnel.consent']._log(changes)
        return res

    def _check_no_open_work(self):
        """Raise if one of the people still has open visits.

        :raise UserError: naming the first with the visits
        """
        orders = self.env['stokiva.work.order'].sudo().search(  # sudo: those of other companies count too
            self._get_open_orders_domain()) if self else ()
        for person in self:
            names = [order.name for order in orders if order.personnel_id == person]
            if names:
                raise UserError(self.env._(
                    "%(person)s still has open visits: %(orders)s. Hand them over first.",
                    person=person.name, orders=", ".join(names)))

    def _check_no_history(self):
        """Raise if one of the people has visits for the provider.

        :raise UserError: if so
        """
        visits = self.env['stokiva.visit'].sudo()  # sudo: those of other companies count too
        visit = visits.search([('personnel_id', 'in', self.ids)], limit=1)
        if visit:
            raise UserError(self.env._(
                "%(person)s has worked for %(provider)s. Archive the person here and add the contact there.",
                person=visit.personnel_id.name, provider=visit.personnel_id.provider_id.name))

    # === ACTIONS === #

    def action_archive(self):
        """Archive the people; one with open visits hands them over in the dialog first."""
        if len(self) == 1 and self.active and self.env['stokiva.work.order'].search_count(
                self._get_open_orders_domain(), limit=1):
            return self._get_handover_action(archive=True)
        return super().action_archive()

    def action_hand_over(self):
        """Open the dialog that gives the person's open visits to others.

        :return: window action
        :rtype: dict
        """
        return self._get_handover_action()

    def _get_handover_action(self, archive=False):
        self.ensure_one()
        self.check_access('write')
        wizard = self.env['stokiva.personnel.handover'].create({'personnel_id': self.id, 'archive': archive})
        wizard._fill()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Visits of %s", self.name),
            'res_model': 'stokiva.personnel.handover',
            'res_id': wizard.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def action_view_orders(self):
        """Open the person's open orders.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.work_order_action')
        return {**action, 'domain': list(self._get_open_orders_domain()), 'context': {'create': False}}

    # === BUSINESS === #

    def _get_open_orders_domain(self):
        """Return the domain of the orders that wait for these people's work."""
        return Domain('personnel_id', 'in', self.ids) & Domain('state', 'in', workflow.WITH_PROVIDER)

    def _is_skilled_for(self, order):
        """Tell whether the person has learnt the service and knows the appliance.

        :param order: stokiva.work.order record
        :rtype: bool
        """
        self.ensure_one()
        return slots.is_skilled(
            self.service_type_ids.ids, self.device_type_ids.mapped('parent_path'), *order._get_needed_skill())

    def _get_substitutes(self, orders):
        """Propose for each order another technician of the provider: who can do it, then who has least to do.

        :param orders: stokiva.work.order records
        :return: ``{order: stokiva.personnel record, empty if there is nobody}``
        """
        self.ensure_one()
        people = self.provider_id.personnel_ids.filtered(
            lambda person: person.active and person != self and person.role in WORKERS)
        load = dict(self.env['stokiva.work.order']._read_group(
            people._get_open_orders_domain(), ['personnel_id'], ['__count']))
        chosen = {}
        for order in orders:
            skilled = people.filtered(lambda person: person._is_skilled_for(order)) or people  # noqa: B023
            best = min(skilled, key=lambda person: (load.get(person, 0), person.id), default=people)
            load[best] = load.get(best, 0) + 1
            chosen[order] = best
        return chosen

    def _permits(self, channel, topic):
        """Tell whether the person permits messages of a kind.

        :param str channel: of the outbox
        :param str topic: see ``messages.Kind``
        :rtype: bool
        """
        self.ensure_one()
        return any(self[name] for name, kind in PERMISSIONS.items() if kind == (channel, topic))

    def _is_dispatcher(self):
        """Tell whether the person answers offers and gives work to the others.

        :rtype: bool
        """
        self.ensure_one()
        return self.role in DISPATCHING
