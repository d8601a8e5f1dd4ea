"""A small SMPP 3.4 centre for Kannel to connect to; what becomes of a message is told by its number's end.

    …01 UNDELIV   …02 EXPIRED   …03 REJECTD   …04 refused at once (invalid destination)   …05 no report
    …06 the report comes twice   else DELIVRD
"""
import socket
import struct
import threading

BIND, BIND_RESP, SUBMIT, SUBMIT_RESP, DELIVER, UNBIND, ENQUIRE = 0x9, 0x80000009, 0x4, 0x80000004, 0x5, 0x6, 0x15
RESPONSE = 0x80000000
INVALID_DESTINATION = 0x0B
STATS = {'01': 'UNDELIV', '02': 'EXPIRED', '03': 'REJECTD'}


class Centre:
    """The centre, in threads of its own.

    :ivar int port: where Kannel connects to
    :ivar list taken: ``(sender, recipient, coding, bytes)`` of what was submitted
    """

    def __init__(self, port=0):
        self.listener = socket.create_server(('127.0.0.1', port))
        self.port = self.listener.getsockname()[1]
        self.taken, self.number, self.lock = [], 0, threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        stream = connection.makefile('rb')
        while head := stream.read(16):
            length, command, _status, sequence = struct.unpack('>4I', head)
            body = stream.read(length - 16)
            if command == SUBMIT:
                self._take(connection, sequence, body)
            elif command in (BIND, 0x1, 0x2):
                self._send(connection, command | RESPONSE, 0, sequence, b'centre\0')
            elif command in (ENQUIRE, UNBIND):
                self._send(connection, command | RESPONSE, 0, sequence)
                if command == UNBIND:
                    return

    def _send(self, connection, command, status, sequence, body=b''):
        with self.lock:
            connection.sendall(struct.pack('>4I', 16 + len(body), command, status, sequence) + body)

    def _take(self, connection, sequence, body):
        _service, rest = body.split(b'\0', 1)
        sender, rest = rest[2:].split(b'\0', 1)
        recipient, rest = rest[2:].split(b'\0', 1)
        _schedule, rest = rest[3:].split(b'\0', 1)
        _validity, rest = rest.split(b'\0', 1)
        wants_report, _replace, coding, _default, length = rest[:5]
        sender, recipient = sender.decode(), recipient.decode()
        self.taken.append((sender, recipient, coding, rest[5:5 + length]))
        if recipient.endswith('04'):
            self._send(connection, SUBMIT_RESP, INVALID_DESTINATION, sequence)
            return
        self.number += 1
        ref = f'{self.number:010}'
        self._send(connection, SUBMIT_RESP, 0, sequence, ref.encode() + b'\0')
        if wants_report & 1:
            for _copy in range({'05': 0, '06': 2}.get(recipient[-2:], 1)):
                self._report(connection, sender, recipient, ref)

    def _report(self, connection, sender, recipient, ref):
        stat = STATS.get(recipient[-2:], 'DELIVRD')
        text = (
            f'id:{ref} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 '
            f'stat:{stat} err:{"000" if stat == "DELIVRD" else "005"} text:').encode()
        self._send(connection, DELIVER, 0, 1_000_000 + self.number, b''.join([
            b'\0\x01\x01', recipient.lstrip('+').encode(), b'\0\x01\x01', sender.encode(), b'\0',
            b'\x04\0\0\0\0\0\0\0\0', bytes([len(text)]), text]))
