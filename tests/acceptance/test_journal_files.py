"""The files of a journal: full, removed, damaged, shared, copied. Nothing that was answered is lost, and somebody is told."""

import json
import shutil
import signal
import subprocess
import time
import unittest

from client import detected, event
from journal_case import JournalCase
from office import start, stop
from waiting import wait_for


class JournalFiles(JournalCase):
    def test_a_journal_that_cannot_be_written_is_told_and_nothing_is_answered_accepted(self):
        office = self.make_office()
        self.dir.write_text("in the way", encoding="utf-8")
        office.start_redis()
        office.launch()
        wait_for(lambda: office.http.status("/-/healthy") == 200, "it runs")
        one = detected("J-FULL")
        client = office.client()
        wait_for(lambda: client.ask([one])[0]["status"] == "retry", "asked to come again")
        self.assertIn("本地日志", self.wait_notice("journal").data["title"])
        self.dir.unlink()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready", 30)
        self.assertIn(client.tell(one)[0]["status"], ("accepted", "duplicate"))
        self.assertEqual([line["event"]["subject"] for line in self.lines()], ["J-FULL"])

    def test_files_that_somebody_removes_while_redis_is_away_lose_nothing_and_are_told(self):
        office = self.make_office().open()
        office.tell(detected("J-BEFORE"))
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready without Redis")
        client = office.client()
        self.assertEqual(client.ask([detected("J-REMOVED")])[0]["status"], "accepted")
        for file in self.files():
            file.unlink()
        self.assertEqual(client.ask([detected("J-AFTER")])[0]["status"], "accepted")
        self.assertEqual([line["event"]["subject"] for line in self.lines()][-2:], ["J-REMOVED", "J-AFTER"])
        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again", 30)
        self.seen("J-BEFORE", "J-REMOVED", "J-AFTER")
        self.assertIn("其中未写入 Redis 的0条已丢失", self.wait_notice("journal-gap").data["text"])
        self.assertEqual(office.http.metric("yuqing_limit_hits_total", limit="journal_missing"), 1)

    def test_a_damaged_line_that_redis_was_not_told_is_told_of_after_a_plain_outage(self):
        office = self.make_office().open()
        office.tell(detected("J-BEFORE"))
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready without Redis")
        office.client().ask([detected("J-SPOILT"), detected("J-SOUND")])
        file = self.files()[-1]
        file.write_bytes(file.read_bytes().replace(b"J-SPOILT", b"J-SPOILS"))
        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again", 30)
        self.seen("J-BEFORE", "J-SOUND")
        self.assertIn("日志损坏1行", self.wait_notice("journal-gap").data["text"])

    def test_two_daemons_do_not_share_a_journal(self):
        office = self.make_office().open()
        file, _ = office.config_beside("second")
        shared = file.read_text(encoding="utf-8").replace("/second-journal'", "/journal'")
        file.write_text(shared, encoding="utf-8")
        second = subprocess.run([office.daemon.args[0], "--config", str(file)],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 1)
        self.assertIn("the journal of another daemon", second.stderr)

    def test_two_daemons_with_copies_of_one_journal_lose_nothing_and_one_takes_an_id_of_its_own(self):
        office = self.make_office().open()
        office.tell(*(detected(f"J-BEFORE-{n}") for n in range(5)))
        wait_for(lambda: self.redis("HVALS", "yuqing:{qingshan}:journals") == "5", "the mark follows")
        office.kill_daemon()
        office.start_daemon()
        file, http = office.config_beside("copy")
        copy = office.folder / "copy-journal"
        shutil.copytree(self.dir, copy)
        command = [office.daemon.args[0], "--config", file]
        cases = []
        here, there = office.client(), office.client(f"ipc://{office.folder}/copy.sock")

        def ids():
            return [(folder / "qingshan" / "id").read_text(encoding="utf-8") for folder in (self.dir, copy)]

        def both_tell():
            told = detected(f"J-COPY-{len(cases)}"), detected(f"J-COPY-{len(cases) + 1}")
            asked = [*here.tell(told[0]), *there.tell(told[1])]
            self.assertEqual([one["status"] for one in asked], ["accepted"] * 2)
            cases.extend(one["case"] for one in asked)

        def both_ready():
            return office.http.status("/-/ready") == 200 and http.status("/-/ready") == 200

        def settled():
            both_tell()
            return len(set(ids())) == 2 and both_ready()

        self.assertEqual(len(set(ids())), 1)
        other = start(command, office._log)
        self.addCleanup(lambda: stop(other))
        wait_for(lambda: http.status("/-/ready") == 200, "the copy is ready", 60)
        wait_for(settled, "each has an id of its own and is ready", 30)
        own = ids()
        self.assertIn("daemon runs with a copy of journal", office.log())
        for _ in range(20):
            both_tell()
        wait_for(both_ready, "both stay ready", 30)

        office.kill_redis()
        wait_for(lambda: not both_ready(), "not ready without Redis", 30)
        for _ in range(5):
            both_tell()
        self.assertEqual(stop(other, signal.SIGTERM), 0)
        office.kill_daemon()
        office.start_redis()
        office.start_daemon()
        other = start(command, office._log)
        wait_for(both_ready, "both are ready again", 60)
        self.assertEqual(ids(), own)
        for case in cases:
            self.assertEqual(len(self.seen(case)[case][0]), 1)
        self.assertNotIn("Redis lost what it had", office.log())
        rung = {}
        for got in office.sink.received():
            if got.case in cases:
                rung.setdefault((got.case, got.channel, got.data["reason"], got.obligation, str(got.step)), set()).add(got.id)
        self.assertEqual([what for what, under in rung.items() if len(under) > 1], [])

    def test_damage_is_named_by_file_and_line_and_the_rest_is_told(self):
        office = self.make_office().open()
        office.tell(*(detected(f"J-DAMAGE-{n}") for n in range(4)))
        self.assertEqual(office.ctl("replay", "--check", str(self.dir)).returncode, 0)
        office.kill_daemon()
        file = self.files()[0]
        lines = file.read_bytes().split(b"\n")
        spoilt = next(n for n, line in enumerate(lines) if b"J-DAMAGE-1" in line)
        lines[spoilt] = lines[spoilt].replace(b"J-DAMAGE-1", b"J-DAMAGE-9")
        place = f"{file}:{spoilt + 1}"
        file.write_bytes(b"\n".join(lines) + b'{"v":1,"n":5,"recor')
        checked = office.ctl("replay", "--check", "--json", str(self.dir))
        self.assertEqual(checked.returncode, 1)
        found = json.loads(checked.stdout)
        self.assertEqual((found["entries"], found["torn"]), (3, 1))
        self.assertEqual(found["damaged"], [place])
        self.assertIn(place, office.ctl("replay", "--check", str(self.dir)).stderr)
        own = office.ctl("replay", "--check", "--config", str(office.config_file))
        self.assertIn(place, own.stderr)

        self.redis("FLUSHALL")
        self.log_before = len(office.log())
        since = time.time()
        office.start_daemon()
        self.wait_told_again(since)
        self.seen("J-DAMAGE-0", "J-DAMAGE-2", "J-DAMAGE-3")
        self.assertEqual(office.http.status("/api/v1/cases/J-DAMAGE-1"), 404)
        self.assertIn(place, office.log())
        self.assertEqual(office.http.metric("yuqing_limit_hits_total", limit="journal_torn"), 1)
        self.assertIn("日志损坏1行", self.wait_notice("loss").data["text"])

if __name__ == "__main__":
    unittest.main()
