import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import hmac

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
        with self.env.registry.cursor() as cr:
            throttle = self.with_env(self.env(cr=cr, su=True))  # sudo: nobody has rights on the counters
            if throttle._is_exhausted(bucket, address, limit, minutes):
                return False
            throttle.create({'bucket': bucket, 'digest': self._get_digest(address)})
        return True

    @api.model
    def _is_exhausted(self, bucket, address, limit, minutes=10):
        """Tell whether an address has used up its requests of a bucket; parameters as of ``_hit``."""
        domain = (
            Domain('bucket', '=', bucket) & Domain('digest', '=', self._get_digest(address))
            & Domain('hit_at', '>', fields.Datetime.now() - timedelta(minutes=minutes)))
        # sudo: nobody has rights on the counters
        return self.sudo().search_count(domain, limit=limit) >= limit

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
