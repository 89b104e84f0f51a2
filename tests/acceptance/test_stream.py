"""`GET /api/v1/stream`: what listeners are told, by whichever daemon; and the board's own paths."""

import re
import time

from client import HOUR, detected, event, published
from listener import Listener
from office import BUILD, start, stop
from office_case import OfficeCase, add_quick_class
from waiting import wait_for

LISTENERS_MAX = 64


class Stream(OfficeCase):
    arguments = {"adapt": lambda config: add_quick_class(config, due="4s")}

    def listen(self, **headers):
        listener = Listener(self.http.port, **headers)
        self.addCleanup(listener.close)
        listener.wait("hello")
        wait_for(lambda: listener.mark, "the stream says where it stands")
        return listener

    def test_a_changed_case_is_told_as_the_list_has_it(self):
        listener = self.listen()
        self.office.tell(detected("S-1", title="路灯不亮", field="义务教育"))
        told = listener.wait("case", "S-1")[-1]
        listed = next(one for one in self.http.get("/api/v1/cases").json()["cases"] if one["id"] == "S-1")
        self.assertEqual(told.keys(), listed.keys())
        for changing in (told, listed):
            for obligation in changing["obligations"]:
                obligation.pop("remaining_seconds")
        self.assertEqual(told, listed)
        self.office.tell(event("case.acknowledged", "S-1", by="张三"))
        wait_for(lambda: listener.all("case", "S-1")[-1]["acknowledged_at"], "the acknowledgement is told")
        self.office.tell(event("case.closed", "S-1", by="张三"))
        wait_for(lambda: listener.all("case", "S-1")[-1]["status"] == "closed", "the closing is told")

    def test_screens_see_no_numbers_of_persons_and_programs_see_texts_as_they_were_told(self):
        screen, program = self.listen(prefer="masked-numbers"), self.listen()
        text = "请联系13800001111"
        told = detected("13900002222", title=text, lead_unit=text, platform="quick", summary=text)
        note = event("case.noted", "13900002222", by=text, text=text)
        self.office.tell(told, note)
        for listener, seen in ((screen, "请联系138****1111"), (program, text)):
            case = listener.wait("case", "13900002222")[-1]
            self.assertEqual((case["title"], case["lead_unit"]), (seen, seen))
            due = listener.wait("told", "13900002222")[0]
            self.assertEqual((due["title"], due["obligation"]), (seen, "quick"))
        path = "/api/v1/cases/13900002222"
        masked = self.http.get(path, prefer="respond-async, masked-numbers").json()
        plain = self.http.get(path).json()
        self.assertIn(text, str(plain))
        self.assertNotIn("13800001111", str(masked))
        for one in masked, plain:
            [noted] = [entry for entry in one["timeline"] if entry.get("type") == "case.noted"]
            self.assertEqual((noted["by"], noted["note"]), (one["title"],) * 2)
            self.assertEqual((one["id"], noted["source"], noted["id"]), ("13900002222", note["source"], note["id"]))
        listed = self.http.get("/api/v1/cases?status=owing", prefer="masked-numbers").json()["cases"]
        self.assertIn(masked["title"], [one["title"] for one in listed])

    def test_deadlines_and_emergencies_are_told_and_nothing_else(self):
        listener = self.listen()
        now = time.time()
        self.office.tell(
            detected("S-QUICK", now, platform="quick"),
            detected("S-GRAVE", now, incident_grade="major"),
            detected("S-PLAIN", now),
        )
        self.assertEqual(listener.wait("told", "S-GRAVE")[0]["reason"], "opened")
        wait_for(
            lambda: listener.all("told", "S-QUICK") and listener.all("told", "S-QUICK")[-1]["step"] == "due+2s",
            "the deadline and what comes behind it",
        )
        told = listener.all("told", "S-QUICK")
        fired = [entry["step"] for entry in self.timeline("S-QUICK", "fired", "quick")]
        self.assertEqual([one["step"] for one in told], [step for step in fired if step in ("due", "due+2s")])
        for one in told:
            self.assertEqual(one["reason"], "due" if one["step"] == "due" else "overdue")
            self.assertEqual((one["obligation"], one["title"]), ("quick", "路灯不亮"))
            self.assertEqual(one["targets"][0]["role"], "duty_officer")
        self.assertEqual(listener.all("told", "S-PLAIN"), [])

    def test_who_comes_back_to_the_same_place_missed_nothing_else_looks_anew(self):
        first = self.listen()
        mark = first.mark
        again = self.listen(**{"Last-Event-ID": mark})
        self.assertEqual(again.all("reload"), [])
        self.office.tell(detected("S-MISSED"))
        again.wait("case", "S-MISSED")
        self.listen(**{"Last-Event-ID": mark}).wait("reload")
        self.listen(**{"Last-Event-ID": "*\t$(x)"}).wait("reload")

    def test_changes_by_another_daemon_on_the_same_redis_are_told(self):
        listener = self.listen()
        config, other = self.office.config_beside("other")
        with open(self.office.folder / "other.log", "ab") as log:
            daemon = start([BUILD / "bin" / "yuqingd", "--config", config], log)
        self.addCleanup(stop, daemon)
        wait_for(lambda: other.status("/-/ready") == 200, "the other daemon is ready", 60)
        self.assertEqual(other.post("/api/v1/events", detected("S-OTHER")).status, 200)
        listener.wait("case", "S-OTHER")

    def test_a_flood_is_told_as_one_word(self):
        listener = self.listen()
        for _ in range(3):
            self.office.tell(*[detected() for _ in range(500)], bound=120)
        wait_for(lambda: listener.all("reload") or len(listener.all("case")) >= 1500, "all is told in some way", 60)
        # What comes right behind may still be part of that word.
        wait_for(
            lambda: self.office.tell(detected(title="之后")) and listener.all("case")[-1:] and listener.all("case")[-1]["title"] == "之后",
            "the next is told",
        )

    def test_more_listeners_than_there_is_room_for_are_told_so(self):
        listeners = [Listener(self.http.port) for _ in range(LISTENERS_MAX)]
        for listener in listeners:
            self.addCleanup(listener.close)
            self.assertEqual(listener.status, 200)
        refused = self.http.get("/api/v1/stream")
        self.assertEqual((refused.status, refused.json()["error"]["code"]), (503, "busy"))
        self.assertEqual(refused.headers["retry-after"], "30")
        self.assertGreaterEqual(self.http.metric("yuqing_limit_hits_total", limit="stream_listeners"), 1)
        for listener in listeners:
            listener.close()
        wait_for(lambda: self._let_in(), "there is room again")

    def _let_in(self):
        listener = Listener(self.http.port)
        listener.close()
        return listener.status == 200

    def test_only_this_machine_may_listen(self):
        self.assertEqual(Listener(self.http.port, Host="duty.example.com").status, 403)
        self.assertEqual(self.http.post("/api/v1/stream").status, 405)

    def test_who_is_on_duty(self):
        roster = self.http.get("/api/v1/roster").json()
        duty = next(one for one in roster["roles"] if one["role"] == "duty_officer")
        self.assertEqual(duty.keys(), {"role", "name", "officers", "until", "next", "gaps"})
        self.assertEqual((duty["name"], duty["until"], duty["next"], duty["gaps"]), ("值班员", None, None, []))
        self.assertEqual(duty["officers"][0].keys(), {"id", "name"})
        self.assertEqual(self.http.get("/api/v1/office").json()["jurisdiction"], "qingshan")


class Interrupted(OfficeCase):
    def test_listeners_hear_that_redis_is_away_and_back_and_the_end_of_the_daemon(self):
        listener = Listener(self.http.port)
        self.addCleanup(listener.close)
        wait_for(lambda: listener.mark, "the stream says where it stands")
        self.office.kill_redis()
        self.assertEqual(listener.wait("away")[0].keys(), {"code", "message", "path"})
        late = Listener(self.http.port)
        self.addCleanup(late.close)
        late.wait("away")
        self.office.start_redis()
        listener.wait("reload")
        late.wait("reload")
        self.office.wait_ready()
        self.office.tell(detected("I-1"))
        listener.wait("case", "I-1")
        late.wait("case", "I-1")
        begin = time.monotonic()
        self.assertEqual(self.office.stop_daemon(), 0)
        self.assertLess(time.monotonic() - begin, 10)
        wait_for(lambda: listener.ended and late.ended, "the streams end")


class Board(OfficeCase):
    def test_what_needs_no_more_than_the_open_cases_is_listed_by_itself(self):
        now = time.time()
        self.office.tell(
            detected("S-OWING", now - HOUR),
            event("case.closed", "S-OWING", by="张三"),
            detected("S-ANSWERED", now - HOUR),
            published("S-ANSWERED"),
            event("case.closed", "S-ANSWERED", by="张三"),
        )
        listed = [one["id"] for one in self.http.get("/api/v1/cases?status=owing&limit=500").json()["cases"]]
        self.assertIn("S-OWING", listed)
        self.assertNotIn("S-ANSWERED", listed)

    def test_every_file_is_served_with_its_policy_and_kept_by_the_browser(self):
        page = self.http.get("/")
        self.assertEqual((page.status, page.headers["content-type"]), (200, "text/html; charset=utf-8"))
        files = re.findall(r'(?:src|href)="(board/[^"]+)"', page.body.decode())
        self.assertGreaterEqual(len(files), 3)
        script = self.http.get("/board/main.js").body.decode()
        files += [f"board/{name}" for name in re.findall(r"from '\./([\w.]+)'", script)]
        for path in ["", *files]:
            with self.subTest(path):
                first = self.http.get(f"/{path}")
                self.assertEqual(first.status, 200)
                policy = first.headers["content-security-policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertEqual(first.headers["x-content-type-options"], "nosniff")
                self.assertEqual(first.headers["referrer-policy"], "no-referrer")
                again = self.http.get(f"/{path}", **{"If-None-Match": first.headers["etag"]})
                self.assertEqual((again.status, again.body), (304, b""))
                other = self.http.get(f"/{path}", **{"If-None-Match": '"other"'})
                self.assertEqual((other.status, other.body), (200, first.body))

    def test_nothing_of_the_page_is_inline_or_from_elsewhere(self):
        page = self.http.get("/").body.decode()
        self.assertNotRegex(page, r"<script(?![^>]* src=)|<style|\son\w+=|style=")
        self.assertNotRegex(page, r'(?:src|href)="(?:https?:)?//')
        self.assertEqual(self.http.get("/board/nothing.js").status, 404)
        self.assertEqual(self.http.get("/board/../api/v1/cases").status, 404)
