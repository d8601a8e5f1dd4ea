from odoo.tools import SQL


def uninstall_hook(env):
    """Drop what the ORM does not know of: the trigger function that guards the audit log."""
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS stokiva_event_append_only() CASCADE"))
