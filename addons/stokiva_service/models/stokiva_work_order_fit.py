from odoo import api, models
from odoo.exceptions import ValidationError


class WorkOrder(models.Model):
    """What of the catalogue may stand on an order: only what fits its device, whatever a client sends."""
    _inherit = 'stokiva.work.order'

    @api.constrains('device_id', 'symptom_ids', 'cause_id', 'resolution_id')
    def _check_faults(self):
        for order in self:
            for kind, faults in (
                    ('symptom', order.symptom_ids), ('cause', order.cause_id), ('resolution', order.resolution_id)):
                order._check_fits_device(faults.device_type_id)
                for fault in faults:
                    if fault.kind != kind:
                        kinds = dict(fault._fields['kind']._description_selection(self.env))
                        raise ValidationError(self.env._(
                            "“%(fault)s” is no “%(kind)s”.", fault=fault.name, kind=kinds[kind]))

    @api.constrains('device_id')
    def _check_device(self):
        for order in self:
            order._check_fits_device(order.labour_line_ids.workmanship_id.device_type_id)
            device = order.device_id
            if device.state == 'returned' or not device.active:
                raise ValidationError(self.env._("%s is out of service.", device.display_name))

    @api.constrains('service_type_id')
    def _check_service_type(self):
        for order in self:
            if not order.service_type_id.active:
                raise ValidationError(self.env._("“%s” is archived.", order.service_type_id.name))

