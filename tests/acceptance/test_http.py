"""What monitors see, the metrics and health of the daemon; and who may see and change cases."""

import re
import subprocess
import time
from pathlib import Path

from client import HOUR, detected, event, published
from office_case import OfficeCase
from waiting import wait_for

METRICS = {
    "yuqing_events_total": {"type", "status"},
    "yuqing_ingest_seconds": set(),
    "yuqing_cases_open": {"class"},
    "yuqing_obligations": {"obligation", "status"},
    "yuqing_obligations_fulfilled_total": {"obligation", "on_time"},
    "yuqing_obligation_due_timestamp_seconds": {"case", "obligation", "unit"},
    "yuqing_next_due_timestamp_seconds": set(),
    "yuqing_response_seconds": {"obligation"},
    "yuqing_step_lateness_seconds": set(),
    "yuqing_notifications_total": {"channel", "reason", "outcome"},
    "yuqing_delivery_seconds": {"channel"},
    "yuqing_outbox_size": {"channel"},
    "yuqing_outbox_oldest_seconds": {"channel"},
    "yuqing_dead_letters": {"channel"},
    "yuqing_redis_up": set(),
    "yuqing_redis_seconds": set(),
    "yuqing_clock_step_total": set(),
    "yuqing_roster_gap_seconds": set(),
    "yuqing_calendar_days_left": set(),
    "yuqing_config_warnings": set(),
    "yuqing_config_last_reload_successful": set(),
    "yuqing_build_info": None,
}
HISTOGRAMS = {
    "yuqing_ingest_seconds",
    "yuqing_response_seconds",
    "yuqing_step_lateness_seconds",
    "yuqing_delivery_seconds",
    "yuqing_redis_seconds",
}
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


class Monitoring(OfficeCase):
    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.office.sink.answers["leaders"] = lambda got, count: 400 if got.case == "M-DEAD" else 200
        now = time.time()
        cls.office.tell(
            detected("M-1", now - HOUR, field="义务教育"),
            published("M-1"),
            detected("M-DEAD", now, incident_grade="extreme"),
        )

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

    def test_what_the_files_name_is_there_from_the_start_with_0(self):
        found = samples(self.http.get("/metrics").body.decode())

        def values(name, **labels):
            return [v for n, have, v in found if n == name and labels.items() <= have.items()]

        self.assertEqual(values("yuqing_events_total", type="case.merged", status="retry"), [0])
        self.assertEqual(values("yuqing_obligations", obligation="press_conference", status="late"), [0])
        self.assertEqual(
            values("yuqing_obligations_fulfilled_total", obligation="commitment", on_time="false"), [0]
        )
        self.assertEqual(values("yuqing_response_seconds_count", obligation="approval"), [0])
        self.assertEqual(
            values("yuqing_notifications_total", channel="leaders", reason="drill", outcome="dead"), [0]
        )

    def test_a_due_time_is_labelled_by_its_rule_without_the_ordinal(self):
        due = {
            labels["obligation"]: labels["unit"]
            for name, labels, _ in samples(self.http.get("/metrics").body.decode())
            if name == "yuqing_obligation_due_timestamp_seconds" and labels["case"] == "M-1"
        }
        self.assertEqual(due.keys(), {"acknowledge_general"})
        self.assertNotEqual(due["acknowledge_general"], "")

    def test_the_timekeeper_and_the_process_tell_of_themselves(self):
        def value(name):
            return [v for n, _, v in samples(self.http.get("/metrics").body.decode()) if n == name][0]

        self.assertLess(value("yuqing_timekeeper_idle_seconds"), 5)
        self.assertLess(abs(value("process_start_time_seconds") - time.time()), 600)
        self.assertGreater(value("process_resident_memory_bytes"), 1e6)
        self.assertGreater(value("process_max_fds"), value("process_open_fds"))
        spent = value("process_cpu_seconds_total")
        wait_for(lambda: value("process_cpu_seconds_total") > spent > 0, "CPU time is counted on")

    def test_every_limit_that_the_sources_name_is_counted_from_the_start(self):
        sources = Path(__file__).resolve().parents[2]
        files = [path for folder in ("daemon", "libalert/src") for path in (sources / folder).rglob("*.cpp")]
        hit = re.compile(r'\b(?:on_limit|limit_hit)\("(\w+)"')
        named = {name for path in files for name in hit.findall(path.read_text(encoding="utf-8"))}
        self.assertIn("ingest_in_flight", named)
        text = self.http.get("/metrics").body.decode()
        counted = {labels["limit"] for name, labels, _ in samples(text) if name == "yuqing_limit_hits_total"}
        self.assertEqual(named - counted, set())

    def test_promtool_has_nothing_to_say_but_that_days_are_no_seconds(self):
        text = self.http.get("/metrics").body
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30)
        said = [line for line in checked.stderr.splitlines() if b"yuqing_calendar_days_left" not in line]
        self.assertEqual((checked.stdout, said), (b"", []))

    def test_values_follow_what_happened(self):
        def value(name, **labels):
            return sum(
                v
                for n, have, v in samples(self.http.get("/metrics").body.decode())
                if n == name and labels.items() <= have.items()
            )

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
        self.assertEqual(
            value("yuqing_obligations_fulfilled_total", obligation="response", on_time="true"), 1
        )
        wait_for(lambda: value("yuqing_dead_letters", channel="leaders") >= 1, "the dead letter is counted")
        wait_for(
            lambda: value("yuqing_notifications_total", channel="duty-group", outcome="delivered") >= 1,
            "deliveries are counted",
        )



class MattersClosedUnacknowledged(OfficeCase):
    """Sixty of them, three days old: what was missed stays overdue in them, and nobody is asked for it any more."""

    CLOSED = 60

    @classmethod
    def prepare(cls):
        cls.office.open()
        now = time.time()
        for number in range(cls.CLOSED):
            case, begun = f"M-OLD-{number}", now - 72 * HOUR - number
            cls.office.tell(
                detected(case, begun, field="义务教育"),
                published(case, begun + 2 * HOUR),
                event("case.closed", case, begun + 5 * HOUR, by="甲"),
            )
        cls.office.tell(detected("M-NOW", now, incident_grade="extreme"))

    def test_do_not_hide_what_a_live_emergency_owes(self):
        found = samples(self.http.get("/metrics").body.decode())
        dues = [labels for name, labels, _ in found if name == "yuqing_obligation_due_timestamp_seconds"]
        self.assertEqual({labels["case"] for labels in dues}, {"M-NOW"})
        self.assertIn("authoritative_release", {labels["obligation"] for labels in dues})
        (next_due,) = (value for name, _, value in found if name == "yuqing_next_due_timestamp_seconds")
        self.assertGreater(next_due, time.time() - HOUR)

    def test_are_not_among_what_the_office_owes(self):
        owing = self.http.get("/api/v1/cases?status=owing&limit=500").json()["cases"]
        self.assertEqual([one["id"] for one in owing], ["M-NOW"])
        first = self.http.get("/api/v1/cases?limit=500").json()["cases"]
        self.assertEqual((first[0]["id"], len(first)), ("M-NOW", self.CLOSED + 1))
        old = self.http.get("/api/v1/cases/M-OLD-0").json()
        self.assertIn("overdue", {one["status"] for one in old["obligations"]})

class Guard(OfficeCase):
    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.office.tell(detected("GUARDED"))

    def test_only_this_machine_itself_may_read_or_change_cases(self):
        paths = (
            "/api/v1/cases",
            "/api/v1/cases/GUARDED",
            "/api/v1/rejects",
            "/api/v1/notifications?state=dead",
        )
        foreign = (
            {"Host": "duty.example.com"},
            {"Origin": "http://evil.example"},
            {"X-Forwarded-For": "10.1.1.1"},
            {"Forwarded": "for=10.1.1.1"},
            {"Origin": "null"},
            {"Host": f"127.0.0.1.evil.example:{self.http.port}"},
        )
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
        for headers in (
            {"Host": f"localhost:{port}"},
            {"Host": f"127.0.0.1:{port}"},
            {"Origin": f"http://127.0.0.1:{port}"},
        ):
            with self.subTest(headers):
                self.assertEqual(self.http.get("/api/v1/cases", **headers).status, 200)

    def test_metrics_and_health_are_open(self):
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            self.assertEqual(
                self.http.get(path, Host="prometheus.example.com", Origin="http://grafana.example").status,
                200,
            )
