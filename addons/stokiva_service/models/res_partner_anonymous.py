from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .. import workflow
from .stokiva_work_order_file import MANAGER

CLEARED = (
    'city_id', 'comment', 'email', 'function', 'image_1920', 'phone', 'ref', 'street', 'street2', 'vat', 'website', 'zip')


class ResPartner(models.Model):
    """Anonymisation of a customer: the name is replaced, what identifies him is removed, the log stays whole."""
    _inherit = 'res.partner'

    def _stokiva_anonymise(self):
        """Replace the personal values of customers, their contacts, devices and closed orders. To be extended.

        Province, country and the district of orders stay, for statistics. Each order and each contact has an
        event of it, and the clear personal values of the log are erased.

        :raise AccessError: for anybody but a manager
        :raise UserError: if one is not only a customer, or has open orders
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager anonymises customers."))
        self.check_access('write')
        # sudo: all that is known of the customer goes, in every company and where the manager may not write
        customers = self.sudo().with_context(active_test=False, tracking_disable=True)
        contacts = customers.search([('commercial_partner_id', 'in', customers.commercial_partner_id.ids)])
        orders = self.env['stokiva.work.order'].sudo().search(  # sudo: as above
            Domain('partner_id', 'in', contacts.ids) | Domain('site_id', 'in', contacts.ids))
        contacts._check_anonymisable(orders)
        orders.with_env(self.env)._anonymise()
        contacts._anonymise_traces()
        for contact in contacts.with_context(active_test=True):  # archived logins are no longer in the way
            contact.write(contact._get_anonymous_values())
        log = self.env['stokiva.event']
        log._append_changes('anonymise', {contact: {} for contact in contacts.with_env(self.env)})
        log._forget_personal([('model', '=', self._name), ('res_id', 'in', contacts.ids)])
        log._forget_personal([('model', '=', 'res.users'), ('res_id', 'in', contacts.user_ids.ids)])

    def _check_anonymisable(self, orders):
        """Raise unless all are customers only, and their orders closed.

        :raise UserError: naming what is in the way
        """
        people = self.env['stokiva.personnel'].with_context(active_test=False).search_count(
            [('partner_id', 'in', self.ids)], limit=1)
        companies = self.env['res.company'].search_count([('partner_id', 'in', self.ids)], limit=1)
        if people or companies or self._filter_network() or any(not user.share for user in self.user_ids):
            raise UserError(self.env._("Only customers are anonymised, not employees, providers or their people."))
        if still_open := orders.filtered(lambda order: order.state in workflow.OPEN):
            raise UserError(self.env._(
                "These orders are still open: %s", ", ".join(still_open.mapped('name'))))

    def _get_anonymous_values(self):
        """Return what replaces the values of a contact; to be extended.

        :rtype: dict
        """
        self.ensure_one()
        return dict.fromkeys(CLEARED, False) | {
            'name': self.env._("Anonymised %s", self.id), 'city': False, 'partner_latitude': 0, 'partner_longitude': 0,
            'active': False}

    def _anonymise_traces(self):
        """Remove what other records know of the contacts: logins, messages, files, receipts; to be extended."""
        addresses = [*self.mapped('email'), *self.user_ids.mapped('login')]
        for user in self.user_ids:
            user.write({'active': False, 'login': f'anonymised-{user.id}', 'signature': False})
        devices = self.env['stokiva.device'].search([('partner_id', 'in', self.ids)])
        devices.write({'receipt': False, 'label_photo': False, 'registered_model': False})
        devices.extension_ids.write({'reason': False})
        sales = self.env['sale.order'].search([('partner_id', 'in', self.ids)])
        sales.write({'signature': False, 'signed_by': False})
        for records in (self, devices):
            self.env['mail.message'].search([('model', '=', records._name), ('res_id', 'in', records.ids)]).unlink()
        self.env['mail.message'].search([('author_id', 'in', self.ids)]).unlink()
        self.env['mail.mail'].search(Domain('recipient_ids', 'in', self.ids) | Domain.OR(
            Domain('email_to', 'ilike', address) for address in addresses if address)).unlink()
        self.env['ir.attachment'].search([('res_model', '=', self._name), ('res_id', 'in', self.ids)]).unlink()
        self.bank_ids.unlink()
