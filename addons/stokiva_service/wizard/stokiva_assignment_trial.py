from odoo import api, fields, models


class AssignmentTrial(models.TransientModel):
    """What a rule would do with an order. Nothing is changed."""
    _name = 'stokiva.assignment.trial'
    _description = "Try an Assignment Rule"

    rule_id = fields.Many2one('stokiva.assignment.rule', required=True, readonly=True, ondelete='cascade')
    work_order_id = fields.Many2one('stokiva.work.order', "Order", ondelete='cascade')
    applies = fields.Boolean(compute='_compute_applies')
    candidate_ids = fields.One2many(
        'stokiva.assignment.trial.candidate', 'trial_id', "Ranking", compute='_compute_candidate_ids', store=True)

    @api.depends('rule_id', 'work_order_id')
    def _compute_applies(self):
        for trial in self:
            order = trial.work_order_id
            applying = order and self.env['stokiva.assignment.rule']._get_applying(order)[order]
            trial.applies = bool(order) and applying['id'] == trial.rule_id.id

    @api.depends('rule_id', 'work_order_id')
    def _compute_candidate_ids(self):
        engine = self.env['stokiva.assignment.engine'].sudo()  # sudo: the ranking reads the workload of all providers
        for trial in self:
            order = trial.work_order_id
            values = []
            if order:
                order.check_access('read')
                order_sudo = order.sudo()  # sudo: as above
                ranking = engine._rank(order_sudo, {order_sudo: trial.rule_id._get_snapshot()})[order_sudo]
                values = ranking.get_candidates()
            trial.candidate_ids = [fields.Command.clear(), *map(fields.Command.create, values)]
