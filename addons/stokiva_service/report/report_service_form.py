import json

from odoo import api, models

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
        ticked = given.get('accessory_ids') or []
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
                {'name': accessory.name, 'is_ticked': accessory.id in ticked}
                for accessory in self._get_accessories(order, ticked)],
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
    def _get_accessories(self, order, ticked):
        """Return what can come with such a device, and what came."""
        accessories = order.env['stokiva.accessory'].search(
            [('device_type_id', 'parent_of', order.device_type_id.id)])
        return accessories | accessories.browse(ticked).exists()
