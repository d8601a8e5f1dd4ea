from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from . import media_samples as samples
from .common_anonymous import find_personal
from .common_orders import WorkOrderCommon

# Not by writing: files are removed, the log forgets its clear values, contacts lose theirs.
ERASED_OTHERWISE = {
    'stokiva.media.image', 'stokiva.media.file', 'stokiva.event.personal.clear', 'stokiva.event.personal.salt',
    'stokiva.device.receipt', 'stokiva.device.label_photo', 'stokiva.device.registered_model', 'stokiva.device.search_text',
    'stokiva.warranty.extension.reason'}
HARMLESS = {
    "numbers, hashes and keys": {
        'stokiva.work.order.name', 'stokiva.work.order.event_hash', 'stokiva.approval.shown_hash', 'stokiva.media.sha256',
        'stokiva.media.perceptual_hash', 'stokiva.seal.head.hash',
        'stokiva.event.hash', 'stokiva.event.prev_hash', 'stokiva.event.key', 'stokiva.message.dedupe',
        'stokiva.device.serial', 'stokiva.slot.booking.key'},
    "words of the program": {
        'stokiva.media.mimetype', 'stokiva.message.event', 'stokiva.message.audience',
        'stokiva.seal.head.model', 'stokiva.event.event', 'stokiva.event.state_before', 'stokiva.event.state_after',
        'stokiva.event.actor_kind', 'stokiva.event.role', 'stokiva.event.channel', 'stokiva.work.order.unassigned_why',
        'stokiva.work.order.charge_problem', 'stokiva.work.order.payment_problem', 'stokiva.assignment.rule',
        'stokiva.assignment.rule_version', 'stokiva.assignment.ranking', 'stokiva.work.order.sla_clock', 'stokiva.sla.clock.runs'},
    "personal values are digests in it": {'stokiva.event.payload'},
    "what was done, as the approval showed it": {
        'stokiva.labour.line.name', 'stokiva.part.line.name', 'stokiva.checklist.line.name'},
    "about providers and employees": {
        'stokiva.provider.code', 'stokiva.provider.suspend_note', 'stokiva.partner.consent.user_name'},
}


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

    def test_every_field_is_erased_or_harmless(self):
        """A new field of words or pictures on what belongs to a customer is erased, or named here with the reason."""
        orders = self.order
        erased = {
            f'{records._name}.{name}' for records, values in orders._get_anonymous_values() for name in values
        } | ERASED_OTHERWISE
        personal = find_personal(self.env, 'stokiva_service')
        harmless = set().union(*HARMLESS.values())
        self.assertEqual(personal - erased, harmless, "neither erased nor named as harmless, or named in vain")
        self.assertFalse(harmless & erased)

    def test_what_came_later_is_erased_too(self):
        line = self.order.labour_line_ids.sudo()
        self.order.sudo().checklist_line_ids = [Command.create({'name': "Water off", 'remark': "Ayşe did it"})]
        line.write({'coverage': 'goodwill', 'goodwill_reason': "For Ayşe"})
        self.order.assignment_ids.sudo().note = "Ayşe prefers him"
        self.order.device_id.sudo().extension_ids = [
            Command.create({'labour_months': 12, 'reason': "Ayşe waited long"})]
        self.order.sudo().activity_schedule('mail.mail_activity_data_todo', note="Call Ayşe", user_id=self.user_manager.id)
        self.env['stokiva.take.in'].sudo().create({
            'work_order_id': self.order.id, 'provider_id': self.provider_a.id, 'taken_at': '2026-01-01 10:00:00',
            'handed_back_at': '2026-01-02 10:00:00', 'condition': "Ayşe scratched it", 'signed_by': "Ayşe",
            'received_by': "Ayşe", 'missing_note': "Ayşe keeps it"})
        self.wizard.action_anonymise()
        self.assertEqual(line.goodwill_reason, "–")
        self.assertEqual(self._find(("Ayşe",), (
            'stokiva_checklist_line', 'stokiva_labour_line', 'stokiva_assignment', 'stokiva_warranty_extension',
            'stokiva_take_in', 'mail_activity')), set())
