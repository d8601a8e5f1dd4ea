import io
import json

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common_orders import WorkOrderCommon, photo

SERVICE_FORM, WORK, QUOTE = (
    f'stokiva_service.action_report_{name}' for name in ('service_form', 'work', 'quote'))
SECRET_NOTE = "Customer pays late, ask first"


@tagged('post_install', '-at_install')
class TestPapers(WorkOrderCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ('en_US', 'tr_TR'):
            cls.env['res.lang']._activate_lang(code)
        cls.customer.lang = 'en_US'
        cls.part_product.standard_price = 317.77
        cls.env['ir.config_parameter'].set_param('report.url', cls.base_url())

    def _html(self, report, order, user=None):
        reports = self.env['ir.actions.report'].with_user(user or self.user_dispatcher)
        content = reports._render_qweb_html(report, order.ids)[0]
        return content.decode() if isinstance(content, bytes) else str(content)

    def _pdf(self, report, order):
        reports = self.env['ir.actions.report'].with_context(force_report_rendering=True)
        self.env.flush_all()
        content, kind = reports.with_user(self.user_dispatcher)._render_qweb_pdf(report, order.ids)
        self.assertEqual(kind, 'pdf')
        return PdfReader(io.BytesIO(content))

    def _text(self, pdf):
        return ' '.join(' '.join(page.extract_text() for page in pdf.pages).split())

    def _in_workshop(self):
        order = self._in_progress(
            symptom_ids=[(6, 0, self.symptom.ids)], symptom_note="Water stays in it", internal_note=SECRET_NOTE)
        order._edit({'media_ids': [(0, 0, {'kind': 'before', 'image': photo()})]}, actor=self.user_manager, channel='office')
        self._do(
            order, 'take_in', accessory_ids=self.accessory.ids, condition="Scratch on the door", custody='workshop')
        return order

    def _completed(self):
        order = self._in_progress(symptom_ids=[(6, 0, self.symptom.ids)], internal_note=SECRET_NOTE)
        order._edit({
            'service_type_id': self.service_type_install.id, 'cause_id': self.cause.id,
            'resolution_id': self.resolution.id}, actor=self.user_manager, channel='office')
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order, stars=5, name="Ayşe Yılmaz")
        return order

    def test_service_form_has_all_parts(self):
        order = self._in_workshop()
        order.provider_id.partner_id.phone = '+902165550000'
        other = self.env['stokiva.accessory'].create({'name': "Hose", 'device_type_id': self.device_type.id})
        text = self._html(SERVICE_FORM, order)
        for part in (
            order.name, "Ayşe Yılmaz", "Bahariye Caddesi 12", "Alfa Servis", "Does not drain", "Water stays in it",
            "Cutlery basket", other.name, "Scratch on the door", "Workshop", "data:image/", "handed back against this form",
            "Customer: name, date, signature", "+90 216 555 00 00",
        ):
            self.assertIn(part, text)
        self.assertEqual(text.count('o_stokiva_box">X</span>'), 1, "one of two is ticked")
        self.assertNotIn(SECRET_NOTE, text)

    def test_service_form_before_and_after(self):
        order = self._accepted()
        self.assertNotIn('>X</span>', self._html(SERVICE_FORM, order), "before the take-in all is open")
        order = self._in_workshop()
        self._do(order, 'hand_back', accessory_ids=self.accessory.ids)
        self.assertIn("Customer ·", ' '.join(self._html(SERVICE_FORM, order).replace('<span>', '').split()))

    def test_erased_words_are_not_printed(self):
        order = self._in_workshop()
        rows = order.event_ids.filtered(lambda row: row.event == 'take_in')
        self.env['stokiva.event.personal'].search([('event_id', 'in', rows.ids)]).unlink()
        text = self._html(SERVICE_FORM, order)
        self.assertNotIn("Scratch", text)
        self.assertNotIn('sha256:', text)

    def test_work_report_has_all_parts(self):
        order = self._completed()
        text = self._html(WORK, order)
        for part in (
            order.name, "Opened as", "Repair", "Installation", "Does not drain", "Drain pump blocked",
            "Drain pump replaced", "Replace the drain pump", "Before", "After", "Approved",
            order.approval_ids.shown_hash, "Link",
        ):
            self.assertIn(part, text)
        self.assertNotIn(SECRET_NOTE, text)
        self.assertNotIn("317.77", text)

    def test_report_shows_what_was_approved(self):
        order = self._completed()
        self.workmanship.name = "Something else"
        self.service_type_install.name = "Renamed"
        text = self._html(WORK, order)
        self.assertIn("Replace the drain pump", text)
        self.assertEqual(json.loads(order.approval_ids.shown)['service_type'], "Installation")
        self.assertIn("Installation", text)

    def test_no_paper_holds_an_open_link(self):
        order = self._submitted()
        token = order.approval_ids._get_token()
        self.assertNotIn(token, self._html(WORK, order))
        self.assertNotIn('/o/', order._get_customer_url() or '')

    def test_quote(self):
        order = self._in_progress()
        with self.assertRaisesRegex(UserError, "No quote"):
            self._html(QUOTE, order)
        self._do(order, 'quote', amount=1234.5, text="New pump and labour")
        text = self._html(QUOTE, order)
        self.assertIn("New pump and labour", text)
        self.assertIn("1,234.50", text)
        self.assertIn("Customer: name, date, signature", text)
        self._answer(order, name="Ayşe Yılmaz")
        self.assertIn("Approved", self._html(QUOTE, order))

    def test_pdf_in_both_languages(self):
        order = self._completed()
        pdf = self._pdf(WORK, order)
        self.assertEqual(len(pdf.pages), 1)
        self.assertIn("Work Report", self._text(pdf))
        self.assertIn(order.name, self._text(pdf))
        self.assertNotIn(SECRET_NOTE, self._text(pdf))
        self.customer.lang = 'tr_TR'
        taken = self._in_workshop()
        pdf = self._pdf(SERVICE_FORM, taken)
        self.assertEqual(len(pdf.pages), 1)
        self.assertIn("Servis formu", self._text(pdf))
        self.assertIn("Scratch on the door", self._text(pdf))
        self.assertIn("İş raporu", self._html(WORK, order))
        self.assertIn("Fiyat teklifi", self._html(QUOTE, self._quoted()))

    def _quoted(self):
        order = self._in_progress()
        self._do(order, 'quote', amount=100, text="Pump")
        return order

    def test_who_may_print(self):
        order = self._completed()
        for user in (self.user_provider_a, self.user_technician_a, self.user_technician, self.user_sales):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._html(WORK, order, user)
        self.assertIn(order.name, self._html(WORK, order, self.user_call_centre))

    def test_the_form_is_offered_after_take_in(self):
        order = self._in_progress()
        wizard = self.env['stokiva.event.wizard'].with_user(self.user_dispatcher).create({
            'event': 'take_in', 'work_order_ids': [(6, 0, order.ids)]})
        action = wizard.action_confirm()
        self.assertEqual(action['report_name'], 'stokiva_service.report_service_form')
        self.assertTrue(action['close_on_report_download'])
        self.assertEqual(order.custody, 'technician')
