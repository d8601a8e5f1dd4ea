"""Odoo's command line, with passwords hashed at once: the rounds for real ones take a third of a second each.

    python tests/odoo_command.py server …
"""
import sys


def hash_passwords_fast():
    """Let this process hash and check passwords in one round."""
    import odoo.init  # noqa: F401, PLC0415

    from odoo.addons.base.models import res_users  # noqa: PLC0415

    res_users.MIN_ROUNDS = 1


if __name__ == '__main__':
    # As `python -m odoo` would: the folder of this file is nobody's business.
    del sys.path[0]
    hash_passwords_fast()
    import odoo.cli

    odoo.cli.main()
