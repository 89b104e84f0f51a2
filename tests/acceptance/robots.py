"""The group robots of DingTalk, WeCom and Feishu, as strict as the platforms: method, headers, signature and its
hour, keyword, sizes, rate windows, and their ways to say no. Each robot is a path of one server on a free port.

Written after the platforms' own pages; a robot keeps what it accepted, and why it refused the rest.
"""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from sink import Server
from waiting import BOUND, wait_for

SIGNATURE_HOLDS = 3600


def mac(key, content):
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def texts(value):
    """All text in a body, for keywords: DingTalk and Feishu look at text and title, not at links."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in ("url", "href", "timestamp", "sign"):
                yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)
    elif isinstance(value, str):
        yield value


@dataclass
class Robot:
    """`refuse`: a function from the body to a code, to say no as a moderator would. Each platform has its own
    windows (None: it has no such one) and its own time for which it blocks whoever was too fast."""

    secret: str = ""
    keyword: str = ""
    query = ""
    per_minute: int = 20
    per_second: int | None = None
    blocked_for: float = 0
    refuse: object = None
    accepted: list = field(default_factory=list)  # (arrived, body)
    refused: list = field(default_factory=list)  # (arrived, code, body)
    _window: deque = field(default_factory=deque)
    _blocked_until: float = 0

    def too_fast(self, now):
        """A request that is refused counts as well; where one too many blocks the robot, all are refused then."""
        while self._window and self._window[0] <= now - 60:
            self._window.popleft()
        self._window.append(now)
        last_second = sum(1 for at in self._window if at > now - 1)
        over = len(self._window) > self.per_minute or (self.per_second and last_second > self.per_second)
        if over:
            self._blocked_until = now + self.blocked_for
        return over or now < self._blocked_until

    def texts(self, about=""):
        """What was accepted as people read it; only what names `about` anywhere, be it in a link."""
        bodies = [body for _, body in list(self.accepted) if about in json.dumps(body)]
        return ["\n".join(texts(body)) for body in bodies]

    def wait(self, count=1, seconds=BOUND):
        wait_for(lambda: len(self.accepted) >= count, f"{count} messages, refused {self.refused}", seconds)
        return self.texts()

    def take(self, request, now):
        code, message = self.verdict(request, now)
        if code == 0 and self.refuse:
            code = self.refuse(request.body)
            message = f"refused, ErrCode: {code}" if code else message
        if code == 0:
            self.accepted.append((now, request.body))
        else:
            self.refused.append((now, code, request.body))
        return self.answer(code, message)

    def answer(self, code, message):
        return 200, {"errcode": code, "errmsg": message}


@dataclass
class Request:
    query: dict
    headers: dict
    raw: bytes
    body: object

    def is_json(self):
        return self.headers.get("content-type", "").startswith("application/json")


@dataclass
class DingTalk(Robot):
    query = "?access_token=token"
    blocked_for: float = 600

    def verdict(self, request, now):
        if not request.is_json():
            return 43004, "Content-Type must be application/json"
        if not isinstance(request.body, dict):
            return 40035, "missing json"
        if request.query.get("access_token") != ["token"]:
            return 300001, "token is not exist"
        if self.too_fast(now):
            return 130101, "description:send too fast, exceed 20 times per minute"
        if self.secret:
            stamp, sign = (request.query.get(name, [""])[0] for name in ("timestamp", "sign"))
            if not stamp.isdigit() or abs(now - int(stamp) / 1000) > SIGNATURE_HOLDS:
                return 310000, "description:invalid timestamp"
            if sign != mac(self.secret.encode(), f"{stamp}\n{self.secret}".encode()):
                return 310000, "description:sign not match"
        if len(request.raw) > 20000:
            return 460101, "message too long, exceed 20000 bytes"
        return self.message_verdict(request.body)

    def message_verdict(self, body):
        if body.get("msgtype") != "markdown":
            return 400105, "unsupported msgtype"
        markdown, at = body.get("markdown", {}), body.get("at", {})
        if not isinstance(markdown.get("title"), str) or not isinstance(markdown.get("text"), str):
            return 40035, "title and text are required"
        if self.keyword and self.keyword not in markdown["title"] + markdown["text"]:
            return 310000, "description:keywords not in content"
        for handle in at.get("atMobiles", []) + at.get("atUserIds", []):
            assert f"@{handle}" in markdown["text"], "a mention without its text rings nobody"
        return 0, "ok"


class WeCom(Robot):
    query = "?key=key"

    def verdict(self, request, now):
        if not request.is_json() or not isinstance(request.body, dict):
            return 40035, "invalid parameter"
        if request.query.get("key") != ["key"]:
            return 93000, "invalid webhook url"
        if self.too_fast(now):
            return 45009, "api freq out of limit"
        if re.search(rb"\\u[0-9a-fA-F]{4}", request.raw):
            return 40033, "no \\uxxxx characters"
        kind = request.body.get("msgtype")
        limits = {"text": 2048, "markdown": 4096}
        if kind not in limits:
            return 40008, "invalid message type"
        content = request.body[kind].get("content", "")
        if not content:
            return 44004, "empty content"
        if len(content.encode()) > limits[kind]:
            return 40058, f"{kind}.content exceed max length {limits[kind]}"
        if kind == "markdown" and set(request.body[kind]) != {"content"}:
            return 40035, "markdown mentions nobody by list"
        return 0, "ok"


@dataclass
class Feishu(Robot):
    per_minute: int = 100
    per_second: int | None = 5

    def verdict(self, request, now):
        if not request.is_json() or not isinstance(request.body, dict):
            return 9499, "Bad Request"
        if self.too_fast(now):
            return 11232, "frequency limited psm[lark.oapi.app_platform_runtime]"
        if len(request.raw) > 20 * 1024:
            return 9499, "Bad Request"
        if self.secret:
            stamp = request.body.get("timestamp", "")
            if not stamp.isdigit() or abs(now - int(stamp)) > SIGNATURE_HOLDS:
                return 19021, "sign match fail or timestamp is not within one hour from current time"
            if request.body.get("sign") != mac(f"{stamp}\n{self.secret}".encode(), b""):
                return 19021, "sign match fail or timestamp is not within one hour from current time"
        if self.keyword and not any(self.keyword in text for text in texts(request.body)):
            return 19024, "Key Words Not Found"
        return self.message_verdict(request.body)

    def message_verdict(self, body):
        if body.get("msg_type") == "text":
            return (0, "success") if isinstance(body["content"].get("text"), str) else (19002, "params error")
        if body.get("msg_type") != "interactive" or not isinstance(body.get("card"), dict):
            return 19002, "params error, msg_type need"
        tags = {"div", "action", "hr"}
        if any(element.get("tag") not in tags for element in body["card"]["elements"]):
            return 230099, "Failed to create card content, ErrCode: 200621; parse card json err"
        return 0, "success"

    def answer(self, code, message):
        legacy = {"StatusCode": 0, "StatusMessage": "success"} if code == 0 else {}
        return (400 if code == 9499 else 200), {"code": code, "msg": message, "data": {}, **legacy}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        now = time.time()
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        url = urlsplit(self.path)
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.platform.lock:
            robot = self.server.platform.robots[url.path.strip("/")]
            status, answer, *more = robot.take(Request(parse_qs(url.query), headers, raw, body), now)
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        for name, value in (more[0] if more else {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


def strict_robots():
    """One of each, asking for what it can ask for: signature and keyword."""
    return {
        "ding": DingTalk(secret="SEC0123456789abcdef", keyword="督办"),
        "wecom": WeCom(),
        "feishu": Feishu(secret="geheim", keyword="督办"),
    }


class Platforms:
    """Robots by name; `url(name)` is what an administrator copies out of the group's settings."""

    def __init__(self, **robots):
        self.robots = robots
        self.lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.platform = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}{self.robots[name].query}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
