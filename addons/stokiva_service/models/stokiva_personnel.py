from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command


# Roles that answer offers and give work to the others.
DISPATCHING = ('master', 'dispatcher')


class Personnel(models.Model):
    _name = 'stokiva.personnel'
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
    notify_email = fields.Boolean("Tell by E-mail", default=True, groups='base.group_user')
    notify_sms = fields.Boolean("Tell by SMS", groups='base.group_user')

    _provider_partner_uniq = models.Constraint(
        'UNIQUE(provider_id, partner_id)', "This person works for the provider already, perhaps archived.")

    @api.constrains('user_id', 'partner_id')
    def _check_user_id(self):
        for person in self.filtered('user_id'):
            if person.user_id.partner_id != person.partner_id:
                raise ValidationError(self.env._(
                    "The login %(login)s belongs to somebody else than %(person)s.",
                    login=person.user_id.login, person=person.name))

    def action_invite_portal(self):
        """Let the person log in: with the login that the contact has, else with a new portal
        login, to which the invitation goes by e-mail. A login that exists keeps its rights.

        :return: an action that says what happened
        :rtype: dict
        :raise UserError: if the person has a login, the contact's login is archived, or its
            e-mail address is missing or used by another login
        """
        self.ensure_one()
        self.check_access('write')
        if self.user_id:
            raise UserError(self.env._("%(person)s has a login already.", person=self.name))
        person_sudo = self.sudo()  # sudo: logins of a contact are invisible to dispatchers
        users_sudo = person_sudo.partner_id.with_context(active_test=False).user_ids
        user_sudo = users_sudo.filtered('active')[:1]
        if users_sudo and not user_sudo:
            raise UserError(self.env._(
                "The login of %(person)s is archived. An administrator can bring it back.",
                person=self.name))
        invited = not user_sudo
        person_sudo.user_id = user_sudo or person_sudo._create_portal_user()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("The invitation goes to %(email)s.", email=self.email) if invited
                else self.env._(
                    "%(person)s can now use the login %(login)s here.",
                    person=self.name, login=user_sudo.login),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _create_portal_user(self):
        """Give the contact, who has no login, a portal login by Odoo's own invitation.

        :return: `res.users`
        :raise UserError: if the e-mail address is missing or used by another login
        """
        self.ensure_one()
        person = self.with_company(self.company_id or self.env.company)
        wizard = person.env['portal.wizard'].create({
            'partner_ids': [Command.set(person.partner_id.ids)],
        })
        wizard.user_ids.action_grant_access()
        return self.env['res.users'].search([('partner_id', '=', self.partner_id.id)], limit=1)

    def _is_dispatcher(self):
        """Tell whether the person answers offers and gives work to the others.

        :rtype: bool
        """
        self.ensure_one()
        return self.role in DISPATCHING
