from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .. import figures, phones


class ReportTransferSlip(models.AbstractModel):
    """What travels with parts, in the provider's language, to be signed by who receives them."""
    _name = 'report.stokiva_service.report_transfer_slip'
    _description = "Transfer Slip"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template wants: ``papers``, one dict per transfer.

        :param list docids: ids of transfers
        :raise AccessError: if the user does not belong to the office or may not see one
        :raise UserError: if one is no transfer of parts
        """
        pickings = self.env['stock.picking'].browse(docids)
        if not self.env.su:
            if not self.env.user._is_internal():
                raise AccessError(self.env._("This is for the office."))
            pickings.check_access('read')
        pickings_sudo = pickings.sudo()  # sudo: after the check above; only listed values
        if not all(pickings_sudo.mapped('stokiva_kind')):
            raise UserError(self.env._("This is no transfer of parts."))
        return {
            'doc_ids': docids, 'doc_model': pickings._name, 'docs': pickings,
            'papers': [self._prepare_paper(picking) for picking in pickings_sudo],
            # Debian's wkhtmltopdf leaves headers out: the company then stands in the body.
            'has_header': data and data.get('report_type') != 'pdf' or _wkhtml().is_patched_qt,
        }

    @api.model
    def _prepare_paper(self, picking):
        """Return the values of one slip.

        :param picking: stock.picking record in sudo
        :rtype: dict
        """
        provider = picking.stokiva_provider_id
        lang = provider.partner_id.lang or picking.company_id.partner_id.lang
        picking = picking.with_context(lang=lang)
        kinds = dict(picking._fields['stokiva_kind']._description_selection(picking.env))
        return {
            'order': picking,
            'lang': lang,
            'number': picking.name,
            'kind': kinds[picking.stokiva_kind],
            'date': format_date(picking.env, picking.date_done or picking.scheduled_date, lang_code=lang),
            'provider': provider.name,
            'address': ", ".join(filter(None, map(str.strip, provider.partner_id._display_address(without_company=True).split("\n")))),
            'phone': phones.spell(provider.phone),
            'source': picking.location_id.display_name,
            'target': picking.location_dest_id.display_name,
            'note': picking.note or None,
            'received': picking.date_done and picking.stokiva_received_by_id and "{}, {}".format(
                picking.stokiva_received_by_id.name,
                format_datetime(picking.env, picking.date_done, tz=provider.tz, dt_format='short', lang_code=lang)),
            'lines': [self._prepare_line(move) for move in picking.move_ids if move.state != 'cancel'],
        }

    @api.model
    def _prepare_line(self, move):
        """Return code, name, numbers and quantities of one part."""
        return {
            'code': move.product_id.default_code or "",
            'name': move.product_id.name,
            'lots': ", ".join(move.lot_ids.mapped('name')),
            'order': move.stokiva_work_order_id.name or "",
            'wanted': figures.spell(move.env, move.product_uom_qty),
            'sent': figures.spell(move.env, move.quantity) if move.quantity else "",
            'unit': move.product_uom.name,
        }
