import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

KEPT = timedelta(days=1)
DELETED_AT_ONCE = 10_000


class Throttle(models.Model):
    """Counts requests to public pages. One row a request: nothing is updated, so nothing conflicts."""
    _name = 'stokiva.throttle'
    _description = "Requests to Public Pages"
    _log_access = False

    bucket = fields.Char(required=True, help="What is counted.")
    digest = fields.Char(required=True, help="Salted digest of the source address.")
    hit_at = fields.Datetime(required=True, default=fields.Datetime.now, index=True)

    _lookup_idx = models.Index('(bucket, digest, hit_at)')

    @api.model
    def _hit(self, bucket, address, limit, minutes=10):
        """Count a request, unless the limit is reached.

        Written in a cursor of its own, so that it counts even if the request is rolled back or tried again.

        :param str bucket: what is counted
        :param str address: where the request comes from
        :param int limit: requests that are allowed in the window
        :param int minutes: length of the window that ends now, at most a day
        :return: whether the request is within the limit
        :rtype: bool
        """
        digest, now = self._get_digest(address), fields.Datetime.now()
        with self.env.registry.cursor() as cr:
            cr.execute(SQL(
                """INSERT INTO stokiva_throttle (bucket, digest, hit_at)
                   SELECT %(bucket)s, %(digest)s, %(now)s
                    WHERE %(limit)s > (SELECT COUNT(*) FROM (
                          SELECT FROM stokiva_throttle
                           WHERE bucket = %(bucket)s AND digest = %(digest)s AND hit_at > %(since)s LIMIT %(limit)s) AS hit)""",
                bucket=bucket, digest=digest, now=now, since=now - timedelta(minutes=minutes), limit=limit))
            return bool(cr.rowcount)

    @api.model
    def _get_digest(self, address):
        """Return what stands for an address; of IPv6 the network counts, as a host has many addresses."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            source = address or ''
        else:
            source = str(ipaddress.ip_network((parsed, 64), strict=False) if parsed.version == 6 else parsed)
        # sudo: the salt is the database's secret
        return hmac(self.env(su=True), 'stokiva-throttle', source)

    @api.autovacuum
    def _gc_hits(self):
        """Delete requests that no window reaches any more."""
        old = self.search([('hit_at', '<', fields.Datetime.now() - KEPT)], limit=DELETED_AT_ONCE)
        old.unlink()
        return len(old), len(old) == DELETED_AT_ONCE
