"""The socket that systemd would listen on."""

import socket
import threading
import time


class Notified:
    """The socket systemd would listen on, and read at once as systemd does."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.1)
        self._lines = []  # (when, line)
        self._open = True
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while self._open:
            try:
                told = self._socket.recv(4096).decode()
                self._lines += [(time.time(), line) for line in told.split("\n")]
            except TimeoutError:
                continue

    def since(self, instant):
        return [line for at, line in list(self._lines) if at >= instant]

    def lines(self):
        return self.since(0)

    def close(self):
        self._open = False
        self._thread.join()
        self._socket.close()
