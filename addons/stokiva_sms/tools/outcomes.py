"""What the answers of gateways mean, and how long to wait. No ORM: tested without a database.

Every state that a gateway's class returns has one of these outcomes:

- ``taken``: it will deliver the message, or say that it could not;
- ``down``: it took nothing and will take nothing now (refused connection, queue full): another gateway, or later;
- ``busy``: it did not take this message now, others perhaps: later;
- ``config``: account, password, sender or credit: no message will pass until somebody mends it;
- ``uncertain``: nobody knows whether it took the message (time-out after the text was sent): once more, not twice;
- ``final``: it will never take this message (number, text).
"""
TAKEN, DOWN, BUSY, CONFIG, UNCERTAIN, FINAL = 'taken', 'down', 'busy', 'config', 'uncertain', 'final'

# Our own gateways' states, and those of Odoo's own service and Twilio.
OUTCOMES = {
    'sent': TAKEN, 'success': TAKEN, 'processing': TAKEN,
    'gateway_down': DOWN,
    'gateway_busy': BUSY,
    'gateway_config': CONFIG, 'insufficient_credit': CONFIG, 'unregistered': CONFIG, 'registration_needed': CONFIG,
    'twilio_authentication': CONFIG, 'twilio_acc_unverified': CONFIG, 'twilio_from_missing': CONFIG,
    'twilio_callback': CONFIG,
    'gateway_uncertain': UNCERTAIN, 'server_error': UNCERTAIN,
}
# Minutes until a message is tried again, by attempts so far; the last counts for all further ones.
BACKOFF = (1, 5, 15, 60)
# Minutes for which nothing is given to a gateway, by failures in a row.
PAUSES = {DOWN: (1, 2, 5), CONFIG: (5,)}
REPEAT_AFTER = 60  # minutes, of a message that did not reach the phone


def outcome_of(state):
    """Return the outcome of a state that a gateway's class returned; what we do not know is final."""
    return OUTCOMES.get(state, FINAL)


def backoff(attempts):
    """Return the minutes to wait after so many attempts."""
    return BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]


def pause(outcome, failures):
    """Return the minutes for which a gateway rests after so many failures in a row."""
    minutes = PAUSES[outcome]
    return minutes[min(max(failures, 1), len(minutes)) - 1]
