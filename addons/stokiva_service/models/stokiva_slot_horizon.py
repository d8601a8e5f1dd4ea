from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .stokiva_slot import BOUND

# Where more providers are touched at once, a cron brings their windows up to date a moment later.
AT_ONCE = 20
BATCH = 500


class Slot(models.Model):
    """When the windows are brought up to date: after a change of what they derive from, and each night."""
    _inherit = 'stokiva.slot'

    @api.model
    def _touch(self, provider_ids):
        """Have the windows of providers brought up to date, few at once and many by the cron.

        :param provider_ids: iterable of ids
        """
        provider_ids = sorted(provider_ids)
        if len(provider_ids) <= AT_ONCE:
            self._refresh(provider_ids)
            return
        self._execute(SQL(
            "UPDATE stokiva_provider SET slots_due = TRUE WHERE id = ANY(%s) AND slots_due IS NOT TRUE", provider_ids))
        self.env.ref('stokiva_service.ir_cron_slot_refresh').sudo()._trigger()  # sudo: crons belong to administrators

    @api.model
    def _cron_refresh(self):
        """Bring the windows up to date of the providers that were marked, some hundred at a time."""
        while ids := [row[0] for row in self.env.execute_query(SQL(
                """SELECT id FROM stokiva_provider WHERE slots_due ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED""",
                BATCH))]:
            self._execute(SQL("UPDATE stokiva_provider SET slots_due = FALSE WHERE id = ANY(%s)", ids))
            self._refresh(ids)
            if not self.env['ir.cron']._commit_progress(len(ids)):
                break

    @api.model
    def _cron_extend(self):
        """Add the days that come into sight, drop those gone by; bookings of before go with them."""
        first, last = self._get_horizon()
        self._execute(SQL("DELETE FROM stokiva_slot WHERE date < %s", first))
        self._execute(SQL("DELETE FROM stokiva_slot_booking WHERE window_end < %s", first - timedelta(days=1)))
        waiting = self.env.execute_query(SQL(
            """
            SELECT p.id, GREATEST(COALESCE(MAX(s.date) + 1, %s), %s)
              FROM stokiva_provider p
         LEFT JOIN stokiva_slot s ON s.provider_id = p.id
             WHERE %s
          GROUP BY p.id HAVING COALESCE(MAX(s.date), %s) < %s ORDER BY p.id
            """, first, first, BOUND, first, last))
        batches = defaultdict(list)
        for provider, begin in waiting:
            batches[begin].append(provider)
        for begin, ids in sorted(batches.items()):
            for index in range(0, len(ids), BATCH):
                self._refresh(ids[index:index + BATCH], begin, last)
                self.env['ir.cron']._commit_progress(len(ids[index:index + BATCH]))
