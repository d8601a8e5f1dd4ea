from odoo import models


class ResGroups(models.Model):
    """Who is in a group, and what a group implies, is part of the change log."""
    _name = 'res.groups'
    _inherit = ['res.groups', 'stokiva.audited']

    _audited_fields = frozenset({'implied_ids', 'user_ids'})
