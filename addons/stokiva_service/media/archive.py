"""Packs an order's files into one zip that is sent while it is written. No ORM."""
import io
import json
import re
import zipfile

from ..folding import fold

MANIFEST = 'manifest.json'
EXTENSIONS = {'image/jpeg': 'jpg', 'video/mp4': 'mp4', 'video/webm': 'webm', 'application/pdf': 'pdf'}
MAX_NAME = 40


def safe_name(number, kind, text, mimetype):
    """Return a file name that is the same and harmless on every system: ``03-before-front-door.jpg``.

    :param int number: place in the archive; makes the name unique
    :param str kind: key of the kind of media
    :param str text: what people wrote; may hold anything
    :param str mimetype: decides the extension, never the text
    """
    words = re.sub(r'[^a-z0-9]+', '-', fold(text)).strip('-')[:MAX_NAME].strip('-')
    return '-'.join(filter(None, [f'{number:02}', kind, words])) + '.' + EXTENSIONS.get(mimetype, 'bin')


def pack(manifest, files):
    """Yield the bytes of a zip that holds a manifest and files, one file in memory at a time.

    :param dict manifest: JSON-like
    :param files: iterable of (name, function that returns the bytes)
    """
    out = _Outbox()
    # Photos and videos are packed already.
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_STORED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
        for name, read in files:
            archive.writestr(name, read())
            yield out.take()
    yield out.take()


class _Outbox(io.RawIOBase):
    """What was written since it was last taken; cannot be sought, so that zipfile never looks back."""

    def __init__(self):
        self._parts = []

    def writable(self):
        return True

    def write(self, data):  # pylint: disable=method-required-super
        self._parts.append(bytes(data))
        return len(data)

    def take(self):
        taken, self._parts = b''.join(self._parts), []
        return taken
