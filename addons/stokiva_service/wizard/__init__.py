from . import stokiva_event_wizard_candidate
from . import stokiva_event_wizard
