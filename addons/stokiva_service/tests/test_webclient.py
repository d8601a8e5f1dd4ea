from odoo.tests import HttpCase, new_test_user, tagged


@tagged('post_install', '-at_install')
class TestWebClient(HttpCase):

    def test_page_names_the_users_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        new_test_user(self.env, 'stokiva_turkish', 'base.group_user', lang='tr_TR')
        self.authenticate('stokiva_turkish', 'stokiva_turkish')
        self.assertRegex(self.url_open('/odoo').text[:500], r'<html[^>]* lang="tr-TR"')
