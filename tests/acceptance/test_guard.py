"""`yuqingctl guard`: a daemon that does not answer is told of without it and without Redis, and its return."""

import os
import signal
import subprocess
import unittest

from office import BUILD, Office, start, stop
from waiting import holds_for, wait_for

QUICK = "self: {daemon_after: 2s, over_after: 2s, look_every: 1s, daemon_remind_every: 10s}"


class Guard(unittest.TestCase):
    def setUp(self):
        self.office = Office(
            prefix=self._testMethodName[5:25], settings=QUICK, channels={"duty-group": {"fallback": "leaders"}}
        )
        self.addCleanup(self.office.close)
        self.office.open()

    def watch(self):
        log = self.office.folder / "guard.log"
        with open(log, "ab") as said:
            command = [BUILD / "bin" / "yuqingctl", "guard", "--config", self.office.config_file]
            self.addCleanup(stop, start(command, said))
        wait_for(lambda: "guards http://127.0.0.1" in log.read_text(encoding="utf-8"), "the guard looks")

    def told(self, moment, channel="duty-group"):
        """Distinct messages about the daemon that reached the channel."""
        seen = {}
        for got in self.office.sink.received(reason="self", channel=channel):
            if got.data["self"]["about"] == "daemon" and moment in got.data["title"] + got.data["text"]:
                seen.setdefault(got.id, got)
        return list(seen.values())

    def wait_told(self, moment, channel="duty-group"):
        return wait_for(lambda: self.told(moment, channel), f"{channel} is told {moment}", 60)[0]

    def tearDown(self):
        self.assertEqual(self.office.sink.faults(), [])

    def test_a_daemon_that_answers_is_nothing_to_tell(self):
        self.watch()
        holds_for(5, lambda: not self.told(""), "nothing told")

    def test_a_dead_daemon_is_told_without_redis_and_its_return_too(self):
        self.watch()
        self.office.kill_redis()
        self.office.kill_daemon()
        begins = self.wait_told("守护进程不应答")
        self.assertIn("systemctl status yuqingd", begins.data["text"])
        self.assertTrue(begins.data["title"].startswith("【系统】"), begins.data["title"])
        self.assertEqual([target["role"] for target in begins.data["targets"]], ["duty_officer"])
        self.wait_told("仍未解决")
        self.office.start_redis()
        self.office.start_daemon()
        over = self.wait_told("守护进程已恢复")
        self.assertIn("历时", over.data["text"])

    def test_a_daemon_whose_timekeeper_hangs_is_told(self):
        self.watch()
        os.kill(self.office.daemon.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.office.daemon.pid, signal.SIGCONT)
        self.wait_told("守护进程不应答")

    def test_what_a_channel_refuses_reaches_its_fallback(self):
        self.watch()
        self.office.sink.answers["duty-group"] = lambda got, count: 400
        self.office.kill_daemon()
        self.wait_told("守护进程不应答", channel="leaders")

    def test_who_is_on_duty_is_read_when_it_is_told(self):
        self.watch()
        directory = self.office.config_file.parent / "directory.yaml"
        text = directory.read_text(encoding="utf-8")
        role = "duty_officer: {roster: duty_officer, channels: ["
        self.assertIn(role, text)
        directory.write_text(text.replace(role, role + "leaders, "), encoding="utf-8")
        self.office.kill_daemon()
        self.wait_told("守护进程不应答", channel="leaders")

    def test_files_that_do_not_load_leave_it_with_those_that_loaded_last(self):
        roster = self.office.config_file.parent / "roster.csv"
        roster.write_text(roster.read_text(encoding="utf-8") + "duty_officer,nobody,,\n", encoding="utf-8")
        self.watch()
        self.assertIn("roster.csv:", (self.office.folder / "guard.log").read_text(encoding="utf-8"))
        self.office.kill_daemon()
        self.wait_told("守护进程不应答")

    def test_files_that_do_not_load_end_it_with_what_is_wrong(self):
        self.office.config_file.write_text("jurisdiction: ?\n", encoding="utf-8")
        ended = subprocess.run(
            [BUILD / "bin" / "yuqingctl", "guard", "--config", self.office.config_file],
            capture_output=True,
            timeout=30,
        )
        self.assertEqual(ended.returncode, 1)
        self.assertIn("yuqingd.yaml:1", ended.stderr.decode())
