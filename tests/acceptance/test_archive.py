"""What ended long ago leaves Redis for files, is found as before, and comes back when something new is told of it."""

import json
import os
import subprocess
import time

from client import HOUR, detected, event, millis, published
from office import BUILD, add_section
from office_case import OfficeCase
from waiting import holds_for, wait_for

DAY = 24 * HOUR
LOOKS = "self: {redis_after: 2s, over_after: 2s, look_every: 1s}"


class Archive(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.arguments = {"settings": LOOKS, "adapt": cls.configure}
        super().setUpClass()

    @classmethod
    def configure(cls, config):
        """Where a file stands in its way there is no folder: nothing can be archived until it is taken away."""
        cls.dir = config.parent / "archive"
        cls.dir.write_text("in the way", encoding="utf-8")
        add_section(config, f"archive: {{closed_after: 400d, dir: '{cls.dir}', every: 1s}}")

    def ctl(self, *words, check=True):
        command = [BUILD / "bin" / "yuqingctl", *words, "--url", f"http://127.0.0.1:{self.http.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def redis(self, *words):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    def in_redis(self, case):
        return self.redis("HEXISTS", f"yuqing:{{qingshan}}:case:{case}", "s") == "1"

    def tell_history(self, *events):
        answers = self.office.client().tell(*({**one, "history": True} for one in events))
        self.assertEqual({answer["status"] for answer in answers}, {"accepted"})

    def matters(self, begin):
        """One on time, one late, one merged into the first, one dismissed, one never answered."""
        said = []
        for case, answered in (("OLD-MET", HOUR), ("OLD-LATE", 60 * HOUR)):
            said += [
                detected(case, begin, lead_unit="县民政局", title=f"旧事 {case}"),
                event("case.acknowledged", case, begin + HOUR / 2, by="联络员"),
                published(case, begin + answered),
                event("case.closed", case, begin + 3 * DAY, by="张三"),
            ]
        said += [
            detected("OLD-MERGED", begin + HOUR),
            event("case.merged", "OLD-MERGED", begin + 2 * HOUR, into="OLD-MET", by="张三"),
            detected("OLD-DISMISSED", begin + HOUR),
            event("case.dismissed", "OLD-DISMISSED", begin + 2 * HOUR, by="张三", reason="不实"),
            detected("OLD-OWING", begin),
            event("case.closed", "OLD-OWING", begin + 3 * DAY, by="张三"),
        ]
        return said

    def days(self, begin):
        """The first day of the matters' time, and the one behind it."""
        return (time.strftime("%Y-%m-%d", time.gmtime(begin + days * DAY)) for days in (-5, 25))

    def reports(self, begin, as_of):
        """The figures of that time as of an instant, as bytes; what an instant of today asks for is left out."""
        period = "from={}&to={}".format(*self.days(begin)) + f"&as_of={as_of}"
        paths = [f"/api/v1/ledger?{period}&format={form}" for form in ("json", "csv")]
        paths += [f"/api/v1/assessment?{period}&by={by}&format=json" for by in ("unit", "field", "month")]
        answers = [self.http.get(path) for path in paths]
        self.assertEqual([answer.status for answer in answers], [200] * len(paths))
        return [answer.body for answer in answers]

    def check_lost_are_named(self, begin, lost):
        """What cannot be read holds up no report: each names it, and tells the others."""
        first, end = self.days(begin)
        for kind in ("ledger", "assessment"):
            path = f"/api/v1/{kind}?from={first}&to={end}&format="
            told = self.http.get(path + "json").json()
            self.assertEqual(sorted(one["case"] for one in told["unread"]["cases"]), lost)
            self.assertEqual({(one["code"], one["file"].endswith(".jsonl")) for one in told["unread"]["cases"]},
                             {("archive_unreadable", True)})
            for form in ("csv", "html" if kind == "assessment" else "csv"):
                body = self.http.get(path + form).body.decode()
                self.assertTrue(all(case in body for case in lost), body)
                self.assertIn("读不出", body)
            shown = self.ctl(kind, "--from", first, "--to", end)
            self.assertIn(f"{len(lost)}件事项的档案读不出或不全", shown)
            self.assertTrue(all(case in shown for case in lost), shown)
        rows = self.http.get(f"/api/v1/ledger?from={first}&to={end}").json()["rows"]
        self.assertIn("OLD-OWING", [row["case"] for row in rows])
        self.assertFalse({row["case"] for row in rows} & set(lost))
        self.assertGreaterEqual(self.http.metric("yuqing_limit_hits_total", limit="report_unread"), len(lost))

    def shown(self, case):
        told = self.http.case(case)
        for obligation in told["obligations"]:
            obligation.pop("remaining_seconds", None)
        explained = self.http.get(f"/api/v1/cases/{case}/explain")
        self.assertEqual(explained.status, 200)
        return told, explained.json()["policy"]

    def test_a_case_leaves_is_found_as_before_and_comes_back(self):
        begin = millis(time.time() - 500 * DAY)
        gone = ("OLD-MET", "OLD-LATE", "OLD-MERGED", "OLD-DISMISSED")
        said = self.matters(begin)
        self.tell_history(*said[:5])
        between = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        wait_for(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > between, "a second later")
        self.tell_history(*said[5:])
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        wait_for(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > now, "a second later")

        # It cannot be written: nothing leaves, somebody is told.
        told = self.sink.wait(reason="self", channel="duty-group")
        self.assertIn("归档不可用", told.data["title"])
        self.assertTrue(all(self.in_redis(case) for case in gone))
        before = {case: self.shown(case) for case in gone}
        today, past = self.reports(begin, now), self.reports(begin, between)
        self.assertNotEqual(today, past)
        self.assertIn("旧事 OLD-LATE".encode(), today[0])
        audit = json.loads(self.ctl("audit", "verify", "--json").splitlines()[-1])
        self.dir.unlink()

        wait_for(lambda: not any(self.in_redis(case) for case in gone), "all have left Redis", 30)
        self.assertTrue(self.in_redis("OLD-OWING"))  # it owes an answer still
        self.assertEqual(self.redis("EXISTS", *(f"yuqing:{{qingshan}}:log:{case}" for case in gone)), "0")
        files = sorted((self.dir / "qingshan").iterdir())
        lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
        self.assertEqual(sorted({line["case"] for line in lines}), sorted(gone))
        self.assertEqual({os.stat(file).st_mode & 0o777 for file in files}, {0o640})

        for restarted in (False, True):
            if restarted:
                self.office.restart_daemon()
            self.assertEqual({case: self.shown(case) for case in gone}, before)
            self.assertEqual(self.reports(begin, now), today)
            self.assertEqual(self.reports(begin, between), past)
        self.assertIn("旧事 OLD-MET", self.ctl("show", "OLD-MET"))
        after = json.loads(self.ctl("audit", "verify", "--json").splitlines()[-1])
        for member in ("cases", "entries", "findings"):
            self.assertEqual(after[member], audit[member])
        self.assertEqual(self.http.get("/api/v1/cases?status=dismissed").json()["cases"], [])

        # What is known stays known and brings nothing back; what is new brings the case back and counts.
        client = self.office.client()
        answers = client.tell(*said)
        self.assertEqual({answer["status"] for answer in answers}, {"duplicate"})
        self.assertFalse(any(self.in_redis(case) for case in gone))
        self.office.tell(event("case.noted", "OLD-LATE", begin + 4 * DAY, by="张三", text="补记一笔"))
        self.assertEqual(self.shown("OLD-LATE")[0]["timeline"][:-1], before["OLD-LATE"][0]["timeline"])
        self.assertEqual(self.reports(begin, now), today)
        self.office.tell(event("case.reopened", "OLD-MET", begin + 4 * DAY, by="张三", reason="复发"))
        self.assertEqual(self.http.case("OLD-MET")["status"], "open")
        self.assertTrue(self.in_redis("OLD-MET"))
        self.assertEqual(self.http.metric("yuqing_archive_cases_total", outcome="restored"), 2)
        # The one that is closed leaves again, with what was added.
        wait_for(lambda: not self.in_redis("OLD-LATE"), "the closed one has left again", 30)
        self.assertIn("补记一笔", self.ctl("show", "OLD-LATE"))

        # A file that is gone is told, and loses nothing that is told meanwhile.
        for file in files:
            file.rename(file.with_suffix(".away"))
        self.assertEqual(self.http.get("/api/v1/cases/OLD-DISMISSED").status, 503)
        self.check_lost_are_named(begin, sorted(case for case in gone if not self.in_redis(case)))
        late = event("case.noted", "OLD-DISMISSED", begin + 5 * DAY, by="张三", text="迟到的")
        self.assertEqual(client.ask([late])[0]["status"], "retry")
        # Trying again cannot help, so nobody is told to: which file it is, and where the manual tells of it.
        for words in (["show", "OLD-DISMISSED"], ["note", "OLD-DISMISSED", "--text", "补记", "--by", "张三"]):
            said = self.ctl(*words, check=False)
            self.assertIn(f"事项 OLD-DISMISSED 已归档到 {self.dir}/qingshan/", said)
            self.assertIn("运维手册第 10 节“归档不可用”", said)
            self.assertNotIn("稍后重试", said)
        audit = self.ctl("audit", "verify", check=False)
        self.assertRegex(audit, r"OLD-DISMISSED +0 +归档读不出 +事项 OLD-DISMISSED 已归档到 .*，这个文件读不出")
        self.assertIn("核对事项 ", audit)
        self.assertIn("其中的记录未能核对", audit)
        self.assertNotIn("记录被改动过", audit)
        for file in files:
            file.with_suffix(".away").rename(file)
        self.office.tell(late)
        self.assertEqual(self.http.case("OLD-DISMISSED")["status"], "dismissed")


class ArchiveTrouble(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.arguments = {"settings": LOOKS, "adapt": cls.configure}
        super().setUpClass()

    @classmethod
    def configure(cls, config):
        cls.dir = config.parent / "kept"
        add_section(config, f"archive: {{closed_after: 30d, dir: '{cls.dir}', every: 1s}}")

    def redis(self, *words):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    def in_redis(self, case):
        return self.redis("HEXISTS", f"yuqing:{{qingshan}}:case:{case}", "s") == "1"

    def tell_ended(self, *cases, days):
        begin = millis(time.time() - days * DAY)
        for case in cases:
            said = [
                detected(case, begin, lead_unit="县民政局", title=f"旧事 {case}"),
                event("case.acknowledged", case, begin + HOUR, by="联络员"),
                published(case, begin + HOUR),
                event("case.closed", case, begin + 3 * HOUR, by="张三"),
            ]
            answers = self.office.client().tell(*({**one, "history": True} for one in said))
            self.assertEqual({answer["status"] for answer in answers}, {"accepted"})

    def archive(self, *cases, days):
        self.tell_ended(*cases, days=days)
        wait_for(lambda: not any(self.in_redis(case) for case in cases), f"{cases} have left Redis", 30)

    def notices(self, over):
        """Each that was told of the archive, by its id."""
        told = {got.id: got.data for got in self.sink.received(reason="self", channel="duty-group")}
        return {id: data for id, data in told.items()
                if data["self"]["about"] == "archive" and data["self"]["over"] == over}  # fmt: skip

    def told_anew(self, known, over):
        return wait_for(lambda: [data for id, data in self.notices(over).items() if id not in known], "told anew", 30)[0]

    def file_of(self, case):
        for file in (self.dir / "qingshan").iterdir():
            if f'"case":"{case}"' in file.read_text(encoding="utf-8"):
                return file
        return self.fail(f"{case} is in no file")

    def damage(self, case):
        """Its line is cut, as by a disk that lost a block; what the file was."""
        file = self.file_of(case)
        whole = file.read_bytes()
        lines = whole.splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if f'"case":"{case}"'.encode() in line)
        file.write_bytes(b"".join(lines[:at] + [lines[at][:-200] + b"\n"] + lines[at + 1 :]))
        return file, whole

    def test_a_line_that_cannot_be_read_is_told_until_that_very_case_can_be(self):
        self.archive("DAMAGED", "WHOLE", days=60)
        began, over = self.notices(False), self.notices(True)
        file, backup = self.damage("DAMAGED")
        self.assertEqual(self.http.get("/api/v1/cases/DAMAGED").status, 503)
        self.assertIn(str(file), self.told_anew(began, False)["text"])

        def others_are_read():
            return self.http.get("/api/v1/cases/WHOLE").status == 200 and set(self.notices(True)) == set(over)

        holds_for(6, others_are_read, "that another is read ends nothing")
        # What came since the backup stays: it is put behind, as the manual tells.
        self.archive("SINCE", days=60)
        with file.open("ab") as out:
            out.write(b"\n" + backup)
        self.told_anew(over, True)
        for case in ("DAMAGED", "WHOLE", "SINCE"):
            self.assertEqual(self.http.get(f"/api/v1/cases/{case}").status, 200)

    def test_a_folder_that_is_gone_is_told_and_not_begun_anew(self):
        self.archive("BEFORE", days=50)
        began, over = self.notices(False), self.notices(True)
        away = self.dir.with_name("away")
        self.dir.rename(away)
        self.tell_ended("MEANWHILE", days=50)
        self.assertIn(f"事项曾归档到 {self.dir}/qingshan", self.told_anew(began, False)["text"])
        for unmounted in (False, True):
            if unmounted:
                (self.dir / "qingshan").mkdir(parents=True)
            holds_for(2.5, lambda: self.in_redis("MEANWHILE"), "nothing leaves for elsewhere")
        self.assertEqual(list(self.dir.rglob("*")), [self.dir / "qingshan"])
        (self.dir / "qingshan").rmdir()
        self.dir.rmdir()
        away.rename(self.dir)
        self.told_anew(over, True)
        wait_for(lambda: not self.in_redis("MEANWHILE"), "it leaves now", 30)

    def test_a_case_that_no_backup_holds_can_be_taken_out_of_the_count(self):
        self.archive("LOST", "KEPT", days=90)
        self.damage("LOST")
        day = [time.strftime("%Y-%m-%d", time.gmtime(time.time() - days * DAY)) for days in (95, 85)]
        ledger = f"/api/v1/ledger?from={day[0]}&to={day[1]}&format=csv"
        self.assertEqual(self.redis("ZREM", "yuqing:{qingshan}:index:archived", "LOST"), "1")
        answer = self.http.get(ledger)
        self.assertEqual(answer.status, 200)
        self.assertIn("旧事 KEPT".encode(), answer.body)
        self.assertNotIn("旧事 LOST".encode(), answer.body)
