"""A name server that answers, says nothing, or knows no name, and a program that asks no other."""

import random
import socket
import threading
from collections import Counter

NO_SUCH_NAME = 0x8183
FOUND = 0x8180
ADDRESS_RECORD = 1
HEADER = 12  # bytes


class NameServer:
    """`through`: before the command of the program that shall ask it; it gets a file system of its own for that.
    `mood`: "answering", "silent" or "ignorant"; `asked`: how often in each."""

    KNOWN = "receiver.office.test"  # is this machine

    def __init__(self, folder):
        self.mood, self.asked = "answering", Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        address = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
        self._socket.bind((address, 53))
        self._open = True
        self._socket.settimeout(0.1)
        settings = folder / "resolv.conf"
        settings.write_text(f"nameserver {address}\noptions timeout:2 attempts:1\n", encoding="ascii")
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        self.through = ["unshare", "--mount", "sh", "-c", script, str(settings)]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._open:
            try:
                question, asker = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            self.asked[self.mood] += 1
            if self.mood != "silent":
                self._socket.sendto(self._answer(question), asker)

    def _answer(self, question):
        end = question.index(b"\0", HEADER) + 5  # of the name, its type and its class
        kind = int.from_bytes(question[end - 4 : end - 2], "big")
        records = b""
        if self.mood == "answering" and kind == ADDRESS_RECORD:
            records = b"\xc0\x0c\0\x01\0\x01" + bytes(4) + b"\0\x04" + bytes((127, 0, 0, 1))
        flags = FOUND if self.mood == "answering" else NO_SUCH_NAME
        counts = b"\0\x01" + (b"\0\x01" if records else b"\0\0") + bytes(4)
        return question[:2] + flags.to_bytes(2, "big") + counts + question[HEADER:end] + records

    def close(self):
        self._open = False
        self._thread.join()
        self._socket.close()
