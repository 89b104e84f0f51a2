"""Messages reach their channels: again and again if need be, under one id, no channel holding up another."""

import threading
import time

from client import HOUR, detected, millis
from office_case import OfficeCase, add_quick_class
from sink import refused_port
from waiting import holds_for, until, wait_for

# `extreme` tells the leaders at once as well; the general matters tell duty-group and audit-hook.
EXTREME = {"incident_grade": "extreme", "field": "安全生产"}
CONCURRENCY = 8  # of a channel, by default


class Receivers(OfficeCase):
    def attempts(self, case, channel, **wanted):
        """Requests about the first message of a case's response on a channel."""
        first = self.sink.wait(case=case, obligation="response", channel=channel, **wanted)
        return lambda: self.sink.received(id=first.id)

    def answer(self, channel, case, function):
        """This receiver answers `function(request, count)` about one case, all is well with the others."""
        self.sink.answers[channel] = lambda got, count: function(got, count) if got.case == case else 200
        self.addCleanup(self.sink.answers.pop, channel, None)

    def test_a_hung_receiver_holds_up_no_other_channel(self):
        released = threading.Event()
        self.addCleanup(released.set)
        self.sink.answers["leaders"] = lambda got, count: 200 if released.wait(30) else 500
        self.addCleanup(self.sink.answers.pop, "leaders", None)
        cases = [f"HUNG-{n}" for n in range(3 * CONCURRENCY)]
        begin = millis(time.time() + 4 - 5 * HOUR)
        self.office.tell(*(detected(case, begin, **EXTREME) for case in cases))
        for case in cases:
            got = self.sink.wait(
                case=case, obligation="authoritative_release", channel="duty-group", reason="due"
            )
            self.assertLessEqual(got.arrived - got.planned, 2.0)
        released.set()
        for case in cases:
            self.sink.wait(
                case=case, obligation="authoritative_release", channel="leaders", reason="due", bound=40
            )

    def test_a_refused_attempt_is_repeated_under_the_same_id(self):
        for case, status in (("AGAIN-500", 500), ("AGAIN-503", 503), ("AGAIN-429", 429), ("AGAIN-408", 408)):
            with self.subTest(case):
                self.answer(
                    "duty-group", case, lambda got, count, status=status: status if count == 1 else 200
                )
                self.office.tell(detected(case))
                attempts = self.attempts(case, "duty-group", reason="opened")
                wait_for(lambda: len(attempts()) == 2, "it comes again")
                first, second = attempts()
                self.assertEqual((first.id, first.body["time"]), (second.id, second.body["time"]))
                self.assertGreaterEqual(second.arrived - first.arrived, 0.4)
                holds_for(0.5, lambda: len(attempts()) == 2, "delivered once")

    def test_the_waits_become_longer(self):
        self.answer("duty-group", "BACK-OFF", lambda got, count: 500 if count < 4 else 200)
        self.office.tell(detected("BACK-OFF"))
        attempts = self.attempts("BACK-OFF", "duty-group", reason="opened")
        wait_for(lambda: len(attempts()) == 4, "the fourth attempt", 30)
        came = [got.arrived for got in attempts()]
        self.assertGreater(came[3] - came[2], came[1] - came[0])

    def test_retry_after_is_kept(self):
        self.answer(
            "duty-group", "PATIENT", lambda got, count: (503, {"retry-after": "4"}) if count == 1 else 200
        )
        self.office.tell(detected("PATIENT"))
        attempts = self.attempts("PATIENT", "duty-group", reason="opened")
        wait_for(lambda: len(attempts()) == 2, "it comes again")
        self.assertGreaterEqual(attempts()[1].arrived - attempts()[0].arrived, 4.0)

    def dead(self, case):
        listed = self.http.get("/api/v1/notifications?state=dead").json()["notifications"]
        return [one for one in listed if (one["case"], one["obligation"]) == (case, "response")]

    def test_a_permanent_refusal_becomes_a_dead_letter_that_can_be_sent_again(self):
        refuse = True
        self.answer("audit-hook", "DEAD", lambda got, count: 400 if refuse else 200)
        self.office.tell(detected("DEAD"))
        attempts = self.attempts("DEAD", "audit-hook", reason="opened")
        letter = wait_for(lambda: self.dead("DEAD"), "the dead letter is listed")[0]
        self.assertEqual(
            {k: letter[k] for k in ("id", "channel", "reason", "state", "attempts")},
            {
                "id": attempts()[0].id,
                "channel": "audit-hook",
                "reason": "opened",
                "state": "dead",
                "attempts": 1,
            },
        )
        self.assertIn("400", letter["error"])
        self.assertEqual(len(attempts()), 1)
        refuse = False
        self.assertEqual(self.http.post(f"/api/v1/notifications/{letter['id']}/redeliver").status // 100, 2)
        wait_for(lambda: len(attempts()) == 2, "it is sent again")
        wait_for(lambda: not self.dead("DEAD"), "it is dead no more")

    def test_what_was_never_there_cannot_be_sent_again(self):
        self.assertEqual(self.http.post("/api/v1/notifications/0000000000/redeliver").status, 404)

    def test_after_a_kill_what_was_under_way_goes_out_again_under_its_id(self):
        released = threading.Event()
        self.addCleanup(released.set)
        self.answer("duty-group", "KILLED", lambda got, count: 200 if released.wait(20) else 500)
        self.office.tell(detected("KILLED"))
        attempts = self.attempts("KILLED", "duty-group", reason="opened")
        self.office.kill_daemon()
        released.set()
        self.office.start_daemon()
        ready = time.time()
        wait_for(lambda: len(attempts()) >= 2, "it comes again")
        self.assertLessEqual(attempts()[1].arrived - ready, 3.5)


class Fallback(OfficeCase):
    arguments = {"channels": {"audit-hook": {"fallback": "leaders"}}}

    def test_a_permanent_refusal_goes_to_the_fallback_at_once(self):
        self.sink.answers["audit-hook"] = lambda got, count: 404
        self.office.tell(detected("FALLS"))
        refused = self.sink.wait(case="FALLS", channel="audit-hook", reason="opened")
        caught = self.sink.wait(
            case="FALLS", channel="leaders", reason="opened", obligation=refused.obligation
        )
        self.assertEqual(caught.data["case"], refused.data["case"])


class Overtaken(OfficeCase):
    arguments = {
        "adapt": add_quick_class,
        "channels": {"leaders": {"url": f"http://127.0.0.1:{refused_port()}/nobody"}},
    }

    def test_a_channel_nobody_answers_loses_nothing_and_holds_up_nobody(self):
        begin = millis(time.time() - 17)
        self.office.tell(detected("NOBODY-THERE", begin, platform="quick"))
        due = self.sink.wait(case="NOBODY-THERE", channel="duty-group", at="due", repeat=0)
        self.assertLessEqual(due.arrived - due.planned, 2.0)
        metrics = wait_for(
            lambda: [
                line
                for line in self.http.get("/metrics").body.decode().splitlines()
                if line.startswith('yuqing_outbox_size{channel="leaders"}')
            ],
            "the outbox is measured",
        )
        self.assertGreaterEqual(float(metrics[0].split()[-1]), 1)

    def test_what_a_later_step_has_overtaken_is_not_sent(self):
        self.sink.answers["duty-group"] = lambda got, count: 503 if got.case == "OVER" and held else 200
        held = True
        begin = millis(time.time() - 13)
        self.office.tell(detected("OVER", begin, platform="quick"))
        self.sink.wait(case="OVER", channel="duty-group", at="due-9s")
        until(begin + 23)  # due-6s, due-3s, due and due+2s have come and were refused
        held = False
        freed = time.time()
        self.sink.wait(case="OVER", channel="duty-group", at="due", repeat=1, bound=30)
        after = {
            got.step["at"]
            for got in self.sink.received(case="OVER", obligation="quick", channel="duty-group")
            if got.arrived > freed
        }
        self.assertEqual(after - {"due+2s", "due"}, set())


class GoneChannel(OfficeCase):
    """The leaders' channel never answers, then has another name."""

    arguments = {"channels": {"leaders": {"url": f"http://127.0.0.1:{refused_port()}/"}}}

    def test_what_waits_for_a_channel_of_another_name_is_buried_and_told_to_the_duty_officers(self):
        self.office.tell(detected("RENAMED", **EXTREME))
        self.sink.wait(case="RENAMED", obligation="authoritative_release", channel="duty-group")
        told = len(self.sink.received(case="RENAMED", channel="duty-group"))
        self.office.stop_daemon()
        for name in ("yuqingd.yaml", "directory.yaml"):
            file = self.office.config_file.parent / name
            file.write_text(file.read_text(encoding="utf-8").replace("leaders", "bosses"), encoding="utf-8")
        self.office.start_daemon()
        wait_for(
            lambda: len(self.sink.received(case="RENAMED", channel="duty-group")) > told,
            "the duty officers are told what the leaders were to be told",
            20,
        )
        # Others are told before a message is buried, so that nothing is lost in between.
        wait_for(
            lambda: "leaders"
            in {one["channel"] for one in self.http.get("/api/v1/notifications?state=dead").json()["notifications"]},
            "the message is buried",
            20,
        )
        self.assertIn("channel=gone channel=leaders", self.office.log())
