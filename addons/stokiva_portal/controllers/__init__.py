from . import home
from . import provider
from . import provider_actions
from . import provider_office
from . import provider_parts
from . import customer
from . import appliance
