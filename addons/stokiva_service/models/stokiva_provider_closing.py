from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import workflow

UNDER_WAY = (workflow.ASSIGNED, *workflow.WITH_PROVIDER)


class Provider(models.Model):
    """How the work with a provider ends."""
    _inherit = 'stokiva.provider'

    def write(self, vals):
        """Write; with a provider its people are archived.

        :raise UserError: if a provider with open work would be archived
        """
        leaving = self.filtered('active') if 'active' in vals and not vals['active'] else self.browse()
        leaving.check_access('write')  # before anything is told of its work
        leaving._check_no_open_work()
        res = super().write(vals)
        leaving.personnel_ids.action_archive()
        return res

    def action_archive(self):
        """Archive the providers; one that still has work is closed by the dialog instead."""
        if len(self) == 1 and self.active and self._count_open_orders():
            return self.action_close()
        return super().action_archive()

    def action_close(self):
        """Open the dialog that ends the work with the provider.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access('write')
        wizard = self.env['stokiva.provider.close'].create({'provider_id': self.id})
        wizard._fill()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Close %s", self.name),
            'res_model': 'stokiva.provider.close',
            'res_id': wizard.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def _get_open_orders_domain(self):
        """Return the domain of the orders that a provider cannot leave behind."""
        return Domain('provider_id', 'in', self.ids) & Domain('state', 'in', UNDER_WAY)

    def _count_open_orders(self):
        """Return how many orders the providers cannot leave behind, those of other companies included."""
        orders = self.env['stokiva.work.order'].sudo()  # sudo: a shared provider works for all companies; only counted
        return orders.search_count(self._get_open_orders_domain()) if self else 0

    def _check_no_open_work(self):
        """Raise if one of the providers still has work.

        :raise UserError: if so
        """
        count = self._count_open_orders()
        if count:
            raise UserError(self.env._(
                "%(providers)s: %(count)s orders are open. Use “Close…”, which gives them to others.",
                providers=", ".join(self.mapped('name')), count=count))

    def _get_closing_notes(self):
        """Return what stays open when a provider is closed, for somebody to look after; to be extended.

        Another addon adds its sentences (settlements not paid, consigned stock). To refuse the closing, it
        raises in ``_check_no_open_work``.

        :return: list of sentences
        """
        self.ensure_one()
        orders = self.env['stokiva.work.order'].search([
            ('provider_id', '=', self.id), ('state', 'not in', UNDER_WAY),
            '|', ('state', '=', workflow.AWAITING_APPROVAL), ('custody', '!=', 'customer')])
        waiting = orders.filtered(lambda order: order.state == workflow.AWAITING_APPROVAL)
        kept = orders.filtered(lambda order: order.custody != 'customer')
        notes = []
        if waiting:
            notes.append(self.env._(
                "These orders wait for the customer and are approved as usual: %s.", ", ".join(waiting.mapped('name'))))
        if kept:
            notes.append(self.env._(
                "Devices of these orders are still with the provider: %s.", ", ".join(kept.mapped('name'))))
        if stock := self._describe_parts():
            notes.append(self.env._("Our parts that lie with the provider: %s.", stock))
        return notes

    @api.model
    def _archive_logins(self, users):
        """Archive portal logins of people who work for nobody any more.

        :param users: res.users records
        """
        users_sudo = users.sudo()  # sudo: dispatchers manage people, not logins; portal logins only
        busy = self.env['stokiva.personnel'].sudo().search([('user_id', 'in', users.ids)]).user_id  # sudo: as above
        (users_sudo.filtered('share') - busy).write({'active': False})
