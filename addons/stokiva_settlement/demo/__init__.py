from . import stokiva_demo
