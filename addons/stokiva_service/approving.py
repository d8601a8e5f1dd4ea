"""Which answers of a customer count as evidence. No ORM: tested without a database."""
from . import workflow

LINK, SMS, PORTAL, CALL = 'link', 'sms', 'portal', 'call'
ON_SITE, DOCUMENT, SILENT, SYSTEM = 'on_site', 'document', 'silent', 'system'
# By which channels an answer may come, and who vouches for it.
CHANNELS = {
    LINK: (workflow.CUSTOMER,),
    PORTAL: (workflow.CUSTOMER,),
    SMS: (workflow.CUSTOMER,),
    ON_SITE: (workflow.CUSTOMER,),
    CALL: (workflow.CALL_CENTRE, workflow.MANAGER),
    DOCUMENT: (workflow.MANAGER,),
    SILENT: (workflow.SYSTEM,),
    SYSTEM: (workflow.SYSTEM,),
}
# Where nothing can be drawn, the name that was typed and ticked is the signature.
WITHOUT_PAD = (LINK, PORTAL)
# Nobody signs: the service type asks nobody, or the signature is on the paper that is attached.
UNSIGNED = (SYSTEM, DOCUMENT)


def problem_of(answer, channel, roles, given, needs_signature):
    """Say why an answer does not count as evidence.

    :param str answer: ``approved`` or ``disputed``
    :param str channel: by which it came
    :param roles: of the actor on the order
    :param dict given: what the event is given
    :param bool needs_signature: whether the service type demands one
    :return: None when it counts, else ``channel``, ``code``, ``document`` or ``signature``
    """
    if channel not in CHANNELS or not {*CHANNELS[channel]} & {*roles}:
        return 'channel'
    if channel == ON_SITE and answer == 'approved' and not given.get('code'):
        return 'code'
    if channel == DOCUMENT and not given.get('document'):
        return 'document'
    if answer == 'approved' and not _is_signed(channel, given, needs_signature):
        return 'signature'
    return None


def _is_signed(channel, given, needs_signature):
    if channel in UNSIGNED or not (needs_signature or channel == ON_SITE) or given.get('signature'):
        return True
    return channel in WITHOUT_PAD and bool(given.get('typed') and given.get('name'))
