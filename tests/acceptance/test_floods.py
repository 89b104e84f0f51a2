"""Floods at the ZeroMQ door: connections that say nothing, handshakes of strangers, and a client that tells too much.
The others' answers stay prompt: measured against what they took before, on the same machine a moment ago."""

import json
import multiprocessing
import socket
import statistics
import threading
import time

import zmq

from client import Ingest, detected, encode, event, just_now
from curve import entry, keyed_client, make_pair, public, read, with_curve
from office_case import OfficeCase
from waiting import wait_for

ASKED = 60  # answers a figure is made of
SLOWER_AT_MOST = 20  # times; on a machine that does other things, too
WINDOW = 1000  # of the greedy client
FLOOR = 0.01  # seconds: what is prompt whatever it was before


def with_small_limits(config):
    with_curve(config, "connections_max: 200, handshakes_max: 32, handshake_within: 1s, client_rate: 200/1s, ")


class Floods(OfficeCase):
    arguments = {"adapt": with_small_limits, "settings": "self: {look_every: 1s, over_after: 1s}"}

    @classmethod
    def prepare(cls):
        cls.config = cls.office.config_file.parent
        lines = "clients:\n"
        lines += entry("polite", make_pair(cls.config / "polite.key"), role="operator", rate="10000/1s")
        lines += entry("greedy", make_pair(cls.config / "greedy.key"), role="operator")
        (cls.config / "clients.yaml").write_text(lines, encoding="utf-8")
        cls.office.open()
        cls.office.tell(detected("FLOOD", just_now()))

    def setUp(self):
        self.polite = keyed_client(self.office, self.config / "polite.key")

    def answered_within(self):
        """The median of what an answer takes, one after the other."""
        took = []
        for _ in range(ASKED):
            begun = time.monotonic()
            (answer,) = self.polite.ask([event("case.noted", "FLOOD", just_now(), by="张三", text="在办")])
            self.assertEqual(answer["status"], "accepted")
            took.append(time.monotonic() - begun)
        return statistics.median(took)

    def stays_prompt(self, flood, until=lambda: True):
        before = self.answered_within()
        with flood:
            during = self.answered_within()
            wait_for(until, "the flood meets its limit")
        print(f"an answer took {before * 1000:.1f} ms before and {during * 1000:.1f} ms during it")
        self.assertLess(during, max(before, FLOOR) * SLOWER_AT_MOST)

    def hits(self, limit):
        return self.http.metric("yuqing_limit_hits_total", limit=limit)

    def port(self):
        return int(self.office.tcp_endpoint.rsplit(":", 1)[1])

    def test_connections_that_say_nothing_are_ended_and_keep_no_monitor_out(self):
        self.answered_within()
        flood = Connections(self.port())
        self.stays_prompt(flood, until=self.monitors_come_in)
        self.assertGreaterEqual(self.hits("ingest_handshakes"), 1)
        self.assertIn("ingest=flood address=127.0.0.1", self.office.log())
        wait_for(lambda: self.told_of_floods(), "the flood is told of")
        self.assertIn("127.0.0.1", self.told_of_floods()[0].data["text"])
        wait_for(lambda: self.http.metric("yuqing_ingest_connections") < 100, "all of them go")
        late = keyed_client(self.office, self.config / "polite.key")
        self.assertEqual(late.tell(detected("FLOOD-LATE", just_now()))[0]["status"], "accepted")

    def monitors_come_in(self):
        """Not only those that stand: one after the other, each with a connection of its own."""
        for _ in range(4):
            new = keyed_client(self.office, self.config / "polite.key")
            self.assertEqual(new.tell(detected("FLOOD", just_now()))[0]["status"], "accepted")
            new.close()
        return True

    def told_of_floods(self):
        return [got for got in self.sink.received() if (got.data.get("self") or {}).get("about") == "flood"]

    def test_strangers_who_shake_hands_again_and_again_change_nothing_for_others(self):
        self.stays_prompt(Strangers(self.office, self.config))
        self.assertGreaterEqual(self.http.metric("yuqing_clients_refused_total", reason="unknown_key"), 10)
        self.assertLess(self.office.log().count("curve=refused"), 200)

    def test_a_client_that_tells_too_much_is_put_off_and_the_others_are_not(self):
        greedy = Greedy(self.office, self.config)
        self.stays_prompt(greedy)
        self.assertGreater(greedy.counts["retry"], 0)
        self.assertGreater(greedy.counts["accepted"], 0)
        self.assertGreater(greedy.counts["retry_after_ms"], 0)
        self.assertGreaterEqual(self.hits("ingest_client_rate"), greedy.counts["retry"])
        told = detected("FLOOD-GREEDY", just_now())
        self.assertEqual(keyed_client(self.office, self.config / "greedy.key").tell(told)[0]["status"], "accepted")


class Flood:
    """Goes on until it is left; what went wrong in it comes out there."""

    def __enter__(self):
        self.ended = threading.Event()
        self.failed = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self

    def _run(self):
        try:
            self.go_on()
        except Exception as failed:  # told by __exit__, in the test's own thread
            self.failed = failed

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        if self.failed:
            raise self.failed


class Connections(Flood):
    """Many TCP connections that never say a word, made anew as they are ended."""

    HELD = 600

    def __init__(self, port):
        self.port = port

    def go_on(self):
        held = [self.connection() for _ in range(self.HELD)]
        while not self.ended.wait(0.01):
            for at, one in enumerate(held):
                if self.is_ended(one):
                    one.close()
                    held[at] = self.connection()
        for one in held:
            one.close()

    def connection(self):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", self.port))
        return one

    @staticmethod
    def is_ended(one):
        try:
            while one.recv(100):
                pass
        except BlockingIOError:
            return False
        except OSError:
            return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
        return True


class Strangers(Flood):
    """Clients with keys of their own that nobody knows, each with a new connection as soon as it is refused."""

    def __init__(self, office, config):
        self.endpoint = office.tcp_endpoint
        self.server = public(config / "curve.key").encode()

    def go_on(self):
        context = zmq.Context()
        while not self.ended.is_set():
            sockets = [self.stranger(context) for _ in range(20)]
            self.ended.wait(0.1)
            for one in sockets:
                one.close(linger=0)
        context.term()

    def stranger(self, context):
        one = context.socket(zmq.DEALER)
        one.curve_publickey, one.curve_secretkey = zmq.curve_keypair()
        one.curve_serverkey = self.server
        one.connect(self.endpoint)
        one.send(b"{}")
        return one


class Greedy:
    """A known client with a window of a thousand, which heeds no `retry_after_ms`; a process of its own."""

    def __init__(self, office, config):
        keys = (public(config / "greedy.key"), read(config / "greedy.key"), public(config / "curve.key"))
        self.answers, here = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=be_greedy, args=(office.tcp_endpoint, keys, here), daemon=True)

    def __enter__(self):
        self.process.start()
        self.answers.recv()
        return self

    def __exit__(self, *_):
        self.answers.send("enough")
        self.counts = self.answers.recv()
        self.process.join()


def be_greedy(endpoint, keys, whoever_started_it):
    client = Ingest(endpoint, keys=keys)
    counts = {"accepted": 0, "retry": 0, "retry_after_ms": 0}
    under_way = 0
    while not whoever_started_it.poll():
        while under_way < WINDOW:
            client.socket.send(encode(event("case.noted", "FLOOD", just_now(), source="greedy", by="x", text="又来")))
            under_way += 1
        if not client.socket.poll(100):
            continue
        answer = json.loads(client.socket.recv())
        under_way -= 1
        if counts["accepted"] + counts["retry"] == WINDOW:
            whoever_started_it.send("under way")
        counts[answer["status"]] += 1
        counts["retry_after_ms"] = max(counts["retry_after_ms"], answer.get("retry_after_ms", 0))
    whoever_started_it.send(counts)
