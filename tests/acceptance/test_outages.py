"""Redis goes, the daemon goes, both come back: nothing answered is lost, nothing due stays untold."""

import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from client import HOUR, detected, encode, event, just_now
from hung import hung, thread_called
from notified import Notified
from office import Office, free_port, stop, with_journal
from waiting import holds_for, until, wait_for


class Outages(unittest.TestCase):
    def make_office(self, **arguments):
        self.office = office = Office(prefix=self._testMethodName[5:25], **arguments)
        self.addCleanup(office.close)
        self.notified = Notified(office.folder / "notify")
        self.addCleanup(self.notified.close)
        office.environment = {"NOTIFY_SOCKET": str(office.folder / "notify"), "WATCHDOG_USEC": "10000000"}
        return office

    def test_redis_killed_and_restarted_loses_nothing(self):
        office = self.make_office().open()
        now = just_now()
        office.tell(
            detected("O-BEFORE", now),
            detected("O-DUE", now + 3 - 48 * HOUR),
            detected("O-AFTER", now + 12 - 48 * HOUR),
        )
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready without Redis")

        client = office.client()
        meanwhile = [detected(f"O-MEANWHILE-{n}", now) for n in range(5)]
        for answer in client.ask(meanwhile):
            self.assertEqual((answer["status"], answer["retry_after_ms"] > 0), ("retry", True))
        answered = office.http.post("/api/v1/events", meanwhile[0])
        self.assertEqual((answered.status, answered.json()["status"]), (503, "retry"))
        self.assertIn(office.http.get("/api/v1/cases").status, (503,))

        beginning = time.time()
        wait_for(
            lambda: self.notified.since(beginning).count("WATCHDOG=1") >= 3,
            "the watchdog is fed without Redis",
            10,
        )
        self.assertEqual(office.http.status("/-/healthy"), 200)
        self.assertIn("yuqing_redis_up 0\n", office.http.get("/metrics").body.decode())
        until(now + 5)

        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again")
        self.assertEqual({one["status"] for one in client.tell(*meanwhile)}, {"accepted"})
        for case in ("O-BEFORE", *(one["subject"] for one in meanwhile)):
            self.assertEqual(office.http.case(case)["status"], "open")
        office.sink.wait(case="O-DUE", reason="due", channel="leaders")
        late = office.sink.wait(case="O-AFTER", reason="due", channel="leaders", bound=20)
        self.assertLessEqual(late.arrived - late.planned, 2.0)
        self.assertEqual(office.sink.faults(), [])

    def test_a_copy_of_redis_takes_over_the_address_and_one_connection_after_the_other_finds_out(self):
        office = self.make_office(adapt=with_journal)
        port = free_port()
        office.redis_options = ["--port", str(port)]
        office.start_redis()
        left = office.redis
        self.addCleanup(stop, left)
        office.start_daemon()

        def redis(*words):
            return subprocess.run(["redis-cli", *words], capture_output=True, text=True, timeout=30).stdout

        def links():
            return set(re.findall(r"(?m)^id=(\d+) .* user=yuqingd ", redis("-p", str(port), "client", "list")))

        told = [f"O-FIRST-{n}" for n in range(5)]
        office.tell(*map(detected, told))
        shutil.copytree(office.folder / "redis", office.folder / "copy")
        (office.folder / "redis").rename(office.folder / "left")
        (office.folder / "copy").rename(office.folder / "redis")
        office.redis_options = []
        office.launch_redis()
        at_path = ("-s", str(office.folder / "redis.sock"), "info", "server")
        wait_for(lambda: f"process_id:{office.redis.pid}" in redis(*at_path), "the copy has the address")

        client = office.client()
        for number, link in enumerate(sorted(links(), key=int)):
            redis("-p", str(port), "client", "kill", "id", link)
            wait_for(lambda: office.http.status("/-/ready") == 200, "ready")
            some = [f"O-SPLIT-{number}-{n}" for n in range(8)]
            self.assertEqual({one["status"] for one in client.tell(*map(detected, some))}, {"accepted"})
            told += some
        wait_for(lambda: not links(), "nobody speaks to the first any more")
        stop(left)
        for case in told:
            wait_for(lambda case=case: office.http.status(f"/api/v1/cases/{case}") == 200, f"{case} is in the copy")
        self.assertEqual(office.sink.faults(), [])

    def test_events_told_while_redis_dies_are_answered_once_and_kept(self):
        office = self.make_office().open()
        told = [detected(f"O-LOAD-{n}") for n in range(200)]
        client = office.client()
        for one in told:
            client.socket.send(encode(one))
        office.kill_redis()
        answers = [client.answers()[0] for _ in told]
        self.assertEqual(
            [one["id"] for one in answers if one["status"] != "rejected"], [one["id"] for one in told]
        )
        office.start_redis()
        wait_for(lambda: office.http.status("/-/ready") == 200, "ready again")
        for one, answer in zip(told, answers):
            if answer["status"] == "accepted":
                self.assertEqual(office.http.case(one["subject"])["status"], "open")
        self.assertLessEqual({one["status"] for one in client.tell(*told)}, {"accepted", "duplicate"})

    def test_the_daemon_starts_without_redis_and_waits_for_it(self):
        office = self.make_office()
        office.launch()
        wait_for(lambda: "READY=1" in self.notified.lines(), "READY=1 once the sockets are bound")
        self.assertEqual((office.http.status("/-/ready"), office.http.status("/-/healthy")), (503, 200))
        self.assertEqual(office.client().ask([detected("O-EARLY")])[0]["status"], "retry")
        holds_for(2, lambda: office.daemon.poll() is None and office.http.status("/-/ready") == 503, "waits")
        office.start_redis()
        office.wait_ready()
        office.tell(detected("O-EARLY"))

    def test_a_redis_that_does_not_promise_enough_is_not_used(self):
        office = self.make_office()
        office.start_redis()
        redis_set(office, "everysec")
        office.launch()
        wait_for(lambda: office.http.status("/-/ready") == 503, "it runs and is not ready")
        holds_for(2, lambda: office.http.status("/-/ready") == 503, "not ready")
        self.assertRegex(
            office.http.get("/-/ready").body.decode() + office.log(), "(?i)appendfsync|durab|everysec"
        )
        redis_set(office, "always")
        office.wait_ready()

    def test_a_graceful_stop_answers_what_it_holds(self):
        office = self.make_office().open()
        wait_for(lambda: {"READY=1", "WATCHDOG=1"} <= set(self.notified.lines()), "READY=1 and WATCHDOG=1")
        client = office.client()
        told = [detected(f"O-STOP-{n}") for n in range(400)]
        redis_cli(office, "client", "pause", "30000", "write")
        client.socket.send_multipart([encode(one) for one in told])
        wait_for(lambda: holds_back(office, 100_000), "Redis holds back what the daemon commits")
        office.daemon.send_signal(signal.SIGTERM)
        wait_for(lambda: "STOPPING=1" in self.notified.lines(), "STOPPING=1")
        redis_cli(office, "client", "unpause")
        answers = client.answers()
        self.assertEqual({one["status"] for one in answers}, {"accepted"})
        self.assertEqual(office.daemon.wait(15), 0)
        office.start_daemon()
        for one in told[::40]:
            self.assertEqual(office.http.case(one["subject"])["status"], "open")

    def test_a_stop_without_redis_is_a_clean_stop_too(self):
        office = self.make_office().open()
        office.kill_redis()
        wait_for(lambda: office.http.status("/-/ready") == 503, "not ready")
        self.assertEqual(office.stop_daemon(), 0)

    def test_a_service_manager_that_does_not_read_holds_up_nothing(self):
        office = self.make_office()
        deaf = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(deaf.close)
        deaf.bind(str(office.folder / "deaf"))
        office.environment["NOTIFY_SOCKET"] = str(office.folder / "deaf")
        office.start_redis()
        office.start_daemon()
        full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(full.close)
        full.setblocking(False)
        with self.assertRaises(BlockingIOError):
            for _ in range(10_000):  # whatever the kernel takes
                full.sendto(b"", str(office.folder / "deaf"))
        begin = just_now()
        office.tell(detected("O-DEAF", begin + 3 - 48 * HOUR))
        late = office.sink.wait(case="O-DEAF", reason="due", obligation="response")
        self.assertLessEqual(late.arrived - late.planned, 2.0)
        self.assertEqual(office.stop_daemon(), 0)

    def test_what_is_told_survives_any_number_of_kills(self):
        office = self.make_office().open()
        for round_number in range(5):
            office.tell(
                detected(f"O-KILL-{round_number}"),
                event("case.noted", f"O-KILL-{round_number}", by="甲", text="好"),
            )
            office.restart_daemon()
        for round_number in range(5):
            facts = [e for e in office.http.case(f"O-KILL-{round_number}")["timeline"] if e["kind"] == "fact"]
            self.assertEqual([fact["type"] for fact in facts], ["opinion.detected", "case.noted"])

    def test_a_thread_that_hangs_is_not_hidden_from_systemd(self):
        """Neither the core's, which decides, nor the edge's, which sends; and a pause that ends is no hang."""
        office = self.make_office().open()
        for thread in ("yuqingd", "yuqingd-edge"):
            wait_for(lambda: self.fed_within(1), "fed")
            with hung(thread_called(office.daemon.pid, thread)):
                wait_for(lambda: not self.fed_within(8), f"{thread} hangs, and systemd is told nothing", 40)
            office.tell(detected())

    def fed_within(self, seconds):
        return "WATCHDOG=1" in self.notified.since(time.time() - seconds)

    def test_a_mistake_in_the_configuration_is_named_with_its_line(self):
        office = self.make_office()
        text = office.config_file.read_text(encoding="utf-8")
        office.config_file.write_text(text + "jurisdicton: x\n", encoding="utf-8")
        office.launch()
        self.assertNotEqual(office.daemon.wait(15), 0)
        line = text.count("\n") + 1
        self.assertRegex(office.log(), rf"yuqingd\.yaml:{line}\b.*jurisdiction")


def redis_cli(office, *words):
    command = ["redis-cli", "-s", office.folder / "redis.sock", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()


def redis_set(office, appendfsync):
    assert redis_cli(office, "config", "set", "appendfsync", appendfsync) == "OK"


def holds_back(office, size):
    """Whether commands of so many bytes wait in Redis while it is paused."""
    held = re.findall(r" flags=\w*b\w* .* qbuf=(\d+) .* argv-mem=(\d+) ", redis_cli(office, "client", "list"))
    return any(int(waiting) + int(read) > size for waiting, read in held)
