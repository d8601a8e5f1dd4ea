from odoo import models


class WorkOrder(models.Model):
    """What an order keeps when its customer is anonymised: what was done, when, by whom; nothing of the customer."""
    _inherit = 'stokiva.work.order'

    def _anonymise(self):
        """Take what tells something about the customer out of closed orders; an event of each. To be extended.

        Of what was shown for approval the hash stays, also in the log. The caller has checked who may, and goes
        through ``res.partner._stokiva_anonymise``.
        """
        orders = self.sudo().with_context(tracking_disable=True)  # sudo: also what the manager sees only in part
        for records, values in orders._get_anonymous_values():
            records.write(values)
        orders._remove_files()
        actor = self.env.user
        self._note_event('anonymise', {}, actor=actor, channel='office')
        self.env['stokiva.event']._forget_personal([('work_order_id', 'in', self.ids)])

    def _get_anonymous_values(self):
        """Return which records of the orders lose which values; to be extended.

        :return: list of (records, values to write)
        """
        return [
            (self, {'symptom_note': False, 'diagnosis': False, 'internal_note': False, 'muted_phone': False, 'muted_email': False}),
            (self.visit_ids, {
                'note': False, 'signed_by': False, 'signature': False, 'arrived_latitude': 0, 'arrived_longitude': 0}),
            (self.approval_ids, {
                'shown': '{}', 'signature': False, 'signed_by': False, 'comment': False, 'ip': False, 'user_agent': False,
                'document': False, 'document_name': False, 'call_note': False}),
            (self.env['stokiva.take.in'].search([('work_order_id', 'in', self.ids)]), {
                'condition': False, 'signature': False, 'signed_by': False, 'received_by': False,
                'received_signature': False, 'missing_note': False}),
            (self.media_ids, {'name': False, 'latitude': 0, 'longitude': 0, 'fingerprint': False}),
            (self.checklist_line_ids, {'remark': False}),
            (self.labour_line_ids.filtered('goodwill_reason'), {'goodwill_reason': "–"}),  # goodwill has to have one
            (self.part_line_ids.filtered('goodwill_reason'), {'goodwill_reason': "–"}),
            (self.env['stokiva.assignment'].search([('work_order_ids', 'in', self.ids)]), {'note': False}),
            (self.env['stokiva.message'].search([('work_order_id', 'in', self.ids)]), {'error': False}),
            (self.env['stokiva.repeat.visit'].search(['|', ('work_order_id', 'in', self.ids), ('earlier_id', 'in', self.ids)]), {
                'objection': False, 'decision': False}),
            (self.env['rating.rating'].search([('res_model', '=', self._name), ('res_id', 'in', self.ids)]), {
                'feedback': False}),
        ]

    def _remove_files(self):
        """Remove photos, videos and documents; their hashes stay, so that what was approved can be named."""
        self.env['ir.attachment'].search([
            '|', '&', ('res_model', '=', self.media_ids._name), ('res_id', 'in', self.media_ids.ids),
            '&', ('res_model', '=', self._name), ('res_id', 'in', self.ids), ('res_field', '!=', '-')]).unlink()
        self.env['mail.message'].search([('model', '=', self._name), ('res_id', 'in', self.ids)]).unlink()
        self.with_context(active_test=False).activity_ids.unlink()
        self.env.invalidate_all()
