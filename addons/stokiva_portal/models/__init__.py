from . import stokiva_portal_readable
from . import stokiva_device
from . import stokiva_labour_line
from . import stokiva_media
from . import stokiva_message
from . import stokiva_part_line
from . import stokiva_visit
from . import stokiva_work_order
