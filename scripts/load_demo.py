"""Load the demo data of our addons, and of no other, into a database made without demo data.

To be fed to `odoo shell`. Odoo decides about demo data when a database is made, then for all of it:
we want our small company without the hundreds of partners and products of core. So the files named
by `demo` in our manifests are loaded here as `odoo module force-demo` does, for our addons only.
A file may be XML of records, or XML that calls a method (`<function model="…" name="…"/>`).
"""
import os

from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

ours = set(os.environ['STOKIVA_ADDONS'].split(','))
env.cr.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")  # noqa: F821
graph = ModuleGraph(env.cr, mode='load')  # noqa: F821
graph.extend([name for (name,) in env.cr.fetchall()])  # noqa: F821
for package in graph:
    if package.name in ours and not load_demo(env, package, {}, 'init'):  # noqa: F821
        raise SystemExit(f"The demo data of {package.name} could not be loaded; the log says why.")
# The mark makes a later update of an addon keep its demo records up to date.
env['ir.module.module'].search([('name', 'in', list(ours))]).demo = True  # noqa: F821
env.cr.commit()  # noqa: F821
# What crons count overnight is there at once, too.
env['stokiva.performance.day']._cron_count()  # noqa: F821
env['stokiva.alert']._cron_check()  # noqa: F821
env.cr.commit()  # noqa: F821
