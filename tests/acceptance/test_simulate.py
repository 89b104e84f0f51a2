"""yuqingctl simulate against what it printed when people last read it: every word of both formats.

After a change that is meant, `WRITE_EXPECTED=1 python3 -B run.py build test_simulate` writes the files anew;
the difference is to be read before it is committed."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from office import BUILD, SOURCE

SCENARIOS = Path(__file__).resolve().parent / "simulate"
# Where a scenario goes on after the last instant told.
UNTIL = {
    "restart": "2026-11-23T15:30:00+08:00",
    "outage": "2026-11-23T15:30:00+08:00",
    "regrade": "2026-11-23T15:30:00+08:00",
    "merge": "2026-11-23T13:00:00+08:00",
}


class Simulate(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="yuqing-simulate-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(SOURCE / "config", self.folder / "config")
        # With the optional clocks on.
        policy = self.folder / "config" / "policy.yaml"
        policy.write_text(re.sub(r"(?m)^#(热线|公开|征集|任务)# ", "", policy.read_text(encoding="utf-8")), encoding="utf-8")

    def simulated(self, events, form, until=None):
        command = [BUILD / "bin" / "yuqingctl", "simulate", "--format", form]
        command += ["--config", self.folder / "config" / "yuqingd.yaml", "--events", events]
        done = subprocess.run(
            [*command, *(["--until", until] if until else [])], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def expect(self, name):
        events = SCENARIOS / f"{name}.jsonl"
        for form, suffix in (("text", "txt"), ("json", "json")):
            expected = SCENARIOS / f"{name}.expected.{suffix}"
            got = self.simulated(events, form, UNTIL.get(name))
            if os.environ.get("WRITE_EXPECTED"):
                expected.write_text(got, encoding="utf-8")
            self.assertEqual(got, expected.read_text(encoding="utf-8"))

    def cases(self, name):
        lines = map(json.loads, (SCENARIOS / f"{name}.expected.json").read_text(encoding="utf-8").splitlines())
        return {line["id"]: {o["id"]: o for o in line["obligations"]} for line in lines if line["kind"] == "case"}

    def test_restarts_on_the_way_up_a_ladder_change_nothing(self):
        self.expect("restart")
        lines = (SCENARIOS / "restart.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        steady = self.folder / "steady.jsonl"
        steady.write_text("".join(line for line in lines if '"restart"' not in line), encoding="utf-8")
        self.assertEqual(
            self.simulated(steady, "json", UNTIL["restart"]),
            (SCENARIOS / "restart.expected.json").read_text(encoding="utf-8"),
        )

    def test_what_lies_after_until_is_not_told_and_counted(self):
        events = SCENARIOS / "restart.jsonl"
        command = [BUILD / "bin" / "yuqingctl", "simulate", "--format", "json", "--lang", "en"]
        command += ["--config", self.folder / "config" / "yuqingd.yaml", "--events", events]
        done = subprocess.run([*command, "--until", "2020-01-01T00:00:00Z"], capture_output=True, text=True, timeout=60)
        lines = len(events.read_text(encoding="utf-8").splitlines())
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertRegex(done.stderr, r"\d+ lines lie after --until and were not told")
        self.assertLessEqual(int(done.stderr.split()[0]), lines)

    def test_an_until_that_is_no_time_is_refused(self):
        for until in ("", "tomorrow", "9999-12-31T23:59:59Z"):
            done = subprocess.run(
                [BUILD / "bin" / "yuqingctl", "simulate", "--lang", "en", "--until", until]
                + ["--config", self.folder / "config" / "yuqingd.yaml", "--events", SCENARIOS / "restart.jsonl"],
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual((done.returncode, done.stdout), (2, ""), until)
            self.assertIn("--until", done.stderr)

    def test_after_an_outage_the_latest_step_fires_and_the_others_are_superseded(self):
        self.expect("outage")

    def test_late_facts_count_by_their_time_and_ring_once(self):
        self.expect("late")

    def test_a_regraded_case_keeps_its_start(self):
        self.expect("regrade")
        due = self.cases("regrade")["M-1"]["authoritative_release"]["due"]
        self.assertEqual(due, "2026-11-23T13:00:00+08:00")

    def test_a_merged_case_gives_its_facts_and_takes_them_back(self):
        self.expect("merge")

    def test_a_mute_holds_what_comes_before_the_deadline(self):
        self.expect("mute")

    def test_the_optional_clocks_count_working_days_months_and_given_dates(self):
        self.expect("optional")
        due = {
            case: [o["due"] for o in owed.values() if not o["id"].startswith("acknowledge")]
            for case, owed in self.cases("optional").items()
        }
        self.assertEqual(
            due,
            {
                "CONSULTATION": ["2026-02-28T09:00:00+08:00"],  # 31 January and a month
                "HOTLINE-3": ["2026-09-22T17:00:00+08:00"],  # from a Friday; Sunday the 20th is worked
                "HOTLINE-10": ["2026-10-20T17:00:00+08:00"],  # National Day off, Saturday the 10th worked
                "SITE-3": ["2026-10-10T17:30:00+08:00"],
                "DISCLOSURE-20": ["2026-11-03T18:00:00+08:00"],
                "WEB-7": ["2026-10-19T09:00:00+08:00"],
                "TASK": ["2026-10-20T18:00:00+08:00"],
                "TASK-UNDATED": [],
            },
        )

    def test_a_line_that_is_neither_event_nor_happening_is_named(self):
        for line in ('{"kind":"outage","from":"2026-11-23T08:00:00+08:00"}', '{"kind":"restart"}', '{"kind":"flood"}'):
            events = self.folder / "bad.jsonl"
            events.write_text("\n" + line + "\n", encoding="utf-8")
            command = [BUILD / "bin" / "yuqingctl", "simulate", "--events", events]
            command += ["--config", self.folder / "config" / "yuqingd.yaml"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, line)
            self.assertIn("line 2", done.stderr)

    def test_an_outage_that_ends_before_it_begins_is_told_as_such(self):
        events = self.folder / "bad.jsonl"
        events.write_text(
            '{"kind":"outage","from":"2026-11-23T08:00:00+08:00","to":"2026-11-23T07:00:00+08:00"}\n', encoding="utf-8"
        )
        command = [BUILD / "bin" / "yuqingctl", "simulate", "--events", events]
        command += ["--config", self.folder / "config" / "yuqingd.yaml"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("an outage ends before it begins", done.stderr)


class CommandLine(unittest.TestCase):
    def test_a_wrong_command_line_is_exit_code_2_in_both_programs(self):
        for command in (["yuqingd", "--frob"], ["yuqingd", "--log-level", "loud"], ["yuqingctl", "frobnicate"]):
            done = subprocess.run([BUILD / "bin" / command[0], *command[1:]], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 2, command)
            self.assertTrue(done.stderr, command)
        done = subprocess.run([BUILD / "bin" / "yuqingd", "--version"], capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
