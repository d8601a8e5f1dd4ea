from odoo import api, models
from odoo.fields import Domain


class WorkOrder(models.Model):
    _name = 'stokiva.work.order'
    _inherit = ['stokiva.portal.readable', 'stokiva.work.order']

    # Nothing here tells who the customer is, where he lives, what he pays or who else was asked.
    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'state', 'company_id', 'priority', 'group_id',
        'service_type_id', 'device_type_id', 'place', 'custody', 'is_halted', 'is_late', 'deadline', 'due_at', 'risk_at', 'sla_paused',
        'provider_id', 'window_start', 'window_end', 'opened_at', 'accepted_at', 'departed_at', 'started_at',
        'submitted_at', 'completed_at', 'closed_at', 'labour_line_ids', 'part_line_ids', 'media_ids', 'visit_ids',
    })

    # The lists of what was ever done, newest first, whatever the number of years.
    _provider_newest_idx = models.Index("(provider_id, id DESC) WHERE provider_id IS NOT NULL")

    @api.model
    def _get_job_domain(self):
        """Return what the current user does as one of a provider's people: for a search in sudo.

        The record rules of the user hold inside; they may also let him see orders in other roles. Whom he is with
        stands in it by ids, so that the database walks the provider's index and not all orders.

        :rtype: odoo.fields.Domain
        """
        people_sudo = self.env['stokiva.personnel']._get_of_user()
        leading_sudo = people_sudo.filtered(lambda person: person._is_dispatcher())
        return self._get_readable_domain() & (
            Domain('provider_id', 'in', leading_sudo.provider_id.ids)
            | self._get_visiting_domain(people_sudo - leading_sudo))

    @api.model
    def _get_own_job_domain(self):
        """Return what the current user does himself, as technician or assistant: for a search in sudo.

        :rtype: odoo.fields.Domain
        """
        return self._get_readable_domain() & self._get_visiting_domain(self.env['stokiva.personnel']._get_of_user())

    @api.model
    def _get_readable_domain(self):
        """Return what the record rules let the current user read: for a search in sudo."""
        self.browse().check_access('read')
        return self.env['ir.rule']._compute_domain(self._name, 'read')

    @api.model
    def _get_visiting_domain(self, people):
        return Domain('personnel_id', 'in', people.ids) | Domain('visit_id.assistant_ids', 'in', people.ids)

    @api.model
    def _get_request_domain(self):
        """Return what the current user may see as the customer or one of his: for a search in sudo.

        :rtype: odoo.fields.Domain
        """
        return self._get_readable_domain() & Domain(
            'partner_id', 'child_of', self.env.user.commercial_partner_id.ids)

    def _get_customer_url(self):
        self.ensure_one()
        return f'{self.get_base_url()}/my/service/{self.id}'

    def _is_customer(self, user):
        """Tell whether a user is the customer of the order, or of the same company as he.

        :param user: res.users record
        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()  # sudo: only the answer leaves, not who the customer is
        return order_sudo.partner_id.commercial_partner_id == user.commercial_partner_id

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # The order's thread is between customer and office. A provider writes on his offer's thread.
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        user = self.env.user
        if user.share:
            for order in self:
                if not order._is_customer(user):
                    operations[order] = 'unlink'
        return operations

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        if not self.env.su and self.env.user.share:
            self = self.filtered(lambda order: order._is_customer(self.env.user))
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    def _get_anonymous_values(self):
        """Add what was sent from the field: notes and names may be in it."""
        return super()._get_anonymous_values() + [
            (self.env['stokiva.field.op'].search([('work_order_id', 'in', self.ids)]), {'payload': False, 'message': False})]
