"""What the technicians' app sends and gets: the protocol, what each operation does, what the phone keeps."""
from . import protocol
from .handlers import HANDLERS, MEDIA_HANDLERS, Handler
from .own import OwnJobs
from .refused import Refused
from .snapshot import FieldSnapshot
from .stamp import get_stamp
