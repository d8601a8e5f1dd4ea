"""A mail server on this machine that keeps what it gets."""
import email
import email.policy
import re
import socketserver
import threading
import time

ENOUGH = 20.0


class Mailbox(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as Odoo's mailer needs, on a port of its own.

    :ivar list letters: ``(recipient's address, email.message.EmailMessage)``, in the order of arrival
    """
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), _Session)
        self.letters = []
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def find(self, address, words, after=0):
        """Return the last letter to an address, as the recipient reads it.

        :param str address: of the recipient
        :param str words: in its subject
        :param int after: number of letters that do not count, as ``len(letters)`` was before
        :return: its HTML
        :raise AssertionError: if there is none
        """
        until = time.monotonic() + ENOUGH
        while time.monotonic() < until:
            for recipient, letter in reversed(self.letters[after:]):
                if recipient == address and words in letter['Subject']:
                    return letter.get_body(('html',)).get_content()
            time.sleep(0.1)
        known = [(recipient, str(letter['Subject'])) for recipient, letter in self.letters]
        raise AssertionError(f'no letter “{words}” to {address} among {known}')

    def find_link(self, address, words, after=0):
        """Return the address of the only button in a letter; see ``find``."""
        links = re.findall(r'<a class="stokiva-button"[^>]*\bhref="([^"]+)"', self.find(address, words, after))
        assert len(links) == 1, links
        return links[0]


class _Session(socketserver.StreamRequestHandler):
    def _say(self, text):
        self.wfile.write(f'{text}\r\n'.encode())

    def handle(self):
        recipients = []
        self._say('220 ready')
        for line in self.rfile:
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == 'QUIT':
                self._say('221 bye')
                return
            if verb == 'RCPT':
                recipients.append(re.search(r'<([^>]*)>', command)[1])
            if verb == 'DATA':
                self._say('354 go on')
                self._keep(recipients)
                recipients = []
            self._say('250 ok')

    def _keep(self, recipients):
        lines = []
        for line in self.rfile:
            if line == b'.\r\n':
                break
            lines.append(line.removeprefix(b'.'))
        letter = email.message_from_bytes(b''.join(lines), policy=email.policy.default)
        self.server.letters += [(recipient, letter) for recipient in recipients]
