from . import stokiva_paper
from . import report_quote
from . import report_service_form
from . import report_transfer_slip
from . import report_work
