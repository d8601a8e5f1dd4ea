"""Checks of uploaded photos, videos and documents. No ORM."""
from . import archive, documents, photos, similarity, videos
from .common import MEGABYTE, BadMedia
from .intake import PHOTO, VIDEO, DOCUMENT, Accepted, take_in
