"""Our entries on the home page of Odoo's portal."""
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.stokiva_service import workflow

from .common import get_people


class PortalHome(CustomerPortal):
    """Cards for customers and, where there is a membership, for a provider's people."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself; the counters' answer may hold counters only
            values['stokiva_is_personnel'] = bool(get_people())
        orders = request.env['stokiva.work.order']
        for name, get_domain, extra in (
                ('stokiva_job_count', orders._get_job_domain, Domain('state', 'in', workflow.OPEN)),
                ('stokiva_service_count', orders._get_request_domain, Domain.TRUE)):
            if name in counters:
                # sudo: the domain holds the user's rules and needs fields that he cannot read
                values[name] = orders.sudo().search_count(get_domain() & extra)
        return values
