from . import res_company
from . import sms_sms
from . import sms_tracker
from . import stokiva_message
from . import stokiva_message_rule
from . import stokiva_sms_log
from . import stokiva_work_order
