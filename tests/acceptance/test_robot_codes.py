"""Every code the platforms are known to answer with, through the daemon: what must come of each.

One channel and one robot a row. The robot says what the row says to its first request (to all of them where the
row says so), and is as strict as ever afterwards; all rows are under way at once.
"""

import hashlib
import subprocess
import time
from dataclasses import dataclass

from client import detected, just_now
from office_case import OfficeCase
from robots import DingTalk, Feishu, Platforms, WeCom
from waiting import wait_for

DELIVERED, RETRIED, AGAIN, PLAIN, DEAD = "delivered", "retried", "again", "plain", "dead"
HELD = "held"  # for so many seconds nothing goes to the URL


@dataclass
class Row:
    platform: str
    code: object  # of the body; a dict is the whole body
    outcome: object
    says: str = "x"
    status: int = 200
    headers: tuple = ()
    always: bool = False

    def body(self):
        if isinstance(self.code, dict):
            return self.code
        names = ("code", "msg") if self.platform == "feishu" else ("errcode", "errmsg")
        return dict(zip(names, (self.code, self.says)))


def rows_of(platform, outcome, *codes):
    return [Row(platform, code, outcome) for code in codes]


X5 = {"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}
LIES = {"status": 1111, "wait": 99999999999, "source": "x5", "punish": "deny"}
TABLE = [
    # what was delivered is so with 2xx alone
    *rows_of("dingtalk", DELIVERED, 0),
    *rows_of("wecom", DELIVERED, 0),
    *rows_of("feishu", DELIVERED, 0, {"StatusCode": 0, "StatusMessage": "success"}),
    Row("dingtalk", 0, RETRIED, status=500),
    Row("feishu", 0, DEAD, status=302),
    # busy
    *rows_of("dingtalk", RETRIED, -1, 90018, {}, {"errcode": "0"}),
    Row("dingtalk", 310000, RETRIED, says="description:invalid timestamp"),
    *rows_of("wecom", RETRIED, -1, 45033),
    # too fast: the URL is left alone
    *rows_of("dingtalk", (HELD, 600), 130101, 410100),
    *rows_of("dingtalk", (HELD, 3600), 90030, LIES),
    *rows_of("dingtalk", (HELD, 5), X5),
    *rows_of("wecom", (HELD, 60), 45009),
    *rows_of("feishu", (HELD, 15), 11232),
    Row("feishu", 11232, (HELD, 15), says="frequency limited trace 11310"),
    Row("feishu", 9499, (HELD, 15), says="too many request", status=400),
    Row("feishu", 99991400, (HELD, 42), status=429, headers=(("x-ogw-ratelimit-reset", "42"),)),
    Row("feishu", 99991400, (HELD, 3600), status=429, headers=(("x-ogw-ratelimit-reset", "9" * 14),)),
    # somebody must mend the robot or the request
    *(
        Row("dingtalk", 310000, DEAD, says=says)
        for says in ("sign not match", "keywords not in content", "ip 1.2.3.4 not in whitelist")
    ),
    *rows_of("dingtalk", DEAD, 300001, 300005, 400013, 400101, 400102, 400106, 400105, 40035, 43004),
    *rows_of("wecom", DEAD, 93000, 93004, 93008, 40008, 40033, 40035, 40039, 44004),
    *rows_of("feishu", DEAD, 9499, 19001, 19002, 19021, 19022, 19024),
    # in another form, in the same attempt
    *rows_of("dingtalk", AGAIN, 460101, 101002, 430101, 430102, 430103, 430104),
    *rows_of("wecom", AGAIN, 40058),
    *rows_of("feishu", AGAIN, 19036),
    *(
        Row("feishu", 230099, PLAIN, says=f"Failed to create card content, ErrCode: {code}; ErrMsg: x")
        for code in (200621, 100290, 200861, 11310)
    ),
    # nobody's code: a proxy in between, or one that is not known yet
    Row("feishu", 503, RETRIED, status=503),
    Row("feishu", 429, RETRIED, status=429, headers=(("Retry-After", "2"),)),
    *rows_of("dingtalk", RETRIED, 77777),
    Row("wecom", 77777, DEAD, always=True),
]


def scripted(kind):
    @dataclass
    class Scripted(kind):
        row: Row = None

        def take(self, request, now):
            requests = len(self.accepted) + len(self.refused)
            if requests > 0 and not self.row.always:
                return super().take(request, now)
            self.refused.append((now, self.row.code, request.body))
            return self.row.status, self.row.body(), dict(self.row.headers)

    return Scripted


SCRIPTED = {"dingtalk": scripted(DingTalk), "wecom": scripted(WeCom), "feishu": scripted(Feishu)}


class RobotCodes(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = {f"row-{n}": row for n, row in enumerate(TABLE)}
        cls.platforms = Platforms(
            quota=DingTalk(refuse=lambda body: 90030),
            **{name: SCRIPTED[row.platform](row=row) for name, row in cls.rows.items()},
        )
        cls.addClassCleanup(cls.platforms.close)
        lines = [
            f"  {name}: {{format: {row.platform}, url: '{cls.platforms.url(name)}', retry_min: 1s, retry_max: 1s}}"
            for name, row in cls.rows.items()
        ]
        lines.append("self: {channel_after: 3s, look_every: 1s}")
        duty = {
            "format": "dingtalk",
            "url": cls.platforms.url("quota"),
            "secret_file": None,
            "fallback": "leaders",
        }
        cls.arguments = {"settings": "\n".join(lines), "channels": {"duty-group": duty}}
        super().setUpClass()

    def test_what_comes_of_each_code(self):
        began = time.time()
        letters = {}
        for name in self.rows:
            answered = self.http.post(f"/api/v1/channels/{name}/test", {})
            letters[name] = answered.json()["notifications"][0]["id"]
        for name, row in self.rows.items():
            with self.subTest(channel=name, row=row):
                self.check(row, self.platforms.robots[name], name, letters[name])
        self.assertLess(time.time() - began, 20)

    def test_an_emergency_does_not_wait_for_a_url_that_is_held_and_the_cause_is_told(self):
        own = {"deputy_head", "county_head"}  # whom this channel is told for anyway
        told = lambda case: [
            got.data["obligation"]["id"]
            for got in self.sink.received(channel="leaders", case=case)
            if got.data["reason"] == "opened" and not own & {target["role"] for target in got.data["targets"]}
        ]
        quota = self.platforms.robots["quota"]
        for case in ("QUOTA-1", "QUOTA-2"):
            asked = len(quota.refused)
            matter = {"title": "化工厂爆炸", "incident_grade": "extreme", "field": "安全生产"}
            self.office.tell(detected(case, just_now(), **matter))
            wait_for(lambda: len(told(case)) >= 3, "each opening is told through the fallback", 20)
        self.assertEqual(len(quota.refused), asked)  # the URL is left alone
        selves = lambda: [got.data["text"] for got in self.sink.received() if got.data["reason"] == "self"]
        named = lambda: any("duty-group" in text and "90030" in text for text in selves())
        wait_for(named, "the cause is told", 20)
        for case in ("QUOTA-1", "QUOTA-2"):
            self.assertEqual((len(told(case)), len(set(told(case)))), (3, 3))

    def letter(self, name):
        return self.http.get(f"/api/v1/notifications/{name}").json()

    def held_until(self, name):
        """When the daemons let the next request to this robot go."""
        url = self.platforms.url(name).encode()
        key = hashlib.sha256(b"%d:%s" % (len(url), url)).hexdigest()[:32]
        asked = ["ZSCORE", f"yuqing:{{qingshan}}:limit:{key}", "hold"]
        found = subprocess.check_output(
            ["redis-cli", "-s", self.office.folder / "redis.sock", *asked], text=True
        )
        return float(found) / 1000

    def check(self, row, robot, channel, name):
        outcome, length = row.outcome if isinstance(row.outcome, tuple) else (row.outcome, None)
        ends = {DEAD: "dead", HELD: "pending"}.get(outcome, "delivered")
        tried = lambda letter: letter["state"] == ends and letter["attempts"] > 0
        letter = wait_for(lambda: (lambda one: tried(one) and one)(self.letter(name)), f"{ends}: {row}")
        requests = len(robot.refused) + len(robot.accepted)
        if outcome == DELIVERED:
            self.assertEqual((letter["attempts"], requests), (1, 1))
        elif outcome == RETRIED:
            self.assertEqual((letter["attempts"], requests), (2, 2))
            waited = robot.accepted[0][0] - robot.refused[0][0]
            self.assertGreaterEqual(waited, 1.9 if row.headers else 0.4)
        elif outcome in (AGAIN, PLAIN):
            self.assertEqual((letter["attempts"], requests), (1, 2))
            if outcome == PLAIN:
                self.assertEqual(robot.refused[0][2]["msg_type"], "interactive")
                self.assertEqual(robot.accepted[0][1]["msg_type"], "text")
        elif outcome == DEAD:
            self.assertEqual((letter["attempts"], requests), (8, 8) if row.always else (1, 1))
            self.assertIn(str(row.status if row.status == 302 else row.code), letter["error"])
        else:
            self.assertEqual((letter["attempts"], requests), (1, 1))
            self.assertAlmostEqual(self.held_until(channel) - robot.refused[0][0], length, delta=2)
