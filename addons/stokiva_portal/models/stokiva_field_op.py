import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..presenters.words import get_action_labels

# As long as a phone may stay without a connection; then what was sent goes, that it was sent stays.
KEPT = timedelta(days=90)
EMPTIED_AT_ONCE = 10_000


class FieldOp(models.Model):
    """What technicians did on their phones: each operation once, with what became of it.

    The row is written in the same savepoint as the effect: either both are there or neither.
    """
    _name = 'stokiva.field.op'
    _description = "Sent from the Field"
    _order = 'received_at desc, id desc'
    _log_access = False
    _rec_name = 'type'

    uuid = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one('res.users', "Technician", required=True, readonly=True, index=True, ondelete='restrict')
    device = fields.Char("Phone", readonly=True)
    type = fields.Char("Kind", required=True, readonly=True)
    what = fields.Char(compute='_compute_what')
    work_order_id = fields.Many2one(
        'stokiva.work.order', readonly=True, index='btree_not_null', ondelete='set null')
    provider_id = fields.Many2one(related='work_order_id.provider_id')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    payload = fields.Json(readonly=True)
    payload_text = fields.Text("What Was Sent", compute='_compute_payload_text')
    client_time = fields.Datetime("By the phone's clock", readonly=True)
    received_at = fields.Datetime("Arrived", required=True, readonly=True)
    occurred_at = fields.Datetime("Done", required=True, readonly=True)
    skew = fields.Integer(
        "Clock is behind (seconds)", readonly=True, aggregator=None, help="Of the phone; 0 when it is nearly right.")
    status = fields.Selection([('applied', "Taken over"), ('rejected', "Refused")], required=True, readonly=True)
    code = fields.Char(readonly=True)
    message = fields.Char("Reason", readonly=True)
    result = fields.Json(readonly=True)
    decision = fields.Selection(
        [('forwarded', "Handed to the office"), ('retried', "Sent again"), ('discarded', "Deleted on the phone")],
        "On the Phone", readonly=True)
    is_settled = fields.Boolean("Settled", readonly=True)

    _uuid_uniq = models.UniqueIndex('(uuid)')
    _received_idx = models.Index('(received_at DESC, id DESC)')
    _refused_idx = models.Index("(received_at DESC, id DESC) WHERE status = 'rejected' AND is_settled IS NOT TRUE")
    _user_device_idx = models.Index("(user_id, device) WHERE status = 'rejected' AND decision IS NULL")

    @api.depends('type', 'payload')
    @api.depends_context('lang')
    def _compute_what(self):
        labels, events = self._get_type_labels(), get_action_labels(self.env)
        for op in self:
            event = (op.payload or {}).get('event') if op.type == 'event' else None
            op.what = events.get(event) or labels.get(op.type) or op.type

    @api.depends('what')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for op in self:
            op.display_name = op.what

    @api.depends('payload')
    def _compute_payload_text(self):
        for op in self:
            op.payload_text = op.payload and json.dumps(op.payload, ensure_ascii=False, indent=1)

    def _get_type_labels(self):
        """Return what each kind of operation is called.

        :rtype: dict
        """
        return {
            'approve': self.env._("Approval on site"), 'findings': self.env._("Findings"),
            'serial': self.env._("Serial number"), 'check': self.env._("Checklist"),
            'labour_add': self.env._("Labour added"), 'labour_remove': self.env._("Labour removed"),
            'part_add': self.env._("Part added"), 'part_remove': self.env._("Part removed"),
            'part_set': self.env._("Number of parts"), 'note': self.env._("Note to the office"),
            'dispute': self.env._("The customer does not approve"), 'ask': self.env._("Asked of the office"),
            'media_remove': self.env._("Photo taken away"), 'media': self.env._("Photo"), 'decide': self.env._("Decision"),
        }

    # === ACTIONS === #

    def action_settle(self):
        """Note that the office has dealt with what was refused.

        :raise AccessError: if the user is no dispatcher
        """
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        self.sudo().is_settled = True  # sudo: after the check; the rest of a row is never changed

    def action_view_work_order(self):
        """Open the job.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'stokiva.work.order', 'res_id': self.work_order_id.id,
            'views': [(False, 'form')]}

    # === CLEANING === #

    @api.autovacuum
    def _gc_payloads(self):
        """Empty what was sent long ago; that it was sent stays, so that nothing is ever carried out twice."""
        old = self.search([
            ('received_at', '<', fields.Datetime.now() - KEPT), ('payload', '!=', False)], limit=EMPTIED_AT_ONCE)
        old.write({'payload': False})
        self.env['ir.attachment'].search([('res_model', '=', self._name), ('res_id', 'in', old.ids)]).unlink()
        return len(old), len(old) == EMPTIED_AT_ONCE
