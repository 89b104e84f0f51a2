"""An office with a journal, a past of matters, and what becomes of both."""

import json
import subprocess
import time
import unittest

from client import HOUR, detected, event, just_now, published
from office import Office, with_journal
from waiting import holds_for, wait_for

LOOKS = "self: {redis_after: 2s, over_after: 2s, look_every: 1s}"


class JournalCase(unittest.TestCase):
    maxDiff = None

    def make_office(self, more="", **arguments):
        def adapt(config):
            self.dir = config.parent / "journal"
            with_journal(config, more)

        self.office = office = Office(prefix=self._testMethodName[5:25], settings=LOOKS, adapt=adapt, **arguments)
        self.addCleanup(office.close)
        self.addCleanup(lambda: self.assertEqual(office.sink.faults(), []))
        return office

    # --- what is there, and what was told

    def redis(self, *words):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    def files(self):
        return sorted((self.dir / "qingshan").glob("*.jsonl"))

    def lines(self):
        return [json.loads(line) for file in self.files() for line in file.read_text("utf-8").splitlines()]

    def seen(self, *cases):
        """Of each case what must not change: its facts, by whom and when recorded, its obligations, its status."""
        found = {}
        for case in cases:
            told = self.office.http.case(case)
            facts = [entry for entry in told["timeline"] if entry["kind"] == "fact"]
            due = {one["id"]: (one["start"], one["due"]) for one in told["obligations"]}
            if case != "J-DUE":  # time goes on
                due = {id: (*times, {one["id"]: one["status"] for one in told["obligations"]}[id]) for id, times in due.items()}
            found[case] = (facts, due, told["status"], told["flags"])
        return found

    def messages_since(self, instant):
        return [got for got in self.office.sink.received() if got.arrived >= instant and got.case]

    def wait_told_again(self, instant):
        """Redis was told everything again, and whatever rings has rung."""
        office = self.office
        wait_for(lambda: "journal=told" in office.log()[self.log_before:], "told again", 60)
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready", 30)
        holds_for(1.5, lambda: office.http.status("/-/ready") == 200, "stays ready")
        return self.messages_since(instant)

    def a_past(self):
        """One matter answered and closed, one overdue, one due in 20 s, one told as history."""
        now = just_now()
        self.office.tell(
            detected("J-MET", now - 3 * HOUR, lead_unit="县民政局"),
            published("J-MET", now - 2 * HOUR),
            event("case.acknowledged", "J-MET", now - 2 * HOUR, by="联络员"),
            event("case.closed", "J-MET", now - HOUR, by="张三"),
            detected("J-LATE", now - 50.2 * HOUR, lead_unit="县民政局"),
            detected("J-DUE", now + 20 - 48 * HOUR),
            {**detected("J-PAST", now - 400 * HOUR), "history": True},
            detected(None, now, matter_key="一事一案", title="同一件事"),
        )
        self.office.tell(detected(None, now, matter_key="一事一案", title="同一件事，再报"))
        wait_for(lambda: self.office.sink.received(case="J-LATE"), "told of what is late")
        wait_for(lambda: self.office.http.metric("yuqing_outbox_size") == 0, "nothing waits to be sent", 30)
        self.due_at = now + 20
        self.log_before = len(self.office.log())
        listed = self.office.http.get("/api/v1/cases?limit=100").json()["cases"]
        cases = sorted({one["id"] for one in listed} | {"J-MET", "J-LATE", "J-DUE", "J-PAST"})
        self.assertEqual(len(cases), 5)
        return cases

    def check_all_back(self, cases, before, told_before, since):
        messages = self.wait_told_again(since)
        self.assertEqual(self.seen(*cases), before)
        # What is over is not told anew; what is owed rings once more at most, under the id it had.
        new = [got for got in messages if got.id not in told_before and got.case != "J-DUE"]
        self.assertEqual(new, [])
        self.assertEqual([got for got in messages if got.case in ("J-MET", "J-PAST")], [])
        due = self.office.sink.wait(case="J-DUE", reason="due", obligation="response", channel="leaders", bound=40)
        self.assertGreaterEqual(due.arrived, self.due_at)
        self.assertIn("Redis", self.wait_notice("loss").data["title"])

    def loses(self, lose):
        office = self.make_office().open()
        cases = self.a_past()
        before = self.seen(*cases)
        told_before = {got.id for got in office.sink.received()}
        since = time.time()
        lose(office)
        self.check_all_back(cases, before, told_before, since)
        self.assertGreaterEqual(office.http.metric("yuqing_journal_entries_total", outcome="missing"), 9)
        office.tell(event("case.noted", "J-LATE", by="甲", text="照常"))

    def wait_message(self, what, **wanted):
        """The first whose data has these members, on whatever channel."""
        def fits(got):
            return all(got.data.get(name) == value for name, value in wanted.items())

        return wait_for(lambda: [got for got in self.office.sink.received() if fits(got)], what, 40)[0]

    def wait_notice(self, about):
        def told():
            notices = self.office.sink.received(reason="self")
            return [got for got in notices if got.data["self"]["about"] == about and not got.data["self"]["over"]]

        return wait_for(told, f"told of {about}", 40)[0]

    # --- Redis lost it
