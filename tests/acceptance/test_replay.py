"""A journal is told to a daemon by hand: under its own policies, to its own jurisdiction alone, and whoever tells it
may go away in the midst of it."""

import json
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from client import HOUR, detected, event, just_now
from office import BUILD, Office, stop, with_journal
from waiting import holds_for, until, wait_for


class Replay(unittest.TestCase):
    maxDiff = None

    def make_office(self, prefix, adapt=with_journal):
        office = Office(prefix=prefix, adapt=adapt)
        self.addCleanup(office.close)
        return office.open()

    def copy_of(self, journals):
        """Of the journal of each office, under its jurisdiction's name, in one folder."""
        folder = Path(tempfile.mkdtemp(prefix="yuqing-replay-"))
        self.addCleanup(shutil.rmtree, folder)
        for office, name in journals:
            shutil.copytree(next((office.folder / "journal").iterdir()), folder / name)
        return folder

    def dues(self, office, case):
        return {one["id"]: one["due"] for one in office.http.case(case)["obligations"]}

    def lines_of(self, office):
        files = sorted((office.folder / "journal" / "qingshan").glob("*.jsonl"))
        return [line for file in files for line in file.read_text("utf-8").splitlines(keepends=True)]

    def test_one_that_is_not_ended_holds_up_what_is_due_for_half_a_minute_at_most(self):
        first, second = self.make_office("replay-from"), self.make_office("replay-to")
        now = just_now()
        due = now + 15
        case = detected("J-WHOLE", due - 48 * HOUR)
        first.tell(case, event("case.noted", "J-WHOLE", now, by="甲", text="在另一台记下的"))
        second.tell(case)
        until(now + 3)
        told = second.http.ask("POST", "/api/v1/replay", self.lines_of(first)[-1].encode())
        self.assertEqual((told.status, told.json()["missing"]), (200, 1))
        wait_for(lambda: second.sink.received(case="J-WHOLE", reason="due"), "told of what is due", 60)
        self.assertGreaterEqual(time.time(), due)
        self.assertEqual(second.http.metric("yuqing_limit_hits_total", limit="replay_unfinished"), 1)

    def test_a_post_that_redis_does_not_take_is_told_again_until_it_does(self):
        first, second = self.make_office("replay-from"), self.make_office("replay-to")
        first.tell(detected("J-LATER"))
        second.kill_redis()
        wait_for(lambda: second.http.status("/-/ready") == 503, "not ready without Redis")
        command = [BUILD / "bin" / "yuqingctl", "replay", first.folder / "journal",
                   "--url", f"http://127.0.0.1:{second.http.port}"]
        telling = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(stop, telling)
        holds_for(2, lambda: telling.poll() is None, "goes on")
        second.start_redis()
        out, err = telling.communicate(timeout=60)
        self.assertEqual(telling.returncode, 0, err)
        self.assertIn("1", out)
        self.assertEqual(second.http.case("J-LATER")["status"], "open")

    # --- the policies

    def test_cases_keep_the_policy_under_which_they_were_answered_whatever_is_in_force_where_they_are_told(self):
        first = self.make_office("replay-from")
        second = self.make_office("replay-to", stricter)
        at = just_now()
        first.tell(detected("J-48", at))
        promised = self.dues(first, "J-48")
        folder = self.copy_of([(first, "qingshan")])
        done = second.ctl("replay", str(folder / "qingshan"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["missing"], 1)
        self.assertEqual(self.dues(second, "J-48"), promised)
        second.tell(detected("J-24", at))
        self.assertNotEqual(self.dues(second, "J-24"), promised)
        empty_redis(second)
        wait_for(lambda: second.http.status("/api/v1/cases/J-48") == 200, "told again from its own journal", 60)
        self.assertEqual(self.dues(second, "J-48"), promised)

    def test_a_policy_that_is_nowhere_is_refused_by_name_unless_the_one_in_force_is_insisted_on(self):
        first = self.make_office("replay-from")
        second = self.make_office("replay-to", stricter)
        at = just_now()
        first.tell(detected("J-LOST", at))
        folder = self.copy_of([(first, "qingshan")]) / "qingshan"
        policy = next(folder.glob("policy-*.yaml"))
        text = policy.read_text("utf-8")
        policy.write_text(text.replace("48h", "47h"), "utf-8")
        checked = second.ctl("replay", "--check", str(folder), "--lang", "en")
        self.assertEqual(checked.returncode, 1)
        self.assertIn(policy.name, checked.stderr)
        done = second.ctl("replay", str(folder), "--lang", "en")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stderr, r"\.jsonl:1: .*" + re.escape(policy.name) + ".*--policy-in-force")
        self.assertEqual(second.http.status("/api/v1/cases/J-LOST"), 404)
        hash = policy.name[len("policy-"):-len(".yaml")]
        posted = second.http.ask("POST", "/api/v1/replay/policy?hash=" + hash, policy.read_bytes())
        self.assertEqual((posted.status, posted.json()["error"]["code"]), (422, "damaged"))
        posted = second.http.ask("POST", "/api/v1/replay?last=true", self.lines_of(first)[0].encode())
        self.assertEqual((posted.status, posted.json()["error"]["code"]), (422, "unknown_policy"))
        self.assertEqual(posted.json()["error"]["path"], "line 1")

        done = second.ctl("replay", str(folder), "--policy-in-force")
        self.assertEqual(done.returncode, 0, done.stderr)
        second.tell(detected("J-NOW", at))
        self.assertEqual(self.dues(second, "J-LOST"), self.dues(second, "J-NOW"))

    def test_a_daemon_says_which_cases_it_opens_again_by_the_policy_in_force_as_theirs_is_nowhere(self):
        office = self.make_office("replay-own")
        office.tell(detected("J-OLD"))
        office.stop_daemon()
        stricter_policy(office.folder / "config")
        for policy in (office.folder / "journal" / "qingshan").glob("policy-*.yaml"):
            policy.unlink()
        empty_redis(office)
        office.start_daemon()
        wait_for(lambda: office.http.status("/api/v1/cases/J-OLD") == 200, "told again", 60)
        self.assertEqual(office.http.metric("yuqing_limit_hits_total", limit="policy_lost"), 1)
        self.assertRegex(office.log(), r"J-OLD was opened again by the policy in force")

    # --- whose it is

    def test_only_the_journals_of_the_own_jurisdiction_are_told_and_the_others_are_named(self):
        first, other = self.make_office("replay-from"), self.make_office("replay-other", of_hongshan)
        second = self.make_office("replay-to")
        first.tell(detected("J-OURS"))
        other.tell(detected("J-THEIRS"))
        folder = self.copy_of([(first, "copy"), (other, "qingshan")])
        done = second.ctl("replay", str(folder), "--lang", "en")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"left out: .*/qingshan: is the journal of hongshan")
        self.assertEqual(second.http.status("/api/v1/cases/J-OURS"), 200)
        self.assertEqual(second.http.status("/api/v1/cases/J-THEIRS"), 404)
        done = second.ctl("replay", str(folder / "qingshan"), "--lang", "en")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no journal of qingshan to tell", done.stderr)
        line = next((folder / "qingshan").glob("*.jsonl")).read_bytes()
        posted = second.http.ask("POST", "/api/v1/replay?last=true&jurisdiction=qingshan", line)
        self.assertEqual((posted.status, posted.json()["error"]["code"]), (422, "other_jurisdiction"))
        self.assertIn("hongshan", posted.json()["error"]["message"])

        played = subprocess.run(
            [BUILD / "bin" / "yuqingctl", "simulate", "--config", second.config_file, "--events",
             next((folder / "copy").glob("*.jsonl")), "--format", "json"], capture_output=True, text=True, timeout=60)
        self.assertEqual(played.returncode, 0, played.stderr)
        self.assertIn("J-OURS", played.stdout)

    # --- the end

    def test_whoever_interrupts_it_lets_the_cases_ring_at_once(self):
        first, second = self.make_office("replay-from"), self.make_office("replay-to")
        first.tell(detected("J-RINGS", just_now() - 49 * HOUR))
        second.http.ask("POST", "/api/v1/replay", self.lines_of(first)[0].encode())
        told = second.http.ask("POST", "/api/v1/replay?last=true")
        self.assertEqual((told.status, told.json()["told"]), (200, 0))
        second.sink.wait(case="J-RINGS", bound=20)
        self.assertEqual(second.http.metric("yuqing_limit_hits_total", limit="replay_unfinished"), 0)

        second.kill_redis()
        wait_for(lambda: second.http.status("/-/ready") == 503, "not ready without Redis")
        telling = subprocess.Popen(
            [BUILD / "bin" / "yuqingctl", "replay", first.folder / "journal", "--lang", "en",
             "--url", f"http://127.0.0.1:{second.http.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(stop, telling)
        holds_for(2, lambda: telling.poll() is None, "goes on")
        telling.send_signal(signal.SIGINT)
        _, err = telling.communicate(timeout=60)
        self.assertEqual(telling.returncode, 1)
        self.assertIn("interrupted", err)


def empty_redis(office):
    subprocess.run(["redis-cli", "-s", office.folder / "redis.sock", "FLUSHALL"], check=True, capture_output=True)


def stricter_policy(config):
    file = config / "policy.yaml"
    text = file.read_text("utf-8")
    changed = re.sub(r"(\n  response:\n(?:    .*\n)*?    due: )48h", r"\g<1>24h", text)
    assert changed != text
    file.write_text(changed, "utf-8")


def stricter(config):
    with_journal(config)
    stricter_policy(config)


def of_hongshan(config):
    with_journal(config)
    file = config / "yuqingd.yaml"
    file.write_text(file.read_text("utf-8").replace("jurisdiction: qingshan", "jurisdiction: hongshan"), "utf-8")


if __name__ == "__main__":
    unittest.main()
