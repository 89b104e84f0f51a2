"""The spreadsheet of the past comes in without ringing anybody; what falls due after that rings."""

import json
import subprocess
import time

from client import HOUR, detected, event, millis, published
from office import BUILD
from office_case import QUICK_STEPS, OfficeCase, add_quick_class
from sink import seconds_of


class History(OfficeCase):
    arguments = {"adapt": add_quick_class}

    def send(self, *events, history=True):
        """yuqingctl send of these events from a file; what it said."""
        file = self.office.folder / "past.jsonl"
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in events), encoding="utf-8")
        command = [BUILD / "bin" / "yuqingctl", "send", file, "--endpoint", self.office.endpoint, "--json"]
        done = subprocess.run(
            command + ["--history"] * history, capture_output=True, text=True, timeout=60
        )
        return done, [json.loads(line)["status"] for line in done.stdout.splitlines() if '"status"' in line]

    def test_old_matters_are_recorded_and_nobody_is_told(self):
        at = millis(time.time() - 30 * 24 * HOUR)
        past = [
            detected("PAST-MET", at, lead_unit="县民政局"),
            published("PAST-MET", at + HOUR),
            event("case.closed", "PAST-MET", at + 2 * HOUR, by="张三"),
            detected("PAST-OVERDUE", at, incident_grade="major"),
        ]
        done, statuses = self.send(*past)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(statuses, ["accepted"] * 4)
        self.assertEqual(self.http.obligations("PAST-MET")["response"]["status"], "met")
        self.assertEqual(
            self.http.obligations("PAST-OVERDUE")["authoritative_release"]["status"], "overdue"
        )
        # Whatever it rang would have gone out before this one.
        self.office.tell(detected("LIVE"))
        self.sink.wait(case="LIVE", reason="opened")
        for case in ("PAST-MET", "PAST-OVERDUE"):
            timeline = self.http.case(case)["timeline"]
            self.assertTrue(all(entry["silent"] for entry in timeline if entry["kind"] == "fact"))
            self.assertEqual([entry for entry in timeline if entry["kind"] in ("fired", "notice")], [])
            self.assertEqual(self.sink.received(case=case), [])
        # The same file again, or told live by now, is nothing new.
        self.assertEqual(self.send(*past)[1], ["duplicate"] * 4)
        again, statuses = self.send(*past, history=False)
        self.assertEqual(statuses, ["duplicate"] * 4)
        self.assertNotIn("differs", again.stdout)

    def test_what_falls_due_after_it_was_told_rings_as_usual(self):
        begin = millis(time.time() - 9.5)  # start and due-12s have passed
        self.send(detected("PAST-OPEN", begin, platform="quick"))
        self.sink.wait(case="PAST-OPEN", at="due", repeat=0, channel="leaders")
        timeline = self.http.case("PAST-OPEN")["timeline"]
        recorded = seconds_of(next(entry["at"] for entry in timeline if entry["kind"] == "fact"))
        passed = ["start"] + [f"due-{s}s" for s in QUICK_STEPS if begin + 20 - s <= recorded]
        quick = [entry for entry in timeline if entry.get("obligation") == "quick"]
        silent = [entry["step"] for entry in quick if seconds_of(entry["at"]) == recorded]
        self.assertEqual(silent, passed)
        self.assertGreaterEqual(len(passed), 2)
        rung = [entry["step"] for entry in quick if entry["kind"] == "fired"]
        self.assertIn("due", rung)
        self.assertEqual(set(rung) & set(passed), set())
        told = [step for step, repeat, reason in self.told("PAST-OPEN")]
        self.assertEqual(set(told) & set(passed), set())

    def test_a_refused_line_of_the_past_rings_nobody(self):
        done, statuses = self.send(event("opinion.detected", "PAST-BAD", source="old-books", summary="无标题"))
        self.assertEqual((done.returncode, statuses), (1, ["rejected"]))
        self.assertIn("invalid", done.stdout)
        self.office.tell(detected("LIVE-2"))
        self.sink.wait(case="LIVE-2", reason="opened")
        self.assertEqual(self.sink.received(flag="rejected"), [])
