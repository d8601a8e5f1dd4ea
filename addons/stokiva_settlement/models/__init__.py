from . import stokiva_assignment_engine
from . import stokiva_guarded
from . import res_company
from . import res_config_settings
from . import stokiva_part_line
from . import stokiva_provider
from . import stokiva_rate_card
from . import stokiva_rate_card_line
from . import stokiva_settlement
from . import stokiva_settlement_actions
from . import stokiva_settlement_hold
from . import stokiva_settlement_line
from . import stokiva_statement
from . import stokiva_work_order
from . import stokiva_work_order_rated
from . import stokiva_work_order_words
# It extends methods of the files above.
from . import stokiva_settlement_deduction
