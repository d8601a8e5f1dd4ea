from odoo.tests import BaseCase, tagged

from ..masking import mask


@tagged('post_install', '-at_install')
class TestMasking(BaseCase):

    def test_tokens_go(self):
        token = 'q3Zx_9-LmN0pRsTuVwXyZab'
        for text, expected in [
            (f"See https://service.example.com/o/{token} now", "See {link} now"),
            (f"http://127.0.0.1:8069/o/{token}.", "{link}."),
            (f"/o/{token}", "{link}"),
            (f"https://a.example/o/r/{token}", "{link}"),
            (f"https://a.example/appointment/h/{token}", "{link}"),
            (f"https://a.example/tr/o/{token}", "https://a.example/tr{link}"),
            (f"https://a.example/o/{token} https://a.example/o/{token}", "{link} {link}"),
        ]:
            with self.subTest(text=text):
                self.assertEqual(mask(text), expected)

    def test_the_rest_stays(self):
        for text in ("See {link}", "https://example.com/my/jobs/7", "yes/no", ""):
            self.assertEqual(mask(text), text)
        self.assertEqual(mask(False), "")
