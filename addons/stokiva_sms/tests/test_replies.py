import unicodedata

from odoo.tests import BaseCase, tagged

from .. import replies

TABLE = (
    # text, verdict, code, reason
    ("EVET", 'approve', None, ''),
    ("Evet.", 'approve', None, ''),
    ("evet 4821", 'approve', '4821', ''),
    ("4821 evet", 'approve', '4821', ''),
    ("evet4821", 'approve', '4821', ''),
    ("EVET: 4821 teşekkürler", 'approve', '4821', 'teşekkürler'),
    ("YES 4821", 'approve', '4821', ''),
    ("Onaylıyorum", 'approve', None, ''),
    ("1", 'approve', None, ''),
    ("👍 evet", 'approve', None, ''),
    ("HAYIR", 'reject', None, ''),
    ("HAYİR", 'reject', None, ''),
    ("hayır", 'reject', None, ''),
    ("Red 4821 pahalı", 'reject', '4821', 'pahalı'),
    ("HAYIR 4821 Çok pahalı, İSTEMEM", 'reject', '4821', 'Çok pahalı İSTEMEM'),
    (unicodedata.normalize('NFD', "HAYİR çok geç"), 'reject', None, 'çok geç'),
    ("IPTAL", 'reject', None, ''),
    ("İptal", 'reject', None, ''),
    ("no 4821 too expensive", 'reject', '4821', 'too expensive'),
    ("DUR", 'stop', None, ''),
    ("Stop!", 'stop', None, ''),
    ("çıkış", 'stop', None, ''),
    # taken back, doubted, or about something else
    ("evet değil", 'unclear', None, None),
    ("tamam istemiyorum", 'unclear', None, None),
    ("evet mi hayır mı", 'unclear', None, None),
    ("evet ama çalışmıyor 4821", 'unclear', None, None),
    ("Evet hâlâ çalışmıyor", 'unclear', None, None),
    ("tamam 4821 ama gelmediler", 'unclear', '4821', None),
    ("yes 4821 but not this", 'unclear', '4821', None),
    ("hayır sorun yok", 'unclear', None, None),
    ("hayır evet", 'unclear', None, None),
    ("Merhaba, ne zaman geliyorsunuz?", 'unclear', None, None),
    ("4821", 'unclear', '4821', None),
    ("evet 48210", 'approve', None, '48210'),
    ("👍", 'unclear', None, ''),
    ("", 'unclear', None, ''),
    (None, 'unclear', None, ''),
)


@tagged('post_install', '-at_install')
class TestReplies(BaseCase):
    """What people write, and what it means."""

    def test_table(self):
        for text, verdict, code, reason in TABLE:
            with self.subTest(text=text):
                reply = replies.parse(text)
                self.assertEqual((reply.verdict, reply.code), (verdict, code))
                if reason is not None:
                    self.assertEqual(reply.reason, reason)

    def test_ret_is_told_apart(self):
        self.assertEqual(replies.parse("RET")[:2], ('reject', None))
        self.assertTrue(replies.parse("RET").is_ret)
        self.assertFalse(replies.parse("red").is_ret)
