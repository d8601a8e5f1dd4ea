from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OFFICE_GROUP = 'stokiva_service.group_stokiva_dispatcher'


class StockPicking(models.Model):
    """A transfer of parts between the company and a provider. Receiving it is the receipt."""
    _inherit = 'stock.picking'

    stokiva_kind = fields.Selection(
        [
            ('supply', "To the provider"),
            ('move', "Within the provider"),
            ('return', "Back to us"),
            ('defective', "Defective parts"),
        ],
        "Parts", compute='_compute_stokiva_kind', store=True, index='btree_not_null', groups='base.group_user')
    stokiva_provider_id = fields.Many2one(
        'stokiva.provider', "Service Provider", compute='_compute_stokiva_kind', store=True, index='btree_not_null',
        groups='base.group_user')
    stokiva_requested_by_id = fields.Many2one(
        'res.users', "Requested By", readonly=True, copy=False, groups='base.group_user')
    stokiva_received_by_id = fields.Many2one(
        'res.users', "Received By", readonly=True, copy=False, groups='base.group_user')

    @api.depends('location_id', 'location_dest_id')
    def _compute_stokiva_kind(self):
        for picking in self:
            source, target = picking.location_id, picking.location_dest_id
            provider = target.stokiva_provider_id or source.stokiva_provider_id
            picking.stokiva_provider_id = provider
            if not provider:
                picking.stokiva_kind = False
            elif not source.stokiva_provider_id:
                picking.stokiva_kind = 'supply'
            elif target.stokiva_provider_id:
                picking.stokiva_kind = 'move'
            else:
                picking.stokiva_kind = 'defective' if target.stokiva_is_defective else 'return'

    # === ACTIONS OF THE OFFICE === #

    def action_stokiva_approve(self):
        """Agree to requests: the warehouse reserves what there is.

        :raise AccessError: if the user is no dispatcher
        :raise UserError: if one is no open request
        """
        pickings = self._stokiva_for_office(('draft', 'confirmed', 'assigned'))
        pickings.action_confirm()
        pickings.action_assign()

    def action_stokiva_refuse(self):
        """Refuse requests, or call transfers off that nobody has received.

        :raise AccessError: if the user is no dispatcher
        :raise UserError: if one is closed
        """
        self._stokiva_for_office(('draft', 'waiting', 'confirmed', 'assigned')).action_cancel()

    def action_stokiva_receive(self):
        """Confirm in the office that what was reserved has arrived; the rest stays to come.

        :raise AccessError: if the user is no dispatcher
        :raise UserError: if one is closed, or nothing of it is there
        """
        self._stokiva_for_office(('confirmed', 'assigned'))._stokiva_receive(self.env.user)

    def _stokiva_for_office(self, states):
        """Return the pickings in sudo, if the user may decide on them now.

        :param states: in which they may be
        :raise AccessError: if the user is no dispatcher, or they are none of his companies
        :raise UserError: if one is no transfer of parts, or not in such a state
        """
        self.check_access('read')
        if not self.env.user.has_group(OFFICE_GROUP):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        if any(not picking.stokiva_kind for picking in self):
            raise UserError(self.env._("This is no transfer of parts."))
        for picking in self:
            if picking.state not in states:
                state = dict(self._fields['state']._description_selection(self.env))[picking.state]
                raise UserError(self.env._(
                    "%(transfer)s is in the state “%(state)s”: this step is not possible now.",
                    transfer=picking.name, state=state))
        return self.sudo()  # sudo: after the checks: dispatchers have no rights on stock, only on parts of providers

    def _stokiva_receive(self, user):
        """Carry the transfers out as far as reserved, in the receiver's name; to be called in sudo.

        :param user: res.users record of who has the parts in his hands
        :raise UserError: if nothing is there
        """
        self.action_assign()
        for picking in self:
            moves = picking.move_ids.filtered(lambda move: move.state in ('assigned', 'partially_available'))
            if not moves:
                raise UserError(self.env._(
                    "Nothing of %(transfer)s is there at %(place)s.", transfer=picking.name,
                    place=picking.location_id.display_name))
            moves.picked = True
        self.stokiva_received_by_id = user
        self._action_done()
