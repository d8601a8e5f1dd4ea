from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class Personnel(models.Model):
    """How a person gets a login."""
    _inherit = 'stokiva.personnel'

    def action_invite_portal(self):
        """Let the person log in: with the login that the contact has, else with a new portal
        login, to which the invitation goes by e-mail. A login that exists keeps its rights.

        :return: an action that says what happened
        :rtype: dict
        :raise UserError: if the person has left or has a login, the contact's login is archived, or its
            e-mail address is missing or used by another login
        """
        self.ensure_one()
        self.check_access('write')
        if not self.active:
            raise UserError(self.env._("%(person)s has left.", person=self.name))
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
        if invited:
            person_sudo._queue_invitation()
            return self._get_invited_action()
        return self._get_told_action(self.env._(
            "%(person)s can now use the login %(login)s here.", person=self.name, login=user_sudo.login))

    def action_invite_again(self):
        """Send the invitation once more to somebody who has never logged in.

        :return: an action that says where it goes
        :rtype: dict
        :raise UserError: if there is no such login, or it has been used
        """
        self.ensure_one()
        self.check_access('write')
        person_sudo = self.sudo()  # sudo: logins are invisible to dispatchers; portal logins never used only
        user_sudo = person_sudo.user_id
        if not self.active or not user_sudo.active or not user_sudo.share or user_sudo.login_date:
            raise UserError(self.env._("%(person)s needs no invitation.", person=self.name))
        person_sudo._queue_invitation()
        return self._get_invited_action()

    def _get_invited_action(self):
        return self._get_told_action(self.env._("The invitation goes to %(email)s.", email=self.email))

    def _get_told_action(self, message):
        """Return the action that shows a message and the form anew."""
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': message,
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _create_portal_user(self):
        """Give the contact, who has no login, a portal login as Odoo's own invitation does.

        :return: `res.users`
        :raise UserError: if the e-mail address is missing or used by another login
        """
        self.ensure_one()
        person = self.with_company(self.company_id or self.env.company)
        wizard = person.env['portal.wizard'].create({
            'partner_ids': [Command.set(person.partner_id.ids)],
        })
        wizard.user_ids._assert_user_email_uniqueness()
        return wizard.user_ids._create_user()

    def _queue_invitation(self):
        """Queue the mail with the link to choose a password: sent after commit, not within."""
        self.ensure_one()
        user = self.user_id
        user.partner_id.signup_prepare()
        template = self.env.ref('auth_signup.portal_set_password_email')
        template.with_context(
            dbname=self.env.cr.dbname, lang=user.lang, welcome_message='', medium='portalinvite').send_mail(user.id)
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()
