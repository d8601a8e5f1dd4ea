import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..groups import OFFICE, STAFF


class Provider(models.Model):
    """Whether a provider is given work, and what for."""
    _inherit = 'stokiva.provider'

    suspended_from = fields.Date(tracking=True, copy=False, groups='base.group_user')
    suspended_until = fields.Date(
        tracking=True, copy=False, groups='base.group_user',
        help="The last day without offers. If empty, until somebody ends it.")
    suspend_reason = fields.Selection(
        [
            ('holiday', "Holiday"),
            ('capacity', "No capacity"),
            ('quality', "Quality of work"),
            ('papers', "Papers missing"),
            ('payment', "Dispute about payment"),
            ('closing', "Is being closed"),
            ('other', "Other"),
        ],
        "Why Suspended", tracking=True, copy=False, groups='base.group_user')
    suspend_note = fields.Char("Note on the Suspension", tracking=True, copy=False, groups='base.group_user')
    is_suspended = fields.Boolean(
        "Suspended", compute='_compute_is_suspended', search='_search_is_suspended', groups='base.group_user')
    authorisation_ids = fields.One2many(
        'stokiva.provider.authorisation', 'provider_id', "Authorisations", groups=STAFF)
    document_ids = fields.One2many('stokiva.provider.document', 'provider_id', "Documents", groups=OFFICE)
    standing = fields.Selection(
        [
            ('ready', "Gets offers"),
            ('expiring', "Renewal due"),
            ('incomplete', "Incomplete"),
            ('suspended', "Suspended"),
            ('expired', "Expired"),
        ],
        compute='_compute_standing', compute_sudo=True)
    standing_note = fields.Char("Why", compute='_compute_standing', compute_sudo=True, groups=STAFF)

    _suspension_order = models.Constraint(
        'CHECK(suspended_until IS NULL OR (suspended_from IS NOT NULL AND suspended_until >= suspended_from))',
        "A suspension cannot end before it begins.")

    # === COMPUTE METHODS === #

    @api.depends('suspended_from', 'suspended_until', 'tz')
    def _compute_is_suspended(self):
        for provider in self:
            today = provider._get_today()
            provider.is_suspended = bool(
                provider.suspended_from and provider.suspended_from <= today
                and not (provider.suspended_until and provider.suspended_until < today))

    def _search_is_suspended(self, operator, value):
        if operator != 'in':
            return NotImplemented

        def to_sql(model, alias, query):
            today = SQL(
                "(%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(%s, 'UTC'))::date", fields.Datetime.now(),
                model._field_to_sql(alias, 'tz', query))
            return SQL(
                "%s BETWEEN %s AND COALESCE(%s, 'infinity')", today,
                model._field_to_sql(alias, 'suspended_from', query), model._field_to_sql(alias, 'suspended_until', query))
        return Domain.custom(to_sql=to_sql, predicate=lambda provider: provider.is_suspended)

    @api.depends(
        'is_suspended', 'suspend_reason', 'suspended_until', 'authorisation_ids.validity', 'area_ids',
        'document_ids.validity', 'document_ids.stops_assignment', 'personnel_ids.active', 'personnel_ids.role')
    @api.depends_context('lang')
    def _compute_standing(self):
        for provider in self:
            provider.standing, provider.standing_note = provider._get_standing()

    def _get_standing(self):
        """Return ``(standing, sentence)``, the gravest first; the sentence is False where all is well."""
        if self.is_suspended:
            return 'suspended', self._get_suspension_text()
        stopping = self.document_ids.filtered(
            lambda document: document.stops_assignment and document.validity == 'expired')[:1]
        if stopping:
            return 'expired', self.env._("Gets no offers: %s has expired.", stopping.display_name)
        validities = set(self.authorisation_ids.mapped('validity'))
        if validities and not validities & {'valid', 'expiring'}:
            return 'expired', self.env._("Gets no offers: no authorisation is valid today.")
        if not self.area_ids:
            return 'incomplete', self.env._("Gets no offers: it has no service area yet.")
        if not any(person.active and person._is_dispatcher() for person in self.personnel_ids):
            return 'incomplete', self.env._("Nobody answers its offers: it has no master or dispatcher.")
        ending = [
            row for rows in (self.authorisation_ids, self.document_ids) for row in rows
            if row.validity in ('expiring', 'expired')]
        if ending:
            first = min(ending, key=lambda row: row.date_to)
            values = {'what': first.display_name, 'date': format_date(self.env, first.date_to)}
            if first.validity == 'expired':
                return 'expiring', self.env._("Renew: %(what)s expired on %(date)s.", **values)
            return 'expiring', self.env._("Renew: %(what)s ends on %(date)s.", **values)
        return 'ready', False

    def _get_suspension_text(self):
        """Return in one sentence why, and how long, the provider gets no offers."""
        reason = dict(self._fields['suspend_reason']._description_selection(self.env)).get(self.suspend_reason)
        why = " – ".join(filter(None, [reason, self.suspend_note])) or "–"
        if self.suspended_until:
            return self.env._(
                "Gets no offers until %(date)s: %(why)s", date=format_date(self.env, self.suspended_until), why=why)
        return self.env._("Gets no offers: %s", why)

    # === CONSTRAINS === #

    @api.constrains('suspended_from', 'suspend_reason')
    def _check_suspend_reason(self):
        for provider in self:
            if provider.suspended_from and not provider.suspend_reason:
                raise ValidationError(self.env._("Say why %s is suspended.", provider.name))

    # === ACTIONS === #

    def action_suspend(self):
        """Ask why and how long the provider shall get no offers.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Suspend %s", self.name),
            'res_model': 'stokiva.provider.suspend',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_provider_id': self.id},
        }

    def action_end_suspension(self):
        """Let the providers get offers again."""
        self.write({
            'suspended_from': False, 'suspended_until': False, 'suspend_reason': False, 'suspend_note': False})

    # === BUSINESS === #

    def _get_today(self):
        """Return the date where the provider is.

        :rtype: datetime.date
        """
        zone = pytz.timezone(self.tz or 'UTC')
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    def _get_responsible(self):
        """Return the office user who looks after the provider: its responsible, else a dispatcher.

        :return: res.users record
        """
        self.ensure_one()
        if self.user_id.active:
            return self.user_id
        return (self.company_id or self.env.company)._stokiva_get_dispatcher()

    @api.model
    def _get_assignable_join(self):
        """Return the join that ``_get_assignable_sql`` needs, after the aliases ``p`` and ``w``.

        Its alias ``authorised`` says what the provider's authorisations of today allow, all NULL where it has none.
        """
        return SQL(
            """LEFT JOIN LATERAL (
                SELECT bool_or(today) AS today, bool_or(today AND service_type) AS service_type,
                       bool_or(today AND service_type AND device_type) AS device_type,
                       bool_or(today AND service_type AND device_type AND brand) AS brand
                  FROM (
                    SELECT %s BETWEEN COALESCE(a.date_from, '-infinity') AND COALESCE(a.date_to, 'infinity') AS today,
                           COALESCE((
                             SELECT bool_or(r.service_type_id = w.service_type_id)
                               FROM stokiva_authorisation_service_type_rel r
                              WHERE r.authorisation_id = a.id), TRUE) AS service_type,
                           COALESCE((
                             SELECT bool_or(COALESCE(starts_with(own.parent_path, allowed.parent_path), FALSE))
                               FROM stokiva_authorisation_device_type_rel r
                               JOIN stokiva_device_type allowed ON allowed.id = r.device_type_id
                          LEFT JOIN stokiva_device_type own ON own.id = w.device_type_id
                              WHERE r.authorisation_id = a.id), TRUE) AS device_type,
                           COALESCE((
                             SELECT bool_or(COALESCE(r.brand_id = w.brand_id, FALSE))
                               FROM stokiva_authorisation_brand_rel r
                              WHERE r.authorisation_id = a.id), TRUE) AS brand
                      FROM stokiva_provider_authorisation a
                     WHERE a.provider_id = p.id
                    OFFSET 0  -- each is judged once, not wherever its result is read
                  ) each_one
            ) authorised ON TRUE""", self._get_today_sql())

    @api.model
    def _get_today_sql(self):
        """Return the date where the provider ``p`` is."""
        return SQL("(w.now AT TIME ZONE 'UTC' AT TIME ZONE p.tz)::date")

    @api.model
    def _get_assignable_sql(self):
        """Return what must hold for a provider to be given an order, apart from where it works.

        The conditions use the aliases ``p`` (``stokiva_provider``), ``w``, the order with the columns
        ``service_type_id``, ``device_type_id``, ``brand_id`` and ``now``, and that of ``_get_assignable_join``. None of them
        is ever NULL. An authorisation that names no service types, device types or brands means all of them, a
        provider without any authorisation may do everything; dates are days where the provider is. What they read
        must have been written: see ``_flush_assignable``.

        :return: ``{name: SQL condition}``, gravest first; names are keys of
            ``stokiva.assignment.candidate.failed``
        """
        today = self._get_today_sql()
        return {
            'suspended': SQL(
                # To tell the day where the provider is costs more than all the rest: hardly anybody is suspended.
                "p.suspended_from IS NULL OR p.suspended_from > %s OR COALESCE(p.suspended_until < %s, FALSE)",
                today, today),
            'document': SQL(
                """NOT EXISTS (
                SELECT 1 FROM stokiva_provider_document d
                 WHERE d.provider_id = p.id AND d.active AND d.stops_assignment AND d.date_to < %s)""", today),
            'group': SQL(
                """NOT EXISTS (
                SELECT 1 FROM stokiva_service_type_only_provider_rel r WHERE r.service_type_id = w.service_type_id
                ) OR EXISTS (
                SELECT 1 FROM stokiva_service_type_only_provider_rel r
                 WHERE r.service_type_id = w.service_type_id AND r.provider_id = p.id)"""),
            'expired': SQL("COALESCE(authorised.today, TRUE)"),
            'service_type': SQL("COALESCE(authorised.service_type, TRUE)"),
            'device_type': SQL("COALESCE(authorised.device_type, TRUE)"),
            'brand': SQL("COALESCE(authorised.brand, TRUE)"),
        }

    @api.model
    def _flush_assignable(self, *more):
        """Write what the conditions of ``_get_assignable_sql`` read, apart from the order.

        :param more: names of models to be written, too
        """
        transaction = self.env.transaction
        # To go through all fields of models that nobody has touched costs a sale more than the query.
        touched = {field.model_name for field in (*transaction.field_dirty, *transaction.tocompute)}
        for model in touched.intersection((
            'stokiva.provider', 'stokiva.provider.authorisation', 'stokiva.provider.document', 'stokiva.device.type', *more,
        )):
            self.env[model].flush_model()

    @api.model
    def _check_assignable(self, choices):
        """Raise if a provider that a person chose may not be given the order.

        :param dict choices: ``{order: stokiva.provider}``
        :raise UserError: naming the first that fails, and why
        """
        self._flush_assignable()
        self.env['stokiva.work.order'].flush_model(['service_type_id', 'device_type_id', 'device_id'])
        self.env['stokiva.device'].flush_model(['product_id'])
        self.env['product.template'].flush_model(['stokiva_brand_id'])
        failed = SQL(" ").join(
            SQL("WHEN NOT (%s) THEN %s", condition, name) for name, condition in self._get_assignable_sql().items())
        rows = self.env.execute_query(SQL(
            """
            SELECT w.id, CASE %(failed)s END
              FROM unnest(%(orders)s, %(providers)s) AS chosen(order_id, provider_id)
              JOIN stokiva_provider p ON p.id = chosen.provider_id
              JOIN (
                SELECT o.id, o.service_type_id, o.device_type_id, t.stokiva_brand_id AS brand_id, %(now)s AS now
                  FROM stokiva_work_order o
             LEFT JOIN stokiva_device d ON d.id = o.device_id
             LEFT JOIN product_product v ON v.id = d.product_id
             LEFT JOIN product_template t ON t.id = v.product_tmpl_id
              ) w ON w.id = chosen.order_id
                   %(authorised)s
          ORDER BY w.id
            """,
            failed=failed, authorised=self._get_assignable_join(), now=fields.Datetime.now(), orders=[order.id for order in choices],
            providers=[provider.id for provider in choices.values()]))
        labels = dict(self.env['stokiva.assignment.candidate']._fields['failed']._description_selection(self.env))
        for order, provider in choices.items():
            name = dict(rows).get(order.id)
            if name:
                raise UserError(self.env._(
                    "%(provider)s cannot be given %(order)s: %(reason)s.",
                    provider=provider.name, order=order.name, reason=labels[name]))
