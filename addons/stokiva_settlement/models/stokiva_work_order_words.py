from odoo import fields, models
from odoo.tools.misc import formatLang

from odoo.addons.stokiva_service import figures

from .. import rates


class WorkOrder(models.Model):
    """What a settlement says of each amount, in the language of the context."""
    _inherit = 'stokiva.work.order'

    def _get_work_name(self, work):
        """Return what was done."""
        evidence = work.evidence and work.evidence.with_env(self.env)
        if work.kind in rates.QUALITY:
            triggers = dict(self.env['stokiva.rate.card.line']._fields['trigger']._description_selection(self.env))
            trigger = triggers[work.trigger]
            return f"{trigger}: {figures.spell(self.env, work.value)}" if work.trigger == rates.STARS else trigger
        if work.kind == rates.DISTANCE:
            return self.env._("Kilometres")
        if work.kind == rates.TRAVEL:
            return self.city_id.name or self.site_id.city or self.env._("Travel")
        if work.kind == rates.WASTED_TRIP:
            outcomes = dict(evidence._fields['outcome']._description_selection(self.env))
            departed = fields.Datetime.context_timestamp(
                evidence.with_context(tz=self.provider_id.tz), evidence.departed_at)
            return self.env._(
                "%(outcome)s, %(time)s", outcome=outcomes[evidence.outcome], time=f"{departed:%d.%m.%Y %H:%M}")
        return evidence.name if evidence else self.service_type_id.name

    def _get_reason(self, pay, currency):
        """Return why a piece of work earns what it does: card and its version, rule, basis, quantity × rate.

        :param rates.Pay pay: what was done and what it earns
        :param currency: res.currency record
        :rtype: str
        """
        terms = self.env._(
            "%(quantity)s × %(rate)s", quantity=figures.spell(self.env, pay.quantity),
            rate=formatLang(self.env, pay.rate, currency_obj=currency))
        if not pay.rule:
            return (
                self.env._("Cost of the part · %(terms)s", terms=terms) if pay.work.kind == rates.PART
                else self.env._("No rate card pays for this"))
        line = self.env['stokiva.rate.card.line'].browse(pay.rule.id)
        parts = [line.card_id.display_name, line.display_name, self._get_basis(pay, currency), terms]
        if pay.tied:
            parts.append(self.env._(
                "before %s, as specific, by its sequence",
                ", ".join(line.browse(pay.tied).mapped('display_name'))))
        return " · ".join(filter(None, parts))

    def _get_basis(self, pay, currency):
        """Return what quantity or rate were taken from, None where both are just the rule's and the work's."""
        rule, work = pay.rule, pay.work
        if work.kind == rates.DISTANCE:
            distance = self._get_rated_distance()
            if distance is None:
                return self.env._("The distance is not known")
            return self.env._(
                "%(distance)s km, %(free)s km free", distance=figures.spell(self.env, distance),
                free=figures.spell(self.env, rule.free_km))
        if rule.unit == rates.HOUR:
            return self.env._("%s minutes", figures.spell(self.env, work.quantity * work.minutes))
        if rule.unit == rates.PERCENT and work.kind == rates.PART:
            basis = self.env._(
                "%(cost)s + %(percent)s %%", cost=formatLang(self.env, work.cost, currency_obj=currency),
                percent=figures.spell(self.env, rule.amount))
            return basis if rule.cap is None else self.env._(
                "%(basis)s, at most %(cap)s more", basis=basis, cap=formatLang(self.env, rule.cap, currency_obj=currency))
        if rule.unit == rates.PERCENT:
            return self.env._("%s %% of labour", figures.spell(self.env, rule.amount))
        return None
