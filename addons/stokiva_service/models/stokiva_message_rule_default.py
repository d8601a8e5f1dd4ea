from lxml import etree

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import file_path
from odoo.tools.convert import xml_import

DATA = '{}/data/stokiva_message_rule_data.xml'


class MessageRule(models.Model):
    """The rules that come with the addons, and the way back to them."""
    _name = 'stokiva.message.rule'
    _inherit = ['stokiva.message.rule', 'template.reset.mixin']

    has_default = fields.Boolean(compute='_compute_has_default')

    def _compute_has_default(self):
        modules = self._get_default_modules()
        for rule in self:
            rule.has_default = bool(modules.get(rule.id))

    def _get_default_modules(self):
        """Return the addons whose data files hold the rules.

        :return: ``{id: (name of the addon, name in its file)}``, nothing for rules that were made by hand
        :rtype: dict
        """
        names = {id_: name.split('.') for id_, name in self._origin.get_external_id().items() if name}
        return {id_: tuple(name) for id_, name in names.items() if name[0].startswith('stokiva_')}

    def _get_templates(self):
        """Return the templates of the rules, one recordset for each model; to be extended by channels.

        :rtype: list
        """
        return [self.template_id]

    def action_restore(self):
        """Give rules that came with an addon back their settings and texts, in every language.

        :raise UserError: if a rule was made by hand
        """
        self.check_access('write')
        if made := self.filtered(lambda rule: not rule.has_default)[:1]:
            raise UserError(self.env._("“%s” has no default: it was made here.", made.name))
        self.write({
            'active': True, 'company_id': False, 'condition': '[]', 'consent': 'informational', 'sequence': 10,
            'service_type_ids': [Command.clear()]})
        for rule in self:
            rule._load_default()
        for templates in self._get_templates():
            templates.sudo().reset_template()  # sudo: texts with expressions, as the addon's files have them

    def _load_default(self):
        """Load one rule from its addon's data file, with its translations."""
        self.ensure_one()
        module, name = self._get_default_modules()[self.id]
        path = file_path(DATA.format(module))
        root = etree.parse(path).getroot()
        for record in root.findall('record'):
            if record.get('id') != name:
                root.remove(record)
        xml_import(self.env, module, {}, mode='init', xml_filename=path).parse(root)
        if root.find(".//field[@name='heeds_quiet_hours']") is None:
            self._compute_heeds_quiet_hours()
        self._override_translation_term(module, [name, f'{module}.{name}'])
