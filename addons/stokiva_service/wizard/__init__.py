from . import stokiva_device_exchange
from . import stokiva_device_serial
from . import stokiva_event_wizard
from . import stokiva_holiday_wizard
from . import stokiva_hours_wizard
from . import stokiva_hours_wizard_line
from . import stokiva_warranty_check
