from odoo import models


class Device(models.Model):
    """Other devices with the same serial number, for the check of it."""
    _inherit = 'stokiva.device'

    _same_serial_idx = models.Index("(serial, company_id) WHERE serial <> ''")
