#!/usr/bin/env python3
"""The systemd units: systemd accepts every line, finds them well locked up, and they say what the daemon
relies on. Works without systemd running."""

import configparser
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

UNITS = Path(__file__).resolve().parent.parent.parent / "deploy" / "systemd"
MANUAL = (UNITS.parent / "README.md").read_text(encoding="utf-8")
# Tenths of systemd's exposure level (10 is unprotected); Debian's own redis-server.service has 12.
EXPOSURE_MAX = 12


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()


def verify(replace=lambda text: text):
    """What systemd-analyze has to say; silence means that every key and value is known. The programs need
    not be installed."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for unit in UNITS.glob("*.service"):
            text = re.sub(r"^(ExecStart(?:Pre)?=-?)/\S+", r"\1/bin/true", unit.read_text(), flags=re.M)
            text = re.sub(r"^Documentation=.*\n", "", text, flags=re.M)
            name = Path(folder) / unit.name.replace("@.", "@qingshan.")
            name.write_text(replace(text))
            names.append(str(name))
        return run("systemd-analyze", "verify", *names)


def load(name):
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read(UNITS / name)
    return parser


class Units(unittest.TestCase):
    daemons = ("yuqingd.service", "yuqingd@.service")
    guards = ("yuqingd-guard.service", "yuqingd-guard@.service")

    def test_systemd_knows_every_line(self):
        self.assertEqual(len(list(UNITS.glob("*.service"))), 5)
        self.assertEqual(verify(), (0, ""))

    def test_a_misspelt_line_would_be_found(self):
        self.assertIn("WatchdogSecs", verify(lambda text: text.replace("Restart=", "WatchdogSecs=1\nRestart="))[1])

    def test_they_are_locked_up(self):
        for unit in UNITS.glob("*.service"):
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / unit.name.replace("@.", "@qingshan.")
                copy.write_text(unit.read_text())
                status, output = run("systemd-analyze", "security", "--offline=true", "--no-pager",
                                     f"--threshold={EXPOSURE_MAX}", str(copy))
            self.assertEqual(status, 0, output)
            print(unit.name, output.splitlines()[-1])

    def test_they_never_give_up(self):
        for unit in UNITS.glob("*.service"):
            parsed = load(unit.name)
            self.assertEqual(parsed["Service"]["Restart"], "always", unit.name)
            self.assertEqual(parsed["Unit"]["StartLimitIntervalSec"], "0", unit.name)
            self.assertEqual(parsed["Service"]["Type"], "notify", unit.name)

    def test_redis_starts_behind_what_mends_its_file(self):
        mend = "/usr/lib/yuqingd/redis-mend"
        self.assertEqual(load("yuqingd-redis.service")["Service"]["ExecStartPre"], f"-{mend} .")
        self.assertTrue((UNITS.parent / Path(mend).name).stat().st_mode & 0o100)

    def test_the_daemon_starts_without_redis_and_is_watched(self):
        for name in self.daemons:
            parsed = load(name)
            self.assertNotIn("Requires", parsed["Unit"])
            self.assertNotIn("BindsTo", parsed["Unit"])
            self.assertIn("yuqingd-redis.service", parsed["Unit"]["Wants"])
            self.assertIn("yuqingd-redis.service", parsed["Unit"]["After"])
            self.assertIn("WatchdogSec", parsed["Service"])

    def test_stopping_one_keeps_the_socket_of_the_other(self):
        for unit in UNITS.glob("*.service"):
            service = load(unit.name)["Service"]
            self.assertIn("yuqingd", service["RuntimeDirectory"].split(), unit.name)
            self.assertEqual(service["RuntimeDirectoryPreserve"], "yes", unit.name)
            self.assertEqual(service["User"], "yuqingd", unit.name)

    def test_the_instances_differ_from_the_one_service_only_in_their_paths(self):
        for names in (self.daemons, self.guards):
            plain, template = ((UNITS / name).read_text() for name in names)
            folded = template.replace(" (%i)", "").replace("yuqingd yuqingd/%i", "yuqingd").replace("/%i", "")
            self.assertEqual(folded.replace("@%i", "").replace("yuqingd@.", "yuqingd."), plain)

    def test_the_guard_outlives_the_daemon_and_has_its_secrets(self):
        for guard, daemon in zip(self.guards, self.daemons):
            parsed = load(guard)
            for bond in ("Requires", "BindsTo", "PartOf", "Requisite"):
                self.assertNotIn(bond, parsed["Unit"])
            secrets = [
                [line for line in (UNITS / name).read_text().splitlines() if "LoadCredential" in line]
                for name in (guard, daemon)
            ]
            self.assertEqual(*secrets)

    def test_the_user_is_made(self):
        with tempfile.TemporaryDirectory() as root:
            (Path(root) / "etc").mkdir()
            status, output = run("systemd-sysusers", f"--root={root}", str(UNITS / "yuqingd.sysusers"))
            self.assertEqual(status, 0, output)
            self.assertIn("yuqingd:", (Path(root) / "etc" / "passwd").read_text())


class RedisOnThreeMachines(unittest.TestCase):
    section = MANUAL.split("\n## 14 ", 1)[1].split("\n## ", 1)[0]

    def test_the_redis_that_the_daemon_would_start_is_masked(self):
        """What a unit wants is started with it, enabled or not."""
        [wanted] = (name for name in load("yuqingd.service")["Unit"]["Wants"].split() if "redis" in name)
        self.assertIn(f"    systemctl mask --now {wanted.removesuffix('.service')}\n", self.section)

    def test_no_configuration_is_emptied_where_the_package_is_missing(self):
        command = re.search(r"(?m)^    (sed .*\\\n.*)$", self.section)[1]
        with tempfile.TemporaryDirectory() as folder:
            shipped, used = Path(folder, "usr/share/yuqingd/redis.conf"), Path(folder, "etc/redis/redis.conf")
            for file in (shipped, used):
                file.parent.mkdir(parents=True)
            used.write_text("as it was")
            here = re.sub(r"/(?=etc/|usr/)", f"{folder}/", command)
            run("sh", "-c", here)
            self.assertEqual(used.read_text(), "as it was")
            shipped.write_bytes((UNITS.parent / "redis.conf").read_bytes())
            self.assertEqual(run("sh", "-c", here), (0, ""))
            self.assertIn("\nport 6379\n", used.read_text())
            self.assertNotIn("\nunixsocket", used.read_text())


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
