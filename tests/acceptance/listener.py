"""Somebody who listens to `GET /api/v1/stream`, and keeps what was told."""

import http.client
import json
import socket
import threading

from waiting import wait_for


class Listener:
    """Reads the stream in a thread of its own."""

    def __init__(self, port, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/v1/stream", headers=headers)
        self.socket = connection.sock  # which the response takes for itself
        self.response = connection.getresponse()
        self.status = self.response.status
        self.events, self.mark, self.signs_of_life, self.ended = [], None, 0, False
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        told = {}
        try:
            for line in self.response:
                line = line.decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if line == ":":
                    self.signs_of_life += 1
                elif line:
                    told[name] = value
                elif told:
                    self.mark = told.get("id", self.mark)
                    if "data" in told:
                        self.events.append((told["event"], json.loads(told["data"])))
                    told = {}
        except (OSError, ValueError):
            pass
        self.ended = True

    def all(self, name, case=None):
        return [
            data for event, data in list(self.events) if event == name and case in (None, data.get("id"), data.get("case"))
        ]

    def wait(self, name, case=None, least=1):
        return wait_for(
            lambda: self.all(name, case) if len(self.all(name, case)) >= least else None, f"{name} of {case}"
        )

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the reader, which close() would wait for
        except OSError:
            pass
