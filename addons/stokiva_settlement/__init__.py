from odoo.addons.stokiva_service.hooks import forget_addon

from . import controllers
from . import demo
from . import models
from . import report
from . import wizard


def uninstall_hook(env):
    """Delete what Odoo would leave behind of our models and of the product on bills."""
    product = env.ref('stokiva_settlement.product_service_work', raise_if_not_found=False)
    if product:
        env['product.value'].search([('product_id', '=', product.id)]).unlink()
    forget_addon(env, 'stokiva_settlement')
