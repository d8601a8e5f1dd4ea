from . import stokiva_demo
from . import stokiva_demo_faults
from . import stokiva_demo_hours
from . import stokiva_demo_parts
