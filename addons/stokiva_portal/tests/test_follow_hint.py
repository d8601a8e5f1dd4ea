from odoo.tests import tagged

from odoo.addons.stokiva_service.tests.common_messages import MessageCommon

from ..models.stokiva_message_rule import FOLLOWED, WORD


@tagged('post_install', '-at_install')
class TestFollowHint(MessageCommon):
    """Texts that were written before there were tracking links are found."""

    def _find(self):
        return self.env['stokiva.message.rule'].with_context(active_test=False).search([('lacks_follow', '=', True)])

    def test_texts_without_the_link(self):
        self.company.write({'stokiva_tracking': True, 'stokiva_booking': False})
        rule = self._get_rule('plan')
        self.assertFalse(self._find(), "all that came with the addons hold it")
        rule.template_id.body_html = "<p>We come.</p>"
        self.assertEqual(self._find(), rule)
        settings = self.env['res.config.settings'].create({})
        self.assertEqual(settings.stokiva_lacking_count, 1)
        rule.template_id.body_html = "<p>We come: {follow}</p>"
        self.assertFalse(self._find())
        rule.template_id.body_html = "<p>We come.</p>"
        self.company.stokiva_tracking = False
        self.assertFalse(self._find(), "there is no such link")
        rule.action_restore()
        self.company.stokiva_tracking = True
        self.assertFalse(self._find())

    def test_the_kinds_are_those_of_the_texts_that_came(self):
        rules = self.env['stokiva.message.rule'].with_context(active_test=False).search([('audience', '=', 'customer')])
        self.assertEqual(
            {rule.event for rule in rules if any(WORD in text for text in rule._get_texts())}, set(FOLLOWED))
