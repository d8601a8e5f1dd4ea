from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from . import media_samples as samples
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestAnonymise(WorkOrderCommon):
    """A customer who wants to be forgotten is; what was done for him can still be verified."""

    def setUp(self):
        super().setUp()
        self.order = self._submitted(symptom_note="Ayşe says it leaks")
        self.order.sudo().media_ids = [Command.create({'kind': 'work', 'image': samples.jpeg(), 'name': "Kitchen"})] \
            if not self.order.media_ids else []
        self._answer(self.order, comment="Thank you from Ayşe", signed_by="Ayşe Yılmaz")
        self.portal = new_test_user(self.env, 'ayse', groups='base.group_portal', name="Ayşe Yılmaz", partner_id=self.customer.id)
        self.contact = self.env['res.partner'].create(
            {'name': "Ayşe's summer house", 'parent_id': self.customer.id, 'phone': '+90 532 123 45 68'})
        self.customer.message_post(body="Ayşe called")
        self.order.message_post(body="Ayşe called again")
        self.wizard = self.env['stokiva.anonymise'].with_user(self.user_manager).with_context(
            active_id=self.customer.id).create({'is_sure': True})

    def _find(self, words, tables):
        """Where the words stand in the tables: ``{(word, table, column)}``."""
        self.env.flush_all()
        found = set()
        for table in tables:
            for row in self.env.execute_query_dict(SQL("SELECT * FROM %s", SQL.identifier(table))):
                found |= {(word, table, name) for name, value in row.items() for word in words if word in str(value)}
        return found

    def test_nothing_of_the_customer_is_left(self):
        tables = (
            'res_partner', 'res_users', 'stokiva_work_order', 'stokiva_approval', 'stokiva_visit', 'stokiva_media',
            'stokiva_event', 'stokiva_event_personal', 'mail_message', 'mail_mail', 'rating_rating', 'stokiva_device')
        words = ("Ayşe", "ayse@example.com", '532 123 45 6', "Bahariye")
        self.assertEqual({word for word, _table, _column in self._find(words, tables)}, set(words))
        self.assertEqual(self.wizard.order_count, 1)
        self.wizard.action_anonymise()
        self.assertEqual(self._find(words, tables), set())
        self.assertFalse(self.customer.active or self.contact.active or self.portal.active)
        self.assertEqual(self.customer.name, f"Anonymised {self.customer.id}")
        self.assertEqual(self.customer.state_id, self.state_istanbul, "for statistics")
        self.assertFalse(self.env['ir.attachment'].search(
            [('res_model', '=', 'stokiva.media'), ('res_id', 'in', self.order.media_ids.ids), ('res_field', '!=', False)]))

    def test_it_is_an_event_and_the_chain_still_verifies(self):
        self.env['stokiva.seal']._seal(self.company)
        self.wizard.action_anonymise()
        row = self.order.event_ids.sorted('seq')[-1]
        self.assertEqual((row.event, row.actor_id, row.role), ('anonymise', self.user_manager.id, 'manager'))
        self.assertEqual((row.state_before, row.state_after), ('completed', 'completed'))
        self.assertEqual(
            self.env['stokiva.event'].search([('model', '=', 'res.partner'), ('res_id', '=', self.contact.id)]).event,
            'anonymise')
        self.assertFalse(self.env['stokiva.verifier']._verify_all()[2])
        manifest, files = self.order.with_user(self.user_manager)._get_media_archive()
        self.assertFalse(manifest['files'] or files)

    def test_not_while_work_is_open(self):
        order = self._open_order()
        with self.assertRaisesRegex(UserError, order.name):
            self.wizard.action_anonymise()
        self.assertEqual(self.customer.name, "Ayşe Yılmaz")
        self._do(order, 'cancel', reason="no longer wanted")
        self.wizard.action_anonymise()
        self.assertEqual(order.event_ids.sorted('seq')[-1].event, 'anonymise')

    def test_only_customers_by_managers(self):
        for partner in (self.provider_a.partner_id, self.technician_a.partner_id, self.user_dispatcher.partner_id,
                        self.company.partner_id):
            with self.assertRaises(UserError):
                partner.with_user(self.user_manager)._stokiva_anonymise()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.user_dispatcher)._stokiva_anonymise()
        with self.assertRaises(AccessError):
            self.env['stokiva.anonymise'].with_user(self.user_dispatcher).create({'partner_id': self.customer.id})
