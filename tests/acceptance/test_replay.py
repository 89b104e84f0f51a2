"""A journal is told to a daemon by hand, and whoever tells it goes away in the midst of it."""

import subprocess
import time
import unittest

from client import HOUR, detected, event, just_now
from office import BUILD, Office, stop, with_journal
from waiting import holds_for, until, wait_for


class Replay(unittest.TestCase):
    maxDiff = None

    def make_office(self, prefix):
        office = Office(prefix=prefix, adapt=with_journal)
        self.addCleanup(office.close)
        return office.open()

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


if __name__ == "__main__":
    unittest.main()
