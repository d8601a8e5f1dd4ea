from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_offer_attempts = fields.Integer(
        related='company_id.stokiva_offer_attempts', readonly=False)
    stokiva_delivery_buffer_hours = fields.Float(
        related='company_id.stokiva_delivery_buffer_hours', readonly=False)
    stokiva_slots = fields.Boolean(related='company_id.stokiva_slots', readonly=False)
    stokiva_travel_minutes = fields.Integer(related='company_id.stokiva_travel_minutes', readonly=False)
    stokiva_hold_hours = fields.Integer(related='company_id.stokiva_hold_hours', readonly=False)
    stokiva_overlap = fields.Selection(related='company_id.stokiva_overlap', readonly=False)
    stokiva_photo_mb = fields.Integer(related='company_id.stokiva_photo_mb', readonly=False)
    stokiva_video_mb = fields.Integer(related='company_id.stokiva_video_mb', readonly=False)
    stokiva_document_mb = fields.Integer(related='company_id.stokiva_document_mb', readonly=False)
    stokiva_media_count = fields.Integer(related='company_id.stokiva_media_count', readonly=False)
    stokiva_labour_product_id = fields.Many2one(related='company_id.stokiva_labour_product_id', readonly=False)
    stokiva_diagnosis_product_id = fields.Many2one(related='company_id.stokiva_diagnosis_product_id', readonly=False)
    stokiva_diagnosis_fee = fields.Monetary(related='company_id.stokiva_diagnosis_fee', readonly=False)
    stokiva_goodwill_dispatcher = fields.Monetary(
        related='company_id.stokiva_goodwill_dispatcher', readonly=False)
    stokiva_goodwill_manager = fields.Monetary(
        related='company_id.stokiva_goodwill_manager', readonly=False)
    stokiva_quiet_from = fields.Float(related='company_id.stokiva_quiet_from', readonly=False)
    stokiva_quiet_to = fields.Float(related='company_id.stokiva_quiet_to', readonly=False)
    stokiva_cash_journal_id = fields.Many2one(
        related='company_id.stokiva_cash_journal_id', readonly=False,
        domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', company_id)]")
    stokiva_card_journal_id = fields.Many2one(
        related='company_id.stokiva_card_journal_id', readonly=False,
        domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', company_id)]")
    stokiva_cash_kept = fields.Boolean(related='company_id.stokiva_cash_kept', readonly=False)
    stokiva_card_kept = fields.Boolean(related='company_id.stokiva_card_kept', readonly=False)
    stokiva_reminder_count = fields.Integer(related='company_id.stokiva_reminder_count', readonly=False)
    stokiva_reminder_hours = fields.Integer(related='company_id.stokiva_reminder_hours', readonly=False)
    stokiva_call_hours = fields.Integer(related='company_id.stokiva_call_hours', readonly=False)
    stokiva_silent_days = fields.Integer(related='company_id.stokiva_silent_days', readonly=False)
    stokiva_rating = fields.Boolean(related='company_id.stokiva_rating', readonly=False)
    stokiva_rating_hours = fields.Integer(related='company_id.stokiva_rating_hours', readonly=False)
    stokiva_rating_days = fields.Integer(related='company_id.stokiva_rating_days', readonly=False)
    stokiva_low_stars = fields.Integer(related='company_id.stokiva_low_stars', readonly=False)
    stokiva_auditor_email = fields.Char(related='company_id.stokiva_auditor_email', readonly=False)
    stokiva_parts = fields.Boolean(related='company_id.stokiva_parts', readonly=False)
    stokiva_parts_warehouse_id = fields.Many2one(
        related='company_id.stokiva_parts_warehouse_id', readonly=False, domain="[('company_id', '=', company_id)]")
    stokiva_defective_days = fields.Integer(related='company_id.stokiva_defective_days', readonly=False)
    stokiva_repeat_days = fields.Integer(related='company_id.stokiva_repeat_days', readonly=False)
    stokiva_alert_days = fields.Integer(related='company_id.stokiva_alert_days', readonly=False)
    stokiva_alert_cases = fields.Integer(related='company_id.stokiva_alert_cases', readonly=False)
    stokiva_alert_rating = fields.Float(related='company_id.stokiva_alert_rating', readonly=False)
    stokiva_alert_drop = fields.Float(related='company_id.stokiva_alert_drop', readonly=False)
    stokiva_alert_refusal = fields.Float(related='company_id.stokiva_alert_refusal', readonly=False)
    stokiva_alert_late = fields.Float(related='company_id.stokiva_alert_late', readonly=False)
    stokiva_alert_stock = fields.Boolean(related='company_id.stokiva_alert_stock', readonly=False)
    stokiva_alert_district = fields.Boolean(related='company_id.stokiva_alert_district', readonly=False)
    stokiva_alert_fault = fields.Boolean(related='company_id.stokiva_alert_fault', readonly=False)
    stokiva_setup_hidden = fields.Boolean(related='company_id.stokiva_setup_hidden', readonly=False)

    def action_stokiva_load_turkey(self):
        """Load Türkiye's provinces and districts and tell how many were new.

        :return: an action that shows the number
        :rtype: dict
        """
        self.check_access('create')
        cities = self.env['res.city'].sudo()._stokiva_load_turkey()  # sudo: settings need no contact rights
        # sudo: crons belong to administrators; addresses that were there before get their districts
        self.env.ref('stokiva_service.ir_cron_find_districts').sudo()._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if cities else 'info',
                'message': self.env._(
                    "%(count)s districts were added.", count=len(cities)) if cities
                else self.env._("All districts of Türkiye are there already."),
            },
        }
