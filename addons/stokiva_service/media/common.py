"""What the checks share."""

MEGABYTE = 1024 * 1024


class BadMedia(ValueError):
    """Raised with a code that says why content is refused.

    ``empty``, ``too_large``, ``too_many_pixels``, ``not_a_photo``, ``not_a_video``, ``not_a_document``, ``active_document``
    (holds scripts or files), ``locked_document`` (cannot be looked into) or ``unknown`` (none of the kinds).
    """

    @property
    def code(self):
        return self.args[0]
