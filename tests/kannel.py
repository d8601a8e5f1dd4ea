"""A real Kannel on loopback: both boxes, with a centre that the tests play. See scripts/setup for where it comes from."""
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from helpers import ROOT, STATE

UNPACKED = STATE / 'kannel'
SMSC_FAKE = """group = smsc
smsc = fake
smsc-id = line1
port = {port}
connect-allow-ip = 127.0.0.1
"""
SMSC_SMPP = """group = smsc
smsc = smpp
smsc-id = line1
host = 127.0.0.1
port = {port}
smsc-username = tester
smsc-password = tester
system-type = ""
transceiver-mode = true
source-addr-autodetect = true
dest-addr-ton = 1
dest-addr-npi = 1
reconnect-delay = 1
"""
ARRIVED = re.compile(r'Got message \d+: <(\S+) (\S+) (?:udh (\S+) )?(\S+) (.*)>$')
UTF16 = ('data', 'ucs-2')  # what long ones hold is not told: the tests send them with Turkish letters


def free_port():
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def find(name):
    """Return the path of one of Kannel's programs.

    :raise RuntimeError: when it is not there, as the set-up of the tests unpacks it
    """
    for folder in ('usr/sbin', 'usr/lib/kannel/test'):
        if (UNPACKED / folder / name).exists():
            return UNPACKED / folder / name
    if path := shutil.which(name):
        return path
    raise RuntimeError(f'{name} is missing: scripts/setup test')


class Kannel:
    """Bearerbox and smsbox in a folder of their own.

    :param folder: where configuration, spool and logs go
    :param str reply_url: where replies are handed in
    :param str smsc: group of the line, `{port}` filled in
    :ivar str send_url: where Odoo hands messages over
    :ivar str password: of the user `stokiva`
    :ivar int smsc_port: where the centre is: fakesmsc connects to it, Kannel connects to an SMPP peer on it
    """

    def __init__(self, folder, reply_url, smsc=SMSC_FAKE, smsc_port=None, queue_limit=100_000):
        self.folder, self.processes = Path(folder), {}
        for name in ('spool', 'dlr', 'log'):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.smsc_port = smsc_port or free_port()
        self.admin_port, self.password, self.status_password = free_port(), secrets.token_hex(8), secrets.token_hex(8)
        send_port, self.box_port = free_port(), free_port()
        self.send_url = f'http://127.0.0.1:{send_port}/cgi-bin/sendsms'
        (self.folder / 'smsc.conf').write_text(smsc.format(port=self.smsc_port))
        text = (ROOT / 'config/kannel.conf').read_text()
        for name, value in {
            'ADMIN_PORT': self.admin_port, 'BOX_PORT': self.box_port, 'SEND_PORT': send_port, 'INTERFACE': '127.0.0.1',
            'ALLOWED': '127.0.0.1', 'ADMIN_PASSWORD': secrets.token_hex(8), 'STATUS_PASSWORD': self.status_password,
            'SEND_PASSWORD': self.password, 'DIR': self.folder, 'SMSC': self.folder / 'smsc.conf',
            'SMSC_IDS': 'line1', 'REPLY_URL': reply_url, 'QUEUE_LIMIT': queue_limit,
        }.items():
            text = text.replace(f'@{name}@', str(value))
        # A test does not wait a quarter of a minute for a second try.
        self.conf = self.folder / 'kannel.conf'
        self.conf.write_text(text.replace('http-queue-delay = 15', 'http-queue-delay = 1'))
        assert not re.search(r'@[A-Z_]+@', re.sub(r'(?m)^#.*', '', text)), "config/kannel.conf has a name that is not filled in"

    def run(self, name, *arguments, **options):
        """Start one of Kannel's programs."""
        libraries = sorted({str(path.parent) for path in UNPACKED.glob('**/*.so*')})
        environment = {**os.environ, 'LD_LIBRARY_PATH': ':'.join(libraries)}
        log = (self.folder / 'log' / f'{name}.out').open('ab')
        self.processes[name] = subprocess.Popen(
            [find(name), *map(str, arguments)], env=environment, cwd=self.folder,
            **{'stdout': log, 'stderr': subprocess.STDOUT, 'stdin': subprocess.DEVNULL, **options})
        return self.processes[name]

    def start(self):
        """Start both boxes, and return when they know each other."""
        self.run('bearerbox', '-v', '4', self.conf)
        self.wait(lambda: self.status() is not None)
        self.start_smsbox()
        return self

    def start_smsbox(self):
        """Start the box that talks with Odoo, which ends when the other one does."""
        self.run('smsbox', '-v', '4', self.conf)
        self.wait(lambda: 'smsbox:stokiva' in (self.status() or ''))

    def kill(self, name):
        """Kill one of Kannel's programs, as a crash does."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def status(self):
        """Return Kannel's own report, None when it does not answer."""
        url = f'http://127.0.0.1:{self.admin_port}/status.txt?password={self.status_password}'
        try:
            return urllib.request.urlopen(url, timeout=5).read().decode()
        except OSError:
            return None

    def wait(self, condition, seconds=30):
        """Return the first true value of a condition.

        :raise TimeoutError: with the ends of Kannel's logs
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := condition():
                return value
            time.sleep(0.05)
        logs = '\n'.join(
            f'{path.name}: {path.read_text(errors="replace")[-800:]}' for path in (self.folder / 'log').iterdir())
        raise TimeoutError(f'not within {seconds} s\n{logs}')

    def stop(self):
        """End all that was started; the spool keeps what is under way."""
        for name in ('fakesmsc', 'smsbox', 'bearerbox'):
            process = self.processes.pop(name, None)
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()


class Phones:
    """Debian's simulated centre with every phone behind it: what arrives, and what people write.

    :param kannel: a started Kannel with a `fake` line
    """

    def __init__(self, kannel):
        self.kannel, self.log = kannel, kannel.folder / 'log' / 'phones.out'
        self.process = kannel.run(
            'fakesmsc', '-H', '127.0.0.1', '-r', kannel.smsc_port, '-v', '0', stdin=subprocess.PIPE,
            stdout=self.log.open('wb'))
        kannel.wait(lambda: re.search(r'fake.*online', kannel.status() or '', re.IGNORECASE))

    def write(self, sender, recipient, text):
        """Write an SMS from a phone."""
        line = f'{sender} {recipient} ucs2 {urllib.parse.quote(text.encode("utf-16-be"))}\n'
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()

    def read(self):
        """Return what arrived, oldest first: ``[(sender, recipient, text)]``, the parts of long ones put together.

        A long message whose parts are not all there yet is left out.
        """
        messages, parts = [], {}
        for line in self.log.read_text(errors='replace').splitlines():
            found = ARRIVED.search(line)
            if not found:
                continue
            sender, recipient, udh, kind, data = found.groups()
            raw = urllib.parse.unquote_to_bytes(data.replace('+', ' '))
            if not udh:
                messages.append((sender, recipient, raw.decode('utf-16-be' if kind in UTF16 else 'utf-8', 'replace')))
                continue
            _length, _kind, _size, number, count, index = urllib.parse.unquote_to_bytes(udh)
            known = parts.setdefault((recipient, number), {})
            known[index] = raw
            if len(known) == count:
                whole = b''.join(known[index] for index in sorted(known))
                messages.append((sender, recipient, whole.decode('utf-16-be')))
        return messages
