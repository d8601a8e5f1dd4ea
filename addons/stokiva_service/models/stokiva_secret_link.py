import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import config, tokens


class SecretLink(models.AbstractModel):
    """A record that a link opens to whoever has it. Nothing that is stored leads to the link."""
    _name = 'stokiva.secret.link'
    _description = "Opened by a Link"
    # What the tokens are made for: none of one kind is one of another.
    _token_purpose = None
    # Where the page is; the token follows.
    _link_path = None

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

    @api.model
    def _get_secret(self):
        """Return the server's secret.

        :raise UserError: if none is configured
        """
        secret = config.get_secret()
        if not secret:
            raise UserError(self.env._(
                "Links to customers cannot be signed: set “secret” in the section [stokiva] of odoo.conf."))
        return secret

    def _get_token(self):
        """Return the token of the link."""
        self.ensure_one()
        return tokens.make(self._get_secret(), self.id, self.nonce, self._token_purpose)

    def _make_code(self, number):
        """Return a code by which somebody proves that he gets what is sent to him; it is stored nowhere.

        :param int number: how often a code was sent: each time another one
        """
        self.ensure_one()
        return tokens.make_code(self._get_secret(), self.id, self.nonce, number)

    def _get_path(self):
        """Return the path of the page that the link opens."""
        return f'{self._link_path}{self._get_token()}'

    def _get_link(self):
        """Return the absolute URL of the page that the link opens.

        :rtype: str
        """
        return f'{self.get_base_url()}{self._get_path()}'

    @api.model
    def _find_by_token(self, token):
        """Return the record that a token opens, in sudo, whatever its state; else an empty one.

        :param str token: from the URL, not trusted
        """
        # sudo: the token is the customer's right; what is shown of the record is the page's business
        return self.sudo().search([('token_hash', '=', tokens.hashed(token))], limit=1)
