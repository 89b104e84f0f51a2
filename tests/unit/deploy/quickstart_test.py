#!/usr/bin/env python3
"""The judgement of deploy/quickstart: right as the policy plans it, and every kind of fault found."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
sys.dont_write_bytecode = True
sys.path.insert(0, str(DEPLOY))
import quickstart  # noqa: E402

BEGIN = 1_800_000_000


def planned():
    _, must, _ = quickstart.matters()
    return {(case, obligation, reason): BEGIN + at for case, obligation, reason, at in must}


class Judgement(unittest.TestCase):
    def faults(self, came, expected=None):
        return list(quickstart.faults(BEGIN, expected or planned(), came))

    def changed(self, key, by):
        came = {k: at + 0.1 for k, at in planned().items()}
        came[key] += by
        return came

    due = ("QS-001", "authoritative_release", "due")

    def test_what_was_expected_passes(self):
        self.assertEqual(self.faults(self.changed(self.due, 0)), [])

    def test_an_alert_that_did_not_come_is_found(self):
        came = self.changed(self.due, 0)
        del came[self.due]
        self.assertEqual(self.faults(came), ["did not come: QS-001 authoritative_release due"])

    def test_an_early_alert_is_found(self):
        self.assertEqual(self.faults(self.changed(self.due, -0.2)), ["0.100 s early: QS-001 authoritative_release due"])

    def test_a_late_alert_is_found(self):
        self.assertIn("late: QS-001 authoritative_release due", self.faults(self.changed(self.due, 5))[0])

    def test_an_alert_nobody_asked_for_is_found(self):
        came = {**self.changed(self.due, 0), ("QS-009", "response", "due"): BEGIN}
        self.assertEqual(self.faults(came), ["came unexpected: QS-009 response due"])

    def test_an_answered_matter_may_not_fall_due_even_if_the_simulator_says_so(self):
        key = ("QS-003", "response", "due")
        expected = {**planned(), key: BEGIN + 25}
        came = {**self.changed(self.due, 0), key: BEGIN + 25.1}
        self.assertEqual(self.faults(came, expected), ["came and must not: QS-003 response due"])

    def test_a_policy_that_plans_nothing_does_not_pass(self):
        faults = list(quickstart.faults(BEGIN, {}, {}))
        self.assertEqual(len(faults), len(planned()))
        self.assertIn("does not plan", faults[0])


class Reading(unittest.TestCase):
    def test_a_half_written_last_line_waits_and_the_first_arrival_counts(self):
        def line(second):
            return json.dumps({"received_at": f"2027-01-15T16:00:0{second}+08:00", "event": {
                "subject": "QS-001", "data": {"reason": "due", "obligation": {"id": "response"}}}}) + "\n"
        with tempfile.TemporaryDirectory() as run:
            (Path(run) / "received.jsonl").write_text(line(2) + line(4) + '{"received_at":')
            came = quickstart.received_alerts(Path(run))
        self.assertEqual(came, {("QS-001", "response", "due"): BEGIN + 2})

    def test_every_matter_is_told_by_its_own_times(self):
        told, _, _ = quickstart.matters()
        events = [quickstart.event(BEGIN, n, at, fact) for n, (at, fact) in enumerate(told)]
        self.assertTrue(all(quickstart.seconds_of(e["time"]) <= BEGIN + at for e, (at, _) in zip(events, told)))
        self.assertEqual(len({e["id"] for e in events}), len(events))


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
