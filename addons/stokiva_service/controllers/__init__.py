from . import approval
from . import media
