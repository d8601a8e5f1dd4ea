"""What the addons read from the server's configuration, not from the database."""
import configparser
import functools
import os

from odoo.tools import config

MIN_LENGTH = 32


@functools.cache
def get_secret():
    """Return the secret that signs customers' links.

    Taken from the environment variable ``STOKIVA_SECRET``, else from ``secret`` in the section ``[stokiva]``
    of odoo.conf (Odoo ignores sections of others).

    :return: str, empty when none of at least ``MIN_LENGTH`` characters is configured
    """
    secret = os.environ.get('STOKIVA_SECRET', '')
    if not secret and config['config']:
        parser = configparser.RawConfigParser(strict=False)
        parser.read(config['config'])
        secret = parser.get('stokiva', 'secret', fallback='')
    return secret if len(secret) >= MIN_LENGTH else ''
