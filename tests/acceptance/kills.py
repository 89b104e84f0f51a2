"""Kills the daemon, then Redis, at random moments under load, and counts what must never happen:

answered events lost, deadlines untold, a deadline told under two ids, a deadline told early.

    kills.py BUILD      KILL_ROUNDS (200) times kill -9 of the daemon, a tenth as often of Redis, at least twice

Prints the figures; exit 1 on any violation. The load: every case is a matter whose statutory deadline falls within
the next seconds by its own times; some are answered in time, all channels are told, and receivers refuse now and then."""

import json
import os
import random
import sys
import threading
import time
from collections import defaultdict

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")

from client import HOUR, Ingest, detected, encode, event, millis, published  # noqa: E402
from office import Office  # noqa: E402
from waiting import holds_for, wait_for  # noqa: E402

ROUNDS = int(os.environ.get("KILL_ROUNDS", "200"))
REDIS_ROUNDS = max(2, ROUNDS // 10)
SEED = int(os.environ.get("KILL_SEED", str(time.time_ns() % 1_000_000)))
EVENTS_PER_SECOND = 40
IN_FLIGHT_MAX = 64
RESENT_AFTER = 1.5
DUE_WITHIN = (1.0, 5.0)  # seconds after it is told
LIVES = (0.0, 1.0)  # seconds from ready to the end of the daemon
STILLBORN = (0.0, 0.2)  # ... and from its start, of those not awaited
AWAITED = 0.8  # of all starts: awaited until ready
PROGRESS_EVERY = 10  # rounds: then the daemon must first have answered something
REFUSED = 0.03  # of all deliveries, with 503
ANSWERED_IN_TIME = 0.2  # of all cases
ACKNOWLEDGED = 0.5
BATCHES = 0.2  # of all messages: several events in one
TOLD_WITHIN = 90.0  # after the last kill
CHANNELS = ("duty-group", "audit-hook", "leaders")  # who is told `due`, by the shipped policy
STATUTORY = {False: "response", True: "authoritative_release"}
HOURS = {False: 48, True: 5}


class Load(threading.Thread):
    """Tells events until stopped, sends again what is not answered, and keeps what was accepted."""

    def __init__(self, office, seed):
        super().__init__(daemon=True)
        self.office = office
        self.random = random.Random(seed)
        self.accepted = {}  # (source, id) -> event
        self.refused = []
        self.resent = 0
        self.cases = {}  # case -> is an emergency
        self.acknowledged = set()
        self.answered_in_time = set()  # cases with a publication before due
        self._waiting = {}  # (source, id) -> [event, when to send again]
        self._ending = threading.Event()

    def run(self):
        client = Ingest(self.office.endpoint)
        try:
            self._tell(client)
        finally:
            client.close()

    def _tell(self, client):
        following = time.monotonic()
        while not self._ending.is_set() or self._waiting:
            now = time.monotonic()
            if not self._ending.is_set() and now >= following and len(self._waiting) < IN_FLIGHT_MAX:
                events = self._new_matter()
                following = max(following, now - 1) + len(events) / EVENTS_PER_SECOND
                for one in events:
                    self._waiting[one["source"], one["id"]] = [one, now + RESENT_AFTER]
                self._send(client, events)
            self._send_again(client, now)
            if client.socket.poll(10):
                self._take(client)

    def _new_matter(self):
        pick = self.random
        case, emergency = f"K-{len(self.cases):06}", pick.random() < 0.3
        begin = millis(time.time() + pick.uniform(*DUE_WITHIN) - HOURS[emergency] * HOUR)
        grade = (
            {"incident_grade": pick.choice(["major", "extreme"])}
            if emergency
            else {"opinion_level": pick.choice(["red", "blue"])}
        )
        self.cases[case] = emergency
        events = [detected(case, begin, source=f"monitor-{pick.randint(1, 3)}", field="安全生产", **grade)]
        if pick.random() < ACKNOWLEDGED:
            self.acknowledged.add(case)
            events.append(event("case.acknowledged", case, by="张三"))
        if pick.random() < ANSWERED_IN_TIME:
            self.answered_in_time.add(case)
            events.append(published(case, begin + HOUR, kind="authoritative_release"))
        return events

    def _send(self, client, events):
        if self.random.random() < BATCHES:
            client.socket.send_multipart([encode(one) for one in events])
        else:
            for one in events:
                client.socket.send(encode(one))

    def _send_again(self, client, now):
        for entry in list(self._waiting.values()):
            if now >= entry[1]:
                entry[1] = now + RESENT_AFTER
                self.resent += 1
                client.socket.send(encode(entry[0]))

    def _take(self, client):
        while client.socket.poll(0):
            for frame in client.socket.recv_multipart():
                answer = json.loads(frame)
                key = answer["source"], answer["id"]
                if answer["status"] in ("accepted", "duplicate"):
                    if key in self._waiting:
                        self.accepted[key] = self._waiting.pop(key)[0]
                elif answer["status"] == "rejected" and (answer["error"]["code"] != "unknown_case"):
                    self.refused.append(answer)
                    self._waiting.pop(key, None)
                # retry, or its case is not there yet: it goes again in its time

    def stop(self, bound):
        self._ending.set()
        self.join(bound)
        return not self.is_alive()


class Kills:
    def __init__(self):
        self.random = random.Random(SEED)
        self.office = Office(prefix="kills")
        for channel in CHANNELS:
            self.office.sink.answers[channel] = self._receiver(channel)
        self.load = Load(self.office, SEED)

    def _receiver(self, channel):
        pick = random.Random(f"{SEED}{channel}")
        return lambda got, count: 503 if count == 1 and pick.random() < REFUSED else 200

    def kill_daemons(self):
        for number in range(ROUNDS):
            if number % PROGRESS_EVERY == 0:
                self._answers_again()
            if self.random.random() < AWAITED:
                self.office.wait_ready()
                self._live(self.random.uniform(*LIVES))
            else:
                self._live(self.random.uniform(*STILLBORN))
            self.office.kill_daemon()
            self.office.launch()
            self._progress("daemon", number, ROUNDS)
        self._answers_again()

    def kill_redises(self):
        for number in range(REDIS_ROUNDS):
            self._live(self.random.uniform(*LIVES))
            self.office.kill_redis()
            self._live(self.random.uniform(0.0, 0.5))
            self.office.start_redis()
            self._progress("Redis", number, REDIS_ROUNDS)
            if self.random.random() < AWAITED:
                self._answers_again()
        self._answers_again()

    def _answers_again(self):
        """A daemon that is left alone for a moment goes on with its work."""
        self.office.wait_ready()
        before = len(self.load.accepted)
        wait_for(lambda: len(self.load.accepted) > before, "an event is answered after the start")

    def _live(self, seconds):
        holds_for(seconds, lambda: self.load.is_alive(), "the load goes on")

    def _progress(self, what, number, rounds):
        if (number + 1) % 20 == 0 or number + 1 == rounds:
            print(
                f"  {what}: {number + 1} of {rounds} kills, {len(self.load.accepted)} events answered, "
                f"{len(self.office.sink.received())} messages received",
                flush=True,
            )

    # --- what must have come

    def owed(self):
        """(case, obligation, channel) of every deadline that must be told: those not answered in time."""
        return {
            (case, STATUTORY[emergency], channel)
            for case, emergency in self.load.cases.items()
            if case not in self.load.answered_in_time
            for channel in CHANNELS
        }

    def told(self):
        return {
            (got.case, got.obligation, got.channel) for got in self.office.sink.received(at="due", repeat=0)
        }

    def lost(self):
        """Answered events that no case's record holds, and fired deadlines whose message nobody got."""
        unsent, recorded = [], set()
        received = {got.id for got in self.office.sink.received()}
        for case in self.load.cases:
            answered = self.office.http.get(f"/api/v1/cases/{case}")
            for entry in answered.json()["timeline"] if answered.status == 200 else []:
                if entry["kind"] == "fact":
                    recorded.add((entry["source"], entry["id"]))
                elif entry["kind"] == "fired" and entry["step"] == "due" and not self._may_be_overtaken(case):
                    unsent += [
                        (case, entry["obligation"], id) for id in entry["notifications"] if id not in received
                    ]
        return [key for key in self.load.accepted if key not in recorded], unsent

    def _may_be_overtaken(self, case):
        """An answer ends obligations, and what still waits about them is rightly not sent."""
        return case in self.load.acknowledged or case in self.load.answered_in_time

    def under_two_ids(self):
        """The same deadline, or the same notice of an obligation, under more than one id."""
        ids = defaultdict(set)
        for got in self.office.sink.received():
            step = got.step or {}
            if step or got.obligation:
                ids[
                    got.case,
                    got.obligation,
                    step.get("at"),
                    step.get("repeat"),
                    got.data["reason"],
                    tuple(t["role"] for t in got.data["targets"]),
                    got.channel,
                ].add(got.id)
        return {what: found for what, found in ids.items() if len(found) > 1}

    def two_deadlines_under_one_id(self):
        meant = defaultdict(set)
        for got in self.office.sink.received():
            step = got.step or {}
            meant[got.id].add((got.case, got.obligation, step.get("at"), step.get("repeat"), got.channel))
        return {id: found for id, found in meant.items() if len(found) > 1}

    # --- the whole of it

    def run(self):
        print(f"kills: seed {SEED}, {ROUNDS} kills of the daemon, {REDIS_ROUNDS} of Redis", flush=True)
        self.office.open()
        self.load.start()
        self.kill_daemons()
        self.kill_redises()
        answered = self.load.stop(TOLD_WITHIN)
        missing = self._wait_told()
        return self.judge(answered, missing)

    def _wait_told(self):
        try:
            wait_for(lambda: self.owed() <= self.told(), "all is told", TOLD_WITHIN)
            wait_for(lambda: not self.lost()[1], "all that fired has come", TOLD_WITHIN)
        except AssertionError:
            pass  # judged below
        return self.owed() - self.told()

    def judge(self, all_answered, missing):
        sink, load = self.office.sink, self.load
        lost, unsent = self.lost()
        twice, mixed = self.under_two_ids(), self.two_deadlines_under_one_id()
        early = [fault for fault in sink.faults() if fault.endswith("early")]
        faulty = [fault for fault in sink.faults() if not fault.endswith("early")]
        dead = self.office.http.get("/api/v1/notifications?state=dead").json()["notifications"]
        messages = sink.received()
        violations = {
            "answered events lost": lost,
            "deadlines untold": sorted(missing) + unsent,
            "told under two ids": list(twice.items()),
            "two under one id": list(mixed.items()),
            "told early": early,
            "badly signed": faulty,
            "events refused": load.refused,
            "dead letters": dead,
            "never answered": [] if all_answered else ["some events"],
        }
        print(
            f"kills: {len(load.cases)} cases, {len(load.accepted)} events answered ({load.resent} sent again), "
            f"{len(self.owed())} deadlines owed, {len(messages)} messages of "
            f"{len({got.id for got in messages})} ids received"
        )
        for what, found in violations.items():
            print(f"kills: {len(found)} {what}" + "".join(f"\n    {one}" for one in found[:10]))
        return not any(violations.values())


def main():
    kills = Kills()
    good = False
    try:
        good = kills.run()
    finally:
        if not good:
            print("\n".join(kills.office.log().splitlines()[-60:]), file=sys.stderr)
        kills.office.close(keep=not good)
    print("kills: " + ("nothing lost, nothing untold" if good else "FAILED"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
