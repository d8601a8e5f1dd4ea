"""Small files of every type, good and hostile, made in code."""
import base64
import io
import struct
import zlib

from PIL import Image, ImageDraw

TAKEN, OFFSET = '2026:03:04 12:30:00', '+03:00'
POSITION = (40.9901389, 29.0250000)


def encoded(content):
    """Return bytes as base64 text, as fields take them."""
    return base64.b64encode(content).decode()


def picture(seed=0, size=(640, 480)):
    """Return a PIL image with some detail, another one for every seed."""
    image = Image.new('RGB', size, (200, 210, 220))
    pen = ImageDraw.Draw(image)
    for index in range(6):
        left, top = (seed * 97 + index * 131) % size[0], (seed * 61 + index * 173) % size[1]
        shade = (seed * 53 + index * 47) % 200
        pen.rectangle((left, top, left + size[0] // 3, top + size[1] // 4), fill=(shade, 255 - shade, shade // 2))
    return image


def jpeg(image=None, quality=85, exif=None):
    """Return an image as the bytes of a JPEG."""
    out = io.BytesIO()
    (image or picture()).save(out, 'JPEG', quality=quality, **({'exif': exif} if exif else {}))
    return out.getvalue()


def png(image=None, **options):
    """Return an image as the bytes of a PNG."""
    out = io.BytesIO()
    (image or picture()).save(out, 'PNG', **options)
    return out.getvalue()


def labelled_exif(taken=TAKEN, offset=OFFSET):
    """Return an EXIF block with time, place and a sideways camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    details = exif.get_ifd(0x8769)
    details[0x9003] = taken
    if offset:
        details[0x9011] = offset
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = 'N', (40.0, 59.0, 24.5), 'E', (29.0, 1.0, 30.0)
    return exif


def bomb():
    """Return a small PNG that claims 60,000 × 60,000 pixels."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (
        b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(b'\0' * 1_000_000)) + chunk(b'IEND', b''))


# -- videos -------------------------------------------------------------------------------------------

def box(kind, *parts):
    """Return a box of an MP4."""
    content = b''.join(parts)
    return struct.pack('>I4s', 8 + len(content), kind) + content


def mp4(seconds=5, handler=b'vide', brand=b'isom'):
    """Return a video without pictures: the container is whole."""
    header = box(b'mvhd', struct.pack('>IIIII', 0, 0, 0, 1000, seconds * 1000), b'\0' * 80)
    track = box(b'trak', box(b'mdia', box(b'hdlr', b'\0' * 8, handler, b'\0' * 12)))
    return (
        box(b'ftyp', brand, b'\0\0\2\0', b'isommp42') + box(b'moov', header, track)
        + box(b'mdat', b'\1\2\3\4' * 20))


def element(kind, content, unknown=False):
    """Return an element of a WebM; of unknown size like those of recordings that are cut off."""
    size = b'\x01' + b'\xff' * 7 if unknown else struct.pack('>Q', 1 << 56 | len(content))
    return bytes.fromhex(kind) + size + content


def webm(seconds=4.0, doc_type=b'webm', unknown=False, track=b'\x01'):
    """Return a video without pictures: the container is whole."""
    header = element('1A45DFA3', element('4282', doc_type))
    info = element('1549A966', element('2AD7B1', (1_000_000).to_bytes(3, 'big')) + element(
        '4489', struct.pack('>d', seconds * 1000)))
    tracks = element('1654AE6B', element('AE', element('83', track)))
    cluster = element('1F43B675', element('E7', b'\0') + element('A3', b'\x81\0\0\x80frame'), unknown)
    return header + element('18538067', info + tracks + cluster, unknown)


# -- documents ----------------------------------------------------------------------------------------

def pdf(extra=b''):
    """Return a PDF with one empty page; extra is written into its catalogue."""
    return (
        b'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R' + extra + b'>>endobj\n'
        b'2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n'
        b'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n'
        b'trailer<</Root 1 0 R>>\n%%EOF\n')


def packed_pdf(objects, keys=b'/Filter/FlateDecode'):
    """Return a PDF whose objects are packed into a stream."""
    stream = zlib.compress(objects)
    return pdf().replace(b'trailer', b'4 0 obj<</Type/ObjStm/N 1/First 4/Length %d%s>>stream\n%s\nendstream endobj\ntrailer' % (
        len(stream), keys, stream))
