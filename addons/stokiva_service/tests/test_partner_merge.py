from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import StokivaCommon


@tagged('post_install', '-at_install')
class TestPartnerMerge(StokivaCommon):
    """Who merges contacts loses no provider and nobody who works for one."""

    def _merge(self, *partners):
        self.env['base.partner.merge.automatic.wizard'].create({})._merge([partner.id for partner in partners], partners[0])

    def test_two_providers_are_no_duplicates(self):
        self.provider_b.active = False  # an archived one has a history, too
        with self.assertRaisesRegex(UserError, "service providers"):
            self._merge(self.provider_a.partner_id, self.provider_b.partner_id)
        self.assertTrue(self.provider_b.exists())

    def test_two_technicians_of_a_provider_are_no_duplicates(self):
        with self.assertRaisesRegex(UserError, "work for"):
            self._merge(self.technician_a.partner_id, self.dispatcher_a.partner_id)
        self.assertTrue(self.dispatcher_a.exists())

    def test_a_duplicate_of_a_provider_is_merged(self):
        duplicate = self.env['res.partner'].create({'name': "Alfa", 'email': self.provider_a.partner_id.email})
        self._merge(self.provider_a.partner_id, duplicate)
        self.assertFalse(duplicate.exists())
        self.assertTrue(self.provider_a.partner_id.exists())
