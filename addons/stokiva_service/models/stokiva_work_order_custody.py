from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import audit, signatures, workflow

MAX_TEXT = 2000
MAX_NAME = 100


class WorkOrder(models.Model):
    """Who has the device: taken in with a list, moved, handed back with the same list."""
    _inherit = 'stokiva.work.order'

    take_in_ids = fields.One2many('stokiva.take.in', 'work_order_id', "Taken in", readonly=True)
    can_take_in = fields.Boolean(compute='_compute_can_take_in')

    @api.depends('legal_events', 'place')
    @api.depends_context('uid')
    def _compute_can_take_in(self):
        for order in self:
            legal = set((order.legal_events or '').split(','))
            # Brought to the desk before any provider has the order: taking in also assigns and accepts.
            order.can_take_in = 'take_in' in legal or (
                order.place == 'brought_in' and bool(legal & {'assign', 'accept'}))

    # === BUTTONS === #

    def action_take_in(self):
        """Open the dialog in which the device is taken in, at the desk also before a provider has the order.

        :return: window action
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        if not self.can_take_in:
            self._check_legal('take_in')
        return self.env['stokiva.event.wizard'].create({
            'event': 'take_in', 'work_order_ids': [Command.set(self.ids)]})._get_action()

    def action_move_device(self):
        """Note that the device went from the technician to the workshop, or the other way.

        :raise UserError: if the customer has it
        """
        self.check_access('read')
        for order in self:
            order._apply_event(
                'move', {'custody': 'workshop' if order.custody == 'technician' else 'technician'},
                actor=self.env.user, channel='office')

    def _hand_back_all(self, **door):
        """Hand back the devices with all that came with each.

        :param door: ``actor`` and ``channel``, see ``_apply_event``
        """
        for order in self:
            order._apply_event(
                'hand_back', {'accessory_ids': order._get_stays().line_ids.accessory_id.ids}, **door)

    # === EVENTS === #

    def _on_take_in(self, given, actor, channel, occurred):
        accessories = self._get_given_accessories(given)
        self._check_fits_device(accessories.device_type_id)
        signed = self._prepare_signature(given, 'signed_by', 'signature')
        payloads = {}
        for order in self:
            at_desk = order.state == workflow.ACCEPTED
            order.write({
                'custody': given.get('custody') or ('workshop' if at_desk else 'technician'),
                'place': 'collected' if not at_desk else 'brought_in' if order.place == 'on_site' else order.place,
            })
            payloads[order] = dict(
                given, custody=order.custody, place=order.place, accessory_ids=accessories.ids,
                signature=signed['signature'] and audit.sha256(signed['signature']))
        self.take_in_ids.flush_recordset(['handed_back_at'])  # the database allows one stay at a time
        self.env['stokiva.take.in'].create([
            dict(
                signed, work_order_id=order.id, provider_id=order.provider_id.id, taken_at=occurred,
                condition=(given.get('condition') or '')[:MAX_TEXT],
                line_ids=[Command.create({'accessory_id': accessory.id}) for accessory in accessories])
            for order in self])
        return payloads

    def _on_move(self, given, actor, channel, occurred):
        self.custody = given['custody']

    def _on_hand_back(self, given, actor, channel, occurred):
        accessories = self._get_given_accessories(given)
        note = (given.get('note') or '').strip()[:MAX_TEXT]
        signed = self._prepare_signature(given, 'received_by', 'received_signature')
        stays = self._get_stays()
        strange = accessories - stays.line_ids.accessory_id
        if strange:
            raise UserError(self.env._("“%s” was not taken in.", strange[0].name))
        missing = stays.line_ids.filtered(lambda line: line.accessory_id not in accessories)
        if missing and not note:
            raise UserError(self.env._(
                "This was taken in and is not ticked: %s. Say what became of it.",
                ", ".join(missing.accessory_id.mapped('name'))))
        (stays.line_ids - missing).write({'is_back': True})
        stays.write(dict(
            signed, handed_back_at=occurred, missing_note=note or False))
        self.custody = 'customer'
        return dict.fromkeys(self, dict(
            given, accessory_ids=accessories.ids, missing_ids=missing.accessory_id.ids,
            signature=signed['received_signature'] and audit.sha256(signed['received_signature'])))

    # === THEIR PARTS === #

    def _get_stays(self):
        """Return the stays of those devices that are not with their customers now."""
        return self.take_in_ids.filtered(lambda stay: not stay.handed_back_at)

    @api.model
    def _get_given_accessories(self, given):
        """Return the accessories that were ticked.

        :param dict given: of the event; ``accessory_ids`` may hold ids
        :raise UserError: if one does not exist
        """
        ids = given.get('accessory_ids') or []
        if not isinstance(ids, (list, tuple)):
            ids = [None]
        known = self.env['stokiva.accessory'].browse(id_ for id_ in ids if isinstance(id_, int)).exists()
        if len(known) != len(ids):
            raise UserError(self.env._("Please choose from the list."))
        return known

    @api.model
    def _prepare_signature(self, given, name_field, signature_field):
        """Return the values of whoever signed.

        :param dict given: of the event; ``signed_by`` is a name, ``signature`` the base64 text of a PNG
        :param str name_field: of the stay
        :param str signature_field: of the stay
        :raise UserError: if what is given is no signature
        """
        signature = given.get('signature') or False
        if signature:
            try:
                signature = signatures.normalise(signature)
            except (signatures.BadSignature, TypeError) as error:
                raise UserError(self.env._("This signature cannot be read. Please sign again.")) from error
        return {name_field: (given.get('signed_by') or '')[:MAX_NAME] or False, signature_field: signature}
