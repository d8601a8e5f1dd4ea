from . import stokiva_settlement_approve
from . import stokiva_settlement_reason
from . import stokiva_statement_wizard
