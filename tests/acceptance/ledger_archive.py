"""A year of archived matters, and how long a month's ledger and assessment take beside it: run by `tests/run --long ledger`.
A few dozen matters are archived by the daemon; its lines, moved through the months under other names, are the rest, with
the notes that Redis keeps of them. LEDGER_ARCHIVED changes the number."""

import hashlib
import http.client
import json
import os
import re
import subprocess
import threading
import time

from client import Answered, rfc3339
from ledger_facts import ms
from ledger_month import Month
from office import add_section
from office_case import OfficeCase
from test_ledger import quoted, tell_history
from waiting import wait_for

ARCHIVED = int(os.environ.get("LEDGER_ARCHIVED", "100000"))
PATTERNS = 40
TOLD = b"2026-10-"  # a scripted month's days; here they are moved into the twelve months of another year
ELSEWHERE = re.compile(rb"2026-10-(29|30|31)|2026-(09|11)-")  # days that not every month has, other months
MONTHS = [f"2025-{month:02}-".encode() for month in range(1, 13)]


class Year(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.arguments = {"adapt": cls.configure}
        super().setUpClass()

    @classmethod
    def configure(cls, config):
        cls.folder = config.parent / "archive" / "qingshan"
        add_section(config, f"archive: {{closed_after: 1h, dir: '{cls.folder.parent}', every: 1s}}")

    @classmethod
    def prepare(cls):
        super().prepare()
        events = Month(PATTERNS * 6).events
        merged = {one["subject"] for one in events if one["type"] == "case.merged"} | {one["data"].get("into") for one in events}
        tell_history(cls.office, [one for one in events if one["subject"] not in merged], {})
        wait_for(lambda: cls.office.http.metric("yuqing_archive_cases_total", outcome="archived") >= PATTERNS,
                 "matters are archived", 60)
        lines = [line for file in sorted(cls.folder.iterdir()) for line in file.read_bytes().splitlines()]
        # All that happened to them within the days that every month has.
        patterns = [line for line in lines if not ELSEWHERE.search(line)][:PATTERNS]
        begun = time.monotonic()
        size = cls.fill(patterns)
        print(f"\n{ARCHIVED} matters, {size / ARCHIVED:,.0f} bytes each, archived in {time.monotonic() - begun:.1f} s")

    @classmethod
    def fill(cls, patterns):
        """In every month as many; each in the file of the month it began in, which is as good as another."""
        redis = subprocess.Popen(["redis-cli", "-s", cls.office.folder / "redis.sock", "--pipe"], stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL)
        size = 0
        for number, month in enumerate(MONTHS):
            name = f"{month.decode()[:-1]}.jsonl"
            with open(cls.folder / name, "ab") as file:
                for i in range(number, ARCHIVED, len(MONTHS)):
                    line, version, started = moved(patterns[i // len(MONTHS) % len(patterns)], f"A{i:05}".encode(), month)
                    place = f"{name} {file.tell()} {len(line)}"
                    redis.stdin.write(note(f"A{i:05}", version, place, started))
                    size += file.write(line)
        redis.stdin.close()
        assert redis.wait(60) == 0
        return size

    def timed(self, path):
        """Seconds, and the slowest other request meanwhile."""
        answers, slowest = [], 0.0
        begun = time.monotonic()
        asking = threading.Thread(target=lambda: answers.append(patiently(self.http.port, path)))
        asking.start()
        while asking.is_alive():
            asked = time.monotonic()
            self.assertEqual(self.http.status("/-/healthy"), 200)
            slowest = max(slowest, time.monotonic() - asked)
        took = time.monotonic() - begun
        self.assertEqual(answers[0].status, 200, answers[0].body[:300])
        return took, slowest, answers[0]

    def test_a_month_is_told_in_seconds_whatever_the_year_holds(self):
        month = {f"A{i:05}" for i in range(5, ARCHIVED, len(MONTHS))}
        now = quoted(rfc3339(int(time.time())))
        for path in ("ledger?month=2025-06", f"ledger?month=2025-06&as_of={now}", "ledger?month=2025-06&format=xlsx",
                     "assessment?month=2025-06", f"assessment?month=2025-06&as_of={now}"):
            took, slowest, answered = self.timed(f"/api/v1/{path}")
            print(f"{path}: {len(answered.body):,} bytes in {took:.1f} s; the slowest other request {slowest * 1000:.0f} ms")
            self.assertLess(slowest, 0.5)
            if path == "ledger?month=2025-06":
                body = answered.json()
                self.assertLessEqual({row["case"] for row in body["rows"] + body["apart"]}, month)
                self.assertGreater(len(body["rows"] + body["apart"]), 0.9 * len(month))


def patiently(port, path):
    """Longer than the daemon takes to give a report up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=70)
    try:
        connection.request("GET", path)
        return Answered(connection.getresponse())
    finally:
        connection.close()


def moved(line, case, month):
    """The line under another name and in another month, its sizes and its sum as they must be; its version and start."""
    head = json.loads(line)
    old = head["case"].encode()
    text = line[: line.rindex(b',"sum":"')].replace(b'"' + old + b'"', b'"' + case + b'"').replace(
        b'\\"' + old + b'\\"', b'\\"' + case + b'\\"').replace(TOLD, month)
    grown = len(case) - len(old)
    assert grown == 0, "names are as long, so that sizes stay"
    line = text + b',"sum":"' + hashlib.sha256(b"%d:%s" % (len(text), text)).hexdigest().encode() + b'"}\n'
    started = re.search(rb'"started":"([^"]+)"', text).group(1).decode()
    return line, head["version"], ms(started)


def note(case, version, place, started):
    """What Redis keeps of an archived case, as commands for `redis-cli --pipe`."""
    tag = "yuqing:{qingshan}:"
    return (command("HSET", f"{tag}case:{case}", "v", f"a{version}", "a", place)
            + command("ZADD", f"{tag}index:archived", str(started), case))


def command(*words):
    words = [word.encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)

