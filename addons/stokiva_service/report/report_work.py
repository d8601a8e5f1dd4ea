import json

from odoo import api, models


class ReportWork(models.AbstractModel):
    """What was reported, found and done, and the customer's answer to it."""
    _name = 'report.stokiva_service.report_work'
    _inherit = ['stokiva.paper']
    _description = "Work Report"

    @api.model
    def _prepare_paper(self, order):
        approval = order.approval_ids.filtered(
            lambda item: item.kind == 'work' and item.state in ('approved', 'disputed')).sorted('id')[-1:]
        is_approved = approval.state == 'approved'
        # What was approved is printed as it was shown then, word by word.
        shown = json.loads(approval.shown) if is_approved else json.loads(json.dumps(order._get_shown_content()))
        opened = order._get_opened_as()
        states = dict(order._fields['state']._description_selection(order.env))
        return super()._prepare_paper(order) | self._prepare_content(order, shown) | {
            'state': states[order.state],
            'opened_service': opened['service_type_id'].name,
            'opened_reported': [*opened['symptom_ids'].mapped('name'), *filter(None, [order.symptom_note])],
            'visits': len(order.visit_ids.filtered('finished_at')),
            'photos': self._prepare_photos(order, self._get_shown_photos(order, shown)),
            'answer': self._prepare_answer(order, approval),
        }

    @api.model
    def _get_shown_photos(self, order, shown):
        """Return the photos that the customer was shown."""
        ids = {photo['id'] for photo in shown['photos']}
        return order._get_photos().filtered(lambda photo: photo.id in ids)
