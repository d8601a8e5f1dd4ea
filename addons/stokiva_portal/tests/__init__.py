from . import test_customer
from . import test_formats
from . import test_membership
from . import test_provider_actions
from . import test_provider_pages
from . import test_provider_photos
from . import test_rpc
from . import test_statements
