import secrets

from odoo import api, fields, models

from odoo.addons.stokiva_service import tokens


class SecretLink(models.AbstractModel):
    """A record that a link opens to whoever has it. As with approvals, nothing that is stored leads to the link."""
    _name = 'stokiva.secret.link'
    _description = "Opened by a Link"

    nonce = fields.Char(
        required=True, readonly=True, copy=False, groups='base.group_system', default=lambda self: secrets.token_hex(16))
    token_hash = fields.Char(readonly=True, copy=False, groups='base.group_system')

    _token_hash_uniq = models.UniqueIndex('(token_hash)')

    @api.model_create_multi
    def create(self, vals_list):
        """Note by which token each record is found."""
        records = super().create(vals_list)
        for record in records:
            record.token_hash = tokens.hashed(record._get_token())
        return records

    def _get_token(self):
        """Return the token of the link."""
        self.ensure_one()
        return tokens.make(self.env['stokiva.approval']._get_secret(), self.id, self.nonce, self._name)

    @api.model
    def _find_by_token(self, token):
        """Return the record that a token opens, in sudo, whatever its state; else an empty one.

        :param str token: from the URL, not trusted
        """
        # sudo: the token is the visitor's right; what is shown of the record is the page's business
        return self.sudo().search([('token_hash', '=', tokens.hashed(token))], limit=1)
