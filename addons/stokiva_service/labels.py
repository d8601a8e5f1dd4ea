"""What people read for the keys of the log: one place for log, dialogs and message rules."""
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

EVENTS = {
    'open': _lt("Opened"),
    'assign': _lt("Offered to a provider"),
    'accept': _lt("Accepted"),
    'reject': _lt("Offer refused"),
    'expire': _lt("Offer not answered in time"),
    'reassign': _lt("Given to another provider"),
    'plan': _lt("Planned"),
    'depart': _lt("Technician set out"),
    'start': _lt("Work started"),
    'suspend': _lt("Visit ended without the work"),
    'pause': _lt("Clock stopped"),
    'resume': _lt("Clock runs again"),
    'take_in': _lt("Device taken in"),
    'move': _lt("Device moved"),
    'hand_back': _lt("Device handed back"),
    'refuse_warranty': _lt("Warranty refused"),
    'grant_warranty': _lt("Warranty granted after all"),
    'quote': _lt("Quote sent"),
    'submit': _lt("Submitted for approval"),
    'approve': _lt("Customer approved"),
    'dispute': _lt("Customer refused"),
    'remind': _lt("Customer reminded"),
    'call': _lt("Customer called in vain"),
    'not_mine': _lt("Said to be somebody else's job"),
    'send_code': _lt("Code sent to the customer"),
    'rework': _lt("Back to work"),
    'resolve': _lt("Dispute settled"),
    'cancel': _lt("Canceled"),
    'return': _lt("Closed without the work"),
    'collect': _lt("Payment received"),
    'charge': _lt("Sale for the invoice made"),
    'edit': _lt("Edited"),
    # Of closed orders, too
    'download': _lt("Whole file downloaded"),
    'anonymise': _lt("Customer anonymised"),
    # of master data and configuration
    'create': _lt("Created"),
    'archive': _lt("Archived"),
    'unarchive': _lt("Taken out of the archive"),
    'delete': _lt("Deleted"),
    'password': _lt("Password changed"),
}
# What people are told of besides events; see ``messages``.
MESSAGES = {
    'replan': _lt("Appointment changed"),
    'schedule': _lt("Time set by customer or office"),
    'withdraw': _lt("Job given to somebody else"),
    'approve_quote': _lt("Customer accepted the quote"),
    'dispute_quote': _lt("Customer refused the quote"),
    'rate': _lt("Rating asked for"),
    'rating_reply': _lt("Reply to a rating"),
    'sla_risk': _lt("Promised time at risk"),
    'sla_breach': _lt("Promised time missed"),
    'sla_escalate': _lt("Promised time missed for long"),
}
CHANNELS = {
    'office': _lt("Office"),
    'portal': _lt("Portal"),
    'field': _lt("Field app"),
    'link': _lt("Link"),
    'booking': _lt("Online appointment"),
    'sms': _lt("SMS"),
    'call': _lt("Telephone"),
    'on_site': _lt("On site"),
    'document': _lt("Document"),
    'silent': _lt("Silent: no answer in time"),
    'cron': _lt("Scheduled"),
    'sale': _lt("Sale"),
    'api': _lt("Interface"),
    'system': _lt("System"),
}
ROLES = {
    'system': _lt("System"),
    'sales': _lt("Sales"),
    'call_centre': _lt("Call centre"),
    'dispatcher': _lt("Dispatcher"),
    'manager': _lt("Manager"),
    'technician': _lt("Technician"),
    'provider_dispatcher': _lt("Provider's dispatcher"),
    'customer': _lt("Customer"),
    'integration': _lt("Interface"),
    'settlement': _lt("Settlement officer"),
    'administrator': _lt("Administrator"),
}
PAYMENT_METHODS = {
    'cash': _lt("Cash"),
    'card': _lt("Card"),
}
# How near a service area describes an address: the engine's criterion “coverage”.
COVERAGES = {
    1: _lt("Country"),
    2: _lt("Province"),
    3: _lt("District"),
    4: _lt("Postal code"),
}


def label(env, labels, key):
    """Return the translated text of a key, the key itself when it is not known.

    :param env: environment whose language counts
    :param dict labels: one of this module's
    :param key: key in it
    :rtype: str
    """
    return env._(labels[key]) if key in labels else str(key or "")  # pylint: disable=gettext-variable
