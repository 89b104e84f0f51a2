"""A plain HTTP receiver on a free port: keeps every request as it came, and answers as a test says.

`answer`: a function from the request to (status, body); None answers 200 without a body."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from sink import Server
from waiting import BOUND, wait_for


@dataclass
class Request:
    arrived: float
    path: str
    headers: dict
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, body = self.server.inbox.take(Request(time.time(), self.path, headers, raw))
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Inbox:
    def __init__(self, answer=None):
        self.answer = answer
        self._requests = []
        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.inbox = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}/{path}"

    def take(self, request):
        with self._lock:
            self._requests.append(request)
        return self.answer(request) if self.answer else (200, b"")

    def about(self, text):
        """The requests whose body holds the text, in order of arrival."""
        with self._lock:
            return [request for request in self._requests if text.encode() in request.raw]

    def wait(self, text, fits=lambda request: True, seconds=BOUND):
        """The first request about `text` that fits."""
        return wait_for(
            lambda: [request for request in self.about(text) if fits(request)],
            f"a request about {text}; came: {[request.raw[:300] for request in self.about(text)]}",
            seconds,
        )[0]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
