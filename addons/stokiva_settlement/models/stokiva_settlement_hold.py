from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class Settlement(models.Model):
    """On hold: nobody approves or bills a settlement before somebody has released it."""
    _inherit = 'stokiva.settlement'

    held_at = fields.Datetime("On hold since", readonly=True, copy=False, index='btree_not_null')
    held_by_id = fields.Many2one(
        'res.users', "Held by", readonly=True, copy=False, help="Empty: a check, not a person.")
    hold_reason = fields.Char("On hold", readonly=True, copy=False, tracking=True)
    release_reason = fields.Char("Why released", readonly=True, copy=False, tracking=True)

    def action_hold(self):
        """Ask for the reason and put on hold.

        :return: an action that opens the question
        :rtype: dict
        """
        self._check_holdable()
        return self._open_wizard('stokiva.settlement.reason', self.env._("Put on hold"), default_kind='hold')

    def action_release(self):
        """Ask for the reason and release.

        :return: an action that opens the question
        :rtype: dict
        """
        self._check_held()
        return self._open_wizard('stokiva.settlement.reason', self.env._("Release settlement"), default_kind='release')

    def _hold(self, reason):
        """Put settlements on hold, by a user or, in sudo, by a check. Drafts of statements lose them.

        One that is on hold already stays so since then, and gets the reason added.

        :param str reason: shown until it is released
        :raise UserError: if one is rejected, or in a statement that was confirmed
        """
        self._check_holdable()
        self.filtered('statement_id').action_leave_statement()
        held = self.filtered('held_at')
        (self - held)._write_protected({
            'held_at': fields.Datetime.now(),
            'held_by_id': not self.env.su and self.env.uid,
            'hold_reason': reason,
            'release_reason': False,
        })
        for former, settlements in held.grouped('hold_reason').items():
            if reason not in former.split("; "):
                settlements._write_protected({'hold_reason': f"{former}; {reason}"})

    def _release(self, reason):
        """Let settlements be approved and billed again.

        :param str reason: kept with them
        :raise UserError: if one is not on hold
        """
        self._check_held()
        self._write_protected({
            'held_at': False, 'held_by_id': False, 'hold_reason': False, 'release_reason': reason})

    def _get_approvable(self):
        """Leave out what is on hold."""
        return super()._get_approvable().filtered(lambda settlement: not settlement.held_at)

    def _check_approvable(self):  # pylint: disable=missing-return
        """Name what is on hold.

        :raise UserError: if one is
        """
        super()._check_approvable()
        if held := self.filtered('held_at'):
            raise UserError(self.env._("On hold: %s", ", ".join(
                f"{settlement.name} ({settlement.hold_reason})" for settlement in held)))

    def _check_holdable(self):
        """Raise if it is too late to hold one of the settlements."""
        if late := self.filtered(
                lambda settlement: settlement.state == 'rejected'
                or settlement.statement_id.state not in (False, 'draft', 'objected')):
            raise UserError(self.env._(
                "It is too late to hold what was rejected, or is in a confirmed statement: %s",
                ", ".join(late.mapped('name'))))

    def _check_held(self):
        """Raise unless all settlements are on hold."""
        if free := self.filtered(lambda settlement: not settlement.held_at):
            raise UserError(self.env._("This is not on hold: %s", ", ".join(free.mapped('name'))))

    @api.model
    def _get_billable_domain(self):
        """Return what makes a settlement wait for a statement; to be extended.

        :rtype: odoo.fields.Domain
        """
        return Domain('state', '=', 'approved') & Domain('statement_id', '=', False) & Domain('held_at', '=', False)
