from odoo import fields, models


class EventPersonal(models.Model):
    """Clear personal values of log rows: may be erased without breaking the chain."""
    _name = 'stokiva.event.personal'
    _description = "Personal Values of an Event"
    _log_access = False

    event_id = fields.Integer(required=True, index=True, aggregator=None)
    salt = fields.Char(required=True)
    clear = fields.Text(required=True, help="Canonical JSON: path in the payload → value.")
