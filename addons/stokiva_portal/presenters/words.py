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
    """Return the badges beside the state: dispute, lateness, stopped clock.

    :param order: stokiva.work.order record in sudo
    :param formats: Formats of the reader
    :rtype: list
    """
    _ = order.env._
    badges = get_dispute_badge(order)
    if order.is_late:
        badges.append({'tone': 'bad', 'icon': 'fa-clock-o', 'text': formats.late(order.deadline)})
    if order.sla_paused:
        badges.append({'tone': 'warn', 'icon': 'fa-pause', 'text': _("Paused")})
    return badges


def get_action_labels(env):
    """Return what the button of each event says.

    :rtype: dict
    """
    _ = env._
    return {
        'accept': _("Accept"), 'reject': _("Reject"), 'plan': _("Plan visit"), 'depart': _("Depart"),
        'start': _("Start work"), 'suspend': _("End visit"), 'pause': _("Pause"),
        'resume': _("Resume"), 'take_in': _("Take in"), 'hand_back': _("Hand back"),
        'quote': _("Ask for consent"), 'submit': _("Send to customer for approval"),
        'rework': _("Take up work again"), 'return': _("Return"), 'cancel': _("Cancel"),
    }


def get_done_notices(env):
    """Return what the page says after each event.

    :rtype: dict
    """
    _ = env._
    return {
        'accept': _("You have accepted the job."), 'reject': _("You have rejected the job."),
        'plan': _("The visit is planned."), 'depart': _("The customer is told that the technician is on the way."),
        'start': _("Work has started."), 'suspend': _("The visit has ended. Plan the next one."),
        'pause': _("The job is paused."), 'resume': _("The job goes on."), 'take_in': _("The device is taken in."),
        'hand_back': _("The device is handed back."), 'quote': _("The customer is asked for consent to the price."),
        'submit': _("The customer is asked for approval."), 'rework': _("The job is open again."),
        'return': _("The job is returned."), 'cancel': _("The order is canceled."),
    }
