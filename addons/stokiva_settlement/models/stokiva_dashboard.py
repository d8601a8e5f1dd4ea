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
        _ = self.env._
        pending = ('state', '=', 'pending')

        def tile(label, model, action, search, color, *domain):
            return self._tile(label, self.env[model].search_count(list(domain)), action, search, color)

        return [
            tile(_("To approve"), 'stokiva.settlement', SETTLEMENTS, 'pending', 'warning', pending),
            tile(_("Checks found something"), 'stokiva.settlement', SETTLEMENTS, 'pending check_found', 'warning',
                 pending, ('check_state', 'in', ('warn', 'hold'))),
            tile(_("On hold"), 'stokiva.settlement', SETTLEMENTS, 'held', 'danger',
                 ('held_at', '!=', False), ('state', '!=', 'rejected')),
            tile(_("Provider has answered"), 'stokiva.settlement', SETTLEMENTS, 'answered', 'warning',
                 pending, ('question_state', '=', 'answered')),
            tile(_("Objections to answer"), 'stokiva.statement', STATEMENTS, 'objected', 'danger', ('state', '=', 'objected')),
            tile(_("With the provider"), 'stokiva.statement', STATEMENTS, 'sent', None, ('state', '=', 'sent')),
        ]

    @api.model
    def _get_settlement_charts(self, since):
        _ = self.env._
        past = [('date', '>=', since)]
        return [
            self._chart(_("Earned by week"), 'stokiva.settlement', ['date:week', 'state'], past, measure='amount_total'),
            self._chart(_("Earned by service type"), 'stokiva.settlement', ['service_type_id', 'state'], past,
                        measure='amount_total', graph_order='DESC'),
            self._chart(_("Statements not paid"), 'stokiva.statement', ['state'], [('state', '!=', 'paid')],
                        measure='amount_total', mode='pie'),
            self._chart(_("What the checks found"), 'stokiva.claim.result', ['kind'],
                        [('is_current', '=', True), ('result_rank', '>', 0), ('settlement_id.date', '>=', since)],
                        graph_order='DESC'),
        ]
