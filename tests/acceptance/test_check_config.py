"""`yuqingctl check-config`: every finding with its place, and what it exits with."""

import json
import subprocess
import unittest

from office import BUILD, Office, with_link_key
from relay import Relay
from sink import refused_port


class CheckConfig(unittest.TestCase):
    def setUp(self):
        self.office = Office(prefix="check")
        self.addCleanup(self.office.close)

    def change(self, name, before, after):
        file = self.office.config_file.parent / name
        text = file.read_text(encoding="utf-8")
        self.assertIn(before, text)
        file.write_text(text.replace(before, after, 1), encoding="utf-8")

    def check(self, *options):
        return subprocess.run(
            [BUILD / "bin" / "yuqingctl", "check-config", "--config", self.office.config_file, *options],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def warnings(self):
        done = self.check("--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return {(one["code"], one["message"]) for one in json.loads(done.stdout)["warnings"]}

    def clear_of_warnings(self):
        self.change("yuqingd.yaml", "public_url: 'http://127.0.0.1:", "public_url: 'http://board.example.invalid:")
        self.change("calendar.yaml", "known_until: 2026-12-31", "known_until: 2099-12-31")
        folder = self.office.config_file.parent
        (folder / "audit.key").write_text("a" * 64 + "\n", encoding="utf-8")
        (folder / "audit.key").chmod(0o600)
        self.change("yuqingd.yaml", "channels:\n", "audit: {key_file: audit.key, anchors: anchors.jsonl}\nchannels:\n")

    def test_without_findings_it_says_so_and_strict_agrees(self):
        self.clear_of_warnings()
        self.assertEqual(self.warnings(), set())
        self.assertEqual(self.check("--strict").returncode, 0)

    def test_a_channel_that_does_not_answer_is_a_warning_and_the_others_get_no_message(self):
        self.clear_of_warnings()
        port = refused_port()
        self.change("yuqingd.yaml", self.office.sink.url("leaders"), f"http://127.0.0.1:{port}/geheim")
        ((code, message),) = self.warnings()
        self.assertEqual(code, "no_answer")
        self.assertIn("'leaders'", message)
        self.assertIn(f"127.0.0.1:{port}", message)
        self.assertNotIn("geheim", message)
        self.assertEqual(self.check("--strict").returncode, 1)
        self.assertEqual(self.office.sink.received(), [])

    def test_a_mail_relay_is_tried_too_and_gets_no_mail(self):
        relay = Relay()
        self.addCleanup(relay.close)
        mailing = {"format": "smtp", "secret_file": None, "from": "yuqing@example.gov.cn", "to": "li@example.gov.cn"}
        self.office = Office(prefix="check", channels={"leaders": {**mailing, "url": relay.url}}, adapt=with_link_key)
        self.addCleanup(self.office.close)
        self.clear_of_warnings()
        self.assertEqual(self.warnings(), set())
        self.assertEqual((relay.mails, relay.faults), ([], []))
        self.change("yuqingd.yaml", relay.url, f"smtp://127.0.0.1:{refused_port()}")
        ((code, message),) = self.warnings()
        self.assertEqual(code, "no_answer")
        self.assertIn("'leaders'", message)

    def test_warnings_refuse_only_when_it_is_strict(self):
        self.clear_of_warnings()
        self.change("calendar.yaml", "known_until: 2099-12-31", "known_until: 2020-12-31")
        self.assertEqual({code for code, _ in self.warnings()}, {"calendar_ends"})
        self.assertEqual(self.check().returncode, 0)
        strict = self.check("--strict", "--lang", "en")
        self.assertEqual(strict.returncode, 1)
        self.assertIn("calendar.yaml:", strict.stdout)
        self.assertIn("errors 0, warnings 1", strict.stdout)

    def test_errors_of_all_files_are_told_at_once_with_file_and_line(self):
        self.change("policy.yaml", "due: 48h", "due: 72h")
        self.change("directory.yaml", "lead: fgw}", "lead: fgv}")
        self.change("yuqingd.yaml", "durability: always", "durabilty: always")
        refused = self.check("--lang", "en")
        self.assertEqual(refused.returncode, 1)
        for part in ("policy.yaml:", "directory.yaml:", "yuqingd.yaml:", "beyond_bound", "'fgw'", "'durability'"):
            self.assertIn(part, refused.stdout)

    def test_findings_are_told_in_chinese_unless_asked_otherwise(self):
        self.change("policy.yaml", "due: 48h", "due: 72h")
        self.change("directory.yaml", "lead: fgw}", "lead: fgv}")
        self.change("yuqingd.yaml", "durability: always", "durabilty: always")
        told = self.check().stdout
        self.assertRegex(told, r"policy.yaml:\d+:\d+: 错误：\S+：规定时限为48小时；.* \[beyond_bound\]")
        self.assertRegex(told, r"directory.yaml:\d+:\d+: 错误：没有单位“fgv”；是“fgw”吗？ \[unknown_reference\]")
        self.assertRegex(told, r"yuqingd.yaml:\d+:\d+: 错误：redis 中没有配置项“durabilty”；是“durability”吗？")
        for finding in json.loads(self.check("--json").stdout)["errors"]:
            self.assertTrue(finding["message"].isascii(), finding)
