from odoo import api, models
from odoo.exceptions import AccessError, UserError

INTEGRATION_GROUP = 'stokiva_service.group_stokiva_integration'
# What another system may cause, and what it may give with it: texts only.
API_EVENTS = {
    'plan': ('window_start', 'window_end'),
    'cancel': ('reason', 'note'),
}
MAX_TEXT = 500
MAX_KEY = 100


class WorkOrder(models.Model):
    """What other systems may do with an API key; see ``docs/api.md``."""
    _inherit = 'stokiva.work.order'

    @api.model
    def _get_user_channel(self):
        """Return by which channel the current user writes records.

        :return: ``api`` for an integration user, else ``office``
        """
        return 'api' if not self.env.su and self.env.user.has_group(INTEGRATION_GROUP) else 'office'

    @api.model
    def _default_user_id(self):
        """Return who looks after a new order: its author, unless that is another system."""
        user = self.env.user
        return user.browse() if user.has_group(INTEGRATION_GROUP) else user

    def post_event(self, event, given=None, key=None):
        """Cause an event of the workflow in the integration user's name.

        :param str event: ``plan`` or ``cancel``
        :param dict given: for ``plan`` ``window_start`` and ``window_end`` (UTC, ``YYYY-MM-DD HH:MM:SS``); for
            ``cancel`` ``reason``, and ``note`` if there is more to say
        :param str key: the sender's own id of the event: sent again, it changes nothing and gets the same answer
        :return: one dict per order of ``work_order_id event seq state_before state_after hash``
        :raise AccessError: for anybody but an integration user, and for orders that he may not see
        :raise UserError: if there is no such event, something given is unknown, or it is not possible now
        """
        if not self.env.user.has_group(INTEGRATION_GROUP):
            raise AccessError(self.env._("This is for users with the role “Integration”."))
        self.check_access('read')
        names = API_EVENTS.get(event) if isinstance(event, str) else None
        if not names:
            raise UserError(self.env._("There is no such step: %(detail)s.", detail=event))
        if not self:
            raise UserError(self.env._("Name at least one work order."))
        if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY):
            raise UserError(self.env._("The key must be a text of at most %s characters.", MAX_KEY))
        given = {} if given is None else given
        if not isinstance(given, dict) or not all(
                name in names and isinstance(value, str) and len(value) <= MAX_TEXT for name, value in given.items()):
            raise UserError(self.env._(
                "“%(event)s” takes these texts and nothing else: %(names)s.", event=event, names=", ".join(names)))
        events = self._apply_event(event, given, actor=self.env.user, channel='api', key=key)
        return events.sudo().read(  # sudo: the caller's own events; the log itself is not readable for him
            ['work_order_id', 'event', 'seq', 'state_before', 'state_after', 'hash'], load=None)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # Reading orders is no right to write letters: another system has no thread here.
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == 'create' and self._get_user_channel() == 'api':
            return dict.fromkeys(operations, 'write')
        return operations
