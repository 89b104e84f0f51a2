"""What is seen over HTTP: cases, metrics, health; and who may see it."""

import re
import shutil
import subprocess
import time
import unicodedata

from client import HOUR, detected, event, millis, published, rfc3339
from office_case import OfficeCase
from waiting import wait_for

CASE_MEMBERS = {"id", "title", "status", "into", "flags", "class", "incident_grade", "opinion_level", "field",
                "lead_unit", "assist_units", "detected_at", "occurred_at", "acknowledged_at", "heat", "obligations",
                "timeline"}
OBLIGATION_MEMBERS = {"id", "title", "kind", "status", "start", "due", "fulfilled_at", "remaining_seconds", "card",
                      "basis", "excused"}
METRICS = {
    "yuqing_events_total": {"type", "status"}, "yuqing_ingest_seconds": set(), "yuqing_cases_open": {"class"},
    "yuqing_obligations": {"obligation", "status"}, "yuqing_obligations_fulfilled_total": {"obligation", "on_time"},
    "yuqing_obligation_due_timestamp_seconds": {"case", "obligation", "unit"}, "yuqing_next_due_timestamp_seconds": set(),
    "yuqing_response_seconds": {"obligation"}, "yuqing_step_lateness_seconds": set(),
    "yuqing_notifications_total": {"channel", "reason", "outcome"}, "yuqing_delivery_seconds": {"channel"},
    "yuqing_outbox_size": {"channel"}, "yuqing_outbox_oldest_seconds": {"channel"}, "yuqing_dead_letters": {"channel"},
    "yuqing_redis_up": set(), "yuqing_redis_seconds": set(), "yuqing_clock_step_total": set(),
    "yuqing_roster_gap_seconds": set(), "yuqing_calendar_days_left": set(), "yuqing_config_warnings": set(),
    "yuqing_config_last_reload_successful": set(), "yuqing_build_info": None,
}
HISTOGRAMS = {"yuqing_ingest_seconds", "yuqing_response_seconds", "yuqing_step_lateness_seconds",
              "yuqing_delivery_seconds", "yuqing_redis_seconds"}
SAMPLE = re.compile(r'^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$')


def samples(text):
    """(name, labels, value) of every line of the Prometheus text; AssertionError on a line that is none."""
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            read = SAMPLE.match(line)
            assert read, f"no sample: {line!r}"
            labels = dict(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', read.group(2) or ""))
            found.append((read.group(1), labels, float(read.group(3))))
    return found


class Cases(OfficeCase):
    def listed(self, query=""):
        answered = self.http.get("/api/v1/cases" + query)
        self.assertEqual(answered.status, 200, answered.body)
        return answered.json()

    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.now = now = millis(time.time())
        cls.office.tell(
            detected("L-LATE", now - 50 * HOUR, field="交通运输"),
            detected("L-FIRE", now - 4 * HOUR, incident_grade="major", field="安全生产"),
            detected("L-SOON", now - 40 * HOUR, field="义务教育"),
            detected("L-NEW", now, field="义务教育"),
            *(event("case.acknowledged", id, by="张三") for id in ("L-LATE", "L-FIRE", "L-SOON", "L-NEW")),
            *(detected(f"L-MANY-{n:02}", now - n * HOUR) for n in range(1, 24)),
            detected("L-DONE", now - 60 * HOUR), published("L-DONE", now - 59 * HOUR), event("case.closed", "L-DONE", by="甲"),
            detected("L-NONE", now), event("case.dismissed", "L-NONE", by="甲", reason="重复"),
            detected("L-JOINED", now), event("case.merged", "L-JOINED", into="L-NEW", by="甲"))

    def test_the_most_urgent_open_case_comes_first(self):
        self.assertEqual(self.http.status("/-/ready"), 200)
        ids = [one["id"] for one in self.listed("?status=open&limit=500")["cases"] if one["id"].startswith("L-")]
        self.assertEqual(set(ids), {"L-LATE", "L-FIRE", "L-SOON", "L-NEW"} | {f"L-MANY-{n:02}" for n in range(1, 24)})
        places = {id: ids.index(id) for id in ("L-LATE", "L-FIRE", "L-SOON", "L-NEW")}
        self.assertEqual(sorted(places, key=places.get), ["L-LATE", "L-FIRE", "L-SOON", "L-NEW"])

    def test_filters_choose(self):
        for query, ids in (("status=closed", {"L-DONE"}), ("status=dismissed", {"L-NONE"}), ("status=merged", {"L-JOINED"}),
                           ("class=emergency", {"L-FIRE"}), ("unit=jtysj", {"L-LATE"}), ("unit=jtj", {"L-SOON", "L-NEW"}),
                           ("status=open&unit=jtj&class=general", {"L-SOON", "L-NEW"}), ("class=nothing", set())):
            with self.subTest(query):
                self.assertEqual({one["id"] for one in self.listed(f"?{query}")["cases"]}, ids)

    def test_a_cursor_goes_through_all_cases_once(self):
        whole = [one["id"] for one in self.listed("?limit=500")["cases"]]
        self.assertGreaterEqual(len(whole), 30)
        self.assertEqual(len(whole), len(set(whole)))
        for query in ("?limit=7", "?limit=7&status=open"):
            paged, cursor = [], ""
            for _ in range(20):
                page = self.listed(query + cursor)
                self.assertLessEqual(len(page["cases"]), 7)
                paged += [one["id"] for one in page["cases"]]
                if not page["next"]:
                    break
                cursor = f"&cursor={page['next']}"
            wanted = whole if "status" not in query else [one["id"] for one in self.listed("?limit=500&status=open")["cases"]]
            self.assertEqual(paged, wanted)

    def test_a_wrong_question_is_answered_with_what_is_wrong(self):
        for path, status in (("/api/v1/cases?limit=0", 400), ("/api/v1/cases?limit=many", 400), ("/api/v1/cases?status=lost", 400),
                             ("/api/v1/cases?cursor=%00x", 400), ("/api/v1/cases/NOBODY", 404), ("/api/v1/cases/a%20b", 404),
                             ("/api/v1/nothing", 404), ("/nothing", 404), ("/api/v1/notifications?state=lost", 400)):
            with self.subTest(path):
                answered = self.http.get(path)
                self.assertEqual(answered.status, status, answered.body)
                self.assertEqual(answered.json()["error"].keys(), {"code", "message", "path"})
        self.assertEqual(self.http.ask("DELETE", "/api/v1/cases/L-NEW").status, 405)

    def test_a_case_has_exactly_the_members_of_the_contract(self):
        self.office.tell(detected("L-FIRE", heat={"views": 9, "reposts": 1, "comments": 2, "likes": 3}, opinion_level="red"))
        case = self.http.case("L-FIRE")
        self.assertEqual(case.keys(), CASE_MEMBERS)
        self.assertEqual({k: case[k] for k in ("id", "title", "status", "into", "class", "incident_grade", "opinion_level",
                                               "field", "lead_unit", "assist_units", "detected_at", "occurred_at", "heat")},
                         {"id": "L-FIRE", "title": "路灯不亮", "status": "open", "into": None, "class": "emergency",
                          "incident_grade": "major", "opinion_level": "red", "field": "work_safety", "lead_unit": "yjj",
                          "assist_units": [], "detected_at": rfc3339(self.now - 4 * HOUR), "occurred_at": None,
                          "heat": {"views": 9, "reposts": 1, "comments": 2, "likes": 3}})
        for owed in case["obligations"]:
            self.assertEqual(owed.keys(), OBLIGATION_MEMBERS)
        owed = {one["id"]: one for one in case["obligations"]}["authoritative_release"]
        self.assertAlmostEqual(owed["remaining_seconds"], HOUR - (time.time() - self.now), delta=3)
        self.assertEqual((owed["kind"], owed["status"], owed["start"], owed["due"], owed["card"], owed["excused"]),
                         ("statutory", "pending", rfc3339(self.now - 4 * HOUR), rfc3339(self.now + HOUR), None, None))
        facts = [entry for entry in case["timeline"] if entry["kind"] == "fact"]
        self.assertEqual([fact["type"] for fact in facts], ["opinion.detected", "case.acknowledged", "opinion.detected"])

    def test_statuses_are_told(self):
        self.assertEqual(self.http.case("L-DONE")["status"], "closed")
        joined = self.http.case("L-JOINED")
        self.assertEqual((joined["status"], joined["into"]), ("merged", "L-NEW"))
        for case in ("L-NONE", "L-JOINED"):
            self.assertEqual({one["status"] for one in self.http.case(case)["obligations"]}, {"void"})

    def test_withdrawing_the_only_detection_leaves_nothing_owed(self):
        first = detected("W-1", self.now - HOUR)
        self.office.tell(first)
        self.office.tell(event("fact.withdrawn", "W-1", event_source=first["source"], event_id=first["id"], by="甲", reason="误报"))
        case = self.http.case("W-1")
        self.assertEqual(case["status"], "dismissed")
        self.assertLessEqual({one["status"] for one in case["obligations"]}, {"void"})
        self.assertEqual([entry["type"] for entry in case["timeline"] if entry["kind"] == "fact"],
                         ["opinion.detected", "fact.withdrawn"])

    def test_a_withdrawal_may_come_before_its_fact(self):
        later, answer = detected("W-2", self.now - 9 * HOUR), published("W-2", self.now - 2 * HOUR)
        self.office.tell(detected("W-2", self.now - 3 * HOUR))
        for fact in (later, answer):
            self.office.tell(event("fact.withdrawn", "W-2", event_source=fact["source"], event_id=fact["id"], by="甲", reason="误报"))
        self.office.tell(later, answer)
        owed = self.http.obligations("W-2")["response"]
        self.assertEqual((owed["status"], owed["start"]), ("pending", rfc3339(self.now - 3 * HOUR)))

    def test_withdrawing_a_publication_opens_the_obligation_again(self):
        answer = published("W-3", self.now - 2 * HOUR)
        self.office.tell(detected("W-3", self.now - 3 * HOUR), answer)
        self.assertEqual(self.http.obligations("W-3")["response"]["status"], "met")
        self.office.tell(event("fact.withdrawn", "W-3", event_source=answer["source"], event_id=answer["id"], by="甲", reason="误报"))
        owed = self.http.obligations("W-3")["response"]
        self.assertEqual((owed["status"], owed["fulfilled_at"]), ("pending", None))

    def test_a_hostile_title_arrives_as_inert_text(self):
        title = "<script>alert(1)</script>\r\nBcc: x **@所有人** [领奖](http://e.invalid/) \u202e'; DROP--\x00\x1b[31m"
        self.office.tell(detected("HOSTILE", title=title))
        got = self.sink.wait(case="HOSTILE", reason="opened", channel="duty-group")
        for text in (got.data["case"]["title"], got.data["title"], self.http.case("HOSTILE")["title"]):
            self.assertIn("<script>alert(1)</script>", text)
            self.assertEqual([c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")], [], text)
        answered = self.http.get("/api/v1/cases/HOSTILE")
        self.assertTrue(answered.headers["content-type"].startswith("application/json"))
        self.assertEqual(answered.headers.get("x-content-type-options"), "nosniff")


class Monitoring(OfficeCase):
    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.office.sink.answers["leaders"] = lambda got, count: 400 if got.case == "M-DEAD" else 200
        now = time.time()
        cls.office.tell(detected("M-1", now - HOUR, field="义务教育"), published("M-1"),
                        detected("M-DEAD", now, incident_grade="extreme"))

    def test_the_daemon_is_healthy_and_ready(self):
        self.assertEqual((self.http.status("/-/healthy"), self.http.status("/-/ready")), (200, 200))

    def test_every_metric_is_there_with_its_labels(self):
        def all_there():
            text = self.http.get("/metrics").body.decode()
            names = {re.sub("_(bucket|sum|count)$", "", name) for name, _, _ in samples(text)}
            return text if METRICS.keys() <= names else None
        try:
            text = wait_for(all_there, "every metric has a sample")
        except AssertionError:
            text = self.http.get("/metrics").body.decode()
        found = {}
        for name, labels, _ in samples(text):
            base = re.sub("_(bucket|sum|count)$", "", name)
            found.setdefault(base if base in HISTOGRAMS else name, set()).update(labels.keys() - {"le"})
        self.assertEqual(METRICS.keys() - found.keys(), set())
        for name, labels in METRICS.items():
            if labels is not None:
                self.assertEqual(found[name], labels, name)
            kind = "histogram" if name in HISTOGRAMS else "counter" if name.endswith("_total") else "gauge"
            self.assertIn(f"# TYPE {name} {kind}\n", text)
            self.assertRegex(text, rf"# HELP {name} \S")

    def test_promtool_has_nothing_to_say_where_it_is_installed(self):
        text = self.http.get("/metrics").body
        if shutil.which("promtool"):
            checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))
        else:  # the same rules by hand: no sample twice, help and type once each
            lines = text.decode().splitlines()
            keys = [line.rsplit(" ", 1)[0] for line in lines]
            self.assertEqual(sorted(key for key in set(keys) if keys.count(key) > 1 and not key.startswith("#")), [])
            types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
            self.assertEqual(len(types), len(set(types)))

    def test_values_follow_what_happened(self):
        def value(name, **labels):
            return sum(v for n, have, v in samples(self.http.get("/metrics").body.decode())
                       if n == name and labels.items() <= have.items())
        before = value("yuqing_events_total", type="case.noted", status="accepted")
        rejected = value("yuqing_events_total", status="rejected")
        note = event("case.noted", "M-1", by="甲", text="好")
        self.office.tell(note)
        self.office.client().ask([note, b"?"])
        self.assertEqual(value("yuqing_events_total", type="case.noted", status="accepted"), before + 1)
        self.assertGreaterEqual(value("yuqing_events_total", type="case.noted", status="duplicate"), 1)
        self.assertEqual(value("yuqing_events_total", status="rejected"), rejected + 1)
        self.assertEqual(value("yuqing_redis_up"), 1)
        self.assertEqual(value("yuqing_cases_open", **{"class": "emergency"}), 1)
        self.assertEqual(value("yuqing_obligations_fulfilled_total", obligation="response", on_time="true"), 1)
        wait_for(lambda: value("yuqing_dead_letters", channel="leaders") >= 1, "the dead letter is counted")
        wait_for(lambda: value("yuqing_notifications_total", channel="duty-group", outcome="delivered") >= 1, "deliveries are counted")


class Guard(OfficeCase):
    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.office.tell(detected("GUARDED"))

    def test_only_this_machine_itself_may_read_or_change_cases(self):
        paths = ("/api/v1/cases", "/api/v1/cases/GUARDED", "/api/v1/rejects", "/api/v1/notifications?state=dead")
        foreign = ({"Host": "duty.example.com"}, {"Origin": "http://evil.example"}, {"X-Forwarded-For": "10.1.1.1"},
                   {"Forwarded": "for=10.1.1.1"}, {"Origin": "null"}, {"Host": f"127.0.0.1.evil.example:{self.http.port}"})
        for headers in foreign:
            for path in paths:
                with self.subTest(path=path, headers=headers):
                    answered = self.http.get(path, **headers)
                    self.assertEqual((answered.status, answered.json()["error"]["code"]), (403, "forbidden"))
            with self.subTest("POST", headers=headers):
                self.assertEqual(self.http.post("/api/v1/events", detected("SNEAKED"), **headers).status, 403)
        self.assertEqual(self.http.status("/api/v1/cases/SNEAKED"), 404)

    def test_loopback_names_and_its_own_origin_may(self):
        port = self.http.port
        for headers in ({"Host": f"localhost:{port}"}, {"Host": f"127.0.0.1:{port}"}, {"Origin": f"http://127.0.0.1:{port}"}):
            with self.subTest(headers):
                self.assertEqual(self.http.get("/api/v1/cases", **headers).status, 200)

    def test_metrics_and_health_are_open(self):
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            self.assertEqual(self.http.get(path, Host="prometheus.example.com", Origin="http://grafana.example").status, 200)
