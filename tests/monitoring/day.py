"""A day of an office, told at once: the events' own times spread it over two days. An office without any warning, so
that whatever shows later is the fault that was made."""

import os
import re
import socket
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from beats import Beats
from client import HOUR, detected, event, just_now, published, rfc3339
from office import Office, with_link_key
from robots import Feishu, Platforms

SELF = "{channel_after: 3s, settings_after: 1s, over_after: 1s, look_every: 1s, redis_after: 1h}"
QUICK_RETRIES = {"retry_max": "2s"}


def edit(file, *changes):
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        changed, count = re.subn(before, after, text)
        assert count, f"{file.name} has no {before}"
        text = changed
    file.write_text(text, encoding="utf-8")


def calendar_until(config, days):
    until = (datetime.now() + timedelta(days=days)).strftime("%Y-%m-%d")
    edit(config / "calendar.yaml", (r"(?m)^known_until: .*$", f"known_until: {until}"))


def free_of_warnings(config):
    key = config / "audit.key"
    key.write_text("0123456789abcdef0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    key.chmod(0o600)
    with_link_key(config)
    calendar_until(config, 400)
    edit(config / "yuqingd.yaml", (r"public_url: '[^']*'", "public_url: 'http://board.qingshan.example'"))


class DayOffice(Office):
    """`clocked`: its Redis lives by a clock that can be set; set_clock.cpp is preloaded."""

    def __init__(self, clocked):
        self.beats, self.platforms = Beats(), Platforms(group=Feishu(per_minute=10000))
        self._clocked = clocked
        robot = {"format": "feishu", "url": self.platforms.url("group"), "secret_file": None}
        super().__init__(
            prefix="day",
            settings=f"self: {SELF}\nheartbeat: {{url: '{self.beats.url('here')}', every: 1s}}\n"
            "audit: {key_file: audit.key}\n"
            "journal: {dir: ../journal, file_mib: 1, total_mib: 2}",
            channels={
                "duty-group": QUICK_RETRIES,
                "leaders": QUICK_RETRIES,
                "audit-hook": {**robot, **QUICK_RETRIES},
            },
            adapt=free_of_warnings,
        )

    def set_clock(self, milliseconds):
        """What Redis's clock is ahead by."""
        with open(self.folder / "clock", "r+b" if (self.folder / "clock").exists() else "wb") as clock:
            clock.write(milliseconds.to_bytes(8, "little", signed=True))

    def start_redis(self):
        self.set_clock(0)
        preloaded = {"LD_PRELOAD": self._clock_library(), "SET_CLOCK_FILE": str(self.folder / "clock")}
        with mock.patch.dict(os.environ, preloaded if self._clocked else {}):
            super().start_redis()

    def _clock_library(self):
        made, source = self.folder / "set_clock.so", Path(__file__).with_name("set_clock.cpp")
        if self._clocked and not made.exists():
            subprocess.run(["c++", "-std=c++20", "-shared", "-fPIC", "-o", made, source], check=True)
        return str(made)

    def redis_connection(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(str(self.folder / "redis.sock"))
        return connection

    def ask_redis(self, *words):
        subprocess.run(["redis-cli", "-s", self.folder / "redis.sock", *words], check=True, capture_output=True)

    def close(self, keep=False):
        super().close(keep)
        self.beats.close()
        self.platforms.close()


def tell(office):
    """Met, late, overdue, soon due, waived, promised, closed, dismissed; answered twice, and refused."""
    now = just_now()
    first = detected("DAY-MET", now - 40 * HOUR, field="义务教育", title="学校食堂")
    office.tell(
        first,
        event("case.acknowledged", "DAY-MET", now - 39 * HOUR, by="教育局"),
        published("DAY-MET", now - HOUR),
        event("commitment.made", "DAY-MET", now - HOUR, commitment="C1", text="公布检查结果", by="教育局",
              due=rfc3339(now + 48 * HOUR)),
        detected("DAY-SOON", now - 4.5 * HOUR, field="安全生产", incident_grade="extreme", title="化工厂起火"),
        detected("DAY-OVERDUE", now - 49 * HOUR, field="生态环境", title="河水变色"),
        detected("DAY-LATE", now - 50 * HOUR, title="路灯不亮"),
        published("DAY-LATE", now - HOUR),
        detected("DAY-WAIVED", now - HOUR, title="已由市里答复"),
        event("obligation.waived", "DAY-WAIVED", now, obligation="response", by="王五", reason="上级统一答复"),
        detected("DAY-CLOSED", now - 3 * HOUR, title="停水"),
        published("DAY-CLOSED", now - 2 * HOUR),
        event("case.closed", "DAY-CLOSED", now, by="张三"),
        detected("DAY-DISMISSED", now - HOUR, title="广告"),
        event("case.dismissed", "DAY-DISMISSED", now, by="王五", reason="非舆情"),
    )  # fmt: skip
    answers = office.client().ask([first, b"?"])
    assert [answer["status"] for answer in answers] == ["duplicate", "rejected"], answers


# What the panels of one value must say of that day.
SHOWN = {
    ("duty", "法定时限已逾期"): 1,  # DAY-OVERDUE
    ("duty", "一小时内到期"): 1,  # DAY-SOON
    ("duty", "未办结事项"): 5,
    ("duty", "值班空缺"): 0,
    ("duty", "死信"): 0,
    ("duty", "系统状态"): 1,
    ("timeliness", "按时率"): 0.5,  # DAY-MET and DAY-CLOSED of four
    ("timeliness", "按时"): 2,
    ("timeliness", "迟办"): 1,
    ("timeliness", "逾期未办"): 1,
    ("timeliness", "豁免"): 1,
    ("daemon", "在线"): 1,
    ("daemon", "Redis"): 1,
    ("daemon", "配置"): 1,
    ("daemon", "配置警告"): 0,
    ("daemon", "时钟跳变"): 0,
}
