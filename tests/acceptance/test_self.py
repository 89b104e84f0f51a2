"""The daemon tells of itself: what needs a person, through a channel that works, once; and when it is over."""

import json
import re
import shutil
import signal
import socket
import subprocess
import unittest
from datetime import datetime, timedelta

from client import BEIJING, HOUR, Http, detected, just_now
from faulty_calls import FaultyCalls
from office import BUILD, Office, free_port, start, stop
from waiting import holds_for, wait_for

QUICK = (
    "self: {redis_after: 2s, channel_after: 3s, settings_after: 2s, over_after: 2s, look_every: 1s, rejects: 20}"
)


class Self(unittest.TestCase):
    def make_office(self, **arguments):
        self.office = office = Office(prefix=self._testMethodName[5:25], settings=QUICK, **arguments)
        self.addCleanup(office.close)
        return office

    def tearDown(self):
        self.assertEqual(self.office.sink.faults(), [])

    def notices(self, about, channel="audit-hook"):
        """What was told of it through a channel of the duty officer, once per message."""
        seen = {}
        for got in self.office.sink.received(reason="self", channel=channel):
            if got.data["self"]["about"] == about:
                seen.setdefault(got.id, got)
        return list(seen.values())

    def wait_notice(self, about, over=False, channel="audit-hook", bound=30):
        def told():
            return [got for got in self.notices(about, channel) if got.data["self"]["over"] == over]

        notice = wait_for(told, f"told of {about}, over: {over}", bound)[0]
        self.assertNotIn("subject", notice.body)
        self.assertTrue(notice.data["title"].startswith("【系统】"), notice.data["title"])
        return notice

    def assert_told(self, about, times, seconds=4):
        """So often and no more, whatever restarts."""
        wait_for(lambda: len(self.notices(about)) >= times, f"told of {about}, {times} times", 30)
        self.office.restart_daemon()
        holds_for(seconds, lambda: len(self.notices(about)) == times, f"no more of {about}")

    def metric(self, name):
        for line in self.office.http.get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        return None

    def test_clocks_that_are_apart_at_the_start_are_told_with_which_one_counts(self):
        office = self.make_office()
        calls = FaultyCalls(office.folder)
        calls.set(wall_offset_ms=-3_600_000)
        office.environment = calls.environment
        office.open()
        told = self.wait_notice("clock")
        self.assertRegex(told.data["text"], r"它比本机的快 (3599|3600)\.")
        calls.set(wall_offset_ms=0)
        self.wait_notice("clock", over=True)

    def test_a_channel_that_fails_is_told_through_another_once_and_when_it_works_again(self):
        office = self.make_office(channels={"duty-group": {"fallback": "leaders"}})
        office.open()
        fails = True
        office.sink.answers["duty-group"] = lambda got, count: 503 if fails else 200
        office.tell(detected("SELF-STUCK", just_now()))
        begins = self.wait_notice("channel.duty-group", channel="leaders")
        self.assertIn("通道 duty-group 发送不畅", begins.data["title"])
        self.assertIn("yuqingctl test-channel duty-group", begins.data["text"])
        self.assertIn("channel duty-group does not get its messages out", begins.data["text"])
        self.assertEqual([target["role"] for target in begins.data["targets"]], ["duty_officer"])
        self.assert_told("channel.duty-group", 1)
        self.assertGreaterEqual(self.metric("yuqing_self_troubles"), 1)
        fails = False
        over = self.wait_notice("channel.duty-group", over=True, channel="duty-group")
        self.assertIn("已恢复", over.data["title"])
        self.assert_told("channel.duty-group", 2)
        self.assertEqual(self.notices("channel.duty-group", channel="duty-group"), [over])

    def test_dead_letters_are_told_through_another_channel_and_a_notice_that_dies_is_not(self):
        office = self.make_office(channels={"duty-group": {"fallback": "leaders"}})
        office.open()
        office.sink.answers["duty-group"] = lambda got, count: 400
        office.sink.answers["audit-hook"] = lambda got, count: 400 if got.data["reason"] == "self" else 200
        office.tell(detected("SELF-DEAD", just_now()))
        notice = self.wait_notice("dead-letters.duty-group")
        self.assertIn("已改由备用通道 leaders 发送", notice.data["text"])

        def dead_reasons():
            letters = office.http.get("/api/v1/notifications?state=dead").json()["notifications"]
            return {(letter["channel"], letter["reason"]) for letter in letters}

        wait_for(lambda: ("audit-hook", "self") in dead_reasons(), "the notice died", 30)
        holds_for(4, lambda: "dead-letters.audit-hook" not in office.log(), "no notice about a notice")
        self.assertEqual(len(self.notices("dead-letters.duty-group")), 1)
        self.assertEqual(self.notices("dead-letters.duty-group", channel="duty-group"), [])

    def test_when_no_channel_is_left_it_is_an_error_in_the_log_and_counted(self):
        office = self.make_office()
        office.open()
        fails = True
        for channel in ("duty-group", "audit-hook", "leaders"):
            office.sink.answers[channel] = lambda got, count: 503 if fails else 200
        office.tell(detected("SELF-ALL", just_now() - 6 * HOUR, incident_grade="extreme"))
        wait_for(lambda: self.metric("yuqing_self_untold_total") == 3, "each is counted once", 30)
        self.assertRegex(office.log(), "level=error self=untold about=channel.leaders")
        holds_for(3, lambda: self.metric("yuqing_self_untold_total") == 3, "counted once")
        fails = False
        office.sink.wait(30, case="SELF-ALL", channel="leaders", reason="overdue")
        wait_for(lambda: self.metric("yuqing_self_troubles") < 3, "the channels work again", 30)

    def test_redis_away_is_told_without_it_and_its_return_through_it(self):
        office = self.make_office()
        office.open()
        office.kill_redis()
        for channel in ("duty-group", "audit-hook"):
            begins = self.wait_notice("redis", channel=channel)
            self.assertIn("数据库 Redis 不可用", begins.data["title"])
            self.assertRegex(begins.data["text"], "与 Redis 的连接已断开|没有这个文件|连接被拒绝")
        holds_for(3, lambda: len(self.notices("redis")) == 1, "told once while it lasts")
        office.start_redis()
        over = self.wait_notice("redis", over=True)
        self.assertIn("历时", over.data["text"])
        self.assert_told("redis", 2)

    def test_a_short_absence_of_redis_is_nothing_to_tell(self):
        office = self.make_office()
        office.config_file.write_text(
            office.config_file.read_text(encoding="utf-8").replace("redis_after: 2s", "redis_after: 1h"),
            encoding="utf-8",
        )
        office.open()
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready")
        office.start_redis()
        office.wait_ready()
        holds_for(5, lambda: not self.notices("redis"), "nothing told")

    def test_a_gap_of_the_roster_is_told_ahead_and_when_it_is_there_and_when_it_is_filled(self):
        office = self.make_office()
        roster = office.config_file.parent / "roster.csv"
        whole = roster.read_text(encoding="utf-8")
        office.open()
        now = datetime.now(BEIJING)

        def until(hours):
            end = (now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
            lines = [
                ",".join([*line.split(",")[:3], end]) if line.startswith("duty_leader,") else line
                for line in whole.splitlines()
            ]
            roster.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = self.office.ctl("reload")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        until(5)
        begins = self.wait_notice("roster-ahead.duty_leader")
        self.assertIn("带班领导", begins.data["title"])
        self.assertIn("起无人值班", begins.data["text"])
        until(-1)
        here = self.wait_notice("roster-gap.duty_leader")
        self.assertIn("现在无人值班", here.data["title"])
        self.assert_told("roster-gap.duty_leader", 1)
        roster.write_text(whole, encoding="utf-8")
        self.assertEqual(self.office.ctl("reload").returncode, 0)
        self.wait_notice("roster-gap.duty_leader", over=True)
        self.assertEqual(len(self.notices("roster-ahead.duty_leader")), 1)

    def test_files_that_were_refused_are_told_with_the_line_until_they_are_taken(self):
        office = self.make_office()
        office.open()
        policy = office.config_file.parent / "policy.yaml"
        good = policy.read_text(encoding="utf-8")
        policy.write_text(good + "weather: fine\n", encoding="utf-8")
        office.daemon.send_signal(signal.SIGHUP)
        begins = self.wait_notice("reload")
        line = good.count("\n") + 1
        self.assertIn(f"policy.yaml:{line}", begins.data["text"])
        self.assertRegex(begins.data["text"], r"：没有配置项“[^”]+”.*（共\d+处）")
        self.assertNotIn(str(office.folder), begins.data["text"])
        policy.write_text(good, encoding="utf-8")
        office.daemon.send_signal(signal.SIGHUP)
        self.wait_notice("reload", over=True)
        self.assert_told("reload", 2)

    def other_daemon(self):
        """One more on the same Redis, with a folder of files of its own; that folder."""
        office, other = self.office, Http(free_port())
        config = office.folder / "other"
        shutil.copytree(office.config_file.parent, config)
        text = office.config_file.read_text(encoding="utf-8").replace(f":{office.http.port}", f":{other.port}")
        text = re.sub(r"^ingest:.*$", f"ingest: {{bind: ['tcp://127.0.0.1:{free_port()}']}}", text, flags=re.M)
        (config / "yuqingd.yaml").write_text(text, encoding="utf-8")
        with open(office.folder / "other.log", "ab") as log:
            daemon = start([BUILD / "bin" / "yuqingd", "--config", config / "yuqingd.yaml"], log)
        self.addCleanup(stop, daemon)
        wait_for(lambda: other.status("/-/ready") == 200, "the other daemon is ready", 60)
        return daemon, config

    def test_daemons_that_go_by_other_policies_are_told_of_once_and_when_they_agree_again(self):
        office = self.make_office()
        office.open()
        daemon, config = self.other_daemon()
        wait_for(lambda: self.metric("yuqing_daemons") == 2, "each knows of the other")
        policy = config / "policy.yaml"
        good = policy.read_text(encoding="utf-8")
        policy.write_text(good.replace("due: 48h", "due: 40h", 1), encoding="utf-8")
        daemon.send_signal(signal.SIGHUP)
        begins = self.wait_notice("settings-differ")
        self.assertIn("不一致的：policy；守护进程：", begins.data["text"])
        for process in (office.daemon, daemon):
            self.assertIn(f"{socket.gethostname()}:{process.pid}", begins.data["text"])
        self.assert_told("settings-differ", 1)
        policy.write_text(good, encoding="utf-8")
        daemon.send_signal(signal.SIGHUP)
        self.wait_notice("settings-differ", over=True)
        self.assert_told("settings-differ", 2)

    def redis(self, *words, **given):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, **given).stdout.strip()

    def damage(self, lost, spoilt):
        """Takes one due case its policy, which is in no file any more, and spoils another; undoes it."""
        key = "yuqing:{qingshan}:"
        self.office.stop_daemon()
        policy = self.office.folder / "config" / "policy.yaml"
        policy.write_text(policy.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
        sound = self.redis("hget", f"{key}case:{spoilt}", "s")
        hash_of_policy = json.loads(sound)["p"]
        self.assertEqual(self.redis("del", f"{key}config:{hash_of_policy}"), "1")
        self.redis("hset", f"{key}case:{spoilt}", "s", '{"zz":1,' + sound[1:])
        self.redis("zadd", key + "wake", "0", lost, "0", spoilt)
        self.redis("set", key + "rejects", "no list of rejects")  # what cannot be read hides nothing else

        def mend():
            self.redis("del", key + "rejects")
            self.redis("-x", "set", f"{key}config:{hash_of_policy}", input=policy.read_text(encoding="utf-8"))
            self.redis("hset", f"{key}case:{spoilt}", "s", sound)
            self.redis("zadd", key + "wake", "0", spoilt)

        return hash_of_policy, mend

    def test_cases_that_are_due_and_cannot_be_decided_are_told_once_by_name_until_they_are_mended(self):
        office = self.make_office().open()
        office.tell(detected("SELF-LOST", just_now()), detected("SELF-SPOILT", just_now()))
        lost, mend = self.damage("SELF-LOST", "SELF-SPOILT")
        office.start_daemon()
        told = self.wait_notice("undecided").data["text"]
        self.assertIn(f"事项所依的政策已不在库中 {lost}：SELF-LOST", told)
        self.assertIn("记录损坏：SELF-SPOILT", told)
        self.assertIn("case SELF-LOST: the policy", office.log())
        self.assertIn("stored member zz is unknown", office.log())
        other, _ = self.other_daemon()
        self.assert_told("undecided", 1)
        stop(other)
        mend()
        self.wait_notice("undecided", over=True, bound=150)  # a daemon that was just started waits before it says so
        self.assert_told("undecided", 2)
        for case in ("SELF-LOST", "SELF-SPOILT"):
            self.assertEqual(office.http.status(f"/api/v1/cases/{case}"), 200)

    def test_a_daemon_that_stopped_in_order_does_not_count_any_more(self):
        self.make_office().open()
        daemon, _ = self.other_daemon()
        wait_for(lambda: self.metric("yuqing_daemons") == 2, "each knows of the other")
        self.assertEqual(stop(daemon, signal.SIGTERM), 0)
        wait_for(lambda: self.metric("yuqing_daemons") == 1, "one is left", 20)

    def test_rejects_in_numbers_are_told_without_a_word_of_theirs(self):
        office = self.make_office()
        office.open()
        client = office.client()
        bad = [{**detected(f"SELF-BAD-{n}", just_now()), "type": "no.such.type"} for n in range(20)]
        self.assertEqual({answer["status"] for answer in client.ask(bad)}, {"rejected"})
        told = self.wait_notice("rejects")
        self.assertIn("近1小时至少20条", told.data["text"])
        self.assertNotIn("no.such.type", told.data["text"])
        self.assert_told("rejects", 1)

    def test_warnings_of_the_configuration_are_told_once(self):
        office = self.make_office()
        office.open()
        told = self.wait_notice("warnings")
        self.assertIn("yuqingctl check-config", told.data["text"])
        self.assert_told("warnings", 1)
