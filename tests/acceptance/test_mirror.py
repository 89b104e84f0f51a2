"""Redis is away when something falls due: it is told at its time all the same, once, and Redis has it afterwards."""

import signal
import time
import unittest

from client import HOUR, detected, published
from office import BUILD, Office, start, stop
from sink import seconds_of
from waiting import holds_for, until, wait_for

LATE_AT_MOST = 1.0  # seconds; a busy machine gets as much again


class Mirror(unittest.TestCase):
    maxDiff = None

    def make_office(self, **more):
        def adapt(config):
            file = config / "yuqingd.yaml"
            text = file.read_text(encoding="utf-8") + f"journal: {{dir: '{config.parent / 'journal'}'}}\n"
            file.write_text(text, encoding="utf-8")

        self.office = office = Office(prefix=self._testMethodName[5:25], adapt=adapt, **more)
        self.addCleanup(office.close)
        self.addCleanup(lambda: self.assertEqual(office.sink.faults(), []))
        return office.open()

    def due_in(self, seconds, *cases):
        """Matters whose answer is due then."""
        due = round(time.time() + seconds, 3)
        self.office.tell(*(detected(case, due - 48 * HOUR, lead_unit="县民政局") for case in cases))
        return due

    def told(self, case, reason):
        return [got for got in self.office.sink.received(case=case) if got.data["reason"] == reason]

    def stands_in(self):
        return self.office.http.metric("yuqing_mirror_standing_in") == 1

    def wait_relieved(self):
        wait_for(lambda: self.office.http.status("/-/ready") == 200, "ready", 60)
        wait_for(lambda: not self.stands_in(), "Redis decides again")

    def assert_told_once(self, case, reason, due):
        """Through every channel once, in time; and the record says so when Redis has it."""
        told = self.told(case, reason)
        self.assertTrue(told)
        self.assertEqual(len({(got.channel, got.id) for got in told}), len(told), told)
        self.assertEqual(len({got.channel for got in told}), len(told), told)
        for got in told:
            self.assertGreaterEqual(got.arrived, due - 0.001)
            self.assertLess(got.arrived - due, 2 * LATE_AT_MOST, got)

    def fired(self, case, step):
        timeline = self.office.http.case(case)["timeline"]
        return [
            entry
            for entry in timeline
            if (entry["kind"], entry.get("obligation"), entry.get("step")) == ("fired", "response", step)
        ]

    def test_what_falls_due_while_redis_hangs_is_told_in_time_and_once(self):
        office = self.make_office()
        due = self.due_in(3, "M-DUE", "M-TOO")
        until(due - 1.5)
        office.redis.send_signal(signal.SIGSTOP)
        for case in ("M-DUE", "M-TOO"):
            wait_for(lambda c=case: self.told(c, "due"), f"{case} is told")
        self.assertTrue(self.stands_in())
        office.redis.send_signal(signal.SIGCONT)
        self.wait_relieved()
        wait_for(lambda: self.fired("M-DUE", "due"), "Redis has it")
        holds_for(4.0, lambda: len({got.id for got in self.told("M-DUE", "due")}) == len(self.told("M-DUE", "due")), "told once")
        for case in ("M-DUE", "M-TOO"):
            self.assert_told_once(case, "due", due)
        (entry,) = self.fired("M-DUE", "due")
        self.assertLess(abs(seconds_of(entry["at"]) - due), 2 * LATE_AT_MOST, entry)
        self.assertEqual(set(entry["notifications"]), {got.id for got in self.told("M-DUE", "due")})

    def test_what_is_detected_and_answered_while_redis_is_gone_counts_at_once(self):
        office = self.make_office()
        due = self.due_in(6, "M-ANSWERED", "M-OWED")
        office.kill_redis()
        wait_for(self.stands_in, "it stands in")
        at = time.time()
        (opened,) = office.tell(detected("M-NEW", at - 1, lead_unit="县民政局"))
        self.assertTrue(opened["degraded"])
        answered = time.time()
        office.tell(published("M-ANSWERED", answered - 1))
        wait_for(lambda: self.told("M-NEW", "opened"), "the new matter is told")
        self.assertLess(self.told("M-NEW", "opened")[0].arrived - answered, 2 * LATE_AT_MOST)
        wait_for(lambda: self.told("M-OWED", "due"), "what is owed is told")
        self.assert_told_once("M-OWED", "due", due)
        self.assertEqual(self.told("M-ANSWERED", "due"), [])

        office.start_redis()
        self.wait_relieved()
        wait_for(lambda: self.fired("M-OWED", "due") and self.fired("M-NEW", "start"), "Redis has it")
        self.assertEqual(office.http.case("M-ANSWERED")["obligations"][0]["status"], "met")
        holds_for(4.0, lambda: self.told("M-ANSWERED", "due") == [], "nobody is told what was answered")
        for case, reason in (("M-OWED", "due"), ("M-NEW", "opened")):
            told = self.told(case, reason)
            self.assertEqual(len({got.id for got in told}), len(told), told)
            self.assertEqual(len(self.fired(case, "due" if reason == "due" else "start")), 1)

    def second_daemon(self):
        """One more on the same Redis; its HTTP."""
        file, http = self.office.config_beside("second")
        with open(self.office.folder / "second.log", "ab") as log:
            daemon = start([BUILD / "bin" / "yuqingd", "--config", file], log)
        self.addCleanup(stop, daemon)
        wait_for(lambda: http.status("/-/ready") == 200, "the second daemon is ready", 60)
        return http

    def test_two_daemons_that_stand_in_keep_to_the_limit_of_a_robot_together(self):
        requests, seconds = 6, 5
        office = self.make_office(
            settings="self: {look_every: 1s}", channels={"duty-group": {"rate": f"{requests}/{seconds}s"}}
        )
        second = self.second_daemon()
        for http in (office.http, second):
            wait_for(lambda h=http: h.metric("yuqing_daemons") == 2, "each knows of the other")
        due = self.due_in(4, *(f"M-{number}" for number in range(30)))
        until(due - 1)
        office.kill_redis()
        for http in (office.http, second):
            wait_for(lambda h=http: h.metric("yuqing_mirror_standing_in") == 1, "both stand in")
        until(due + 3 * seconds)
        arrived = sorted(got.arrived for got in office.sink.received(channel="duty-group"))
        at_once = 0.9 * seconds  # what goes from one machine to another may take its time
        most = max(sum(first <= one < first + at_once for one in arrived) for first in arrived)
        self.assertLessEqual(most, requests, arrived)
        self.assertGreater(sum(one > due for one in arrived), requests, arrived)
        office.start_redis()
        self.wait_relieved()


if __name__ == "__main__":
    unittest.main()
