from odoo import api, models


class PortalReadable(models.AbstractModel):
    """A model of which portal users read listed fields only, by whatever way they ask.

    What is not listed is hidden, fields of addons to come included. The pages show more than this list,
    from explicit values, while the order is the reader's business.
    """
    _name = 'stokiva.portal.readable'
    _description = "Readable in Part by Portal Users"

    # Names of the fields that portal users may read; set by each model.
    _portal_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        if not self.env.su and self.env.user.share and (
                operation != 'read' or field.name not in self._portal_fields):
            return False
        return super()._has_field_access(field, operation)
