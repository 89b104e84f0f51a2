"""New files under a running daemon: all of them are taken, or none and the reason is told."""

import signal
import subprocess
import threading
import time

from client import HOUR, detected, just_now, rfc3339
from office import BUILD, with_journal
from office_case import OfficeCase
from sink import seconds_of
from waiting import wait_for

TAKEN = "yuqing_config_last_reload_successful"
STATUTORY_RESPONSE = "    title: 回应\n    kind: statutory\n    due: 48h"


class Reloading(OfficeCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.office.ctl, "reload")  # with the files as they were

    def change(self, name, before, after):
        file = self.office.config_file.parent / name
        text = file.read_text(encoding="utf-8")
        self.assertIn(before, text)
        self.addCleanup(file.write_text, text, encoding="utf-8")
        file.write_text(text.replace(before, after, 1), encoding="utf-8")

    def response_due(self, case):
        return self.http.obligations(case)["response"]["due"]

    def reloaded(self):
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def add_channel(self):
        """One more, which the duty officers are told through; what takes it away again."""
        sink = self.office.sink
        added = f"channels:\n  extra: {{format: cloudevents, url: '{sink.url('extra')}', secret_file: webhook.secret}}\n"
        self.change("yuqingd.yaml", "channels:\n", added)
        self.change("directory.yaml", "channels: [duty-group, audit-hook]", "channels: [extra, audit-hook]")

        def remove():
            self.change("directory.yaml", "channels: [extra, audit-hook]", "channels: [duty-group, audit-hook]")
            self.change("yuqingd.yaml", added, "channels:\n")

        return remove


class Reload(Reloading):
    def metric(self):
        return next(
            float(line.split()[1]) for line in self.http.get("/metrics").body.decode().splitlines() if line.startswith(TAKEN)
        )

    def test_a_new_policy_holds_for_new_cases_and_old_cases_keep_theirs(self):
        at = just_now()
        self.office.tell(detected("RELOAD-OLD", at))
        self.change("policy.yaml", STATUTORY_RESPONSE, STATUTORY_RESPONSE.replace("48h", "24h"))
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2026.1", done.stdout)
        self.office.tell(detected("RELOAD-NEW", at))
        self.assertEqual(self.response_due("RELOAD-OLD"), rfc3339(at + 48 * HOUR))
        self.assertEqual(self.response_due("RELOAD-NEW"), rfc3339(at + 24 * HOUR))

    def open_hotline_case(self, case):
        """A case that is answered within ten working days; the instant it is due."""
        file = self.office.config_file.parent / "policy.yaml"
        text = file.read_text(encoding="utf-8")
        self.addCleanup(file.write_text, text, encoding="utf-8")
        file.write_text(text.replace("\n#热线# ", "\n"), encoding="utf-8")
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.office.tell(detected(case, just_now(), matter="hotline"))
        return self.http.obligations(case)["hotline"]["due"]

    def off(self, instant):
        """Makes the day of that instant a holiday."""
        self.change("calendar.yaml", "holidays:\n", f"holidays:\n  - {instant[:10]}\n")

    def expect_moved(self, case, before):
        wait_for(lambda: self.http.obligations(case)["hotline"]["due"] > before, "the due time moves", 20)
        wait_for(
            lambda: "attention:due_moved" in [entry.get("reason") for entry in self.http.case(case)["timeline"]],
            "the move is recorded",
            20,
        )
        self.office.sink.wait(20, case=case, flag="due_moved", obligation="hotline")

    def test_a_changed_calendar_moves_working_days_of_open_cases_and_tells_it(self):
        before = self.open_hotline_case("RELOAD-DAYS")
        self.off(before)
        self.assertEqual(self.office.ctl("reload").returncode, 0)
        self.expect_moved("RELOAD-DAYS", before)

    def test_a_calendar_that_changed_while_the_daemon_was_away_moves_them_too(self):
        before = self.open_hotline_case("RELOAD-AWAY")
        self.office.stop_daemon()
        self.off(before)
        self.office.start_daemon()
        self.expect_moved("RELOAD-AWAY", before)

    def test_files_with_a_mistake_change_nothing_and_the_mistake_is_told(self):
        self.change("policy.yaml", STATUTORY_RESPONSE, STATUTORY_RESPONSE.replace("48h", "72h"))
        refused = self.office.ctl("reload")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("policy.yaml:", refused.stdout)
        self.assertIn("错误：obligations.response.due：规定时限为48小时", refused.stdout)
        self.assertEqual(self.metric(), 0)
        at = just_now()
        self.office.tell(detected("RELOAD-KEPT", at))
        self.assertEqual(self.response_due("RELOAD-KEPT"), rfc3339(at + 48 * HOUR))

    def test_what_only_a_restart_can_change_is_named(self):
        self.change("yuqingd.yaml", "durability: always", "durability: everysec")
        refused = self.office.ctl("reload")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("redis", refused.stdout)

    def test_a_channel_moves_and_what_is_under_way_is_brought_to_its_end(self):
        sink, release = self.office.sink, threading.Event()
        self.addCleanup(release.set)
        sink.answers["duty-group"] = lambda got, count: 200 if release.wait(60) else 500
        self.office.tell(detected("RELOAD-UNDER-WAY", just_now()))
        under_way = sink.wait(20, case="RELOAD-UNDER-WAY", channel="duty-group")
        self.change("yuqingd.yaml", sink.url("duty-group"), sink.url("moved"))
        self.reloaded()
        self.office.tell(detected("RELOAD-MOVED", just_now()))
        sink.wait(20, case="RELOAD-MOVED", channel="moved")
        release.set()
        wait_for(
            lambda: f"notification={under_way.id} channel=duty-group reason={under_way.data['reason']} "
            "case=RELOAD-UNDER-WAY attempt=1 outcome=delivered" in self.office.log(),
            "what was under way is settled",
            20,
        )
        self.assertEqual(sink.received(case="RELOAD-MOVED", channel="duty-group"), [])
        self.assertNotIn(under_way.id, [got.id for got in sink.received(channel="moved")])

    def test_a_channel_comes_and_goes_and_nothing_waits_where_it_was(self):
        sink = self.office.sink
        remove = self.add_channel()
        self.reloaded()
        self.office.tell(detected("RELOAD-COMES", just_now()))
        sink.wait(20, case="RELOAD-COMES", channel="extra")
        sink.answers["extra"] = lambda got, count: 503
        self.office.tell(detected("RELOAD-GOES", just_now()))
        stuck = sink.wait(20, case="RELOAD-GOES", channel="extra")
        self.assertGreater(self.http.metric("yuqing_outbox_size", channel="extra"), 0)
        remove()
        self.reloaded()
        for gauge in ("outbox_size", "outbox_oldest_seconds", "channel_held"):
            self.assertNotIn(f'yuqing_{gauge}{{channel="extra"}}', self.http.get("/metrics").body.decode())
        sink.wait(30, case="RELOAD-GOES", channel="duty-group", reason=stuck.data["reason"])

    def test_a_start_with_files_that_do_not_load_runs_with_those_that_did_last(self):
        self.reloaded()
        at = just_now()
        self.change("policy.yaml", STATUTORY_RESPONSE, STATUTORY_RESPONSE.replace("48h", "72h"))
        self.change("yuqingd.yaml", "format: cloudevents", "format: carrier_pigeon")
        self.office.restart_daemon()
        self.assertEqual(self.metric(), 0)
        self.assertIn("running with the files that loaded last", self.office.log())
        self.office.tell(detected("RELOAD-LAST", at))
        self.assertEqual(self.response_due("RELOAD-LAST"), rfc3339(at + 48 * HOUR))
        self.office.sink.wait(20, case="RELOAD-LAST", channel="duty-group")
        self.assertEqual(self.office.ctl("reload").returncode, 1)

    def test_files_that_never_loaded_start_nothing(self):
        other = self.office.config_file.parent / "other.yaml"
        text = self.office.config_file.read_text(encoding="utf-8")
        other.write_text(text.replace("format: cloudevents", "format: carrier_pigeon", 1), encoding="utf-8")
        ended = subprocess.run(
            [BUILD / "bin" / "yuqingd", "--config", other], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(ended.returncode, 1)
        self.assertIn("carrier_pigeon", ended.stderr)

    def test_sighup_reloads_and_does_not_end_the_daemon(self):
        self.change("policy.yaml", 'version: "2026.1"', 'version: "2026.2"')
        self.office.daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: "reload=done policy=2026.2" in self.office.log(), "the reload is logged", 20)
        self.assertEqual(self.metric(), 1)
        self.assertIsNone(self.office.daemon.poll())


class ReloadWhileRedisIsAway(Reloading):
    arguments = {"adapt": with_journal}

    def stands_in(self):
        return self.http.metric("yuqing_mirror_standing_in") == 1

    def test_it_holds_at_once_for_rules_and_channels_and_nothing_is_lost_for_it(self):
        sink, at = self.office.sink, just_now()
        remove = self.add_channel()
        self.reloaded()
        sink.answers["extra"] = lambda got, count: 503
        self.office.tell(detected("AWAY-WAITS", at))
        stuck = sink.wait(20, case="AWAY-WAITS", channel="extra")
        due = round(time.time() + 8, 3)
        self.office.tell(detected("AWAY-DUE", due - 48 * HOUR))
        self.office.kill_redis()
        wait_for(self.stands_in, "it stands in")

        remove()
        self.change("policy.yaml", STATUTORY_RESPONSE, STATUTORY_RESPONSE.replace("48h", "24h"))
        self.reloaded()
        tried = len(sink.received(channel="extra"))
        self.assertLess(time.time(), due, "the machine is too slow for this test")
        (opened,) = self.office.tell(detected("AWAY-NEW", just_now()))
        self.assertTrue(opened["degraded"])
        sink.wait(20, case="AWAY-NEW", channel="duty-group", reason="opened")
        sink.wait(20, case="AWAY-DUE", channel="duty-group", reason="due")
        self.assertEqual(sink.received(case="AWAY-NEW", channel="extra"), [])

        self.office.start_redis()
        self.office.wait_ready()
        wait_for(lambda: not self.stands_in(), "Redis decides again")
        sink.wait(30, case="AWAY-WAITS", channel="duty-group", reason=stuck.data["reason"])
        self.assertEqual(len(sink.received(channel="extra")), tried)
        detected_at = seconds_of(self.http.case("AWAY-NEW")["detected_at"])
        self.assertEqual(self.response_due("AWAY-NEW"), rfc3339(detected_at + 24 * HOUR))
        self.assertEqual(self.response_due("AWAY-WAITS"), rfc3339(at + 48 * HOUR))
        self.office.restart_daemon()  # which reads the policy of each case from Redis
        self.assertEqual(self.response_due("AWAY-NEW"), rfc3339(detected_at + 24 * HOUR))

    def test_its_policy_is_in_redis_before_a_case_that_holds_it(self):
        self.office.kill_redis()
        wait_for(self.stands_in, "it stands in")
        self.change("policy.yaml", 'version: "2026.1"', 'version: "2026.7"')
        self.reloaded()
        self.office.tell(detected("AWAY-UNDER", just_now()))
        self.office.start_redis()
        self.office.wait_ready()
        explained = "/api/v1/cases/AWAY-UNDER/explain"
        wait_for(lambda: self.http.status(explained) == 200, "Redis has it")
        self.change("policy.yaml", 'version: "2026.7"', 'version: "2026.8"')
        self.office.restart_daemon()
        self.assertEqual(self.http.get(explained).json()["policy"], "2026.7")
