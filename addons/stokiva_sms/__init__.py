from odoo.addons.stokiva_service.hooks import forget_addon

from . import controllers, models, wizard


def uninstall_hook(env):
    """Delete the rules for SMS, those that people made too: they would hold our templates back."""
    env['stokiva.message.rule'].with_context(active_test=False).search([('channel', '=', 'sms')]).unlink()
    forget_addon(env, 'stokiva_sms')
