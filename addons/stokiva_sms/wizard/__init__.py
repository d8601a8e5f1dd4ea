from . import stokiva_sms_reply_wizard
