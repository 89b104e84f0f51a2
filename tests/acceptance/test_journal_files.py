"""The files of a journal: full, removed, damaged, shared. Nothing that was answered is lost, and somebody is told."""

import json
import subprocess
import time
import unittest

from client import detected, event
from journal_case import JournalCase
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
