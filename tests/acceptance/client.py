"""What tells the daemon things: events, a ZeroMQ client that sends again until answered, HTTP."""

import http.client
import itertools
import json
import time
from datetime import datetime, timedelta, timezone

import zmq

from waiting import BOUND

BEIJING = timezone(timedelta(hours=8))  # the shipped configuration's zone: what the daemon shows
HOUR = 3600.0
RESENT_AFTER = 1.0
FRAMES_MAX = 512

_numbers = itertools.count(1)


def rfc3339(seconds):
    """As the daemon writes it: milliseconds only when there are any."""
    at = datetime.fromtimestamp(round(seconds, 3), BEIJING)
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def millis(seconds):
    return int(seconds * 1000) / 1000


def just_now():
    """A tenth of a second ago: what is ahead of the daemon's clock, be it by a millisecond, counts as recorded."""
    return millis(time.time() - 0.1)


def event(name, /, subject=None, at=None, source="acceptance", **data):
    """One event of the type `name` with an id of its own; `at` in seconds since 1970, now by default."""
    made = {
        "specversion": "1.0",
        "id": f"e{next(_numbers):06}",
        "source": source,
        "type": name,
        "time": rfc3339(time.time() if at is None else at),
        "data": data,
    }
    if subject is not None:
        made["subject"] = subject
    return made


def detected(subject=None, at=None, title="路灯不亮", **data):
    return event("opinion.detected", subject, at, title=title, **data)


def published(subject, at=None, kind="online_reply", **data):
    """Approved a minute before, as reviewed obligations want."""
    at = time.time() if at is None else at
    return event(
        "response.published",
        subject,
        at,
        kind=kind,
        by="张三",
        **{"approved_by": "王五", "approved_at": rfc3339(at - 60), **data},
    )


def encode(one):
    return one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()


class Ingest:
    """A DEALER (or REQ) on one of the daemon's endpoints; `keys` for CURVE: its public and secret one, the daemon's."""

    def __init__(self, endpoint, kind=zmq.DEALER, keys=None):
        self._context = zmq.Context()
        self.socket = self._context.socket(kind)
        self.socket.linger = 0
        self.socket.reconnect_ivl = 20
        self.socket.sndhwm = self.socket.rcvhwm = 0
        if keys:
            own, secret, server = (key.encode() for key in keys)
            self.socket.curve_publickey, self.socket.curve_secretkey, self.socket.curve_serverkey = own, secret, server
        self.socket.connect(endpoint)

    def ask(self, frames, bound=BOUND):
        """One message, its answers: exactly once, in order. For what must be answered as it is."""
        self.socket.send_multipart([encode(frame) for frame in frames])
        return self.answers(bound)

    def answers(self, bound=BOUND):
        if not self.socket.poll(bound * 1000):
            raise AssertionError(f"no answer within {bound} s")
        return [json.loads(frame) if frame else None for frame in self.socket.recv_multipart()]

    def tell(self, *events, bound=BOUND):
        """Sends until each event is accepted, a duplicate or rejected; the answers in the events' order."""
        answered = {}
        end = time.monotonic() + bound
        while len(answered) < len(events):
            waiting = [one for one in events if _key(one) not in answered]
            self.socket.send_multipart([encode(one) for one in waiting[:FRAMES_MAX]])
            self._collect(answered, waiting[:FRAMES_MAX])
            if time.monotonic() > end:
                raise AssertionError(
                    f"{len(events) - len(answered)} of {len(events)} events unanswered in {bound} s"
                )
        return [answered[_key(one)] for one in events]

    def _collect(self, answered, waiting):
        # Answers of an earlier sending may come first; they are as good.
        end = time.monotonic() + RESENT_AFTER
        while any(_key(one) not in answered for one in waiting):
            left = end - time.monotonic()
            if left <= 0 or not self.socket.poll(left * 1000):
                return
            for frame in self.socket.recv_multipart():
                answer = json.loads(frame)
                if answer["status"] != "retry":
                    answered.setdefault((answer["source"], answer["id"]), answer)

    def close(self):
        self.socket.close()
        self._context.term()


def _key(one):
    return one["source"], one["id"]


class Answered:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Http:
    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own; OSError when nobody is there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, body=b"", **headers):
        told = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.ask("POST", path, told, {"content-type": "application/json", **headers})

    def status(self, path):
        """The status alone; 0 while nobody answers."""
        try:
            return self.get(path).status
        except OSError:
            return 0

    def metric(self, name, **labels):
        """The sum of its samples that have these labels; 0 when there is none."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = self.get("/metrics").body.decode().splitlines()
        samples = [line for line in lines if line.startswith((name + "{", name + " "))]
        return sum(float(one.split()[-1]) for one in samples if all(label in one for label in wanted))

    def case(self, case_id):
        answered = self.get(f"/api/v1/cases/{case_id}")
        assert answered.status == 200, f"GET of case {case_id} gave {answered.status}: {answered.body!r}"
        return answered.json()

    def obligations(self, case_id):
        return {one["id"]: one for one in self.case(case_id)["obligations"]}
