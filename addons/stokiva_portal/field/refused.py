from odoo.exceptions import UserError


class Refused(UserError):
    """A refusal with a code by which the phone knows what it can offer."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
