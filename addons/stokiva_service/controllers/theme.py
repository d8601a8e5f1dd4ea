"""The company's colour on the customer's pages: a style sheet of its own, as they allow no styles within."""
from odoo import http
from odoo.http import request

from .. import colours

# The colour is the address: another one is another sheet.
KEPT_SECONDS = 7 * 24 * 3600


def get_theme_url(company):
    """Return the URL of the style sheet with a company's colour, None where it has none.

    :param company: res.company record in sudo
    """
    colour = colours.parse(company.primary_color)
    return colour and f'/o/theme/{colours.to_hex(colour)}.css'


def get_company_style(company):
    """Return the attribute ``style`` that gives a page of the portal a company's colour, None where it has none.

    :param company: res.company record
    """
    colour = colours.parse(company.primary_color)
    return colour and colours.get_day_style(colour)


class Theme(http.Controller):
    """Knows nothing but what its address says."""

    @http.route('/o/theme/<string:name>.css', type='http', auth='none', methods=['GET'], save_session=False)
    def theme_css(self, name, **_query):
        """Send the style sheet of a colour."""
        colour = colours.parse(name)
        if not colour:
            raise request.not_found()
        return request.make_response(colours.get_css(colour), headers={
            'Content-Type': 'text/css; charset=utf-8', 'X-Content-Type-Options': 'nosniff',
            'Cache-Control': f'public, max-age={KEPT_SECONDS}'}.items())
