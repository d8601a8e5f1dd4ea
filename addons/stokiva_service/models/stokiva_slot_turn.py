from contextlib import contextmanager
from functools import partial

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.modules import module
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .. import slots

# First key of the advisory locks; the second is the provider's id.
LOCKS = 0x510715
# Long enough for all who may stand before; short enough for a server that ends requests after two minutes.
PATIENCE = '45s'


class Slot(models.Model):
    """Whose turn it is, where many book the windows of one provider at the same moment.

    The framework tries again five times after a conflict, each time with others who may be faster. So who writes
    windows has a shared lock of their provider, up to the end of his transaction; whoever met another booking
    waits for an exclusive one before he tries again, and keeps it until then: nobody writes these windows
    between what he reads and what he writes. It is a lock of the connection, for it must outlive the transaction
    that failed and be there before the next one begins; it ends with the next commit or rollback, or with the
    connection. A window that is full by then is nobody's to wait for.

    The framework sleeps a second or so before it tries again, with the lock: where crowds come, at the public page, a
    request waits for its turn before its work instead (``_begin_turn``), and meets nobody.
    """
    _inherit = 'stokiva.slot'

    @api.model
    def _get_turn(self, provider_ids):
        """Return a condition, always true, that waits for those whose turn it is with these providers."""
        return SQL(
            "(SELECT COUNT(pg_advisory_xact_lock_shared(%s, id)) FROM unnest(%s::int[]) AS id) IS NOT NULL",
            LOCKS, sorted(provider_ids))

    @contextmanager
    def _taking_turns(self, provider_ids, wanted=()):
        """Have whoever meets another booking inside tried again undisturbed.

        :param provider_ids: iterable of ids
        :param wanted: ``(provider id, start, end, minutes)`` of the windows that must have room for it to be worth while
        """
        try:
            yield
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            cr = self.env.cr
            cr.postrollback.add(partial(_wait_for_turn, cr, sorted(provider_ids), list(wanted)))
            raise

    @api.model
    def _begin_turn(self, provider_ids, wanted=()):
        """Wait for those who book with these providers, and begin a new transaction, in which nobody else does.

        For requests that have not written anything yet: what they have is dropped. It ends with the transaction.

        :param provider_ids: iterable of ids
        :param wanted: as of ``_taking_turns``; if one has no room left, the turn is not taken
        """
        if module.current_test:  # one transaction, and nobody to wait for
            return
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)
        _wait_for_turn(self.env.cr, sorted(provider_ids), list(wanted))


def _wait_for_turn(cr, provider_ids, wanted):
    """Lock providers for this connection until its next commit or rollback, if their windows have room."""
    if '_obj' not in vars(cr):  # a cursor being closed: nobody tries again
        return
    connection = cr.connection

    def release():
        with connection.cursor() as own:
            own.execute("SELECT pg_advisory_unlock_all()")
        connection.rollback()

    try:
        cr.execute(SQL("SET LOCAL lock_timeout = %s", PATIENCE))
        cr.execute(SQL(
            "SELECT pg_advisory_lock(%s, id) FROM unnest(%s::int[]) AS id", LOCKS, provider_ids), log_exceptions=False)
        connection.rollback()  # to see what those before have booked
        if not wanted or _have_room(cr, wanted):
            cr.postcommit.add(release)
            cr.prerollback.add(lambda: cr.postrollback.add(release))
        else:
            release()
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        connection.rollback()
        release()
    finally:
        connection.rollback()


def _have_room(cr, wanted):
    """Tell whether a visit can begin in each of some windows.

    :param list wanted: ``(provider id, start, end, minutes)``
    """
    cr.execute(SQL(
        """SELECT bool_and(EXISTS (
                  SELECT 1 FROM stokiva_slot s
                   WHERE s.provider_id = v.provider_id AND s.start_at < v.end_at AND s.end_at > v.start_at
                     AND s.longest_gap >= LEAST(v.minutes, %s)))
             FROM unnest(%s, %s, %s, %s) AS v (provider_id, start_at, end_at, minutes)""",
        slots.MOST_MINUTES, *(list(column) for column in zip(*wanted, strict=True))))
    return cr.fetchone()[0]
