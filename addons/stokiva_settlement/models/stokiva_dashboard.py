from odoo import api, models

SETTLEMENTS = 'stokiva_settlement.settlement_action'
STATEMENTS = 'stokiva_settlement.statement_action'


class Dashboard(models.AbstractModel):
    """The settlement officer's dashboard: what waits for a decision, and what was earned."""
    _inherit = 'stokiva.dashboard'

    @api.model
    def _get_boards(self):
        return {**super()._get_boards(), 'settlement': 'stokiva_service.group_stokiva_settlement'}

    @api.model
    def _get_settlement_tiles(self):
        pending = ('state', '=', 'pending')

        def tile(label, model, action, search, color, *domain):
            return self._tile(label, self.env[model].search_count(list(domain)), action, search, color)

        checked, held = ('check_state', 'in', ('warn', 'hold')), ('held_at', '!=', False)
        answered, objected, sent = ('question_state', '=', 'answered'), ('state', '=', 'objected'), ('state', '=', 'sent')
        live = ('state', '!=', 'rejected')
        return [
            tile(self.env._("To approve"), 'stokiva.settlement', SETTLEMENTS, 'pending', 'warning', pending),
            tile(self.env._("Checks found something"), 'stokiva.settlement', SETTLEMENTS, 'pending check_found', 'warning', pending, checked),
            tile(self.env._("On hold"), 'stokiva.settlement', SETTLEMENTS, 'held', 'danger', held, live),
            tile(self.env._("Provider has answered"), 'stokiva.settlement', SETTLEMENTS, 'answered', 'warning', pending, answered),
            tile(self.env._("Objections to answer"), 'stokiva.statement', STATEMENTS, 'objected', 'danger', objected),
            tile(self.env._("With the provider"), 'stokiva.statement', STATEMENTS, 'sent', None, sent),
        ]

    @api.model
    def _get_settlement_charts(self, since):
        past, unpaid = [('date', '>=', since)], [('state', '!=', 'paid')]
        found = [('is_current', '=', True), ('result_rank', '>', 0), ('settlement_id.date', '>=', since)]
        return [
            self._chart(self.env._("Earned by week"), 'stokiva.settlement', ['date:week', 'state'], past, measure='amount_total'),
            self._chart(self.env._("Earned by service type"), 'stokiva.settlement', ['service_type_id', 'state'], past,
                        measure='amount_total', graph_order='DESC'),
            self._chart(self.env._("Statements not paid"), 'stokiva.statement', ['state'], unpaid,
                        measure='amount_total', mode='pie'),
            self._chart(self.env._("What the checks found"), 'stokiva.claim.result', ['kind'], found, graph_order='DESC'),
        ]
