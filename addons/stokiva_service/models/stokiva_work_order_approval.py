from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .. import figures, workflow

OFFICE_GROUPS = 'stokiva_service.group_stokiva_call_centre'


class WorkOrder(models.Model):
    """What happens around a request to the customer, besides its answer."""
    _inherit = 'stokiva.work.order'

    muted_phone = fields.Char(
        "Wrong Number", readonly=True, copy=False, groups=OFFICE_GROUPS,
        help="Whoever has it said that the job is not his: it gets no more messages about it.")
    muted_email = fields.Char("Wrong E-mail", readonly=True, copy=False, groups=OFFICE_GROUPS)
    is_muted = fields.Boolean(compute='_compute_is_muted', groups=OFFICE_GROUPS)

    def _compute_is_muted(self):
        for order in self:
            order.is_muted = order._is_muted()

    def _get_contact(self):
        """Return the customer's telephone number (E.164 if it is one) and e-mail address, as they stand now.

        :rtype: tuple
        """
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return partner._phone_format(fname='phone') or partner.phone or '', email_normalize(partner.email) or ''

    def _is_muted(self, channel=None):
        """Tell whether messages must not go where the customer was said not to be; a corrected address is another.

        :param str channel: of a message; without, whether every way is closed
        :rtype: bool
        """
        for order in self | self._get_open_group():
            if not order.muted_phone and not order.muted_email:
                continue
            phone, email = self._get_contact()
            is_phone_wrong, is_email_wrong = phone == (order.muted_phone or ''), email == (order.muted_email or '')
            if {None: is_phone_wrong and is_email_wrong, 'email': is_email_wrong}.get(channel, is_phone_wrong):
                return True
        return False

    def _get_spoken_text(self, shown):
        """Return what the customer is asked, to be read out on the telephone.

        :param dict shown: what the approval shows
        :rtype: str
        """
        self.ensure_one()
        if 'device' not in shown:  # of an anonymised customer nothing is left
            return ""
        money = self.currency_id.format
        lines = [f"{shown['device']} · {shown['service_type']}", *(shown.get('found') or ())]
        for line in [*shown.get('labour', ()), *shown.get('parts', ())]:
            price = money(line['amount']) if line['amount'] else self.env._("no charge")
            lines.append(f"{line['text']} × {figures.spell(self.env, line['quantity'])}: {price}")
        if shown.get('text'):
            lines.append(shown['text'])
        lines.append(self.env._("To pay: %s", money(shown['amount'])))
        return "\n".join(lines)

    # === EVENTS === #

    def _on_remind(self, given, actor, channel, occurred):
        payloads = {}
        for order, approval in self.env['stokiva.approval']._get_asked(self).items():
            order._unmute(actor)
            number = approval.reminder_count + 1
            if not approval._is_answerable():
                approval = approval._renew()
            approval._plan_follow_up(reminder_count=number)
            payloads[order] = {'approval_id': approval.id, 'attempt': number}
        return payloads

    def _unmute(self, actor):
        """Let messages go to the customer again, where the office says so.

        :param actor: as in ``_apply_event``
        :raise UserError: if somebody else wants to write to a wrong number
        """
        if not self._is_muted():
            return
        if not self._get_roles(actor)[self] & {*workflow.OFFICE}:
            raise UserError(self.env._(
                "Whoever has this number said that the job is not his. Correct the customer's number first."))
        (self | self._get_open_group()).write({'muted_phone': False, 'muted_email': False})

    def _get_open_group(self):
        """Return the orders of the group that are not closed: they have one page, and one set of messages."""
        return self._get_group().filtered(lambda order: order.state in workflow.OPEN)

    def _on_call(self, given, actor, channel, occurred):
        payloads = {}
        for order, approval in self.env['stokiva.approval']._get_asked(self).items():
            later = occurred + timedelta(hours=order.company_id.stokiva_call_hours)
            approval.write({
                'call_count': approval.call_count + 1, 'call_outcome': given['call_outcome'],
                'call_note': (given.get('note') or '')[:200],
                'call_at': max(fields.Datetime.to_datetime(given.get('call_at')) or later, occurred),
            })
            payloads[order] = {
                'approval_id': approval.id, 'call_outcome': given['call_outcome'], 'note': given.get('note') or None,
                'attempt': approval.call_count, 'call_at': fields.Datetime.to_string(approval.call_at)}
        return payloads

    def _on_not_mine(self, given, actor, channel, occurred):
        payloads = {}
        for order, approval in self.env['stokiva.approval']._get_asked(self).items():
            phone, email = order._get_contact()
            order.write({'muted_phone': phone, 'muted_email': email})
            approval.write({'follow_up_at': False, 'call_at': False})
            payloads[order] = {'approval_id': approval.id, 'phone': phone or None, 'email': email or None, **{
                name: given[name] for name in ('ip', 'user_agent', 'note') if given.get(name)}}
            order.activity_schedule(
                'stokiva_service.mail_activity_type_wrong_number', user_id=order._get_dispatcher().id,
                note=self.env._(
                    "Whoever has %s says that this job is not his. Nothing was answered. Correct the customer's number, "
                    "then ask again.", phone or email))
        return payloads

    def _on_send_code(self, given, actor, channel, occurred):
        payloads = {}
        for order, approval in self.env['stokiva.approval']._get_asked(self).items():
            if order._is_muted():
                raise UserError(self.env._(
                    "Whoever has this number said that the job is not his. Correct the customer's number first."))
            approval._renew_code()
            payloads[order] = {'approval_id': approval.id, 'attempt': approval.code_number}
        return payloads
