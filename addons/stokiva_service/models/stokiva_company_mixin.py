from odoo import api, models, tools


class CompanyMixin(models.AbstractModel):
    """Cheap company check for models that are created in bulk by sales."""
    _name = 'stokiva.company.mixin'
    _description = "Company Check"
    _check_company_auto = True

    def _check_company(self, fnames=None):
        """Leave to the framework only the records that may be wrong.

        It evaluates a domain per record and field; nearly always all companies are simply the same or empty.
        """
        checked = self._get_company_checked()
        if fnames is not None and 'company_id' not in fnames:
            checked = [name for name in checked if name in fnames]
        doubtful = self.filtered(lambda record: not record._has_one_company(checked))
        return super(CompanyMixin, doubtful)._check_company(fnames)

    @api.model
    @tools.ormcache()
    def _get_company_checked(self):
        """Return the names of the fields whose records have to belong to the record's company or to none."""
        return [name for name, field in self._fields.items() if field.relational and field.check_company]

    def _has_one_company(self, names):
        """Tell whether all records in the fields belong to the record's company or to none."""
        record, company = self.sudo(), self.company_id.id  # sudo: compares companies only
        return all(linked.company_id.id in (company, False) for name in names for linked in record[name])
