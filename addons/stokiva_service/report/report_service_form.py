import json

from odoo import api, models
from odoo.tools.image import image_data_uri

# Photos that show in which condition the device came.
CONDITION_KINDS = ('before', 'fault', 'label', 'accessory')


class ReportServiceForm(models.AbstractModel):
    """What the customer gets when the device is taken in."""
    _name = 'report.stokiva_service.report_service_form'
    _inherit = ['stokiva.paper']
    _description = "Service Form"

    @api.model
    def _prepare_paper(self, order):
        taken_in, given = self._get_taken_in(order)
        back = order.event_ids.filtered(lambda row: row.event == 'hand_back').sorted('seq')[-1:]
        stay = order.take_in_ids[-1:]
        ticked = stay.line_ids.accessory_id
        custody = dict(order._fields['custody']._description_selection(order.env))
        return super()._prepare_paper(order) | {
            'taken_in': self._format_moment(order, taken_in.occurred_at),
            'taken_by': taken_in.actor_name if taken_in else None,
            'handed_back': back.seq > taken_in.seq and self._format_moment(order, back.occurred_at) or None,
            'custody': custody[order.custody],
            'place': dict(order._fields['place']._description_selection(order.env))[order.place],
            'warranty': order.warranty_text or None,
            'reported': [*order.symptom_ids.mapped('name'), *filter(None, [order.symptom_note])],
            'condition': given.get('condition') or None,
            'accessories': [
                {'name': accessory.name, 'is_ticked': accessory in ticked}
                for accessory in self._get_accessories(order) | ticked],
            'missing': ", ".join(stay.line_ids.filtered(
                lambda line: stay.handed_back_at and not line.is_back).accessory_id.mapped('name')) or None,
            'missing_note': stay.missing_note or None,
            'signed': self._prepare_signed(order, stay.taken_at, stay.signed_by, stay.signature),
            'received': self._prepare_signed(order, stay.handed_back_at, stay.received_by, stay.received_signature),
            'photos': self._prepare_photos(
                order, order._get_photos().filtered(lambda photo: photo.kind in CONDITION_KINDS)),
        }

    @api.model
    def _get_taken_in(self, order):
        """Return the row of the last take-in and what was given, in clear; both empty before it."""
        row = order.event_ids.filtered(lambda item: item.event == 'take_in').sorted('seq')[-1:]
        if not row:
            return row, {}
        personal = order.env['stokiva.event.personal'].search([('event_id', '=', row.id)], limit=1)
        clear = json.loads(personal.clear) if personal else {}
        # Where the clear value was erased, nothing is printed: not its digest.
        return row, row._get_payload() | {'condition': clear.get('condition')}

    @api.model
    def _get_accessories(self, order):
        """Return what can come with such a device."""
        return order.env['stokiva.accessory'].search([('device_type_id', 'parent_of', order.device_type_id.id)])

    @api.model
    def _prepare_signed(self, order, moment, name, signature):
        """Return who signed, when and how; None where nobody did on a screen."""
        return {
            'moment': self._format_moment(order, moment), 'name': name or None,
            'signature': image_data_uri(signature),
        } if signature else None
