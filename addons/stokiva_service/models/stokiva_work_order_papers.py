from odoo import models


class WorkOrder(models.Model):
    """What the customer's papers need, and the buttons that print them."""
    _inherit = 'stokiva.work.order'

    def _get_customer_url(self):
        """Return the absolute URL of the page where the customer follows the order; to be extended.

        It is printed on papers that others hand out: never one that lets its finder answer for the customer.

        :return: str, or None when there is no such page
        """
        self.ensure_one()

    def _can_be_followed(self):
        """Tell whether the customer has a page where he follows the order without a login; to be extended.

        :rtype: bool
        """
        self.ensure_one()
        return False

    def _get_follow_url(self):
        """Return the absolute URL of that page for a message to the customer himself; to be extended.

        :return: str, or None when there is no such page
        """
        self.ensure_one()

    def _get_opened_as(self):
        """Return service type and symptoms as they were when the order was opened, by the log of edits.

        :return: ``{'service_type_id': record, 'symptom_ids': records}``
        """
        self.ensure_one()
        opened = {}
        for row in self.event_ids.filtered(lambda item: item.event == 'edit').sorted('seq'):
            for name, change in row._get_payload().get('changes', {}).items():
                if name in ('service_type_id', 'symptom_ids'):
                    opened.setdefault(name, self[name].browse(change[0]).exists())
        return {'service_type_id': self.service_type_id, 'symptom_ids': self.symptom_ids} | opened

    def action_print_service_form(self):
        """Print what the customer gets for the device.

        :return: report action
        """
        return self.env.ref('stokiva_service.action_report_service_form').report_action(self)

    def action_print_work_report(self):
        """Print what was done.

        :return: report action
        """
        return self.env.ref('stokiva_service.action_report_work').report_action(self)
