"""Badges of states, buttons of events and what they answer."""

STATE_ICONS = {
    'created': 'fa-inbox',
    'assigned': 'fa-hourglass-half',
    'accepted': 'fa-calendar-check-o',
    'on_the_way': 'fa-truck',
    'in_progress': 'fa-wrench',
    'awaiting_approval': 'fa-pencil-square-o',
    'completed': 'fa-check-circle',
    'canceled': 'fa-times-circle',
    'returned': 'fa-undo',
}


def get_selection(records, name):
    """Return the labels of a selection field in the reader's language.

    :rtype: dict
    """
    return dict(records._fields[name]._description_selection(records.env))


def get_state_badge(order):
    """Return what the template ``stokiva_portal.badge`` wants.

    :param order: stokiva.work.order record in sudo
    :rtype: dict
    """
    return {
        'tone': order.state, 'icon': STATE_ICONS[order.state],
        'text': get_selection(order, 'state')[order.state]}


def get_dispute_badge(order):
    """Return the second badge of a disputed order, in a list."""
    return [{
        'tone': 'bad', 'icon': 'fa-exclamation-triangle', 'text': order.env._("Disputed"),
    }] if order.is_halted else []


def sort_photos(photos):
    """Return photos in the order in which they are taken: before, after, then the other kinds."""
    kinds = list(get_selection(photos, 'kind'))
    return photos.sorted(lambda photo: (kinds.index(photo.kind), photo.id))


def get_extra_badges(order, formats):
    """Return the badges beside the state: dispute, lateness, stopped clock, a device that is not there yet.

    :param order: stokiva.work.order record in sudo
    :param formats: Formats of the reader
    :rtype: list
    """
    badges = get_dispute_badge(order)
    if order.is_late:
        badges.append({'tone': 'bad', 'icon': 'fa-clock-o', 'text': formats.late(order.due_at)})
    if order.sla_paused:
        badges.append({'tone': 'warn', 'icon': 'fa-pause', 'text': order.env._("Paused")})
    if order.is_undelivered:
        badges.append({'tone': 'warn', 'icon': 'fa-truck', 'text': order.env._("Not delivered yet")})
    return badges


def get_action_labels(env):
    """Return what the button of each event says.

    :rtype: dict
    """
    return {
        'accept': env._("Accept"),
        'reject': env._("Reject"),
        'plan': env._("Plan visit"),
        'depart': env._("Depart"),
        'start': env._("Start work"),
        'suspend': env._("End visit"),
        'pause': env._("Pause"),
        'resume': env._("Resume"),
        'take_in': env._("Take in"),
        'move': env._("Move the device"),
        'hand_back': env._("Hand back"),
        'refuse_warranty': env._("Refuse the warranty"),
        'quote': env._("Ask for consent"),
        'collect': env._("Note a payment"),
        'submit': env._("Send to customer for approval"),
        'rework': env._("Take up work again"),
        'return': env._("Return"),
        'cancel': env._("Cancel"),
    }


def get_done_notices(env):
    """Return what the page says after each event.

    :rtype: dict
    """
    return {
        'accept': env._("You have accepted the job."),
        'reject': env._("You have rejected the job."),
        'plan': env._("The visit is planned."),
        'depart': env._("The customer is told that the technician is on the way."),
        'start': env._("Work has started."),
        'suspend': env._("The visit has ended. Plan the next one."),
        'pause': env._("The job is paused."),
        'resume': env._("The job goes on."),
        'take_in': env._("The device is taken in."),
        'move': env._("It is noted who has the device."),
        'hand_back': env._("The device is handed back."),
        'refuse_warranty': env._("The warranty is refused. Ask the customer for consent to the price."),
        'quote': env._("The customer is asked for consent to the price."),
        'collect': env._("The payment is noted."),
        'submit': env._("The customer is asked for approval."),
        'rework': env._("The job is open again."),
        'return': env._("The job is returned."),
        'cancel': env._("The order is canceled."),
    }
