from . import approval
from . import media
from . import rating
from . import theme
