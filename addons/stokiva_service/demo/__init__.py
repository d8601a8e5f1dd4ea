from . import stokiva_demo
from . import stokiva_demo_hours
