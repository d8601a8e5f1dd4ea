from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestSetup(WorkOrderCommon):
    """The first steps tick themselves from the data of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Fresh"})
        (cls.user_manager | cls.user_sales).write({'company_ids': [(4, cls.company.id)], 'company_id': cls.company.id})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        # What several companies share would count for the fresh one, too.
        cls.other_company = cls.env['res.company'].create({'name': "Other"})
        for model, domain in (
            ('stokiva.provider', []), ('product.template', [('stokiva_policy', '!=', 'none')]),
        ):
            shared = cls.env[model].sudo().search([*domain, ('company_id', '=', False)])
            shared.action_archive()

    def _done(self):
        self.env.invalidate_all()
        company = self.company.with_user(self.user_manager)
        return [company[f'stokiva_setup_{step}'] for step in ('company', 'provider', 'product', 'sale')]

    def test_steps(self):
        self.assertEqual(self._done(), [False] * 4)
        self.company.write({
            'country_id': self.country.id, 'city': "İstanbul", 'phone': '+90 216 555 00 00', 'email': 'a@example.com'})
        self.assertEqual(self._done(), [True, False, False, False])

        provider, dispatcher, _technician = self._create_provider("Fresh", company_id=self.company.id)
        self.assertFalse(self._done()[1], "nobody can answer")
        self._create_login(dispatcher, 'fresh_dispatcher')
        self.assertEqual(self._done(), [True, True, False, False])
        provider.area_ids.unlink()
        self.assertFalse(self._done()[1], "it covers nothing")
        provider.area_ids = [(0, 0, {'city_id': self.city_kadikoy.id})]

        product = self.product.copy({'company_id': self.company.id, 'active': True})
        self.assertEqual(self._done(), [True, True, True, False])
        self._sell(product=product)
        self.assertEqual(self._done(), [True] * 4)
        self.assertEqual(self.company.with_user(self.user_manager).stokiva_setup_count, 4)

    def test_hidden_from_the_menu_until_the_settings_bring_it_back(self):
        menu = self.env.ref('stokiva_service.menu_stokiva_setup')

        def is_shown(user):
            self.env.invalidate_all()
            return menu.id in self.env['ir.ui.menu'].with_user(user).load_menus(False)

        self.user_manager.write({'company_ids': [(6, 0, self.company.ids)]})
        self.assertTrue(is_shown(self.user_manager))
        self.assertFalse(is_shown(self.user_dispatcher))
        with self.assertRaises(AccessError):
            self.company.with_user(self.user_dispatcher).action_stokiva_setup_hide()
        self.assertTrue(is_shown(self.user_manager))
        self.company.with_user(self.user_manager).action_stokiva_setup_hide()
        self.assertFalse(is_shown(self.user_manager))
        self.env['res.config.settings'].with_company(self.company).create({'stokiva_setup_hidden': False}).execute()
        self.assertTrue(is_shown(self.user_manager))

    def test_actions(self):
        action = self.env['res.company'].with_user(self.user_manager).with_company(self.company).action_stokiva_setup()
        self.assertEqual((action['res_model'], action['res_id']), ('res.company', self.company.id))
        fields = self.company.with_user(self.user_manager).get_view(action['views'][0][0], 'form')['arch']
        self.assertIn('stokiva_setup_sale', fields)
        with self.assertRaises(AccessError):
            self.company.with_user(self.user_dispatcher).read(['stokiva_setup_sale'])
