"""Kills the daemon, then Redis, at random moments under load, and counts what must never happen:

answered events lost, deadlines untold, a deadline told under two ids, a deadline told early.

    kills.py BUILD      KILL_ROUNDS (1000) times kill -9 of the daemon, among them a tenth as often of Redis, at least twice

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

ROUNDS = int(os.environ.get("KILL_ROUNDS", "1000"))
REDIS_ROUNDS = max(2, ROUNDS // 10)
EVENTS_PER_SECOND = 40 if ROUNDS <= 200 else 15  # the receiver keeps every message in memory
SEED = int(os.environ.get("KILL_SEED", str(time.time_ns() % 1_000_000)))
LIVES = (0.0, 1.0)  # seconds from ready to the end of the daemon
STILLBORN = (0.0, 0.2)  # ... and from its start, of those not awaited
AWAITED = 0.8  # of all starts: awaited until ready
PROGRESS_EVERY = 10  # rounds: then the daemon must first have answered something
REFUSED = 0.03  # of all deliveries, with 503
WITHOUT_REDIS = (0.0, 0.5)
TOLD_WITHIN = 90.0 + ROUNDS / 5  # after the last kill; every case is asked for


class Kills:
    def __init__(self):
        self.random = random.Random(SEED)
        self.redis_kills = 0
        self.begun = time.monotonic()
        self.office = Office(prefix="kills")
        for channel in CHANNELS:
            self.office.sink.answers[channel] = self._receiver(channel)
        self.load = Load(self.office, SEED, EVENTS_PER_SECOND)
        self.oracle = Oracle(self.office, self.load)

    def _receiver(self, channel):
        pick = random.Random(f"{SEED}{channel}")
        return lambda got, count: 503 if count == 1 and pick.random() < REFUSED else 200

    def kill_all(self):
        """Daemon after daemon, and at every tenth Redis besides, before it, after it or while none runs."""
        every = ROUNDS // REDIS_ROUNDS
        for number in range(ROUNDS):
            if number % PROGRESS_EVERY == 0:
                self._answers_again()
            redis = (number + 1) % every == 0 and self.redis_kills < REDIS_ROUNDS
            moment = self.random.randrange(3) if redis else None
            if moment == 0:
                self._kill_redis()
            if self.random.random() < AWAITED:
                self.office.wait_ready()
                self._live(self.random.uniform(*LIVES))
            else:
                self._live(self.random.uniform(*STILLBORN))
            self.office.kill_daemon()
            if moment == 1:
                self._kill_redis()
            self.office.launch()
            if moment == 2:
                self._kill_redis()
            self._progress(number)
        self._answers_again()

    def _kill_redis(self):
        self.redis_kills += 1
        self.office.kill_redis()
        self._live(self.random.uniform(*WITHOUT_REDIS))
        self.office.start_redis()

    def _answers_again(self):
        """A daemon that is left alone for a moment goes on with its work."""
        self.office.wait_ready()
        before = len(self.load.accepted)
        wait_for(lambda: len(self.load.accepted) > before, "an event is answered after the start")

    def _live(self, seconds):
        holds_for(seconds, lambda: self.load.is_alive(), "the load goes on")

    def _progress(self, number):
        if (number + 1) % 20 == 0 or number + 1 == ROUNDS:
            print(
                f"  {number + 1} of {ROUNDS} kills of the daemon, {self.redis_kills} of {REDIS_ROUNDS} of Redis, "
                f"{len(self.load.accepted)} events answered, {len(self.office.sink.received())} messages received",
                flush=True,
            )

    # --- the whole of it

    def run(self):
        print(f"kills: seed {SEED}, {ROUNDS} kills of the daemon, {REDIS_ROUNDS} of Redis", flush=True)
        self.office.open()
        self.load.start()
        self.kill_all()
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
            f"{len({got.id for got in messages})} ids received, in {(time.monotonic() - self.begun) / 60:.0f} min"
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
