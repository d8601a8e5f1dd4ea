from . import stokiva_order_margin
from . import stokiva_settlement_report
from . import report_statement
