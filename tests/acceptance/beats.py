"""A service on a free port that waits for signs of life: keeps each with its time, and answers as a test says."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from sink import Server
from waiting import BOUND, wait_for


@dataclass
class Beat:
    arrived: float
    method: str
    path: str
    headers: dict
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def take(self):
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.beats.came.append(Beat(time.time(), self.command, self.path, headers, raw))
        self.send_response(self.server.beats.status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_POST = take

    def log_message(self, *_):
        pass


class Beats:
    def __init__(self):
        self.came, self.status = [], 200
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.beats = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"

    def wait(self, count=1, since=0.0, seconds=BOUND):
        """The first so many that came after an instant."""
        wait_for(lambda: len(self.since(since)) >= count, f"{count} signs of life", seconds)
        return self.since(since)[:count]

    def since(self, instant):
        return [beat for beat in list(self.came) if beat.arrived >= instant]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
