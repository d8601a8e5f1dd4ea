"""Checks PDF documents without interpreting them: whole, readable, and nothing in them acts. No ORM."""
import re
import zlib

from .common import MEGABYTE, BadMedia

START = b'%PDF-'
# A few line ends and comments may follow the end mark, no second file.
MAX_TAIL = 1024
# What makes a document act, or carry files. Written out these names are too long to arise by chance in a picture.
ACTIVE = re.compile(
    rb'/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm|GoToE|Rendition|XFA)(?![A-Za-z])')
ESCAPE = re.compile(rb'#([0-9A-Fa-f]{2})')
# Objects packed together: their names cannot be seen from outside.
PACKED = re.compile(rb'/ObjStm(?![A-Za-z]).{0,400}?stream\r?\n', re.DOTALL)
HEAD = 400
# The usual way of packing, which can be undone here; any other could hide something.
USUAL = re.compile(rb'/Fl(?:ateDecode)?(?![A-Za-z])')
UNUSUAL = re.compile(rb'/(?:LZW|ASCIIHex|ASCII85|AHx|A85|RunLength|RL|Crypt|Predictor)')
MAX_UNPACKED = 32 * MEGABYTE


def check(content):
    """Return if a PDF may be stored.

    :param bytes content: what was uploaded
    :raise BadMedia: if it is torn, active, or cannot be looked into
    """
    if not content.startswith(START) or b'%%EOF' not in content[-MAX_TAIL:]:
        raise BadMedia('not_a_document')
    spelled = _spell_out(content)
    _refuse_active(spelled)
    packed = list(PACKED.finditer(content))
    if b'/Encrypt' in spelled or len(packed) != spelled.count(b'/ObjStm'):
        raise BadMedia('locked_document')
    left = MAX_UNPACKED
    for found in packed:
        # The dictionary may name type and filter in any order.
        head = content[max(found.start() - HEAD, 0):found.end()]
        head = _spell_out(head[head.rfind(b'obj') + 1:])
        if UNUSUAL.search(head) or not USUAL.search(head):
            raise BadMedia('locked_document')
        unpacked = _unpack(content, found.end(), left)
        left -= len(unpacked)
        _refuse_active(_spell_out(unpacked))


def _spell_out(content):
    """Return content with the escapes in names undone: ``/J#61vaScript`` is ``/JavaScript``."""
    return ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)


def _refuse_active(content):
    if ACTIVE.search(content):
        raise BadMedia('active_document')


def _unpack(content, start, limit):
    """Return what is packed from an offset on.

    :raise BadMedia: if it is not packed in the usual way, or is larger than the limit (in bytes)
    """
    packer = zlib.decompressobj()
    try:
        unpacked = packer.decompress(memoryview(content)[start:], max(limit, 1))
    except zlib.error as error:
        raise BadMedia('locked_document') from error
    if not packer.eof:
        raise BadMedia('locked_document')
    return unpacked
