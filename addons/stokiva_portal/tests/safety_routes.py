"""Which routes our addons serve, and to whom: a route that is not here fails the test of routes.

Each belongs to one audience. The rightful one is answered; all others are refused and change nothing. Values of the
routes' arguments come from ``test_safety_routes``, by their names.
"""
import re

# The name of a route's argument.
ARGUMENT = re.compile(r'<(?:\w+(?:\([^)]*\))?:)?(\w+)>')
OPEN = {200, 302, 303, 400, 409, 410, 422}
REFUSED = {403, 404}
LOGIN = {302, 303}

PROVIDERS = ('leader', 'technician', 'colleague', 'competitor')
CUSTOMERS = ('customer', 'neighbour')
# Somebody whose membership has ended, and who had the leader's rights.
GONE = ('gone',)

# audience: (who is answered, who is refused); anonymous and blocked users are sent to the login by all but the last.
AUDIENCES = {
    # a job of the provider's
    'job': ('leader', (*CUSTOMERS, 'colleague', 'competitor', *GONE)),
    # something of the provider's that only those who lead it see
    'led': ('leader', (*CUSTOMERS, 'technician', 'colleague', 'competitor', *GONE)),
    # pages of those who lead some provider, of any provider's people, of everybody
    'leaders': ('leader', (*CUSTOMERS, 'technician', 'colleague', *GONE)),
    'people': ('technician', (*CUSTOMERS, *GONE)),
    'users': ('neighbour', ()),
    # an order or appliance of the customer's
    'own': ('customer', ('neighbour', *PROVIDERS, *GONE)),
    # the back office, whose users the addons themselves test
    'office': (None, (*CUSTOMERS, *PROVIDERS, *GONE)),
    # without a login: pages for all, and what a secret in the address opens, or a company that lets visitors book
    'public': ('anonymous', ()),
    'secret': (None, ('anonymous', *CUSTOMERS, *PROVIDERS)),
}

ROUTES = {
    'job': """
        GET /my/jobs/<int:order_id>
        POST /my/jobs/<int:order_id>/ask-part
        POST /my/jobs/<int:order_id>/checklist
        POST /my/jobs/<int:order_id>/event/<string:event>
        POST /my/jobs/<int:order_id>/findings
        POST /my/jobs/<int:order_id>/labour
        POST /my/jobs/<int:order_id>/message
        POST /my/jobs/<int:order_id>/parts
        POST /my/jobs/<int:order_id>/photos
        GET /my/jobs/<int:order_id>/photos/<int:media_id>
        POST /my/jobs/<int:order_id>/preauthorise/<string:kind>
        POST /my/jobs/<int:order_id>/serial
        GET /my/jobs/<int:order_id>/sign
        POST /my/jobs/<int:order_id>/sign
        POST /field/media
    """,
    'led': """
        POST /my/jobs/company/areas
        POST /my/jobs/company/days
        POST /my/jobs/company/documents
        GET /my/jobs/company/documents/<int:document_id>
        POST /my/jobs/company/hours
        POST /my/jobs/open
        POST /my/jobs/parts/<int:picking_id>/receive
        POST /my/jobs/parts/request
        POST /my/jobs/parts/send-defective
        POST /my/jobs/questions/<int:line_id>
        POST /my/jobs/repeats/<int:repeat_id>
        GET /my/jobs/statements/<int:statement_id>
        POST /my/jobs/statements/<int:statement_id>
        GET /my/jobs/statements/<int:statement_id>/<any("pdf", "xlsx"):kind>
        POST /my/jobs/team
        GET /my/jobs/team/<int:person_id>
        POST /my/jobs/team/<int:person_id>
        POST /my/jobs/team/<int:person_id>/absences
        POST /my/jobs/team/<int:person_id>/invite
        POST /my/jobs/team/<int:person_id>/leave
    """,
    'leaders': """
        GET /my/jobs/company
        GET /my/jobs/open
        GET /my/jobs/performance
        GET /my/jobs/questions
        GET /my/jobs/repeats
        GET /my/jobs/repeats/page/<int:page>
        GET /my/jobs/statements
        GET /my/jobs/statements/page/<int:page>
        GET /my/jobs/team
    """,
    'people': """
        GET /my/jobs
        GET /my/jobs/calendar
        GET /my/jobs/list
        GET /my/jobs/list.csv
        GET /my/jobs/list/page/<int:page>
        GET /my/jobs/parts
        ANY /field/push
        ANY /field/sync
    """,
    'users': """
        GET /my/appliances
        GET /my/appliances/page/<int:page>
        GET /my/appliances/register
        POST /my/appliances/register
        GET /my/service
        GET /my/service/page/<int:page>
        ANY /field/ping
    """,
    'own': """
        GET /my/appliances/<int:device_id>
        GET /my/appliances/<int:device_id>/photo
        GET /my/appliances/<int:device_id>/request
        POST /my/appliances/<int:device_id>/request
        GET /my/service/<int:order_id>
        GET /my/service/<int:order_id>/<any(form, quote, report):paper>
        GET /my/service/<int:order_id>/answer
        POST /my/service/<int:order_id>/answer
        POST /my/service/<int:order_id>/cancel
        POST /my/service/<int:order_id>/message
        POST /my/service/<int:order_id>/rate
        GET /my/service/<int:order_id>/photos/<int:media_id>
    """,
    'office': """
        GET /stokiva/orders/<int:order_id>/file.zip
        POST /stokiva/orders/<int:order_id>/media
        GET /stokiva/orders/<int:order_id>/media.zip
        GET /stokiva/statements/<int:statement_id>.xlsx
    """,
    'public': """
        ANY /field/app
        ANY /field/login
        ANY /field/logout
        ANY /field/manifest.webmanifest
        ANY /field/service-worker.js
        GET /o/theme/<string:name>.css
    """,
    'secret': """
        GET /appointment
        POST /appointment
        GET /appointment/<int:company_id>
        POST /appointment/<int:company_id>
        GET /appointment/<int:company_id>/districts
        GET /appointment/h/<string:token>
        POST /appointment/h/<string:token>
        GET /t/<string:token>
        POST /t/<string:token>/cancel
        GET /t/<string:token>/time
        POST /t/<string:token>/time
        GET /o/<string:token>
        POST /o/<string:token>
        GET /o/r/<string:token>
        POST /o/r/<string:token>
        GET /o/<string:token>/photo/<int:media_id>
        GET /o/<string:token>/photo/<int:media_id>/<any(thumb):size>
        GET,POST /stokiva_sms/<int:gateway_id>/kannel/<string:signature>
        GET,POST /stokiva_sms/<int:gateway_id>/push/<string:signature>
        GET,POST /stokiva_sms/<int:gateway_id>/report/<string:uuid>/<string:signature>
        POST /stokiva_sms/<int:gateway_id>/twilio
    """,
}
# What the rightful one finds only at another moment than that of the test, where its own test looks.
NOT_NOW = {
    'GET /my/service/<int:order_id>/<any(form, quote, report):paper>', 'GET /my/service/<int:order_id>/photos/<int:media_id>',
    'GET /my/appliances/<int:device_id>/photo', 'GET /my/jobs/statements/<int:statement_id>/<any("pdf", "xlsx"):kind>',
    'POST /my/jobs/questions/<int:line_id>', 'POST /field/media', 'GET /my/jobs/company/documents/<int:document_id>',
    'GET /my/jobs/open', 'POST /my/jobs/open',
}


def get_routes():
    """Return the routes of the table.

    :return: ``{'METHOD /route': audience}``
    :rtype: dict
    """
    return {
        line.strip(): audience for audience, lines in ROUTES.items() for line in lines.strip().splitlines()}
