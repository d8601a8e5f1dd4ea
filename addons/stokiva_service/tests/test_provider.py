from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common import StokivaCommon


@tagged('post_install', '-at_install')
class TestProvider(StokivaCommon):

    def _create_person(self, **values):
        partner = self.env['res.partner'].create({'name': "Emre Kaya", 'email': 'emre@example.com'})
        return self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': partner.id, **values})

    def _assert_refused(self, records, values):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            records.write(values)
            records.flush_recordset()

    def test_name_follows_the_contact(self):
        self.provider_a.partner_id.name = "Yeni Servis"
        self.dispatcher_a.partner_id.name = "Zeynep Demir"
        self.assertEqual(self.provider_a.name, "Yeni Servis")
        self.assertEqual(self.dispatcher_a.name, "Zeynep Demir")

    def test_contact_is_one_provider_only(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.env['stokiva.provider'].create({'partner_id': self.provider_a.partner_id.id})

    def test_person_is_listed_once(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.env['stokiva.personnel'].create({
                'provider_id': self.provider_a.id, 'partner_id': self.technician_a.partner_id.id})

    def test_code_is_unique_and_deadline_positive(self):
        self.provider_a.code = 'P1'
        self._assert_refused(self.provider_b, {'code': 'P1'})
        self._assert_refused(self.provider_b, {'offer_deadline_minutes': 0})

    def test_contact_of_a_provider_cannot_be_deleted(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.provider_a.partner_id.unlink()

    def test_time_zone_comes_from_the_contact(self):
        self.assertEqual(self.provider_a.tz, 'Europe/Istanbul')
        partner = self.env['res.partner'].create({'name': "Berlin Service", 'tz': 'Europe/Berlin'})
        self.assertEqual(
            self.env['stokiva.provider'].create({'partner_id': partner.id}).tz, 'Europe/Berlin')

    def test_authorisations_by_default(self):
        self.assertRecordValues(self.provider_a, [{
            'can_open': False, 'can_close': True, 'can_reassign': True, 'can_request_parts': True,
            'can_see_prices': True, 'can_see_settlements': True, 'kind': 'authorised',
            'offer_deadline_minutes': 120, 'company_id': self.company.id,
        }])

    def test_dispatchers_are_active_masters_and_dispatchers(self):
        master = self._create_person(role='master')
        self.assertEqual(self.provider_a._get_dispatchers(), self.dispatcher_a + master)
        master.active = False
        providers = (self.provider_a + self.provider_b).with_context(active_test=False)
        self.assertEqual(providers._get_dispatchers(), self.dispatcher_a + self.dispatcher_b)

    def test_provider_and_contact_of_different_companies(self):
        other = self.env['res.company'].create({'name': "Other"})
        partner = self.env['res.partner'].create({'name': "Theirs", 'company_id': other.id})
        with self.assertRaises(UserError):
            self.env['stokiva.provider'].create({'partner_id': partner.id})

    def test_personnel_and_areas_follow_the_provider_s_company(self):
        self.provider_a.company_id = False
        self.assertFalse(self.technician_a.company_id)
        self.assertFalse(self.provider_a.area_ids.company_id)

    def test_area_fills_in_what_lies_above(self):
        self.assertRecordValues(self.provider_a.area_ids, [{
            'kind': 'city', 'city_id': self.city_kadikoy.id, 'state_id': self.state_istanbul.id,
            'country_id': self.country.id, 'company_id': self.company.id, 'display_name': "Kadıköy",
        }])

    def test_kind_of_area_is_its_most_specific_part(self):
        areas = self.env['stokiva.service.area'].create([
            {'provider_id': self.provider_b.id, 'country_id': self.country.id},
            {'provider_id': self.provider_b.id, 'state_id': self.state_ankara.id},
            {'provider_id': self.provider_b.id, 'zip_prefix': '347'},
        ])
        self.assertEqual(areas.mapped('kind'), ['country', 'state', 'zip'])
        self.assertEqual(areas[1].country_id, self.country)

    def test_area_needs_a_place(self):
        with self.assertRaisesRegex(ValidationError, "Say where"):
            self.env['stokiva.service.area'].create({'provider_id': self.provider_a.id})

    def test_area_that_contradicts_itself(self):
        with self.assertRaisesRegex(ValidationError, "Kadıköy is not in Ankara"):
            self.env['stokiva.service.area'].create({
                'provider_id': self.provider_b.id, 'city_id': self.city_kadikoy.id,
                'state_id': self.state_ankara.id})
        with self.assertRaisesRegex(ValidationError, "is not in Germany"):
            self.env['stokiva.service.area'].create({
                'provider_id': self.provider_b.id, 'state_id': self.state_ankara.id,
                'country_id': self.env.ref('base.de').id})

    def test_area_is_listed_once(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.provider_a.area_ids = [Command.create({'city_id': self.city_kadikoy.id})]
            self.env.flush_all()

    def test_dispatcher_keeps_a_provider_in_the_form(self):
        with Form(self.provider_a.with_user(self.user_dispatcher)) as form:
            with form.area_ids.new() as line:
                line.city_id = self.city_uskudar
                self.assertEqual(line.state_id, self.state_istanbul)
            with form.personnel_ids.new() as line:
                line.partner_id = self.customer
                line.role = 'assistant'
        self.assertEqual(self.provider_a.area_ids.city_id, self.city_kadikoy + self.city_uskudar)
        self.assertEqual(self.provider_a.personnel_count, 3)

    def test_invitation_creates_a_portal_user(self):
        person = self._create_person()
        action = person.with_user(self.user_dispatcher).action_invite_portal()
        self.assertIn('emre@example.com', action['params']['message'])
        self.assertRecordValues(person.user_id, [{
            'login': 'emre@example.com', 'partner_id': person.partner_id.id, 'share': True,
            'company_id': self.company.id,
        }])
        self.assertTrue(person.user_id._is_portal())

    def test_invitation_never_changes_groups(self):
        for group in ('base.group_portal', 'base.group_user', 'base.group_public'):
            person = self._create_person()
            user = new_test_user(
                self.env, f'has_{group}', group, partner_id=person.partner_id.id, name="Emre Kaya")
            groups = user.group_ids
            person.with_user(self.user_dispatcher).action_invite_portal()
            self.assertEqual(person.user_id, user)
            self.assertEqual(user.group_ids, groups)

    def test_invitation_of_an_archived_login_is_refused(self):
        person = self._create_person()
        user = new_test_user(
            self.env, 'gone', 'base.group_portal', partner_id=person.partner_id.id, name="Emre Kaya")
        user.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            person.action_invite_portal()
        self.assertFalse(user.active)

    def test_invitation_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(UserError, "has a login already"):
            self.dispatcher_a.action_invite_portal()
        person = self._create_person()
        person.partner_id.email = False
        with self.assertRaisesRegex(UserError, "valid email"):
            person.action_invite_portal()
        person.partner_id.email = 'taken@example.com'
        new_test_user(self.env, 'taken@example.com', 'base.group_portal')
        with self.assertRaisesRegex(UserError, "same email"):
            person.action_invite_portal()
        self.assertFalse(person.user_id)

    def test_only_dispatchers_invite(self):
        person = self._create_person()
        for user in (self.user_call_centre, self.user_technician, self.user_settlement,
                     self.user_sales, self.user_provider_a, self.user_customer):
            with self.assertRaises(AccessError):
                person.with_user(user).action_invite_portal()

    def test_login_belongs_to_the_person(self):
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self.technician_a.user_id = self.user_provider_a
