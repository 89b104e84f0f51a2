"""One row of the matrix: an office under load, a fault, its end, and the figures of what became of it."""

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass, field

from load import Load
from office import Office
from oracle import CHANNELS, Oracle
from waiting import holds_for, wait_for

EVENTS_PER_SECOND = 20
WARM_UP = 2.0  # seconds of load before the fault and after it
TOLD_WITHIN = 120.0
RECOVERS_WITHIN = 60.0


@dataclass
class Figures:
    answered: int = 0
    lost: int = 0
    untold: int = 0
    early: int = 0
    doubled: int = 0  # the same thing told under two ids
    late: list = field(default_factory=list)  # seconds, sorted
    repeats: int = 0  # messages beyond the first of their id
    recovery: float = 0.0  # from the end of the fault to the next answered event
    findings: list = field(default_factory=list)

    def quantile(self, share):
        return self.late[min(int(len(self.late) * share), len(self.late) - 1)] if self.late else 0.0

    @property
    def good(self):
        return not (self.lost or self.untold or self.early or self.doubled or self.findings)


class Scene:
    def __init__(self, name, seed, adapt=None, settings="", kind=Office):
        self.office = kind(prefix=name, adapt=adapt, settings=settings)
        self.load = Load(self.office, seed, EVENTS_PER_SECOND)
        self.oracle = Oracle(self.office, self.load)
        self.findings = []
        self.faults = []  # when each began and ended
        self.recovery = 0.0  # the longest
        self.seed = seed
        self._closing = contextlib.ExitStack()

    # --- what rows use

    def finally_do(self, what, *arguments):
        self._closing.callback(what, *arguments)

    def demand(self, holds, what):
        if not holds:
            self.findings.append(what)

    def go_on(self, seconds=WARM_UP):
        """The load goes on for so long."""
        holds_for(seconds, self.load.is_alive, "the load goes on")

    def answers(self, bound=RECOVERS_WITHIN):
        """Waits until one more event is accepted; when it was."""
        before = len(self.load.accepted)
        wait_for(lambda: len(self.load.accepted) > before, "an event is answered", bound)
        return time.time()

    @contextlib.contextmanager
    def fault(self):
        """The time of the fault, and how soon all is well after it."""
        begun = time.time()
        yield
        self.faults.append((begun, time.time()))
        self.recovery = max(self.recovery, self.answers() - self.faults[-1][1])

    def redis(self, *words, check=True):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=check)
        return done.stdout.strip()

    def memory(self):
        """What the daemon has in memory, in bytes."""
        with open(f"/proc/{self.office.daemon.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    # --- the course of it

    def open(self):
        self.office.open()
        self.load.start()
        self.go_on()

    def settle(self):
        """Lets all that is owed come, and counts."""
        self.go_on()
        self.demand(self.load.stop(TOLD_WITHIN), "some events were never answered")
        with contextlib.suppress(AssertionError):  # judged below
            wait_for(lambda: self.oracle.owed() <= self.oracle.told(), "all is told", TOLD_WITHIN)
            wait_for(lambda: not self.oracle.lost()[1], "all that fired has come", TOLD_WITHIN)
        lost, unsent = self.oracle.lost()
        doubled = self.oracle.under_two_ids()
        for what, ids in doubled.items():
            self.demand(False, f"{what} came under {len(ids)} ids")
        received = self.office.sink.received()
        faults = self.office.sink.faults()
        for fault in faults:
            self.demand(fault.endswith("early"), fault)
        self.demand(not self.load.refused, f"events were refused: {self.load.refused[:3]}")
        self.demand(not self.oracle.two_deadlines_under_one_id(), "two deadlines came under one id")
        return Figures(
            answered=len(self.load.accepted),
            lost=len(lost),
            untold=len(self.oracle.owed() - self.oracle.told()) + len(unsent),
            early=sum(fault.endswith("early") for fault in faults),
            doubled=len(doubled),
            late=self.oracle.lateness(self.faults),
            repeats=len(received) - len({got.id for got in received}),
            recovery=self.recovery,
            findings=self.findings,
        )

    def close(self, keep=False):
        self.load.stop(0.1)
        self._closing.close()
        self.office.close(keep=keep)


__all__ = ["CHANNELS", "Figures", "Scene"]
