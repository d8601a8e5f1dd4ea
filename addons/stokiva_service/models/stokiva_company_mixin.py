from odoo import models


class CompanyMixin(models.AbstractModel):
    """Cheap company check for models that are created in bulk by sales."""
    _name = 'stokiva.company.mixin'
    _description = "Company Check"
    _check_company_auto = True

    def _check_company(self, fnames=None):
        """Leave to the framework only the records that may be wrong.

        It evaluates a domain per record and field; nearly always all companies are simply the same or empty.
        """
        names = self._fields if fnames is None or 'company_id' in fnames else fnames
        checked = [name for name in names if self._fields[name].relational and self._fields[name].check_company]
        doubtful = self.filtered(lambda record: not record._has_one_company(checked))
        return super(CompanyMixin, doubtful)._check_company(fnames)

    def _has_one_company(self, names):
        """Tell whether all records in the fields belong to the record's company or to none."""
        record, company = self.sudo(), self.company_id.id  # sudo: compares companies only
        return all(linked.company_id.id in (company, False) for name in names for linked in record[name])
