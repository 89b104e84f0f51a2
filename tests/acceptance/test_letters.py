"""What was not sent: listed, sent again, recorded; and messages that ask for nothing: a test, a drill."""

import json

from client import detected, published
from office_case import OfficeCase
from sink import refused_port
from waiting import wait_for

MEMBERS = {
    "id", "channel", "reason", "flag", "case", "obligation", "step", "urgency", "created_at", "attempts", "error",
    "state", "at",
}  # fmt: skip


class Ctl(OfficeCase):
    def answer(self, channel, function):
        self.sink.answers[channel] = function
        self.addCleanup(self.sink.answers.pop, channel, None)

    def dead(self, **wanted):
        listed = self.http.get("/api/v1/notifications?state=dead").json()["notifications"]
        return [one for one in listed if all(one[name] == value for name, value in wanted.items())]


class DeadLetters(Ctl):
    def test_a_dead_letter_is_sent_again_and_the_record_says_by_whom(self):
        refuse = True
        self.answer("audit-hook", lambda got, count: 404 if refuse and got.case == "AGAIN" else 200)
        self.office.tell(detected("AGAIN"))
        letter = wait_for(lambda: self.dead(case="AGAIN", obligation="response"), "it is dead")[0]
        self.assertEqual(set(letter), MEMBERS)
        self.assertEqual((letter["step"], letter["urgency"], letter["attempts"]), ("start", 1, 1))
        shown = self.office.ctl("notifications")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(letter["id"], shown.stdout)
        refuse = False
        done = self.office.ctl("redeliver", letter["id"], "--by", "王五", "--reason", "接收端已恢复")
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for(lambda: len(self.sink.received(id=letter["id"])) == 2, "it is sent again")
        self.assertFalse(self.dead(id=letter["id"]))
        entry = next(one for one in self.http.case("AGAIN")["timeline"] if one["kind"] == "redelivered")
        self.assertEqual(
            (entry["by"], entry["note"], entry["channel"], entry["obligation"], entry["step"]),
            ("王五", "接收端已恢复", "audit-hook", "response", "start"),
        )
        self.assertEqual(entry["notifications"], [letter["id"]])
        explained = self.http.get("/api/v1/cases/AGAIN/explain").json()["redelivered"]
        self.assertEqual([one["by"] for one in explained], ["王五"])
        for command in ("show", "explain"):
            self.assertIn("王五", self.office.ctl(command, "AGAIN").stdout)
        verified = self.office.ctl("audit", "verify", "AGAIN")
        self.assertEqual(verified.returncode, 0, verified.stdout)
        again = self.office.ctl("redeliver", letter["id"], "--by", "王五")
        self.assertEqual(again.returncode, 1)
        self.assertIn("not_dead", again.stderr)

    def test_what_the_answer_has_overtaken_is_not_sent_again(self):
        self.answer("audit-hook", lambda got, count: 404 if got.case == "ANSWERED" else 200)
        self.office.tell(detected("ANSWERED"))
        letter = wait_for(lambda: self.dead(case="ANSWERED", obligation="response"), "it is dead")[0]
        self.office.tell(published("ANSWERED"))
        tries = len(self.sink.received(id=letter["id"]))
        done = self.office.ctl("redeliver", letter["id"], "--by", "王五")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("不再发送", done.stdout)
        self.assertEqual(self.http.get(f"/api/v1/notifications/{letter['id']}").json()["state"], "superseded")
        self.assertFalse(self.dead(id=letter["id"]))
        self.assertEqual(len(self.sink.received(id=letter["id"])), tries)
        self.assertEqual(self.office.ctl("redeliver", letter["id"]).returncode, 1)

    def test_all_of_them_at_once_over_several_pages(self):
        refuse = True
        self.answer("audit-hook", lambda got, count: 410 if refuse else 200)
        cases = [f"ALL-{n}" for n in range(12)]
        self.office.tell(*(detected(case) for case in cases))
        wait_for(lambda: {one["case"] for one in self.dead()} >= set(cases), "all of them are dead")
        waiting = lambda: self.http.metric("yuqing_outbox_size", channel="audit-hook")
        wait_for(lambda: waiting() == 0, "no more of them will die")
        path, seen = "/api/v1/notifications?state=dead&limit=5", []
        cursor = ""
        while cursor is not None:
            page = self.http.get(path + (f"&cursor={cursor}" if cursor else "")).json()
            self.assertLessEqual(len(page["notifications"]), 5)
            seen += [one["id"] for one in page["notifications"]]
            cursor = page["next"]
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(set(seen), {one["id"] for one in self.dead()})
        refuse = False
        done = self.office.ctl("redeliver", "--all", "--by", "王五", "--json")
        self.assertEqual(json.loads(done.stdout), {"redelivered": len(seen), "superseded": 0, "failed": 0}, done.stderr)
        wait_for(lambda: not self.dead(), "none is dead")
        self.assertEqual(self.http.metric("yuqing_dead_letters"), 0)

    def test_a_wrong_order_is_told_what_is_wrong(self):
        for method, path, status, where in (
            ("GET", "notifications?state=pending", 400, "state"),
            ("GET", "notifications?state=dead&limit=0", 400, "limit"),
            ("GET", "notifications?state=dead&cursor=x", 400, "cursor"),
            ("GET", "notifications/0000", 404, "ID"),
            ("POST", "notifications/0000/redeliver", 404, "ID"),
            ("POST", "notifications/%20/redeliver", 404, "ID"),
            ("POST", "channels/nowhere/test", 404, "NAME"),
        ):
            with self.subTest(path=path):
                answered = self.http.ask(method, f"/api/v1/{path}")
                self.assertEqual((answered.status, answered.json()["error"]["path"]), (status, where))
        self.assertEqual(self.http.post("/api/v1/drill", b"[").status, 422)
        self.assertEqual(self.http.get("/api/v1/drill").status, 405)
        # Only the machine itself may order anything while there are no tokens.
        for path in ("notifications/0000/redeliver", "channels/duty-group/test", "drill"):
            self.assertEqual(self.http.post(f"/api/v1/{path}", host="yuqing.example").status, 403)

    def test_a_letter_about_no_case_is_sent_again_too(self):
        refuse = True
        self.answer("duty-group", lambda got, count: 410 if refuse else 200)
        done = self.office.ctl("drill", "--by", "王五")
        self.assertEqual(done.returncode, 1, done.stdout)
        letter = self.dead(reason="drill")[0]
        self.assertIsNone(letter["case"])
        refuse = False
        done = self.office.ctl("redeliver", letter["id"])
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for(lambda: len(self.sink.received(id=letter["id"])) == 2, "it is sent again")


class Trials(Ctl):
    arguments = {
        "channels": {
            "audit-hook": {"fallback": "duty-group"},
            "leaders": {"url": f"http://127.0.0.1:{refused_port()}/nobody"},
        }
    }

    def test_a_test_takes_the_way_of_every_message(self):
        done = self.office.ctl("test-channel", "duty-group", "--by", "王五")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("已送达", done.stdout)
        got = self.sink.wait(reason="test", channel="duty-group")
        self.assertNotIn("subject", got.body)
        self.assertIn("王五", got.data["text"])
        self.office.ctl("test-channel", "duty-group")
        wait_for(lambda: len({one.id for one in self.sink.received(reason="test", channel="duty-group")}) == 2,
                 "a second test is one of its own")  # fmt: skip

    def test_a_channel_that_refuses_or_does_not_answer_is_told(self):
        self.answer("audit-hook", lambda got, count: 401)
        refused = self.office.ctl("test-channel", "audit-hook", "--by", "李四")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("401", refused.stdout)
        told = [got.data["text"] for got in self.sink.received(reason="test", channel="duty-group")]
        self.assertFalse([text for text in told if "李四" in text], "a test asks about one channel")
        silent = self.office.ctl("test-channel", "leaders", "--wait", "2")
        self.assertEqual(silent.returncode, 1)
        self.assertIn("待发送", silent.stdout)
        unknown = self.office.ctl("test-channel", "duty")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("duty-group", unknown.stderr)

    def test_a_drill_reaches_those_on_duty_and_counts_nowhere(self):
        before = self.http.get("/api/v1/cases").json()
        done = self.office.ctl("drill", "--reason", "季度演练")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        got = self.sink.wait(reason="drill", channel="duty-group")
        self.assertTrue(got.data["title"].startswith("【演练】"))
        self.assertIn("季度演练", got.data["text"])
        self.assertNotIn("case", got.data)
        self.assertTrue(got.data["targets"][0]["officers"])
        self.assertEqual(self.http.get("/api/v1/cases").json(), before)
        for name in ("yuqing_events_total", "yuqing_cases_open", "yuqing_obligations"):
            self.assertEqual(self.http.metric(name), 0)
        self.assertEqual(self.http.metric("yuqing_notifications_total", reason="drill", outcome="delivered"), 2)
