from . import test_access
from . import test_closing
from . import test_group
from . import test_held_parts
from . import test_rate_card
from . import test_rates
from . import test_settlement
from . import test_statement
