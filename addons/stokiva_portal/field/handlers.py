"""What each kind of operation does to a technician's job: through the one door, in his name."""
import base64

from odoo.fields import Command

from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_service.given import is_position

from ..edits import JobEdits
from ..presenters import EventForms, Thread
from ..presenters.inputs import MAX_TEXT, parse_amount
from ..presenters.words import get_selection
from .answers import Answers
from .refused import Refused
from .requests import Requests

# Steps that have a form, and those that need none.
WITHOUT_FORM = ('submit', 'send_code')
SIGNED = ('signature', 'signed_by', 'shown_hash')
LINES = {'labour': 'labour_line_ids', 'part': 'part_line_ids'}


class Handler(Answers, Requests):
    """One operation on one job; each method returns what the phone is told, a dict of JSON.

    :param job: JobPresenter of the order, which is the user's own
    :param op: protocol.Op
    :param datetime occurred: when it happened, naive UTC
    """

    def __init__(self, job, op, occurred):
        self.job, self.op, self.order, self.env = job, op, job.order, job.env
        self.edits = JobEdits(job)
        self.door = {'channel': 'field', 'key': op.uuid, 'occurred': occurred}
        self.occurred = occurred

    def _get_text(self, name):
        """Return a value of the payload as forms send it: ids and numbers as text."""
        value = self.op.payload.get(name)
        return '' if value in (None, False) else f'{value}'

    def _get_post(self, values):
        """Return values as a form sends them.

        :param dict values: not trusted
        :raise Refused: if it is none
        """
        if not isinstance(values, dict):
            raise Refused('malformed', self.env._("This value cannot be used: %s.", 'values'))
        return {
            name: [f'{item}' for item in value] if isinstance(value, list) else '' if value in (None, False) else f'{value}'
            for name, value in values.items()}

    def _edit(self, values):
        self.edits.apply(values, **self.door)

    # === EVENTS === #

    def event(self):
        """Carry out an event of the workflow table with what its form gave."""
        event = self._get_text('event')
        if self._is_reached(event):
            return {'noop': True}
        forms = EventForms(self.order, self.job.user, self.job.formats)
        given = {}
        if event not in WITHOUT_FORM:
            forms.check(event)
            post = self._get_post(self.op.payload.get('values') or {})
            given = forms.parse(event, post | {'signature': self._get_text('signature')})
        elif event == 'submit':
            given = {name: self.op.payload[name] for name in SIGNED if self.op.payload.get(name)}
        if event == 'start' and self.order.company_id.stokiva_field_position and is_position(self.op.payload.get('check_in')):
            given['check_in'] = self.op.payload['check_in']
        self.order._apply_event(event, given, actor=self.job.user, **self.door)
        return {}

    def _is_reached(self, event):
        """Tell whether somebody did the same already, for instance on his other phone.

        An event that says more than that it happened is never taken for done.
        """
        row = workflow.TABLE.get(event)
        return bool(row and row.target == self.order.state and not row.required)

    # === FIELDS AND LINES === #

    def findings(self):
        """Write cause, resolution and diagnosis."""
        self._edit(self.edits.get_findings(self._get_post(self.op.payload)))
        return {}

    def serial(self):
        """Write the serial number of a device that has none yet."""
        if self.order.device_id.serial:
            raise Refused('late', self.env._("The device has its serial number already. Correct it in the portal, with a photo."))
        self._edit({'serial': self.edits.get_serial(self._get_post(self.op.payload))})
        return {}

    def check(self):
        """Tick one item of the checklist, or note something on it."""
        line = self.edits.get_own(self.order.checklist_line_ids, self._get_text('line'))
        self._edit({'checklist_line_ids': [Command.update(line.id, {
            'is_done': bool(self.op.payload.get('is_done')),
            'remark': self._get_text('remark').strip()[:MAX_TEXT] or False})]})
        return {}

    def labour_add(self):
        """Add a workmanship of the catalogue."""
        return self._add('labour', self.edits.get_labour(self._get_post(self.op.payload)))

    def part_add(self):
        """Add a part."""
        return self._add('part', self.edits.get_part(self._get_post(self.op.payload)))

    def labour_remove(self):
        """Take a line of labour away."""
        return self._remove('labour')

    def part_remove(self):
        """Take a part away."""
        return self._remove('part')

    def part_set(self):
        """Change how many of a part were fitted."""
        line = self._find_line('part')
        if not line:
            raise Refused('gone', self.env._("This line is not there any more."))
        quantity = parse_amount(self.env, self.op.payload.get('quantity') or '', 1000)
        self._edit({'part_line_ids': [Command.update(line.id, {'quantity': quantity})]})
        return {}

    def _add(self, kind, values):
        self._edit({LINES[kind]: [Command.create(dict(values, field_uuid=self.op.uuid))]})
        return {}

    def _remove(self, kind):
        line = self._find_line(kind)
        if not line:
            return {'noop': True}
        self._edit({LINES[kind]: [Command.delete(line.id)]})
        return {}

    def _find_line(self, kind):
        """Return the line that is named by the operation that made it, else by its id; none when it is gone."""
        name = self._get_text('line')
        return self.order[LINES[kind]].filtered(lambda line: name in (line.field_uuid, f'{line.id}'))

    # === PHOTOS AND WORDS === #

    def media(self):
        """Add a photo that came with the operation; the model checks what is in it."""
        kind = self._get_text('kind')
        if kind == 'complaint':
            return self._keep_complaint()
        if kind not in {*get_selection(self.env['stokiva.media'], 'kind')} - {'complaint'}:
            raise Refused('malformed', self.env._("Please choose from the list."))
        self._edit({'media_ids': [Command.create({
            'kind': kind, 'image': base64.b64encode(self.op.content), 'personnel_id': self.job.people[:1].id,
            'channel': 'field', 'field_uuid': self.op.uuid, 'taken_at': self.occurred})]})
        photo = self.order.media_ids.filtered(lambda item: item.field_uuid == self.op.uuid)
        position = {name: self.op.payload.get(name) for name in ('latitude', 'longitude')}
        # Shrinking on the phone loses what the camera noted; where the phone was is told beside it.
        if is_position(position) and not photo.latitude and self.order.company_id.stokiva_field_position:
            photo.write(position)
        return {'media_id': photo.id}

    def media_remove(self):
        """Take a photo away that was taken by mistake."""
        name = self._get_text('photo')
        photo = self.order.media_ids.filtered(
            lambda item: name in (item.field_uuid, f'{item.id}') and item.kind != 'complaint')
        if not photo:
            return {'noop': True}
        self._edit({'media_ids': [Command.delete(photo.id)]})
        return {}

    def note(self):
        """Write to the office, on the thread of the provider's offer."""
        Thread(self.order.assignment_id, self.job.formats).post(
            self._get_text('text'), self.job.user, self.order._get_dispatcher(), self.op.uuid)
        return {}


# By name, never by what was sent: a type that is not here does nothing.
HANDLERS = {
    name: getattr(Handler, name) for name in (
        'event', 'approve', 'dispute', 'ask', 'findings', 'serial', 'check', 'labour_add', 'labour_remove', 'part_add',
        'part_remove', 'part_set', 'media_remove', 'note')}
MEDIA_HANDLERS = {'media': Handler.media}
