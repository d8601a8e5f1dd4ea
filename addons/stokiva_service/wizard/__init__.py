from . import stokiva_event_wizard_candidate
from . import stokiva_event_wizard
from . import stokiva_holiday_wizard
from . import stokiva_hours_wizard
from . import stokiva_hours_wizard_line
