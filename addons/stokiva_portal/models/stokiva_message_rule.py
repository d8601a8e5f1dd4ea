from odoo import api, fields, models

# What customers are told of an appointment that is still before them.
FOLLOWED = ('open', 'accept', 'plan', 'replan', 'depart')
# How texts name the link.
WORD = 'follow'


class MessageRule(models.Model):
    """Texts that do not hold the link by which customers follow their order: those written before there was one."""
    _inherit = 'stokiva.message.rule'

    lacks_follow = fields.Boolean("Without a Tracking Link", compute='_compute_lacks_follow', search='_search_lacks_follow')

    @api.depends('event', 'audience', 'company_id', 'template_id.body_html')
    @api.depends_context('company')
    def _compute_lacks_follow(self):
        for rule in self:
            company = rule.company_id or self.env.company
            rule.lacks_follow = (
                rule.audience == 'customer' and rule.event in FOLLOWED
                and (company.stokiva_tracking or company._stokiva_is_booking())
                and any(WORD not in text for text in rule._get_texts()))

    def _search_lacks_follow(self, operator, value):
        if operator != 'in':
            return NotImplemented
        rules = self.with_context(active_test=False).search([('audience', '=', 'customer'), ('event', 'in', FOLLOWED)])
        return [('id', 'in', rules.filtered('lacks_follow').ids)]

    def _get_texts(self):
        """Return the texts that customers get by the rule, in every language.

        :rtype: list
        """
        languages = [code for code, _name in self.env['res.lang'].get_installed()]
        return [
            template.with_context(lang=lang)['body_html' if 'body_html' in template else 'body'] or ''
            for template in self._get_templates() if template for lang in languages]
