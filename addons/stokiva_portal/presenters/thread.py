"""The conversation on a record, as the portal shows and continues it."""
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .inputs import clean

MAX_MESSAGES = 50
MAX_LENGTH = 2000


class Thread:
    """Comments on a record: the provider's on his offer, the customer's on his order.

    :param record: record of a mail.thread model in sudo, or none
    :param formats: Formats of the reader
    """

    def __init__(self, record, formats):
        self.record = record
        self.env = record.env
        self.formats = formats

    def get_messages(self):
        """Return the latest comments, oldest first, without internal notes.

        :return: dicts of ``author is_mine time text``
        :rtype: list
        """
        if not self.record:
            return []
        messages = self.env['mail.message'].search([
            ('model', '=', self.record._name), ('res_id', '=', self.record.id),
            ('message_type', 'in', ('comment', 'email')), ('is_internal', '=', False),
            ('subtype_id.internal', '=', False),
        ], order='id desc', limit=MAX_MESSAGES)
        me = self.env.user.partner_id
        return [
            {
                'author': message.author_id.name if message.author_id.partner_share else self.env._("Office"),
                'is_mine': message.author_id == me,
                'time': self.formats.moment(message.date),
                'text': html2plaintext(message.body),
            }
            for message in reversed(messages)]

    def post(self, text, user, recipient, key):
        """Add a comment and tell who looks after it in the office.

        :param str text: plain words
        :param user: res.users record who writes
        :param recipient: res.users record of the office
        :param str key: of the form; the same form is posted once
        :raise UserError: if there is nothing to say or nowhere to say it
        """
        text = clean(text, MAX_LENGTH)
        if not text or not self.record:
            raise UserError(self.env._("Please write something."))
        reference = f'<stokiva-{key}@portal>'
        if key and self.env['mail.message'].search_count([('message_id', '=', reference)], limit=1):
            return
        self.record.message_post(
            body=text, author_id=user.partner_id.id, message_type='comment', subtype_xmlid='mail.mt_comment',
            partner_ids=recipient.partner_id.ids, **({'message_id': reference} if key else {}))
