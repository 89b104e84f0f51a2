"""Kills the daemon, then Redis, at random moments under load, and counts what must never happen:

answered events lost, deadlines untold, a deadline told under two ids, a deadline told early.

    kills.py BUILD      KILL_ROUNDS (200) times kill -9 of the daemon, a tenth as often of Redis, at least twice

Prints the figures; exit 1 on any violation. The load: every case is a matter whose statutory deadline falls within
the next seconds by its own times; some are answered in time, all channels are told, and receivers refuse now and then."""

import os
import random
import sys
import time

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")

from load import Load  # noqa: E402
from office import Office  # noqa: E402
from oracle import CHANNELS, Oracle  # noqa: E402
from waiting import holds_for, wait_for  # noqa: E402

ROUNDS = int(os.environ.get("KILL_ROUNDS", "200"))
REDIS_ROUNDS = max(2, ROUNDS // 10)
SEED = int(os.environ.get("KILL_SEED", str(time.time_ns() % 1_000_000)))
LIVES = (0.0, 1.0)  # seconds from ready to the end of the daemon
STILLBORN = (0.0, 0.2)  # ... and from its start, of those not awaited
AWAITED = 0.8  # of all starts: awaited until ready
PROGRESS_EVERY = 10  # rounds: then the daemon must first have answered something
REFUSED = 0.03  # of all deliveries, with 503
TOLD_WITHIN = 90.0  # after the last kill


class Kills:
    def __init__(self):
        self.random = random.Random(SEED)
        self.office = Office(prefix="kills")
        for channel in CHANNELS:
            self.office.sink.answers[channel] = self._receiver(channel)
        self.load = Load(self.office, SEED)
        self.oracle = Oracle(self.office, self.load)

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
            wait_for(lambda: self.oracle.owed() <= self.oracle.told(), "all is told", TOLD_WITHIN)
            wait_for(lambda: not self.oracle.lost()[1], "all that fired has come", TOLD_WITHIN)
        except AssertionError:
            pass  # judged below
        return self.oracle.owed() - self.oracle.told()

    def judge(self, all_answered, missing):
        sink, load = self.office.sink, self.load
        lost, unsent = self.oracle.lost()
        twice, mixed = self.oracle.under_two_ids(), self.oracle.two_deadlines_under_one_id()
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
            f"{len(self.oracle.owed())} deadlines owed, {len(messages)} messages of "
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
