"""What happened, for the provider: his part of the story, and of other people only their role."""
from odoo.addons.stokiva_service import labels

# Steps that tell the provider nothing: edits are in the pages' content, refused offers are not his.
LEFT_OUT = ('open', 'edit', 'reject', 'expire', 'download', 'anonymise')


def get_timeline(order, formats):
    """Return the events since the order was offered to its provider.

    :param order: stokiva.work.order record in sudo
    :param formats: Formats of the reader
    :return: dicts of ``label time who``
    :rtype: list
    """
    names = _get_own_names(order)
    rows = []
    for event in order.event_ids.sorted('seq'):
        if event.event in ('assign', 'reassign'):
            rows = []  # what was before concerns other providers
        if event.event not in LEFT_OUT:
            rows.append({
                'label': labels.label(order.env, labels.EVENTS, event.event), 'time': formats.moment(event.occurred_at),
                'who': names.get((event.actor_kind, event.actor_id)) or _get_role_name(event)})
    return rows


def _get_own_names(order):
    """Return ``{(kind, id): name}`` of the provider's own people."""
    names = {}
    for person in order.provider_id.with_context(active_test=False).personnel_ids:
        names['personnel', person.id] = person.name
        if person.user_id:
            names['user', person.user_id.id] = person.name
    return names


def _get_role_name(event):
    names = {'system': event.env._("automatic"), 'customer': event.env._("Customer")}
    return names.get(event.role, event.env._("Office"))

