from odoo import api, models

# A settlement is compared with so many of its kind, the latest ones.
MOST_PEERS = 500
# How far back the share of approvals by call or document is usual.
USUAL_DAYS = 365


class ClaimFacts(models.AbstractModel):
    """Facts that need others to compare with: what such work usually earns, how a provider's work is usually approved."""
    _inherit = 'stokiva.claim.facts'

    @api.model
    def _get_amount_facts(self, ids, _rules):
        return self._fetch("""
            , kind AS MATERIALIZED (
                   SELECT company_id, service_type_id, device_type_id, currency_id, MAX(settled_on) AS latest
                     FROM claim GROUP BY 1, 2, 3, 4),
                 peer AS MATERIALIZED (
                   SELECT kind.*, p.amount_total
                     FROM kind JOIN LATERAL (
                          SELECT s.amount_total
                            FROM stokiva_settlement s JOIN stokiva_work_order o ON o.id = s.work_order_id
                           WHERE s.service_type_id = kind.service_type_id AND s.company_id = kind.company_id
                             AND s.currency_id = kind.currency_id AND o.device_type_id IS NOT DISTINCT FROM kind.device_type_id
                             AND s.reversal_of_id IS NULL AND s.adjusts_id IS NULL AND s.rejected_at IS NULL
                             AND s.amount_total > 0 AND s.date <= kind.latest
                        ORDER BY s.date DESC, s.id DESC LIMIT %(most)s) p ON true),
                 middle AS MATERIALIZED (
                   SELECT company_id, service_type_id, device_type_id, currency_id, COUNT(*) AS peers,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount_total) AS median
                     FROM peer GROUP BY 1, 2, 3, 4),
                 spread AS MATERIALIZED (
                   SELECT middle.*, (
                          SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ABS(peer.amount_total - middle.median))
                            FROM peer WHERE (peer.company_id, peer.service_type_id, peer.currency_id)
                                 = (middle.company_id, middle.service_type_id, middle.currency_id)
                             AND peer.device_type_id IS NOT DISTINCT FROM middle.device_type_id) AS mad
                     FROM middle)
            SELECT claim.settlement_id, own.earned::float8 AS earned, own.by_hand::float8 AS by_hand,
                   (own.earned - own.by_hand)::float8 AS by_rates, COALESCE(spread.peers, 0) AS peers,
                   COALESCE(spread.median, 0)::float8 AS median, COALESCE(spread.mad, 0)::float8 AS mad
              FROM claim
              JOIN LATERAL (
                   SELECT COALESCE(SUM(amount) FILTER (WHERE source <> 'deduction'), 0) AS earned,
                          COALESCE(SUM(amount) FILTER (WHERE source = 'adjustment'), 0) AS by_hand
                     FROM stokiva_settlement_line WHERE settlement_id = claim.settlement_id) own ON true
         LEFT JOIN spread ON (spread.company_id, spread.service_type_id, spread.currency_id)
                 = (claim.company_id, claim.service_type_id, claim.currency_id)
               AND spread.device_type_id IS NOT DISTINCT FROM claim.device_type_id""", ids, most=MOST_PEERS)

    @api.model
    def _get_approval_facts(self, ids, rules):
        """The days around are those of the rule: a share that grew is seen by whoever looks afterwards, too.

        As many days again before them do not tell what is usual: the share may have grown there already.
        """
        return self._fetch("""
            , asked AS MATERIALIZED (
                   SELECT DISTINCT ON (claim.settlement_id) claim.settlement_id, claim.company_id, claim.provider_id,
                          a.channel, a.answered_at, COALESCE(own.days, %(days)s) AS days
                     FROM claim
                     JOIN stokiva_approval a ON a.work_order_id = claim.id AND a.kind = 'work' AND a.state = 'approved'
                LEFT JOIN stokiva_claim_rule own ON own.company_id = claim.company_id AND own.id = ANY(%(rules)s)
                 ORDER BY claim.settlement_id, a.id DESC)
            SELECT asked.settlement_id, asked.channel, recent.number, recent.spoken, past.number AS old_number,
                   past.spoken AS old_spoken, COALESCE(overall.usual, 0)::float8 AS usual
              FROM asked
              JOIN LATERAL (
                   SELECT COUNT(*) AS number, COUNT(*) FILTER (WHERE channel IN ('call', 'document')) AS spoken
                     FROM stokiva_approval a
                    WHERE a.provider_id = asked.provider_id AND a.kind = 'work' AND a.state = 'approved'
                      AND a.answered_at BETWEEN asked.answered_at - asked.days * INTERVAL '1 day'
                                            AND asked.answered_at + asked.days * INTERVAL '1 day') recent ON true
              JOIN LATERAL (
                   SELECT COUNT(*) AS number, COUNT(*) FILTER (WHERE channel IN ('call', 'document')) AS spoken
                     FROM stokiva_approval a
                    WHERE a.provider_id = asked.provider_id AND a.kind = 'work' AND a.state = 'approved'
                      AND a.answered_at < asked.answered_at - 2 * asked.days * INTERVAL '1 day'
                      AND a.answered_at >= asked.answered_at - (2 * asked.days + %(usual)s) * INTERVAL '1 day') past ON true
         LEFT JOIN (SELECT span.company_id, AVG((a.channel IN ('call', 'document'))::int) AS usual
                      FROM (SELECT company_id, MAX(answered_at) AS latest FROM asked GROUP BY company_id) span
                      JOIN stokiva_approval a ON a.company_id = span.company_id AND a.kind = 'work' AND a.state = 'approved'
                       AND a.answered_at >= span.latest - %(usual)s * INTERVAL '1 day'
                  GROUP BY span.company_id) overall ON overall.company_id = asked.company_id
             WHERE asked.channel IN ('call', 'document')""",
            ids, days=max(rules.filtered(lambda rule: not rule.company_id).mapped('days'), default=0), rules=rules.ids,
            usual=USUAL_DAYS)
