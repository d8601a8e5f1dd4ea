"""How employees cause events on the screen: by a button and, where that opens one, its dialog."""

# What the screen asks of these is what the door is given; where it has other names, see `fill_in`.
BUTTONS = (
    'accept', 'depart', 'start', 'submit', 'resume', 'rework', 'remind', 'not_mine', 'pause', 'suspend', 'resolve',
    'cancel', 'return', 'assign', 'reassign', 'reject', 'plan', 'take_in', 'hand_back', 'quote')
REJECT_REASONS = ('busy', 'other')
TAKEN_IN = ('accepted', 'on_the_way', 'in_progress')


def to_dialog(event, given, job):
    """Return what is given when it comes by the dialog, None where that cannot say it.

    :param dict given: as for the door
    :param Job job: of the order
    """
    if event == 'reject' and given['reason'] not in REJECT_REASONS:
        return {'reason': REJECT_REASONS[0]}
    if event == 'take_in' and job.state not in TAKEN_IN:
        return None  # there it gives the order to the workshop on the way
    if event != 'plan':
        return given
    # The dialog shows the window and the technician of now; it leaves what stays as it is.
    window = {name: given[name] for name in ('window_start', 'window_end') if given.get(name)}
    planned = window if len(window) == 2 else {}
    if 'personnel_id' in given and len(window) != 1:
        planned |= {'personnel_id': given['personnel_id']}
    return planned or None


def fill_in(event, given):
    """Return the dialog's own fields for what is given."""
    if event == 'reject':
        return {'reject_reason': given['reason']}
    if event == 'plan':
        return {'personnel_id': False, **given}  # else the technician whom it proposes goes along
    if event == 'hand_back':
        return {'accessory_ids': [(6, 0, given.get('accessory_ids', ()))], 'missing_note': given.get('note')}
    if event == 'take_in' and 'accessory_ids' in given:
        return {**given, 'accessory_ids': [(6, 0, given['accessory_ids'])]}
    return given
