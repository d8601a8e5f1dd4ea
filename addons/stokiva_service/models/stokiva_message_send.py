import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import messages, workflow

_logger = logging.getLogger(__name__)
LINK = '{link}'
FOLLOW = '{follow}'
# The frame of e-mails whose template names none.
LAYOUT = 'stokiva_service.mail_layout'
MAX_ATTEMPTS = 5


class Message(models.Model):
    """What becomes of an outbox row: it waits, is dropped, fails, or goes to its channel."""
    _inherit = 'stokiva.message'

    # === SENDING === #

    @api.model
    def _cron_send(self, batch_size=100):
        """Render and hand over what waits. A failing message never stops the others."""
        domain = Domain('state', '=', 'pending') & (
            Domain('send_after', '=', False) | Domain('send_after', '<=', fields.Datetime.now()))
        due = self.search(domain, limit=batch_size, order='id')
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        for message in due:
            message = message.try_lock_for_update().filtered_domain(domain)
            message._deliver_safely()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _deliver_safely(self):
        """Deliver one message in a savepoint, noting a failure on it."""
        self = self.with_context(lang=self.company_id.partner_id.lang)  # why it was not sent is for the office
        try:
            with self.env.cr.savepoint():
                if refusal := self._get_refusal():
                    self._refuse(refusal)
                elif not self._wait_for_morning():
                    self._deliver()
        except Exception as error:  # a template can raise anything; the row keeps the reason
            _logger.info("Message %s was not sent: %s", self.ids, error)
            self.attempts += 1
            self.error = str(error)[:500]
            if self.attempts >= MAX_ATTEMPTS:
                self.state = 'failed'

    def _deliver(self):
        """Hand messages over to their channel; a channel's addon takes its own rows and calls super.

        Sets ``state`` to sent, or canceled with the reason in ``error``. May raise: the row is tried again.
        """
        for message in self:
            message._deliver_email()

    def _get_refusal(self):
        """Return why a message is not sent at all, False if it is; to be extended.

        :rtype: str or bool
        """
        self.ensure_one()
        name, channel = self.partner_id.name, dict(self._fields['channel']._description_selection(self.env))[self.channel]
        if not self.rule_id:
            return self.env._("The message rule was deleted.")
        if self.personnel_id and not self.personnel_id._permits(self.channel, messages.kind(self.event).topic):
            return self.env._("%(person)s does not permit this kind of message by %(channel)s.", person=name, channel=channel)
        if self.rule_id.consent == 'commercial' and not self.env['stokiva.partner.consent']._has(
                self.partner_id, self.company_id, self.channel):
            return self.env._("%(person)s did not agree to offers by %(channel)s.", person=name, channel=channel)
        if self.valid_until and self.valid_until < fields.Datetime.now():
            return self.env._("Too late to be of use.")
        state = messages.kind(self.event).while_in
        # A phone without a line tells of departure, work and end at once.
        if state and state not in self.work_order_id._get_group().mapped('state'):
            return self.env._("It has gone on meanwhile.")
        return self._get_reason_of_age()

    def _refuse(self, reason):
        """Note why a message is not sent at all; a channel with a journal of its own notes it there, too.

        :param str reason: for the office
        """
        self._set_canceled(reason)

    def _get_reason_of_age(self):
        """Return what happened while a message waited for the morning and makes it useless, False if nothing did."""
        if not self.send_after:
            return False
        if messages.kind(self.event).while_open and self.work_order_id.state in workflow.CLOSED:
            return self.env._("The work order was closed meanwhile.")
        if self.search_count([
                ('group_ref', '=', self.group_ref), ('rule_id', '=', self.rule_id.id),
                ('partner_id', '=', self.partner_id.id), ('state', '=', 'pending'), ('id', '>', self.id)], limit=1):
            return self.env._("A later message says the same.")
        return False

    # === QUIET HOURS === #

    def _wait_for_morning(self):
        """Put a message off until the quiet hours end, or drop what will be too late then.

        :return: True if it does not go now
        :rtype: bool
        """
        self.ensure_one()
        if not self.rule_id.heeds_quiet_hours:
            return False
        now = fields.Datetime.now()
        end = messages.quiet_end(
            now, ZoneInfo(self._get_zone()), self.company_id.stokiva_quiet_from, self.company_id.stokiva_quiet_to)
        if not end:
            return False
        if not messages.kind(self.event).momentary:
            # What holds for half a day holds as long when it is read in the morning.
            self.write({'send_after': end, 'valid_until': self.valid_until and self.valid_until + (end - now)})
        elif self.valid_until and self.valid_until < end:
            self._refuse(self.env._("It would come too late after the quiet hours."))
            return True
        else:
            self.send_after = end
        self._wake_sender(at=end)
        return True

    def _get_zone(self):
        """Return the name of the time zone that the recipient lives in."""
        self.ensure_one()
        company = self.company_id
        return (
            self.partner_id.tz or self.work_order_id.provider_id.tz or company.partner_id.tz
            or company.resource_calendar_id.tz or 'UTC')

    # === E-MAIL === #

    def _deliver_email(self):
        """Queue one e-mail in Odoo's own mail queue, or note why not."""
        self.ensure_one()
        address = self.partner_id.email_normalized
        if not address:
            self._set_canceled(self.env._("%s has no e-mail address.", self.partner_id.name))
            return
        if self.env['mail.blacklist'].search_count([('email', '=', address)], limit=1):
            self._set_canceled(self.env._("%s is on the blacklist.", address))
            return
        template = self.rule_id.template_id
        self.mail_id = self.env['mail.mail'].create({
            'subject': self._render(template, 'subject'),
            'body_html': template.with_context(lang=self._get_render_lang())._render_encapsulate(
                template.email_layout_xmlid or LAYOUT, self._replace_link(self._render(template, 'body_html')),
                add_context={'company': self.company_id}, context_record=self.work_order_id),
            'email_from': self.company_id.email_formatted or self.env.user.email_formatted,
            'recipient_ids': [fields.Command.link(self.partner_id.id)],
            'auto_delete': True,
        })
        self._set_sent()

    def _render(self, template, field):
        """Return a template's text for the message's order in the recipient's language, link still masked.

        :param template: mail.template or sms.template record
        :param str field: name of its text field
        """
        self.ensure_one()
        lang = self._get_render_lang()
        return template._render_field(
            field, self.work_order_id.ids, set_lang=lang, add_context=self._prepare_render_context(lang))[self.work_order_id.id]

    def _get_render_lang(self):
        """Return the code of the language that the recipient is written to in."""
        self.ensure_one()
        installed = dict(self.env['res.lang'].get_installed())
        return (self.lang if self.lang in installed else self.company_id.partner_id.lang) or 'en_US'

    def _prepare_render_context(self, lang):
        """Return what templates can name besides the order; to be extended.

        :param str lang: code of the recipient's language
        :return: dict with ``recipient``, ``link``, ``follow``: a link to where the customer follows his order,
            an empty text where he cannot, and how the visit ended: ``outcome``, ``outcome_label``
        """
        self.ensure_one()
        outcome = self.event_id._get_payload().get('outcome') if self.event_id else None
        outcomes = dict(self.env['stokiva.visit']._fields['outcome']._description_selection(
            self.with_context(lang=lang).env))
        return {
            'recipient': self.partner_id, 'link': LINK,
            'follow': FOLLOW if self.audience == 'customer' and self.work_order_id._can_be_followed() else '',
            'outcome': outcome, 'outcome_label': outcomes.get(outcome, ""),
        }

    def _replace_link(self, text):
        """Return a rendered text with the real links in place of ``{link}`` and ``{follow}``; only for the hand-over."""
        self.ensure_one()
        if FOLLOW in (text or ''):
            text = text.replace(FOLLOW, self.work_order_id._get_follow_url() or '')
        if LINK not in (text or ''):
            return text
        return text.replace(LINK, self._get_link())

    def _get_link(self):
        """Return the link that the message carries: to the waiting approval, else to where the customer follows his
        order, else to the company's site.

        To be extended by addons that have pages for the audience.
        """
        self.ensure_one()
        if self.audience == 'customer':
            if approval := self._get_waiting_approval():
                return approval._get_link()
            if follow := self.work_order_id._get_follow_url():
                return follow
        return self.work_order_id.get_base_url()

    def _get_waiting_approval(self):
        """Return the request that the customer can answer by the message, none if nothing waits."""
        self.ensure_one()
        return self.work_order_id._get_group().approval_ids.filtered(lambda item: item._is_answerable())[:1]

    def _set_failed(self, reason):
        """Note that the channel could not deliver the message."""
        self.write({'state': 'failed', 'error': reason})

    def _set_sent(self):
        """Note that the channel took the message."""
        self.write({'state': 'sent', 'date_sent': fields.Datetime.now(), 'error': False})

    def _set_canceled(self, reason):
        """Note why the message is not sent at all."""
        self.write({'state': 'canceled', 'error': reason})

    def action_retry(self):
        """Send failed or unsent messages again.

        :raise AccessError: for anybody but dispatchers and managers
        """
        self.check_access('read')
        if not self.env.user.has_group('stokiva_service.group_stokiva_dispatcher'):
            raise AccessError(self.env._("Only a dispatcher may send messages again."))
        # sudo: rows of the outbox are written by its methods only
        dead = self.sudo().filtered(lambda message: message.state in ('failed', 'canceled'))
        for kind, same in dead.grouped('event').items():
            same.write({
                'state': 'pending', 'attempts': 0, 'error': False, 'send_after': False,
                'valid_until': fields.Datetime.now() + timedelta(hours=messages.kind(kind).hours)})
        self._wake_sender()
