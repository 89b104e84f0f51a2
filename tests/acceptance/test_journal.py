"""Redis is emptied, replaced, put back or away: with a journal nothing that was answered is lost, every due time stays
what it was, and nobody is told anew what is over."""

import json
import shutil
import subprocess
import threading
import time
import unittest

from client import HOUR, detected, event, just_now, published, rfc3339
from office import Office, with_journal
from waiting import holds_for, until, wait_for

LOOKS = "self: {redis_after: 2s, over_after: 2s, look_every: 1s}"


class Journal(unittest.TestCase):
    maxDiff = None

    def make_office(self, more="", **arguments):
        def adapt(config):
            self.dir = config.parent / "journal"
            with_journal(config, more)

        self.office = office = Office(prefix=self._testMethodName[5:25], settings=LOOKS, adapt=adapt, **arguments)
        self.addCleanup(office.close)
        self.addCleanup(lambda: self.assertEqual(office.sink.faults(), []))
        return office

    # --- what is there, and what was told

    def redis(self, *words):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    def files(self):
        return sorted((self.dir / "qingshan").glob("*.jsonl"))

    def lines(self):
        return [json.loads(line) for file in self.files() for line in file.read_text("utf-8").splitlines()]

    def seen(self, *cases):
        """Of each case what must not change: its facts, by whom and when recorded, its obligations, its status."""
        found = {}
        for case in cases:
            told = self.office.http.case(case)
            facts = [entry for entry in told["timeline"] if entry["kind"] == "fact"]
            due = {one["id"]: (one["start"], one["due"]) for one in told["obligations"]}
            if case != "J-DUE":  # time goes on
                due = {id: (*times, {one["id"]: one["status"] for one in told["obligations"]}[id]) for id, times in due.items()}
            found[case] = (facts, due, told["status"], told["flags"])
        return found

    def messages_since(self, instant):
        return [got for got in self.office.sink.received() if got.arrived >= instant and got.case]

    def wait_told_again(self, instant):
        """Redis was told everything again, and whatever rings has rung."""
        office = self.office
        wait_for(lambda: "journal=told" in office.log()[self.log_before:], "told again", 60)
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready", 30)
        holds_for(1.5, lambda: office.http.status("/-/ready") == 200, "stays ready")
        return self.messages_since(instant)

    def a_past(self):
        """One matter answered and closed, one overdue, one due in 20 s, one told as history."""
        now = just_now()
        self.office.tell(
            detected("J-MET", now - 3 * HOUR, lead_unit="县民政局"),
            published("J-MET", now - 2 * HOUR),
            event("case.acknowledged", "J-MET", now - 2 * HOUR, by="联络员"),
            event("case.closed", "J-MET", now - HOUR, by="张三"),
            detected("J-LATE", now - 50.2 * HOUR, lead_unit="县民政局"),
            detected("J-DUE", now + 20 - 48 * HOUR),
            {**detected("J-PAST", now - 400 * HOUR), "history": True},
            detected(None, now, matter_key="一事一案", title="同一件事"),
        )
        self.office.tell(detected(None, now, matter_key="一事一案", title="同一件事，再报"))
        wait_for(lambda: self.office.sink.received(case="J-LATE"), "told of what is late")
        wait_for(lambda: self.office.http.metric("yuqing_outbox_size") == 0, "nothing waits to be sent", 30)
        self.due_at = now + 20
        self.log_before = len(self.office.log())
        listed = self.office.http.get("/api/v1/cases?limit=100").json()["cases"]
        cases = sorted({one["id"] for one in listed} | {"J-MET", "J-LATE", "J-DUE", "J-PAST"})
        self.assertEqual(len(cases), 5)
        return cases

    def check_all_back(self, cases, before, told_before, since):
        messages = self.wait_told_again(since)
        self.assertEqual(self.seen(*cases), before)
        # What is over is not told anew; what is owed rings once more at most, under the id it had.
        new = [got for got in messages if got.id not in told_before and got.case != "J-DUE"]
        self.assertEqual(new, [])
        self.assertEqual([got for got in messages if got.case in ("J-MET", "J-PAST")], [])
        due = self.office.sink.wait(case="J-DUE", reason="due", obligation="response", channel="leaders", bound=40)
        self.assertGreaterEqual(due.arrived, self.due_at)
        self.assertIn("Redis", self.wait_notice("loss").data["title"])

    def loses(self, lose):
        office = self.make_office().open()
        cases = self.a_past()
        before = self.seen(*cases)
        told_before = {got.id for got in office.sink.received()}
        since = time.time()
        lose(office)
        self.check_all_back(cases, before, told_before, since)
        self.assertGreaterEqual(office.http.metric("yuqing_journal_entries_total", outcome="missing"), 9)
        office.tell(event("case.noted", "J-LATE", by="甲", text="照常"))

    def wait_message(self, what, **wanted):
        """The first whose data has these members, on whatever channel."""
        def fits(got):
            return all(got.data.get(name) == value for name, value in wanted.items())

        return wait_for(lambda: [got for got in self.office.sink.received() if fits(got)], what, 40)[0]

    def wait_notice(self, about):
        def told():
            notices = self.office.sink.received(reason="self")
            return [got for got in notices if got.data["self"]["about"] == about and not got.data["self"]["over"]]

        return wait_for(told, f"told of {about}", 40)[0]

    # --- Redis lost it

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
        for case in ("J-AWAY", "J-AWAY-2", "J-AWAY-3"):
            fact = self.seen(case)[case][0][0]
            self.assertLessEqual(fact["recorded_at"] if "recorded_at" in fact else fact["at"], rfc3339(recorded))
        self.assertIsNotNone(office.http.case("J-BEFORE")["acknowledged_at"])
        late = office.sink.wait(case="J-AWAY", reason="due", obligation="response", channel="leaders", bound=30)
        self.assertGreaterEqual(late.arrived, now + 8)
        self.assertLessEqual(late.arrived - late.planned, 3.0)
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
