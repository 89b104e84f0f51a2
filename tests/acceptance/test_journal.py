"""Redis is emptied, replaced, put back or away: with a journal nothing that was answered is lost, every due time stays
what it was, and nobody is told anew what is over."""

import json
import shutil
import subprocess
import threading
import time
import unittest

from client import HOUR, detected, event, just_now, rfc3339
from journal_case import JournalCase
from office import Office
from waiting import until, wait_for


class Journal(JournalCase):
    def test_a_redis_that_is_emptied_is_told_everything_again(self):
        self.loses(lambda office: self.redis("FLUSHALL"))

    def test_a_new_redis_is_told_everything(self):
        def replace(office):
            office.kill_redis()
            shutil.rmtree(office.folder / "redis")
            office.start_redis()

        self.loses(replace)

    def test_a_new_redis_found_at_the_start_is_told_everything(self):
        def replace(office):
            office.kill_daemon()
            office.kill_redis()
            shutil.rmtree(office.folder / "redis")
            office.start_redis()
            office.start_daemon()

        self.loses(replace)

    def test_a_redis_put_back_to_an_older_state_is_told_the_rest(self):
        office = self.make_office().open()
        office.tell(detected("J-OLD"))
        wait_for(lambda: self.redis("HVALS", "yuqing:{qingshan}:journals") == "1", "the mark follows")
        self.redis("BGREWRITEAOF")
        wait_for(lambda: "aof_rewrite_in_progress:0" in self.redis("INFO", "persistence"), "written")
        office.kill_redis()
        shutil.copytree(office.folder / "redis", office.folder / "older")
        office.start_redis()
        office.wait_ready()
        office.tell(event("case.noted", "J-OLD", by="甲", text="之后"), detected("J-NEW"))
        wait_for(lambda: self.redis("HVALS", "yuqing:{qingshan}:journals") == "3", "the mark follows")
        before = self.seen("J-OLD", "J-NEW")
        self.log_before = len(office.log())
        since = time.time()
        office.kill_redis()
        shutil.rmtree(office.folder / "redis")
        shutil.copytree(office.folder / "older", office.folder / "redis")
        office.start_redis()
        self.wait_told_again(since)
        self.assertEqual(self.seen("J-OLD", "J-NEW"), before)
        self.assertRegex(office.log()[self.log_before:], r"journal=told after=1 told=2 missing=2 refused=0 damaged=0")

    def test_what_is_told_of_a_case_that_redis_has_just_lost_is_not_refused(self):
        office = self.make_office().open()
        office.tell(detected("J-GONE"))
        client = office.client()
        for number in range(5):
            self.redis("FLUSHALL")
            answer = client.tell(event("case.noted", "J-GONE", by="甲", text=f"第{number}条"))[0]
            self.assertEqual(answer["status"], "accepted")
            wait_for(lambda: office.http.status("/-/ready") == 200, "ready again", 30)
        facts = self.seen("J-GONE")["J-GONE"][0]
        self.assertEqual(len(facts), 6)
        self.assertEqual(office.http.get("/api/v1/rejects").json()["rejects"], [])

    def test_daemon_and_redis_are_killed_under_load_and_redis_loses_all(self):
        office = self.make_office().open()
        told = [detected(f"J-LOAD-{n}") for n in range(600)]
        answered, stopping = {}, threading.Event()
        client = office.client()

        def collect():
            for begin in range(0, len(told), 20):
                if stopping.is_set():
                    return
                client.socket.send_multipart([json.dumps(one).encode() for one in told[begin : begin + 20]])
                while not stopping.is_set() and not client.socket.poll(20):
                    pass
                if client.socket.poll(0):
                    for frame in client.socket.recv_multipart():
                        answer = json.loads(frame)
                        answered[answer["id"]] = answer["status"]

        sender = threading.Thread(target=collect)
        sender.start()
        wait_for(lambda: len(answered) >= 200, "some are answered", 60)
        office.kill_daemon()
        office.kill_redis()
        stopping.set()
        sender.join()
        shutil.rmtree(office.folder / "redis")
        office.start_redis()
        office.start_daemon()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready", 60)
        accepted = [one["subject"] for one in told if answered.get(one["id"]) == "accepted"]
        self.assertGreaterEqual(len(accepted), 200)
        for case in accepted:
            self.assertEqual(office.http.case(case)["status"], "open")
        self.assertLessEqual({one["status"] for one in client.tell(*told, bound=60)}, {"accepted", "duplicate"})

    # --- Redis is away

    def test_without_redis_events_are_accepted_into_the_journal_and_told_when_it_is_back(self):
        office = self.make_office().open()
        now = just_now()
        office.tell(detected("J-BEFORE", now))
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready without Redis")
        client = office.client()
        told = [detected("J-AWAY", now + 8 - 48 * HOUR), detected("J-AWAY-2", now),
                event("case.acknowledged", "J-BEFORE", now, by="联络员"),
                event("case.noted", "J-NOWHERE", now, by="甲", text="没有这一件")]
        for answer in client.ask(told):
            self.assertEqual((answer["status"], answer["degraded"], answer["obligations"]), ("accepted", True, []))
        answered = office.http.post("/api/v1/events", detected("J-AWAY-3", now))
        self.assertEqual((answered.status, answered.json()["degraded"]), (200, True))
        self.assertEqual(client.ask([b"{"])[0]["status"], "rejected")
        self.assertEqual(office.http.metric("yuqing_journal_behind"), 1)
        recorded = time.time()
        until(now + 2)
        office.kill_daemon()  # and it is on the disk
        office.launch()
        wait_for(lambda: office.http.status("/-/ready") == 503, "runs, not ready")
        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again", 30)
        ready = time.time()
        for case in ("J-AWAY", "J-AWAY-2", "J-AWAY-3"):
            fact = self.seen(case)[case][0][0]
            self.assertLessEqual(fact["recorded_at"] if "recorded_at" in fact else fact["at"], rfc3339(recorded))
        self.assertIsNotNone(office.http.case("J-BEFORE")["acknowledged_at"])
        late = office.sink.wait(case="J-AWAY", reason="due", obligation="response", channel="leaders", bound=30)
        self.assertGreaterEqual(late.arrived, now + 8)
        self.assertLessEqual(late.arrived - max(late.planned, ready), 5.0)
        refused = office.http.get("/api/v1/rejects").json()["rejects"]
        self.assertEqual([one["error"]["code"] for one in refused], ["unknown_case", "malformed"][: len(refused)])
        attention = self.wait_message("told of what was refused", reason="attention", flag="rejected")
        self.assertIn("此前已答复接收", attention.data["text"])
        self.assertEqual({one["status"] for one in client.tell(*told[:3])}, {"duplicate"})

    def test_with_redis_away_retry_nothing_is_taken_without_redis(self):
        office = self.make_office(", redis_away: retry").open()
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready")
        one = detected("J-RETRY")
        self.assertEqual(office.client().ask([one])[0]["status"], "retry")
        self.assertEqual(self.lines(), [])
        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again")
        office.tell(one)
        self.assertEqual(len(self.lines()), 1)

    # --- the journal itself

    def test_replay_by_hand_changes_nothing_and_another_office_can_be_told_a_journal(self):
        office = self.make_office().open()
        cases = self.a_past()
        before = self.seen(*cases)
        since = time.time()
        done = office.ctl("replay")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.wait_told_again(since)
        self.assertEqual(self.seen(*cases), before)
        self.assertEqual([got for got in self.messages_since(since) if got.case != "J-DUE"], [])

        self.log_before = len(office.log())
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready", 30)
        done = office.ctl("replay")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("等它恢复后", done.stdout)
        since = time.time()
        office.start_redis()
        self.wait_told_again(since)
        self.assertRegex(office.log()[self.log_before :], "journal=told after=0 told=9 missing=0")

        other = Office(prefix="journal-other")
        self.addCleanup(other.close)
        other.open()
        self.assertEqual(other.ctl("replay").returncode, 1)  # it keeps none
        told = other.ctl("replay", str(self.dir), "--json")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertEqual(json.loads(told.stdout), {"told": 9, "missing": 9, "refused": 0, "damaged": 0})
        first, self.office = self.office, other
        try:
            self.assertEqual(self.seen(*cases), before)
            other.sink.wait(case="J-LATE", channel="leaders", bound=30)
            self.assertEqual(other.sink.received(case="J-MET"), [])
        finally:
            self.office = first

    def test_a_journal_is_an_input_of_simulate(self):
        office = self.make_office().open()
        self.a_past()
        played = subprocess.run(
            [office.daemon.args[0].replace("yuqingd", "yuqingctl"), "simulate", "--config", office.config_file,
             "--events", self.files()[0], "--format", "json"], capture_output=True, text=True, timeout=60)
        self.assertEqual(played.returncode, 0, played.stderr)
        lines = [json.loads(line) for line in played.stdout.splitlines()]
        self.assertEqual([line for line in lines if line["kind"] == "rejected"], [])
        self.assertEqual(len([line for line in lines if line["kind"] == "case"]), 5)

if __name__ == "__main__":
    unittest.main()
