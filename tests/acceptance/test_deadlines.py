"""Deadlines are told when they come near, when they pass and afterwards; never before their time."""

import time
import unittest

from client import HOUR, detected, event, just_now, millis, published, rfc3339
from office import Office
from office_case import OfficeCase, add_quick_class
from sink import seconds_of
from waiting import holds_for, until, wait_for

MINUTE = 60.0
AHEAD = 4.0  # how far ahead of now the instants of these tests lie
LATE_MAX = 2.0  # generous: the machine may be busy; figures are the bench's business
EMERGENCY = {"incident_grade": "major", "field": "安全生产"}


def emergency(case, at, **data):
    return detected(case, at, title="仓库起火", **{**EMERGENCY, **data})


class EmergencyMatters(OfficeCase):
    def tell_planned(self, case, before_due):
        """An emergency for which what is planned `before_due` its 5 hours falls AHEAD of now."""
        begin = millis(time.time() + AHEAD + before_due - 5 * HOUR)
        self.office.tell(emergency(case, begin))
        return begin

    def assert_told(self, case, planned, **wanted):
        got = self.sink.wait(case=case, obligation="authoritative_release", **wanted)
        self.assertEqual(seconds_of(got.step["planned"]), planned)
        self.assertLessEqual(got.arrived - planned, LATE_MAX)
        return got

    def test_an_emergency_is_told_at_once(self):
        now = just_now()
        self.office.tell(emergency("E-OPEN", now))
        got = self.assert_told("E-OPEN", now, channel="duty-group", reason="opened")
        self.assertEqual(got.data["step"], {"at": "start", "planned": rfc3339(now), "repeat": 0})

    def test_a_message_has_every_member(self):
        now = just_now()
        self.office.tell(emergency("E-SHAPE", now, opinion_level="red"))
        got = self.sink.wait(
            case="E-SHAPE", obligation="authoritative_release", reason="opened", channel="audit-hook"
        )
        self.assertEqual(
            {k: got.body[k] for k in ("specversion", "source", "type", "subject")},
            {
                "specversion": "1.0",
                "source": "yuqingd/qingshan",
                "type": "yuqing.notification",
                "subject": "E-SHAPE",
            },
        )
        self.assertLessEqual(seconds_of(got.body["time"]), got.arrived)
        data = got.data
        self.assertLessEqual(
            {"reason", "flag", "card", "title", "text", "case", "obligation", "step", "targets", "links"},
            data.keys(),
        )
        matter = data["case"]
        self.assertEqual(
            {k: matter[k] for k in ("id", "title", "class", "incident_grade", "opinion_level", "status")},
            {
                "id": "E-SHAPE",
                "title": "仓库起火",
                "class": "emergency",
                "incident_grade": "major",
                "opinion_level": "red",
                "status": "open",
            },
        )
        self.assertLessEqual({"url", "field", "lead_unit"}, matter.keys())
        owed = data["obligation"]
        self.assertEqual(
            (owed["id"], owed["kind"], owed["start"], owed["due"]),
            ("authoritative_release", "statutory", rfc3339(now), rfc3339(now + 5 * HOUR)),
        )
        self.assertTrue(5 * HOUR - 10 <= owed["remaining_seconds"] <= 5 * HOUR)
        self.assertLessEqual({"title", "basis", "guide"}, owed.keys())
        self.assertIn("duty_officer", [target["role"] for target in data["targets"]])
        for target in data["targets"]:
            self.assertTrue(all({"id", "name"} <= officer.keys() for officer in target["officers"]), target)
        self.assertEqual(data["links"].keys(), {"case", "acknowledge"})

    def test_a_reminder_comes_near_the_deadline(self):
        begin = self.tell_planned("E-REMIND", 5 * MINUTE)
        got = self.assert_told("E-REMIND", begin + 5 * HOUR - 5 * MINUTE, at="due-5m")
        self.assertEqual(got.data["reason"], "reminder")

    def test_it_is_due_at_its_instant_and_not_before(self):
        begin = self.tell_planned("E-DUE", 0)
        before = self.http.obligations("E-DUE")["authoritative_release"]
        self.assertEqual((before["status"], before["card"]), ("pending", None))
        for channel in ("duty-group", "audit-hook", "leaders"):
            got = self.assert_told("E-DUE", begin + 5 * HOUR, channel=channel, at="due")
            self.assertEqual((got.data["reason"], got.data["card"]), ("due", "yellow"))
        after = self.http.obligations("E-DUE")["authoritative_release"]
        self.assertEqual((after["status"], after["card"]), ("overdue", "yellow"))
        self.assertLess(after["remaining_seconds"], 1)

    def test_what_is_not_answered_is_overdue_and_told_again(self):
        begin = self.tell_planned("E-OVER", -15 * MINUTE)
        due = self.sink.wait(case="E-OVER", obligation="authoritative_release", channel="leaders", at="due")
        self.assertEqual(due.data["reason"], "due", "however late it is told")
        got = self.assert_told(
            "E-OVER", begin + 5 * HOUR + 15 * MINUTE, channel="leaders", at="due", repeat=1
        )
        self.assertEqual(got.data["reason"], "overdue")
        self.assertNotEqual(got.id, due.id)
        self.assertIn("overdue_on_arrival", self.http.case("E-OVER")["flags"])

    def test_the_earlier_of_occurred_and_detected_starts_the_clock(self):
        now = just_now()
        (answer,) = self.office.tell(emergency("E-OCC", now - 600, occurred_at=rfc3339(now - 1800)))
        dues = {one["id"]: one["due"] for one in answer["obligations"]}
        self.assertEqual(dues["authoritative_release"], rfc3339(now - 1800 + 5 * HOUR))

    def test_acknowledging_stops_no_statutory_clock(self):
        begin = self.tell_planned("E-ACK", 0)
        self.office.tell(event("case.acknowledged", "E-ACK", by="张三"))
        self.assertIsNotNone(self.http.case("E-ACK")["acknowledged_at"])
        self.assert_told("E-ACK", begin + 5 * HOUR, channel="duty-group", reason="due")

    def test_a_higher_grade_keeps_the_start_and_is_told(self):
        now = just_now()
        begin = now - 5 * HOUR + AHEAD
        self.office.tell(detected("E-UP", begin, incident_grade="ordinary"))
        self.assertNotIn("authoritative_release", self.http.obligations("E-UP"))
        self.office.tell(event("case.assessed", "E-UP", by="专员", incident_grade="major", reason="险情扩大"))
        self.sink.wait(case="E-UP", reason="upgraded", channel="duty-group")
        self.assertEqual(self.http.case("E-UP")["class"], "emergency")
        self.assert_told("E-UP", begin + 5 * HOUR, channel="leaders", reason="due")


class GeneralMatters(OfficeCase):
    def tell_planned(self, case, before_due, **data):
        begin = millis(time.time() + AHEAD + before_due - 48 * HOUR)
        self.office.tell(detected(case, begin, **data))
        return begin

    def test_a_matter_is_told_at_once_and_has_48_hours(self):
        now = just_now()
        (answer,) = self.office.tell(detected("G-OPEN", now, field="交通运输"))
        self.assertEqual(
            {one["id"]: one["due"] for one in answer["obligations"]}["response"], rfc3339(now + 48 * HOUR)
        )
        self.sink.wait(case="G-OPEN", obligation="response", reason="opened", channel="duty-group")

    def test_reminders_due_and_overdue_come_at_their_instants(self):
        begins = {
            case: self.tell_planned(case, before)
            for case, before in (("G-REMIND", 30 * MINUTE), ("G-DUE", 0), ("G-OVER", -1 * HOUR))
        }
        for case, at, reason, after in (
            ("G-REMIND", "due-30m", "reminder", 47.5 * HOUR),
            ("G-DUE", "due", "due", 48 * HOUR),
            ("G-OVER", "due+1h", "overdue", 49 * HOUR),
        ):
            with self.subTest(case):
                got = self.sink.wait(case=case, obligation="response", at=at)
                self.assertEqual(got.data["reason"], reason)
                self.assertAlmostEqual(got.planned, begins[case] + after, places=3)
                self.assertLessEqual(got.arrived - got.planned, LATE_MAX)

    def test_a_matter_answered_in_time_is_fulfilled_and_never_due(self):
        begin = self.tell_planned("G-MET", 0)
        at = just_now()
        self.office.tell(published("G-MET", at))
        owed = self.http.obligations("G-MET")["response"]
        self.assertEqual(
            (owed["status"], owed["fulfilled_at"], owed["remaining_seconds"]), ("met", rfc3339(at), None)
        )
        self.sink.wait(case="G-MET", obligation="response", reason="fulfilled", channel="duty-group")
        until(begin + 48 * HOUR)
        holds_for(
            1, lambda: not self.sink.received(case="G-MET", obligation="response", reason="due"), "never due"
        )

    def test_a_publication_at_the_due_instant_is_met_and_after_it_late(self):
        now = just_now()
        for case, after, status in (("G-AT", 0, "met"), ("G-PAST", 0.001, "late")):
            self.office.tell(detected(case, now - 48 * HOUR - 60), published(case, now - 60 + after))
            self.assertEqual(self.http.obligations(case)["response"]["status"], status)

    def test_a_late_arrival_fires_only_the_latest_step(self):
        now = just_now()
        self.office.tell(detected("G-LATE", now - 40 * HOUR))
        fired = self.timeline("G-LATE", "fired", "response")
        self.assertEqual([entry["step"] for entry in fired], ["due-12h"])
        superseded = [entry["step"] for entry in self.timeline("G-LATE", "superseded", "response")]
        self.assertEqual(superseded, ["start", "start+4h", "due-24h"])
        for notification in fired[0]["notifications"]:
            self.sink.wait(id=notification)
        self.assertEqual(self.told("G-LATE", obligation="response"), [("due-12h", 0, "reminder")])

    def test_a_publication_told_late_counts_by_its_time(self):
        now = just_now()
        self.office.tell(detected("G-BACK", now - 50 * HOUR))
        self.assertEqual(self.http.obligations("G-BACK")["response"]["status"], "overdue")
        self.office.tell(published("G-BACK", now - 3 * HOUR))
        self.assertEqual(self.http.obligations("G-BACK")["response"]["status"], "met")

    def test_no_fact_moves_a_due_time_later(self):
        begin = self.tell_planned("G-STAY", 24 * HOUR)
        due = self.http.obligations("G-STAY")["response"]["due"]
        self.office.tell(
            event("case.acknowledged", "G-STAY", by="张三"),
            detected("G-STAY", begin + HOUR),
            event("case.assigned", "G-STAY", by="李四", lead_unit="县民政局"),
            event("case.assessed", "G-STAY", by="专员", opinion_level="blue"),
        )
        self.assertEqual(self.http.obligations("G-STAY")["response"]["due"], due)


class QuickLadder(OfficeCase):
    arguments = {"adapt": add_quick_class}

    def test_every_step_is_told_once_in_its_turn(self):
        begin = millis(time.time() + 1.0 - 8)  # due-12s is 8 s after the start
        self.office.tell(detected("Q-ALL", begin, platform="quick"))
        self.sink.wait(case="Q-ALL", at="due", repeat=1, channel="leaders", bound=40)
        self.sink.wait(case="Q-ALL", at="due", repeat=1, channel="duty-group")
        self.assertEqual(
            self.told("Q-ALL", obligation="quick"),
            [
                ("start", 0, "opened"),
                ("due-12s", 0, "reminder"),
                ("due-9s", 0, "reminder"),
                ("due-6s", 0, "reminder"),
                ("due-3s", 0, "reminder"),
                ("due", 0, "due"),
                ("due+2s", 0, "overdue"),
                ("due", 1, "overdue"),
            ],
        )
        for got in self.sink.received(case="Q-ALL", obligation="quick"):
            if got.step["at"] != "start":
                self.assertLessEqual(got.arrived - got.planned, LATE_MAX, got)

    def test_a_mute_holds_back_steps_before_due(self):
        begin = just_now()
        self.office.tell(detected("Q-MUTE", begin, platform="quick"))
        self.sink.wait(case="Q-MUTE", reason="opened")
        self.office.tell(event("case.muted", "Q-MUTE", by="张三", reason="正在处理", until=rfc3339(begin + 15)))
        self.sink.wait(case="Q-MUTE", at="due-6s", bound=30)  # held at 14 s, told when the mute ends
        self.sink.wait(case="Q-MUTE", at="due-3s", channel="duty-group")
        self.assertEqual(
            [at for at, _, _ in self.told("Q-MUTE", obligation="quick")], ["start", "due-6s", "due-3s"]
        )
        held = self.sink.received(case="Q-MUTE", at="due-6s")[0]
        self.assertGreaterEqual(held.arrived, begin + 15)


class Restart(unittest.TestCase):
    def test_a_restart_in_the_middle_of_a_ladder_fires_only_the_latest_passed_step(self):
        self.office = office = Office(prefix="restart", adapt=add_quick_class)
        self.addCleanup(office.close)
        office.open()
        begin = just_now()
        office.tell(detected("R-1", begin, platform="quick"))
        office.sink.wait(case="R-1", reason="opened")
        office.kill_daemon()
        until(begin + 20 - 4.5)  # due-12s, due-9s, due-6s have passed
        office.start_daemon()
        office.sink.wait(case="R-1", at="due-3s", bound=10)
        office.sink.wait(case="R-1", at="due", repeat=0, channel="leaders", bound=10)
        steps = {
            got.id: got.step["at"]
            for got in office.sink.received(case="R-1", obligation="quick", channel="duty-group")
        }
        self.assertEqual(list(steps.values())[:3], ["start", "due-6s", "due-3s"])
        superseded = [
            entry["step"] for entry in office.http.case("R-1")["timeline"] if entry["kind"] == "superseded"
        ]
        self.assertEqual(superseded, ["due-12s", "due-9s"])
        self.assertEqual(office.sink.faults(), [])

    def test_a_policy_changed_on_disk_leaves_an_open_case_under_its_own(self):
        self.office = office = Office(prefix="policy", adapt=add_quick_class)
        self.addCleanup(office.close)
        office.open()
        begin = millis(time.time() - 60)
        office.tell(detected("P-OLD", begin, platform="quick"))
        self.assertEqual(office.stop_daemon(), 0)
        policy = office.folder / "config" / "policy.yaml"
        changed = (
            policy.read_text(encoding="utf-8").replace("due: 20s", "due: 10m").replace('"2026.1"', '"2026.2"')
        )
        policy.write_text(changed, encoding="utf-8")
        office.start_daemon()
        office.tell(
            detected("P-NEW", begin, platform="quick"), event("case.noted", "P-OLD", by="张三", text="记一笔")
        )
        dues = {case: office.http.obligations(case)["quick"]["due"] for case in ("P-OLD", "P-NEW")}
        self.assertEqual(dues, {"P-OLD": rfc3339(begin + 20), "P-NEW": rfc3339(begin + 600)})
        listed = {one["id"]: one for one in office.http.get("/api/v1/cases").json()["cases"]}
        self.assertEqual(listed["P-OLD"]["obligations"][0]["due"], rfc3339(begin + 20))
        wait_for(lambda: office.sink.received(case="P-OLD"), "the old case is told of")
