"""The dead man's switch: a sign of life while the daemon does its work, silence as soon as it cannot."""

import subprocess
import time
import unittest
from datetime import datetime

from beats import Beats
from client import HOUR, detected, just_now
from office import Office
from waiting import holds_for, wait_for

SILENCE = 4.0  # of a daemon that would beat every second


class Heartbeat(unittest.TestCase):
    def open_office(self, more="", **arguments):
        self.beats = Beats()
        self.addCleanup(self.beats.close)
        self.office = Office(
            prefix="beats",
            settings=f"heartbeat: {{url: '{self.beats.url('geheim-1')}', every: 1s{more}}}",
            **arguments,
        )
        self.addCleanup(self.office.close)
        return self.office.open()

    def sent(self, outcome="sent"):
        return self.office.http.metric("yuqing_heartbeats_total", outcome=outcome)

    def change(self, before, after):
        file = self.office.config_file
        text = file.read_text(encoding="utf-8")
        self.assertIn(before, text)
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_beats_and_says_who_lives(self):
        office = self.open_office()
        first, second, third = self.beats.wait(3)
        self.assertEqual((first.method, first.path), ("POST", "/geheim-1"))
        self.assertEqual(first.headers["content-type"], "application/json")
        self.assertEqual(set(first.body), {"jurisdiction", "time", "version", "anchor"})
        self.assertEqual((first.body["jurisdiction"], first.body["anchor"]), ("qingshan", None))
        self.assertLess(abs(datetime.fromisoformat(first.body["time"]).timestamp() - first.arrived), 5)
        for one, other in ((first, second), (second, third)):
            self.assertGreater(other.arrived - one.arrived, 0.5)
        wait_for(lambda: self.sent() >= 3, "they are counted")
        self.assertEqual(self.sent("failed"), 0)
        self.assertNotIn("geheim", office.log())

    def test_it_falls_silent_while_redis_is_away(self):
        office = self.open_office()
        self.beats.wait()
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready without Redis")
        silent_from = time.time() + 0.5  # one may be on its way
        holds_for(SILENCE, lambda: not self.beats.since(silent_from), "no sign of life without Redis")
        self.assertGreater(self.sent("withheld"), 0)
        back = time.time()
        office.start_redis()
        self.beats.wait(2, since=back)

    def test_it_falls_silent_when_redis_answers_and_takes_no_writes(self):
        office = self.open_office()
        self.beats.wait()

        def redis(*words):
            done = subprocess.run(
                ["redis-cli", "-s", office.folder / "redis.sock", *words],
                capture_output=True, text=True, timeout=10, check=True,
            )  # fmt: skip
            self.assertEqual(done.stdout.strip(), "OK")

        redis("config", "set", "maxmemory", "1")  # full: reading works, writing does not
        wait_for(lambda: self.sent("withheld") > 0, "a beat is withheld")
        silent_from = time.time() + 0.5
        holds_for(SILENCE, lambda: not self.beats.since(silent_from), "no sign of life without writes")
        back = time.time()
        redis("config", "set", "maxmemory", "0")
        self.beats.wait(2, since=back)

    def test_a_service_that_refuses_or_is_gone_disturbs_nothing(self):
        office = self.open_office()
        self.beats.wait()
        self.beats.status = 500
        wait_for(lambda: self.sent("failed") > 0, "a refusal is counted")
        wait_for(lambda: f"127.0.0.1:{self.beats.port}: HTTP 500" in office.log(), "a refusal is told")
        self.beats.close()
        failed = self.sent("failed")
        now = just_now()
        office.tell(detected("B-DUE", now + 3 - 48 * HOUR))
        told = office.sink.wait(case="B-DUE", reason="due", channel="leaders")
        self.assertLessEqual(told.arrived - told.planned, 2.0)
        wait_for(lambda: self.sent("failed") > failed + 1, "it goes on trying")
        self.assertNotIn("geheim", office.log())

    def test_a_reload_swaps_it(self):
        office = self.open_office()
        self.beats.wait()
        self.change("geheim-1', every: 1s", "geheim-2', every: 1s, method: get")
        changed = time.time()
        beat = self.beats.wait(2, since=changed)[-1]
        self.assertEqual((beat.method, beat.path, beat.raw), ("GET", "/geheim-2", b""))
        self.assertNotIn("content-length", beat.headers)
        self.change("heartbeat:", "# heartbeat:")
        silent_from = time.time() + 0.5
        holds_for(SILENCE, lambda: not self.beats.since(silent_from), "no sign of life when there is none to give")

    def test_it_carries_the_last_anchor_of_the_record(self):
        def with_key(config):
            (config / "audit.key").write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
            (config / "audit.key").chmod(0o600)

        settings = "\naudit: {key_file: audit.key, anchors: anchors.jsonl}"
        self.beats = Beats()
        self.addCleanup(self.beats.close)
        self.office = Office(
            prefix="beats",
            settings=f"heartbeat: {{url: '{self.beats.url('x')}', every: 1s}}{settings}",
            adapt=with_key,
        )
        self.addCleanup(self.office.close)
        office = self.office.open()
        office.tell(detected("B-ANCHOR"))
        subprocess.run(
            ["redis-cli", "-s", office.folder / "redis.sock", "ZADD", "yuqing:{qingshan}:wake", "0", "~anchor"],
            capture_output=True, timeout=10, check=True,
        )  # fmt: skip
        last = wait_for(lambda: self.beats.came and self.beats.came[-1].body["anchor"], "a beat with an anchor", 20)
        line = (office.folder / "config" / "anchors.jsonl").read_text(encoding="utf-8").splitlines()[-1]
        self.assertTrue(line.endswith(f'"h":"{last["seal"]}"}}'), line)
        self.assertIn(f'"at":"{last["at"]}"', line)
