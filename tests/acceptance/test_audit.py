"""The record: whoever touches it in Redis is found out, and every step is explained from it."""

import json
import secrets
import subprocess
import time

from client import HOUR, detected, event, just_now, millis, published
from office_case import OfficeCase
from waiting import wait_for

KEY = "yuqing:{qingshan}:"


def with_key(config):
    (config / "audit.key").write_text(secrets.token_hex(32) + "\n")


class Audit(OfficeCase):
    arguments = {"settings": "audit: {key_file: audit.key, anchors: anchors.jsonl}", "adapt": with_key}

    def redis(self, *words):
        done = subprocess.run(
            ["redis-cli", "-s", self.office.folder / "redis.sock", *map(str, words)],
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8").rstrip("\n")

    def lived(self, case):
        """A case with a few things in its record."""
        at = millis(time.time() - 3 * HOUR)
        self.office.tell(detected(case, at, lead_unit="mzj"))
        self.office.tell(event("case.acknowledged", case, by="张三"), published(case))
        return int(self.redis("LLEN", KEY + "log:" + case))

    def verify(self, *words):
        done = self.office.ctl("audit", "verify", *words, "--json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if result["findings"] else 0)
        return result

    def kinds(self, *words):
        return {(found["case"], found["kind"]) for found in self.verify(*words)["findings"]}

    def anchors(self):
        file = self.office.folder / "config" / "anchors.jsonl"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def anchor(self):
        """As at midnight; until nothing is left that changed."""
        self.redis("ZADD", KEY + "wake", 0, "~anchor")
        wait_for(lambda: self.redis("SCARD", KEY + "changed") == "0", "all heads are anchored", 20)

    def test_an_untouched_record_is_whole_and_what_cannot_be_known_is_said(self):
        entries = self.lived("WHOLE")
        self.assertGreaterEqual(entries, 4)
        told = self.verify("WHOLE")
        self.assertEqual((told["findings"], told["entries"], told["keyed"]), ([], entries, True))
        self.assertIn("key_holder", told["unknown"])
        done = self.office.ctl("audit", "verify", "WHOLE", "--lang", "en")
        self.assertEqual(done.returncode, 0)
        self.assertIn("nothing was touched", done.stdout)
        self.assertIn("cannot be known", done.stdout)

    def test_a_changed_removed_or_moved_entry_is_found(self):
        count = self.lived("TOUCHED")
        log = KEY + "log:TOUCHED"
        lines = [self.redis("LINDEX", log, i) for i in range(count)]

        def with_lines(changed):
            self.redis("DEL", log)
            self.redis("RPUSH", log, *changed)
            return {kind for _, kind in self.kinds("TOUCHED")}

        self.addCleanup(with_lines, lines)
        for i, line in enumerate(lines):
            self.assertIn("changed", with_lines([*lines[:i], line.replace(":", ": ", 1), *lines[i + 1 :]]))
            wanted = "removed" if i + 1 < count else "truncated"
            self.assertIn(wanted, with_lines([*lines[:i], *lines[i + 1 :]]))
        self.assertIn("reordered", with_lines([lines[1], lines[0], *lines[2:]]))
        self.assertEqual(with_lines(lines), set())

    def test_what_was_anchored_cannot_be_put_back_or_removed_unseen(self):
        self.lived("ANCHORED")
        self.lived("GONE")
        self.anchor()
        self.assertEqual(self.kinds(), set())
        self.assertIn('"GONE"', self.anchors())

        # The last entry and its head, together: the chain itself is whole without them.
        log, case = KEY + "log:ANCHORED", KEY + "case:ANCHORED"
        last, head = self.redis("RPOP", log), self.redis("HGET", case, "h")
        before = json.loads(self.redis("LINDEX", log, -1))["h"]
        self.redis("HSET", case, "h", before)
        self.assertEqual(self.kinds("ANCHORED"), {("ANCHORED", "truncated")})
        self.redis("RPUSH", log, last)
        self.redis("HSET", case, "h", head)

        self.redis("RENAME", KEY + "case:GONE", KEY + "hidden")
        self.redis("ZREM", KEY + "index:all", "GONE")
        self.assertEqual(self.kinds(), {("GONE", "missing")})
        self.redis("RENAME", KEY + "hidden", KEY + "case:GONE")
        self.redis("ZADD", KEY + "index:all", 0, "GONE")
        self.assertEqual(self.kinds(), set())

    def test_anchors_go_on_after_a_restart_and_are_checked_themselves(self):
        self.lived("FIRST")
        self.anchor()
        self.office.restart_daemon()
        self.lived("SECOND")
        self.anchor()
        self.assertEqual(self.kinds(), set())
        file = self.office.folder / "config" / "anchors.jsonl"
        whole = self.anchors()
        self.addCleanup(file.write_text, whole, encoding="utf-8")
        file.write_text(whole.replace("FIRST", "FJRST", 1), encoding="utf-8")
        self.assertIn((None, "changed"), self.kinds())
        file.write_text(whole, encoding="utf-8")
        self.assertEqual(self.kinds(), set())

    def test_nothing_is_left_to_anchor_until_midnight(self):
        self.anchor()
        wait_for(
            lambda: float(self.redis("ZSCORE", KEY + "wake", "~anchor")) / 1000 > time.time() + 60,
            "the next night is planned",
            20,
        )

    def test_who_is_no_case_is_refused(self):
        self.assertEqual(self.office.ctl("audit", "verify", "NOBODY").returncode, 1)
        self.assertEqual(self.office.ctl("audit", "verify", "no case").returncode, 2)
        self.assertEqual(self.office.ctl("audit").returncode, 2)
        self.assertEqual(self.http.get("/api/v1/audit?cursor=rubbish").status, 400)
        self.assertEqual(self.http.post("/api/v1/audit").status, 405)
        self.assertEqual(self.office.ctl("explain", "NOBODY").returncode, 1)

    def test_explain_tells_why_each_step_fired_or_did_not(self):
        at = just_now() - 47.5 * HOUR
        self.office.tell(detected("WHY", at, lead_unit="mzj"))
        done = self.office.ctl("explain", "WHY", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        steps = [
            step
            for obligation in told["obligations"]
            if obligation["id"] == "response"
            for step in obligation["steps"]
        ]
        outcomes = {step["outcome"] for step in steps}
        self.assertTrue({"superseded", "fired", "ahead"} <= outcomes, steps)
        fired = next(step for step in steps if step["outcome"] == "fired")
        for step in steps:
            if step["outcome"] == "superseded":
                self.assertEqual(step["why"], fired["step"])
        message = fired["told"][0]
        self.assertTrue(message["notification"] and message["channel"] and message["targets"][0]["role"])
        self.office.tell(published("WHY"))
        text = self.office.ctl("explain", "WHY")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("不再触发", text.stdout)
        self.assertIn("由这一步取代", text.stdout)
        self.assertIn("superseded", self.office.ctl("explain", "WHY", "--lang", "en").stdout)
