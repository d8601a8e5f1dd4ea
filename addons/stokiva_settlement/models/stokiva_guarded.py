from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context


class Guarded(models.AbstractModel):
    """A numbered document with a state that follows from protected fields. Users change those through
    actions, which check who may and write in sudo: no context key opens them.
    """
    _name = 'stokiva.guarded'
    _description = "Document Changed by Its Actions"

    # One list for create, write and import; set by each model.
    _protected_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        """Create documents, numbered in one statement per company; never from a caller's defaults.

        :raise AccessError: for a user: these documents arise from others
        """
        if not self.env.su:
            raise AccessError(self.env._("This document arises from others and is not made by hand."))
        by_company = {}
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            by_company.setdefault(vals['company_id'], []).append(vals)
        for company_id, batch in by_company.items():
            numbers = self.env['ir.sequence']._stokiva_next_batch(
                self._name, self.env['res.company'].browse(company_id), len(batch))
            for vals, number in zip(batch, numbers, strict=True):
                vals['name'] = number
        clean = self.with_env(self.env(context=clean_context(self.env.context)))
        return super(Guarded, clean).create(vals_list)

    def write(self, vals):
        """Write what users may; the rest is changed by the actions.

        :raise AccessError: on a protected field
        """
        if not self.env.su and (refused := self._protected_fields.intersection(vals)):
            labels = sorted(self._fields[name]._description_string(self.env) for name in refused)
            raise AccessError(self.env._("This is not changed by hand: %s", ", ".join(labels)))
        return super().write(vals)

    def _write_protected(self, vals):
        """Write protected fields for an action that has checked that the user may take it now.

        :param dict vals: as for ``write``
        :raise AccessError: if the user may not write these documents
        """
        self.check_access('write')
        self.sudo().write(vals)  # sudo: after the checks of the action and of the user's rights

    def _check_state(self, *states):
        """Raise unless all documents are in one of some states.

        :param str states: keys of the states
        :raise UserError: naming those that are not
        """
        if others := self.filtered(lambda document: document.state not in states):
            labels = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "This is only possible in the state “%(state)s”: %(names)s",
                state=" / ".join(labels[state] for state in states), names=", ".join(others.mapped('name'))))
