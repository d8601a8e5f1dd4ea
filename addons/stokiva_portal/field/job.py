"""A technician's job as his phone keeps it."""
import json

from odoo.addons.stokiva_service import audit, workflow
from odoo.addons.stokiva_service.controllers import approval_content

from ..presenters import EventForms, JobPresenter
from ..presenters.events import ICONS
from ..presenters.words import sort_photos

# Between these the phone moves a job by itself until it hears from the server.
STATES = (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL)
# Given to whom by whom is the office's and the dispatcher's.
NOT_IN_THE_FIELD = ('accept', 'reject', 'plan')


class FieldJob(JobPresenter):
    """Explicit values of one order for the technician's phone."""

    def get_values(self, facts):
        """Return what the phone keeps.

        :param dict facts: see ``workflow.problem_of``
        :rtype: dict
        """
        order, device = self.order, self.order.device_id
        legal = self._get_legal(facts)
        return {
            'id': order.id,
            'number': order.name,
            'state': order.state,
            'is_halted': order.is_halted,
            'custody': order.custody,
            'title': order.device_type_id.name or "",
            'service': order.service_type_id.name,
            'where': self.get_place(),
            'tz': self.formats.tz,
            'window': [_iso(order.window_start), _iso(order.window_end)],
            'due_at': _iso(order.due_at),
            'started_at': _iso(order.started_at),
            'customer': self._get_customer(),
            'device': {
                'name': device.product_id.display_name or device.device_type_id.complete_name,
                'serial': device.serial or (device.lot_id.name or None)},
            'symptom': "; ".join([*order.symptom_ids.mapped('name'), *self.get_own_words()]),
            'warranty': self.get_warranty(),
            'objection': self.get_objection(),
            'wants_position': order.company_id.stokiva_field_position,
            'types': [int(part) for part in (order.device_type_id.parent_path or '').split('/') if part],
            'service_id': order.service_type_id.id,
            'needs': {
                'before': order.service_type_id.photos_before, 'after': order.service_type_id.photos_after,
                'serial': order.service_type_id.needs_serial, 'checklist': order.service_type_id.needs_checklist},
            'legal': legal,
            'forms': self._get_forms(legal),
            'taken': [line.accessory_id.name for line in order._get_stays().line_ids],
            'checklist': [
                {'id': line.id, 'name': line.name, 'is_done': line.is_done, 'is_mandatory': line.is_mandatory,
                 'remark': line.remark or ""} for line in order.checklist_line_ids],
            'cause_id': order.cause_id.id or None,
            'resolution_id': order.resolution_id.id or None,
            'diagnosis': order.diagnosis or "",
            'labour': [self._get_field_line(line, 'workmanship_id') for line in order.labour_line_ids],
            'parts': [self._get_field_line(line, 'product_id') for line in order.part_line_ids],
            'photos': [
                {'id': photo.id, 'uuid': photo.field_uuid or None, 'kind': photo.kind, 'type': photo.media_type}
                for photo in sort_photos(order.media_ids) if photo.kind != 'complaint'],
            'total': self._get_total(),
            'asked': self._get_asked_content() if facts['asked'] else None,
        }

    def _get_customer(self):
        """Return whom to visit where, None when it is not his business any more."""
        if not self.shows_customer:
            return None
        site = self.order.site_id
        has_position = bool(site.partner_latitude)
        return self.get_customer() | {
            'position': [site.partner_latitude, site.partner_longitude] if has_position else None}

    def _get_legal(self, facts):
        """Return which steps the workflow allows this person in each state to which he can bring the job himself.

        :return: ``{'state/custody': [events]}``
        :rtype: dict
        """
        # What is closed stays so; only the device goes back, and money comes, later.
        legal = {}
        for state in STATES if self.order.state in STATES else (self.order.state,):
            for custody in ('customer', *workflow.HOLDERS):
                events = workflow.legal_events(facts | {'state': state, 'custody': custody, 'missing_evidence': []})
                legal[f'{state}/{custody}'] = [
                    event for event in events if self._is_offered(event)]
        return legal

    def _is_offered(self, event):
        if event == 'collect' and self.order.amount_open <= 0:
            return False
        return event in ('edit', 'send_code') or event in ICONS and event not in NOT_IN_THE_FIELD

    def _get_forms(self, legal):
        """Return what each step wants to be given."""
        forms = EventForms(self.order, self.user, self.formats)
        events = {event for offered in legal.values() for event in offered}
        return {event: forms.get_form(event)['inputs'] for event in sorted(events & ICONS.keys())}

    def _get_field_line(self, line, entry):
        return {
            'id': line.id, 'uuid': line.field_uuid or None, 'entry': line[entry].id or None, 'name': line.name,
            'quantity': line.quantity, 'coverage': line.coverage,
            'price': self._get_line(line, None)['price'],
        }

    def _get_total(self):
        """Return what the customer pays, None where prices are hidden from the provider."""
        if not self.provider.can_see_prices:
            return None
        return self.formats.money(self.order.amount_charged, self.order.currency_id)

    def _get_asked_content(self):
        """Return what the customer can approve on this phone with the code from his own, None without."""
        together = self.get_asked_together()
        if not together:
            return None
        asked = together[0].with_context(lang=self.order.partner_id.lang or self.env.lang)
        shown = json.loads(asked.shown)
        content = approval_content.prepare_content(asked.env, shown, self.formats.tz)
        return {
            'hash': asked.shown_hash, 'kind': asked.kind, 'text': shown.get('text') or "", 'is_code_sent': asked._is_code_valid(),
            'together': together[1:].work_order_id.ids, 'lines': content['lines'],
            'total': content['total'] if self.provider.can_see_prices else None}


def _iso(moment):
    return audit.iso(moment) if moment else None
