from . import twilio
from . import webhooks
