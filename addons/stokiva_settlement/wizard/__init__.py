from . import stokiva_rate_card_version
from . import stokiva_rate_preview
from . import stokiva_rate_preview_line
from . import stokiva_settlement_approve
from . import stokiva_settlement_line_decide
from . import stokiva_settlement_reason
from . import stokiva_statement_wizard
