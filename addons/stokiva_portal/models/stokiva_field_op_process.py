import json
import logging

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.stokiva_service import workflow

from ..field import HANDLERS, MEDIA_HANDLERS, Handler, OwnJobs, Refused, protocol
from ..presenters import JobPresenter

_logger = logging.getLogger(__name__)

# What the technician can decide about a refusal.
DECISIONS = ('forwarded', 'retried', 'discarded')


class Blocked(Exception):
    """Raised when an operation has to wait; nothing of it is kept."""


class FieldOp(models.Model):
    """How an operation is carried out: once, in order, in the technician's name."""
    _inherit = 'stokiva.field.op'

    @api.model
    def _process_all(self, ops, device, skew, now):
        """Carry out operations of the current user in order; one that fails stops those after it on its job only.

        :param list ops: as sent, not trusted
        :param str device: of the phone
        :param timedelta skew: see ``protocol.get_skew``
        :param datetime now: naive UTC
        :return: results, ``{'uuid', 'status', 'code', 'message', 'result', 'replayed'}`` each
        :rtype: list
        """
        if not ops:
            return []
        parsed = [(data, protocol.find_op(data)) for data in ops]
        jobs = OwnJobs(self.env, {op.work_order_id for _data, op in parsed if op})
        results, stopped = [], set()
        for data, op in parsed:
            if not op:
                results.append(self._describe_malformed(data))
                continue
            if op.work_order_id in stopped and op.type != 'decide':  # a decision may be what is waited for
                results.append({'uuid': op.uuid, 'status': 'blocked', 'code': 'earlier'})
                continue
            result = self._process(op, jobs, device, skew, now)
            if result['status'] in ('blocked', 'error'):
                stopped.add(op.work_order_id)
            results.append(result)
        return results

    @api.model
    def _describe_malformed(self, data):
        """Return the refusal of what is no operation of ours; it is not kept."""
        uuid = data.get('uuid') if isinstance(data, dict) else None
        return {
            'uuid': uuid if protocol.is_uuid(uuid) else None, 'status': 'rejected', 'code': 'malformed',
            'message': self.env._("This could not be read. Please tell the office.")}

    @api.model
    def _process(self, op, jobs, device, skew, now, handlers=None):
        """Carry out one operation, once, whole or not at all.

        :param op: protocol.Op
        :param jobs: OwnJobs, the operation's among them if it is the user's
        :param dict handlers: what each type does, by default what may come without a file; others as of ``_process_all``
        :return: as of ``_process_all``
        :rtype: dict
        :raise LockError, psycopg2.OperationalError: on a conflict, so that the whole request is tried again
        """
        try:
            with self.env.cr.savepoint():
                row, is_new = self._claim(op, device, skew, now)
                return row._carry_out(op, jobs, self.env, handlers or HANDLERS) if is_new else row._answer_again(self.env)
        except Blocked as error:
            return {'uuid': op.uuid, 'status': 'blocked', 'code': error.args[0]}
        except (LockError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except Exception:
            _logger.exception("Operation %s of user %s failed", op.uuid, self.env.uid)
            return {
                'uuid': op.uuid, 'status': 'error', 'code': 'error',
                'message': self.env._("Could not save, nothing was changed. It is tried again.")}

    @api.model
    def _process_media(self, op, device, skew, now):
        """Carry out the operation of a file; parameters and answer as of ``_process``."""
        return self._process(op, OwnJobs(self.env, {op.work_order_id}), device, skew, now, MEDIA_HANDLERS)

    @api.model
    def _claim(self, op, device, skew, now):
        """Take the operation's UUID, or find who has taken it.

        A race ends as a conflict of transactions, which the framework tries again.

        :return: stokiva.field.op record in sudo, and whether it is new
        :rtype: tuple
        """
        rows_sudo = self.sudo()  # sudo: technicians have no right to read or write the log of operations
        order_sudo = rows_sudo.env['stokiva.work.order'].browse(op.work_order_id).exists()
        seconds = 0 if abs(skew) <= protocol.TOLERANCE else int(skew.total_seconds())
        self.env.cr.execute(SQL(
            """INSERT INTO stokiva_field_op
                      (uuid, user_id, device, type, work_order_id, company_id, payload, client_time, received_at,
                       occurred_at, skew, status)
               VALUES (%(uuid)s, %(user)s, %(device)s, %(type)s, %(order)s, %(company)s, %(payload)s, %(client_time)s,
                       %(now)s, %(occurred)s, %(skew)s, 'applied')
                   ON CONFLICT (uuid) DO NOTHING
            RETURNING id""",
            uuid=op.uuid, user=self.env.uid, device=device, type=op.type, order=order_sudo.id or None,
            company=(order_sudo.company_id or self.env.company).id, payload=json.dumps(protocol.get_kept(op.payload)),
            client_time=op.client_time, now=now, occurred=protocol.correct(op.client_time, skew, now),
            skew=max(min(seconds, 2**31 - 1), -2**31)), log_exceptions=False)
        claimed = self.env.cr.fetchone()
        return (rows_sudo.browse(claimed), True) if claimed else (rows_sudo.search([('uuid', '=', op.uuid)]), False)

    def _answer_again(self, env):
        """Return what was answered the first time, to whom it was answered.

        :param env: environment of the user who asks
        """
        if self.user_id != env.user:
            return {
                'uuid': self.uuid, 'status': 'rejected', 'code': 'not_owner',
                'message': env._("Somebody else sent this already.")}
        return self._describe() | {'replayed': True}

    def _describe(self):
        """Return what the phone is told of this operation."""
        return {
            'uuid': self.uuid, 'status': self.status, 'code': self.code or None, 'message': self.message or None,
            'result': self.result or {}}

    def _carry_out(self, op, jobs, env, handlers):
        """Do it, or note why not.

        :param op: protocol.Op
        :param jobs: OwnJobs
        :param env: environment of the technician
        :param dict handlers: what each type does
        :raise Blocked: if it has to wait
        """
        self._check_waits(op)
        job = None
        try:
            with env.cr.savepoint():
                if op.type == 'decide':
                    result = self._decide(op, env)
                else:
                    job = self._get_job(op, jobs, env)
                    handler = handlers.get(op.type)
                    if not handler:
                        raise Refused('unknown', env._("This app is too old for that. Please update it."))
                    result = handler(Handler(job, op, self.occurred_at))
            self.write({'result': result})
        except LockError:
            raise  # a UserError by its class, but only somebody else who works on the same row
        except (UserError, IntegrityError) as error:
            self.write({
                'status': 'rejected', 'code': self._get_code(error, job, op),
                'message': env._("This cannot be stored as it is.") if isinstance(error, IntegrityError)
                else str(error)})
        return self._describe()

    def _check_waits(self, op):
        """Raise while something that must have arrived before has not.

        :param op: protocol.Op
        :raise Blocked: telling for what it waits
        """
        if op.requires and self.search_count([
            ('uuid', 'in', op.requires), ('user_id', '=', self.user_id.id), ('status', '=', 'applied'),
            ('work_order_id', '=', op.work_order_id),
        ]) < len(set(op.requires)):
            raise Blocked('media')
        # What the customer is to approve is not complete while something of it waits for a decision.
        if op.payload.get('event') == 'submit' and self.search_count([
            ('user_id', '=', self.user_id.id), ('device', '=', self.device), ('status', '=', 'rejected'),
            ('decision', '=', False), ('work_order_id', '=', op.work_order_id),
        ], limit=1):
            raise Blocked('undecided')

    @api.model
    def _get_job(self, op, jobs, env):
        """Return the job if it is the technician's own now.

        :param op: protocol.Op
        :param jobs: OwnJobs
        :param env: his environment
        :rtype: JobPresenter
        :raise Refused: if it is not, or not any more
        """
        order = jobs.find(op.work_order_id)
        if not order:
            raise Refused('not_yours', env._("This job is not yours any more."))
        return JobPresenter(order, jobs.people, env.user)

    @api.model
    def _get_code(self, error, job, op):
        """Return the code by which the phone knows what it can offer.

        :param error: exception
        :param job: JobPresenter, None when the job is not the technician's
        :param op: protocol.Op
        :return: ``not_yours``, ``closed``, ``evidence``, ``late`` and others
        :rtype: str
        """
        if isinstance(error, Refused):
            return error.code
        order = job.order
        if order.state in workflow.CLOSED:
            return 'closed'
        if op.payload.get('event') == 'submit' and order.state == workflow.IN_PROGRESS and order._get_missing_evidence():
            return 'evidence'
        if op.type not in ('event', 'approve', 'dispute') and order.state not in workflow.WITH_PROVIDER:
            return 'late'
        return 'access' if isinstance(error, AccessError) else 'refused'

    @api.model
    def _decide(self, op, env):
        """Note what the technician decided about something that was refused; tell the office if it is to decide.

        :param op: protocol.Op
        :param env: his environment
        :raise Refused: if there is no such refusal of his
        """
        row = self.search([
            ('uuid', '=', op.payload.get('uuid')), ('user_id', '=', env.uid), ('status', '=', 'rejected')])
        decision = op.payload.get('decision')
        if not row or decision not in DECISIONS:
            raise Refused('gone', env._("There is nothing to decide any more."))
        row.write({'decision': decision, 'is_settled': decision != 'forwarded'})
        if decision == 'forwarded' and row.work_order_id:
            row._tell_office()
        return {}

    def _tell_office(self):
        """Give the dispatcher a to-do on the job, in his language."""
        order = self.work_order_id
        user = order._get_dispatcher()
        op = self.with_context(lang=user.lang or order.company_id.partner_id.lang)
        order.activity_schedule(
            'mail.mail_activity_data_todo', user_id=user.id, summary=op.env._("Refused in the field"),
            note=op.env._(
                "%(technician)s did this without a connection: “%(what)s”, and it was refused: %(reason)s",
                technician=op.user_id.name, what=op.what, reason=op.message or ""))
