from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.stokiva_service import workflow

# A phone that asks every minute is written down so often only.
NOTED_EVERY = timedelta(minutes=5)
# Nor is all that it keeps looked at, unless its jobs have changed.
LOOKED_EVERY = timedelta(minutes=10)


class FieldDevice(models.Model):
    """A phone on which somebody works with the technicians' app, and when it was last heard of."""
    _name = 'stokiva.field.device'
    _description = "Technician's Phone"
    _order = 'seen_at desc, id desc'
    _log_access = False
    _rec_name = 'user_id'

    uuid = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one('res.users', "Technician", required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    provider_id = fields.Many2one('stokiva.provider', compute='_compute_work')
    open_order_count = fields.Integer("Open Jobs", compute='_compute_work')
    seen_at = fields.Datetime("Last Heard Of", required=True, readonly=True, index=True)
    waiting = fields.Integer("Waiting on it", readonly=True, aggregator=None, help="Operations not sent, as it last said.")
    skew = fields.Integer("Clock is behind (seconds)", readonly=True, aggregator=None)
    version = fields.Char(readonly=True)
    name = fields.Char("Phone", readonly=True, help="What the browser says of itself.")
    known = fields.Char(readonly=True, help="Fingerprint of what it knows, and of its jobs as they were then.")
    looked_at = fields.Datetime(readonly=True)
    shares_position = fields.Boolean(
        "Position Allowed", readonly=True, help="The technician has agreed to it on this phone.")
    is_silent = fields.Boolean(
        "Not Heard Of", compute='_compute_is_silent', search='_search_is_silent',
        help="For longer than the company's setting says, while there are open jobs.")

    _user_uuid_uniq = models.UniqueIndex('(user_id, uuid)')

    def _compute_work(self):
        # sudo: how many jobs somebody has, for the office
        people = self.env['stokiva.personnel'].sudo().search([('user_id', 'in', self.user_id.ids)])
        counts = dict(self.env['stokiva.work.order']._read_group(
            [('personnel_id', 'in', people.ids), ('state', 'in', workflow.WITH_PROVIDER)], ['personnel_id'], ['__count']))
        mine = people.grouped('user_id')
        for device in self:
            persons = mine.get(device.user_id, people.browse())
            device.provider_id = persons.provider_id[:1].sudo(False)
            device.open_order_count = sum(counts.get(person.sudo(False), 0) for person in persons)

    @api.depends('seen_at', 'company_id.stokiva_field_hours')
    def _compute_is_silent(self):
        silent = self.filtered_domain(self._get_silent_domain())
        for device in self:
            device.is_silent = device in silent

    @api.model
    def _search_is_silent(self, operator, value):
        return self._get_silent_domain() if operator == 'in' else NotImplemented

    @api.model
    def _get_silent_domain(self):
        """Return the domain of phones not heard of for too long, of whoever has open jobs.

        A phone on which nothing waits is not missed while its technician uses another one.

        :rtype: odoo.fields.Domain
        """
        now = fields.Datetime.now()
        # sudo: whose jobs they are, for the office
        busy = self.env['stokiva.work.order'].sudo()._read_group(
            [('state', 'in', workflow.WITH_PROVIDER), ('personnel_id.user_id', '!=', False)], ['personnel_id'])
        users = [person.user_id.id for person, in busy]
        since = {
            company: now - timedelta(hours=company.stokiva_field_hours)
            for company in self.env.companies if company.stokiva_field_hours}
        heard = self._read_group(
            Domain.OR(Domain('company_id', '=', company.id) & Domain('seen_at', '>=', time) for company, time in since.items())
            & Domain('user_id', 'in', users), ['user_id'])
        missed = Domain('waiting', '>', 0) | Domain('user_id', 'not in', [user.id for user, in heard])
        return Domain('user_id', 'in', users) & missed & Domain.OR(
            Domain('company_id', '=', company.id) & Domain('seen_at', '<', time) for company, time in since.items())

    @api.model
    def _note(self, uuid, company, now, **values):
        """Write down that a phone of the current user was heard of.

        :param str uuid: of the phone
        :param company: res.company record whose jobs it has
        :param datetime now: naive UTC
        :param values: ``waiting``, ``skew``, ``version``, ``name``, ``shares_position``
        """
        self.env.cr.execute(SQL(
            """INSERT INTO stokiva_field_device AS device
                      (uuid, user_id, company_id, seen_at, waiting, skew, version, name, shares_position)
               VALUES (%(uuid)s, %(user)s, %(company)s, %(now)s, %(waiting)s, %(skew)s, %(version)s, %(name)s,
                       %(shares_position)s)
                   ON CONFLICT (user_id, uuid) DO UPDATE
                  SET seen_at = excluded.seen_at, company_id = excluded.company_id, waiting = excluded.waiting,
                      skew = excluded.skew, version = excluded.version, name = excluded.name,
                      shares_position = excluded.shares_position
                WHERE device.seen_at < %(old)s OR device.waiting <> excluded.waiting
                   OR device.shares_position IS DISTINCT FROM excluded.shares_position""",
            uuid=uuid, user=self.env.uid, company=company.id, now=now, old=now - NOTED_EVERY, **values),
            log_exceptions=False)

    @api.model
    def _find_knowing(self, uuid, known, now):
        """Find a phone of the current user if it knows all, as was found not long ago.

        :param str uuid: of the phone
        :param str known: fingerprint of what it knows, and of its jobs as they are
        :param datetime now: naive UTC
        :return: res.company record whose jobs it has, else an empty one
        """
        rows = self.env.execute_query(SQL(
            """SELECT company_id FROM stokiva_field_device
                WHERE user_id = %s AND uuid = %s AND known = %s AND looked_at > %s""",
            self.env.uid, uuid, known, now - LOOKED_EVERY))
        return self.env['res.company'].browse(id_ for id_, in rows)

    @api.model
    def _set_known(self, uuid, known, now):
        """Write down what a phone of the current user knows when it has read the answer; parameters as of ``_find_knowing``."""
        self.env.cr.execute(SQL(
            "UPDATE stokiva_field_device SET known = %s, looked_at = %s WHERE user_id = %s AND uuid = %s",
            known, now, self.env.uid, uuid))
