from . import test_access_master
from . import test_catalogue
from . import test_device
from . import test_district
from . import test_folding
from . import test_provider
from . import test_workflow
