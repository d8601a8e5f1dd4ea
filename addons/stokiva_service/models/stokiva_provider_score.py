from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# How far back a score looks, and how many middling cases it starts from, so that one bad day ruins nobody.
DAYS = 180
PRIOR = 5
PRIOR_RATING, PRIOR_RATE = 4.0, 0.9


class Provider(models.Model):
    """How well a provider does, as the ranking reads it. Written by a cron alone: an event touches no shared row."""
    _inherit = 'stokiva.provider'

    rating_score = fields.Float(
        "Rating", digits=(3, 2), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Customers' stars of the last 180 days; 0: none yet.")
    on_time_rate = fields.Float(
        "On Time", digits=(5, 4), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Orders of the last 180 days completed before their deadline; 0: none yet.")
    acceptance_rate = fields.Float(
        "Offers Accepted", digits=(5, 4), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Offers of the last 180 days that were accepted; refused or not answered ones count against; 0: none yet.")

    @api.model
    def _cron_update_scores(self):
        """Recompute all scores in one statement, and write those that changed.

        Each is the mean over the cases of 180 days and five middling ones (4 stars, 90 %): with few cases it is
        near the middle.
        """
        self.env.flush_all()
        since = fields.Datetime.now() - timedelta(days=DAYS)
        self.env.cr.execute(SQL(
            """
            WITH done AS (
                SELECT provider_id, COUNT(*) AS number, COUNT(*) FILTER (WHERE completed_at <= deadline) AS kept
                  FROM stokiva_work_order
                 WHERE state = 'completed' AND completed_at >= %(since)s
              GROUP BY provider_id
            ), rated AS (
                SELECT o.provider_id, COUNT(*) AS number, SUM(a.stars) AS stars
                  FROM stokiva_approval a JOIN stokiva_work_order o ON o.id = a.work_order_id
                 WHERE a.kind = 'work' AND a.state = 'approved' AND a.stars > 0 AND a.answered_at >= %(since)s
              GROUP BY o.provider_id
            ), answered AS (
                SELECT provider_id, COUNT(*) AS number, COUNT(*) FILTER (WHERE state = 'accepted') AS accepted
                  FROM stokiva_assignment
                 WHERE state IN ('accepted', 'rejected', 'expired') AND answered_at >= %(since)s
              GROUP BY provider_id
            ), scored AS (
                SELECT p.id,
                       COALESCE(ROUND((rated.stars + %(prior)s * %(rating)s) / (rated.number + %(prior)s), 2), 0)
                           AS rating_score,
                       COALESCE(ROUND((done.kept + %(prior)s * %(rate)s) / (done.number + %(prior)s), 4), 0)
                           AS on_time_rate,
                       COALESCE(ROUND((answered.accepted + %(prior)s * %(rate)s) / (answered.number + %(prior)s), 4), 0)
                           AS acceptance_rate
                  FROM stokiva_provider p
             LEFT JOIN done ON done.provider_id = p.id
             LEFT JOIN rated ON rated.provider_id = p.id
             LEFT JOIN answered ON answered.provider_id = p.id
            )
            UPDATE stokiva_provider p
               SET rating_score = s.rating_score, on_time_rate = s.on_time_rate, acceptance_rate = s.acceptance_rate
              FROM scored s
             WHERE s.id = p.id AND (p.rating_score, p.on_time_rate, p.acceptance_rate)
                   IS DISTINCT FROM (s.rating_score, s.on_time_rate, s.acceptance_rate)
            """, since=since, prior=PRIOR, rating=PRIOR_RATING, rate=PRIOR_RATE))
        self.env['stokiva.provider'].invalidate_model(['rating_score', 'on_time_rate', 'acceptance_rate'])
