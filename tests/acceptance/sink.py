"""A webhook receiver on a free port: keeps what arrives, when, and whether its signature is right.

A channel answers 200 unless a test tells otherwise: `answers[channel]` is a function from (request, the
number of requests with this id so far) to a status, or a status with headers; it may block."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import BOUND, wait_for

# Of webhook-timestamp: it is made when the message is sent, and on a busy machine a request waits here almost
# until the daemon gives it up.
CLOCK_DIFFERENCE_MAX = 15.0
STALE = "webhook-timestamp is not now"


def seconds_of(text):
    """RFC 3339 to seconds since 1970."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclass
class Received:
    arrived: float
    channel: str
    id: str
    headers: dict
    body: dict
    faults: list = field(default_factory=list)

    @property
    def data(self):
        return self.body.get("data", {})

    @property
    def case(self):
        return self.body.get("subject")

    @property
    def obligation(self):
        return (self.data.get("obligation") or {}).get("id")

    @property
    def step(self):
        return self.data.get("step")

    @property
    def planned(self):
        return seconds_of(self.step["planned"]) if self.step else None

    def __repr__(self):
        at = f"{self.step['at']}#{self.step['repeat']}" if self.step else "-"
        return f"<{self.channel} {self.case} {self.obligation} {at} {self.data.get('reason')} {self.id}>"


def signature_faults(secret, headers, raw, now, difference_max=CLOCK_DIFFERENCE_MAX):
    """What is wrong with a request by Standard Webhooks; nothing when all is right."""
    missing = [
        name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if name not in headers
    ]
    if missing:
        return [f"lacks {name}" for name in missing]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), raw])
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    faults = []
    if wanted not in headers["webhook-signature"].split(" "):
        faults.append("the signature does not fit")
    if not headers["webhook-timestamp"].isdigit():
        faults.append("webhook-timestamp is no number of seconds")
    elif abs(int(headers["webhook-timestamp"]) - now) > difference_max:
        faults.append(STALE)
    if not headers.get("content-type", "").startswith("application/cloudevents+json"):
        faults.append(f"content-type is {headers.get('content-type')}")
    return faults


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        arrived = time.time()
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.sink.take(self.path.strip("/"), headers, raw, arrived, self._given_up())
        status, more = answer if isinstance(answer, tuple) else (answer, {})
        try:
            self.send_response(status)
            for name, value in {"content-length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()
        except OSError:  # the daemon was killed or lost patience
            self.close_connection = True

    def _given_up(self):
        """On a starved machine a request may be read here long after the daemon closed its connection."""
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a daemon that was killed resets its connections


class Sink:
    def __init__(self, secret):
        self.secret = secret
        self.answers = {}
        self.difference_max = CLOCK_DIFFERENCE_MAX
        self._received = []
        self._seen = Counter()
        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.sink = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def url(self, channel):
        return f"http://127.0.0.1:{self.port}/{channel}"

    def take(self, channel, headers, raw, arrived, given_up=False):
        faults = signature_faults(self.secret, headers, raw, arrived, self.difference_max)
        if given_up:
            faults = [fault for fault in faults if fault != STALE]
        try:
            body = json.loads(raw)
        except ValueError:
            body = {}
            faults.append("the body is no JSON")
        got = Received(arrived, channel, headers.get("webhook-id", ""), headers, body, faults)
        if body.get("id") != got.id:
            faults.append(f"the id inside is {body.get('id')}")
        with self._lock:
            self._received.append(got)
            self._seen[got.id] += 1
            count = self._seen[got.id]
        answer = self.answers.get(channel)
        return answer(got, count) if answer else 200

    def received(self, **wanted):
        """What arrived so far, in order; chosen by case, obligation, reason, channel, id, at, repeat."""
        with self._lock:
            all_of_them = list(self._received)
        return [got for got in all_of_them if _fits(got, wanted)]

    def wait(self, bound=BOUND, **wanted):
        """The first that fits, waiting for it."""
        try:
            return wait_for(lambda: self.received(**wanted), f"a message with {wanted} arrives", bound)[0]
        except AssertionError as late:
            came = self.received(case=wanted["case"]) if "case" in wanted else self.received()
            raise AssertionError(f"{late}; came: {came[-40:]}") from None

    def faults(self):
        """All that is wrong with what came: signatures, envelopes, and anything before its time."""
        found = []
        for got in self.received():
            found += [f"{got}: {fault}" for fault in got.faults]
            if got.step and got.arrived < got.planned:
                found.append(f"{got}: {got.planned - got.arrived:.3f} s early")
        return found

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(BOUND)


def _fits(got, wanted):
    values = {
        "case": got.case,
        "obligation": got.obligation,
        "channel": got.channel,
        "id": got.id,
        "reason": got.data.get("reason"),
        "flag": got.data.get("flag"),
        "at": (got.step or {}).get("at"),
        "repeat": (got.step or {}).get("repeat"),
    }
    return all(values[name] == value for name, value in wanted.items())


def refused_port():
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]
