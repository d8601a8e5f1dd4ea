from odoo.addons.stokiva_service.hooks import forget_addon

from . import controllers
from . import models


def uninstall_hook(env):
    """Delete what Odoo would leave behind of our models."""
    forget_addon(env, 'stokiva_portal')
