from odoo import models

from .. import audit


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    def _get_shown_content(self):
        """Return what the customer is asked to approve, in full; to be extended.

        The canonical JSON of it is stored and hashed with the approval; the page shows nothing else as work.

        :return: JSON-like dict with string keys; money as numbers in ``currency``, times as ISO 8601 UTC
        """
        self.ensure_one()
        # What is stored is what he reads: names in his language, not in the technician's.
        self = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)
        return {
            'number': self.name,
            'device': self.device_id.display_name,
            'serial': self.device_id.serial or None,
            'service_type': self.service_type_id.name,
            'provider': self.provider_id.name,
            'technician': (self.personnel_id.name or '').split(' ')[0] or None,
            'started_at': self.started_at and audit.iso(self.started_at) or None,
            'finished_at': self.visit_id.finished_at and audit.iso(self.visit_id.finished_at) or None,
            'reported': [*self.symptom_ids.mapped('name'), *filter(None, [self.symptom_note])],
            'found': [*filter(None, [self.cause_id.name, self.resolution_id.name, self.diagnosis])],
            'labour': [line._get_shown_values() for line in self.labour_line_ids],
            'parts': [line._get_shown_values() for line in self.part_line_ids],
            'photos': [
                {'id': photo.id, 'kind': photo.kind, 'sha256': photo.sha256} for photo in self._get_photos()
                if photo.kind != 'complaint'],
            'amount': self.amount_charged,
            'currency': self.currency_id.name,
        }
