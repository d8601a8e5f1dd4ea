"""What the addons read from the server's configuration, not from the database."""
import configparser
import functools
import os

from odoo.tools import config

MIN_LENGTH = 32


@functools.cache
def _read(option):
    """Return an option of the section ``[stokiva]`` of odoo.conf (Odoo ignores sections of others), or ''."""
    if not config['config']:
        return ''
    parser = configparser.RawConfigParser(strict=False)
    parser.read(config['config'])
    return parser.get('stokiva', option, fallback='')


def get_secret():
    """Return the secret that signs customers' links.

    Taken from the environment variable ``STOKIVA_SECRET``, else from ``secret`` in the section ``[stokiva]``
    of odoo.conf.

    :return: str, empty when none of at least ``MIN_LENGTH`` characters is configured
    """
    secret = os.environ.get('STOKIVA_SECRET', '') or _read('secret')
    return secret if len(secret) >= MIN_LENGTH else ''


def get_seal_dir():
    """Return the folder into which the seals of the audit log are copied.

    Taken from the environment variable ``STOKIVA_SEAL_DIR``, else from ``seal_dir`` in the section
    ``[stokiva]`` of odoo.conf.

    :return: str, empty when none is configured
    """
    return os.environ.get('STOKIVA_SEAL_DIR', '') or _read('seal_dir')
