from datetime import timedelta

from odoo import fields

from . import outcomes

LINK_PATH = '/o/'


class Runner:
    """A way out during one run of the queue, in plain values: the ORM forgets all at each commit.

    :param int gateway_id: of stokiva.sms.gateway, False for the provider that a company chose in Odoo's settings
    :param str provider: key of the journal's ``gateway``
    :param api: see ``SmsApiBase``
    """

    def __init__(self, gateway_id, provider, api, company_id, allows_links=True, blocked_until=False, run=None):
        self.gateway_id, self.provider, self.api, self.company_id = gateway_id, provider, api, company_id
        self.allows_links, self.blocked_until, self.run = allows_links, blocked_until, run
        self.has_succeeded = False

    def can(self, text, now):
        return (not self.blocked_until or self.blocked_until <= now) and (self.allows_links or LINK_PATH not in text)

    def get_failure_type(self, state):
        return self.api.PROVIDER_TO_SMS_FAILURE_TYPE.get(state, 'unknown')

    def note_success(self, env):
        if self.gateway_id and not self.has_succeeded:
            env['stokiva.sms.gateway'].browse(self.gateway_id)._note_success()
            self.has_succeeded = True

    def note_failure(self, env, outcome, reason):
        self.has_succeeded = False
        if self.gateway_id:
            gateway = env['stokiva.sms.gateway'].browse(self.gateway_id)
            gateway._note_failure(outcome, reason)
            self.blocked_until = gateway.blocked_until
        else:
            self.blocked_until = fields.Datetime.now() + timedelta(minutes=outcomes.pause(outcome, 1))

    def others_can(self, sms):
        """Tell whether another gateway of the company takes the message now."""
        return not sms.stokiva_gateway_id and any(
            other is not self and other.can(sms.body or '', fields.Datetime.now())
            for other in self.run.by_company.get(self.company_id, ()))


class Run:
    """The ways out of all companies during one run of the queue.

    :param env: environment, to find those that are asked for
    """

    def __init__(self, env):
        self.env, self.single = env, {}
        # A company without any gateway is stuck, not forgotten.
        self.by_company = {company.id: [] for company in env['res.company'].search([('sms_provider', '=', 'gateway')])}
        for gateway in env['stokiva.sms.gateway'].search([('company_id.sms_provider', '=', 'gateway')]):
            self.by_company[gateway.company_id.id].append(self._wrap(gateway))

    def _wrap(self, gateway):
        return Runner(
            gateway.id, gateway.provider, gateway._get_api(), gateway.company_id.id, gateway.allows_links,
            gateway.blocked_until, self)

    def get_stuck_companies(self, now):
        """Return the ids of companies all of whose gateways rest."""
        return [
            company_id for company_id, runners in [*self.by_company.items(), *(
                (company_id, [runner]) for company_id, runner in self.single.items() if company_id)]
            if all(runner.blocked_until and runner.blocked_until > now for runner in runners)]

    def choose(self, waiting):
        """Return the first way out that takes a message now, None without.

        :param waiting: message in plain values, see ``sms.sms._read_waiting``
        """
        now, company_id = fields.Datetime.now(), waiting.company_id
        if waiting.gateway_id:
            known = [item for item in self.by_company.get(company_id, ()) if item.gateway_id == waiting.gateway_id]
            return known[0] if known else self._wrap(self.env['stokiva.sms.gateway'].browse(waiting.gateway_id))
        if company_id in self.by_company:
            return next((item for item in self.by_company[company_id] if item.can(waiting.text or '', now)), None)
        runner = self.single.get(company_id)
        if not runner:
            company = self.env['res.company'].browse(company_id)
            sms = self.env['sms.sms'].browse(waiting.id).with_company(company)
            api, _messages = next(iter(sms._split_by_api()))
            runner = self.single[company_id] = Runner(False, company.sms_provider, api, company_id, run=self)
        return runner if runner.can('', now) else None

