from . import test_access
from . import test_delivery
from . import test_masking
from . import test_queue
from . import test_segments
