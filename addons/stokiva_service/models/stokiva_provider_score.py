from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..performance import FIGURES

# How far back a score looks, and how many middling cases it starts from, so that one bad day ruins nobody.
DAYS = 180
PRIOR = 5
# Which figure a score is, what a middling case is like, and to how many digits it is rounded.
SCORES = {
    'rating_score': ('stars', 4.0, 2), 'on_time_rate': ('on_time_rate', 0.9, 4),
    'acceptance_rate': ('offer_accepted_rate', 0.9, 4)}


class Provider(models.Model):
    """How well a provider does, as the ranking reads it. Written by a cron alone: an event touches no shared row."""
    _inherit = 'stokiva.provider'

    rating_score = fields.Float(
        "Rating", digits=(3, 2), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Customers' stars of the last 180 days; 0: none yet.")
    on_time_rate = fields.Float(
        "On Time", digits=(5, 4), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Orders of the last 180 days whose work was done in time; those that were late by somebody else do not count. 0: none yet.")
    acceptance_rate = fields.Float(
        "Offers Accepted", digits=(5, 4), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="Offers of the last 180 days that were accepted; refused or not answered ones count against; 0: none yet.")

    @api.model
    def _cron_update_scores(self):
        """Recompute all scores in one statement, and write those that changed.

        They are figures of ``stokiva.performance``: stars, on time and offers accepted, each with five middling cases (4
        stars, 90 %) added, so that with few it is near the middle.
        """
        self.env['stokiva.performance'].flush_model()
        self.env['stokiva.provider'].flush_model([*SCORES])
        names = SQL(", ").join(map(SQL.identifier, SCORES))
        self.env.cr.execute(SQL(
            """
            UPDATE stokiva_provider p
               SET (%(names)s) = (SELECT %(scores)s)
              FROM stokiva_provider every
         LEFT JOIN (
                SELECT provider_id, %(sums)s
                  FROM stokiva_performance
                 WHERE day >= %(since)s
              GROUP BY provider_id) counted ON counted.provider_id = every.id
             WHERE every.id = p.id AND (%(own)s) IS DISTINCT FROM (%(scores)s)
            """,
            names=names, own=SQL(", ").join(SQL.identifier('p', name) for name in SCORES),
            scores=SQL(", ").join(self._get_score_sql(name) for name in SCORES),
            sums=SQL(", ").join(
                SQL("SUM(%(measure)s) AS %(measure)s", measure=SQL.identifier(measure)) for measure in sorted({
                    measure for figure, _middle, _digits in SCORES.values()
                    for measure in (*FIGURES[figure].top, *FIGURES[figure].bottom)})),
            since=fields.Date.today() - timedelta(days=DAYS)))
        self.env['stokiva.provider'].invalidate_model([*SCORES])

    @api.model
    def _get_score_sql(self, name):
        """Return a score, made from the sums of measures; 0 without any case."""
        figure, middle, digits = SCORES[name]
        top, bottom = (
            SQL(" + ").join(SQL("COALESCE(%s, 0)", SQL.identifier('counted', measure)) for measure in measures)
            for measures in (FIGURES[figure].top, FIGURES[figure].bottom))
        return SQL(
            "CASE WHEN %(bottom)s > 0 THEN ROUND((%(top)s + %(prior)s * %(middle)s) / (%(bottom)s + %(prior)s), %(digits)s) ELSE 0 END",
            top=top, bottom=bottom, prior=PRIOR, middle=middle, digits=digits)
