from odoo.tools import SQL

from .models.stokiva_verifier_report import CURSOR


def uninstall_hook(env):
    """Drop what the ORM does not know of: the trigger function that guards the audit log, how far it was verified."""
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS stokiva_event_append_only() CASCADE"))
    env['ir.config_parameter'].search([('key', '=', CURSOR)]).unlink()
    _forget_costs(env)
    forget_addon(env, 'stokiva_service')


def _forget_costs(env):
    """Delete the history of cost of our products, which Odoo leaves behind without a product."""
    own = env['ir.model.data'].search([('module', '=', 'stokiva_service'), ('model', '=', 'product.product')])
    if 'product.value' in env:
        env['product.value'].search([('product_id', 'in', own.mapped('res_id'))]).unlink()


def forget_addon(env, module):
    """Delete the rows about an addon's models that Odoo would leave behind when it is uninstalled.

    Odoo keeps the names of inherited selections and mixins in the name of the addon that the mixin comes
    from, and the foreign keys to our tables with models that stay. To be called from uninstall hooks.

    :param env: environment of the superuser
    :param str module: technical name of the addon
    """
    tables = [
        name.replace('.', '_') for name, model in env.registry.items() if model._original_module == module]
    env.cr.execute(SQL(
        """DELETE FROM ir_model_data
            WHERE module <> %s AND model IN ('ir.model.fields.selection', 'ir.model.inherit')
              AND split_part(name, '__', 2) = ANY(%s)""", module, tables))
    env.cr.execute(SQL(
        """DELETE FROM ir_model_constraint WHERE type = 'f'
              AND module = (SELECT id FROM ir_module_module WHERE name = %s)""", module))
