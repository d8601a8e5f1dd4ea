from odoo import api, fields, models
from odoo.tools import format_date


class ProviderDocument(models.Model):
    _name = 'stokiva.provider.document'
    _inherit = ['stokiva.expiring', 'stokiva.audited']
    _description = "Document of a Provider"
    _order = 'provider_id, date_to, id'
    _rec_names_search = ['number', 'provider_id.name']

    kind = fields.Selection(
        [
            ('contract', "Contract"),
            ('insurance', "Insurance"),
            ('certificate', "Certificate"),
            ('licence', "Licence"),
            ('other', "Other"),
        ],
        required=True, default='contract')
    number = fields.Char(help="Number on the document.")
    active = fields.Boolean(default=True, help="Archive a document that another one replaces.")
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    stops_assignment = fields.Boolean(
        "Stops Offers", help="Once this document has expired, the provider gets no offers until it is renewed.")
    note = fields.Char()

    @api.depends('kind', 'number')
    @api.depends_context('lang')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for document in self:
            document.display_name = " ".join(filter(None, [kinds.get(document.kind), document.number]))

    def _get_warning(self):
        values = {
            'document': self.display_name, 'provider': self.provider_id.name,
            'date': format_date(self.env, self.date_to)}
        if self.stops_assignment:
            return self.env._(
                "%(document)s of %(provider)s is valid until %(date)s. Afterwards it gets no offers.", **values)
        return self.env._("%(document)s of %(provider)s is valid until %(date)s.", **values)
