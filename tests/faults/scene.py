"""One row of the matrix: an office under load, a fault, its end, and the figures of what became of it."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

from load import Load
from office import BUILD, Office, start, stop
from oracle import CHANNELS, Oracle
from waiting import holds_for, wait_for

EVENTS_PER_SECOND = 20
STARTED_AGAIN_AFTER = 0.25  # seconds, as systemd would
LOOKED_EVERY = 0.01
WARM_UP = 2.0  # seconds of load before the fault and after it
SETTLES_WITHIN = 120.0
TOLD_WITHIN = 1.0  # of due, whatever becomes of Redis meanwhile
RECOVERS_WITHIN = 60.0


@dataclass
class Figures:
    answered: int = 0
    lost: int = 0
    untold: int = 0
    early: int = 0
    doubled: int = 0  # the same thing told under two ids
    late: list = field(default_factory=list)  # seconds after due, sorted
    late_after: list = field(default_factory=list)  # ... and after the fault too, for what fell due during it
    repeats: int = 0  # messages beyond the first of their id
    recovery: float = 0.0  # from the end of the fault to the next answered event
    findings: list = field(default_factory=list)


    @property
    def good(self):
        return not (self.lost or self.untold or self.early or self.doubled or self.findings)


def quantile(ordered, share):
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Stalls(threading.Thread):
    """How long somebody who always wants to run had to wait for a processor at most: the machine's share in lateness."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest = 0.0
        self._ending = threading.Event()

    def run(self):
        looked = time.monotonic()
        while not self._ending.wait(LOOKED_EVERY):
            self.longest = max(self.longest, time.monotonic() - looked - LOOKED_EVERY)
            looked = time.monotonic()

    def stop(self):
        self._ending.set()


class Beside:
    """A second daemon."""

    def __init__(self, office, environment):
        self._office, self._environment = office, environment
        self._file, self.http = office.config_beside("second")
        self.process = None

    def start(self):
        with open(self._office.folder / "log", "ab") as log:
            command = [*self._office.through, BUILD / "bin" / "yuqingd", "--config", self._file]
            self.process = start(command, log, **self._environment)
        wait_for(lambda: self.http.status("/-/ready") == 200, "the second daemon is ready", 60)

    def stop(self, how=signal.SIGTERM):
        return stop(self.process, how)


class Scene:
    def __init__(self, name, seed, within=None, within_after=None, events_per_second=EVENTS_PER_SECOND, kind=Office, **office):
        self.name = name
        self.office = kind(prefix=name, **office)
        self.load = Load(self.office, seed, events_per_second)
        self.within, self.within_after = within, within_after
        self.stalls = Stalls()
        self.oracle = Oracle(self.office, self.load)
        self.findings = []
        self.faults = []  # when each began and ended
        self.recovery = 0.0  # the longest
        self.seed = seed
        self._closing = contextlib.ExitStack()

    # --- what rows use

    def finally_do(self, what, *arguments, **more):
        self._closing.callback(what, *arguments, **more)

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

    def stop_for(self, process, seconds):
        """SIGSTOP, and SIGCONT so much later."""
        process.send_signal(signal.SIGSTOP)
        self.go_on(seconds)
        process.send_signal(signal.SIGCONT)

    def second_daemon(self, **environment):
        """One more on the same Redis, for as long as the scene goes on."""
        second = Beside(self.office, environment)
        self.finally_do(second.stop, signal.SIGKILL)
        second.start()
        return second

    @contextlib.contextmanager
    def supervised(self):
        """The daemon is started again whenever it ends, as systemd does; gives the list of how it ended."""
        ended, ending = [], threading.Event()

        def watch():
            while not ending.wait(LOOKED_EVERY):
                if self.office.daemon.poll() is not None:
                    ended.append(self.office.daemon.returncode)
                    ending.wait(STARTED_AGAIN_AFTER)
                    self.office.launch()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield ended
        finally:
            ending.set()
            watcher.join()

    def small_filesystem(self, folder, size):
        """One of its own for the folder, with what is in it; gone with the scene."""
        folder.mkdir(exist_ok=True)
        held = folder.with_name(folder.name + ".held")
        folder.rename(held)
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True, timeout=30)
        self.finally_do(subprocess.run, ["umount", "--lazy", folder], timeout=30, check=False)
        subprocess.run(["cp", "-a", f"{held}/.", folder], check=True, timeout=30)

    def memory(self):
        """What the daemon has in memory, in bytes."""
        with open(f"/proc/{self.office.daemon.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    # --- the course of it

    def open(self):
        self.stalls.start()
        self.office.open()
        self.load.start()
        self.go_on()

    def settle(self):
        """Lets all that is owed come, and counts."""
        self.go_on()
        self.demand(self.load.stop(SETTLES_WITHIN), "some events were never answered")
        with contextlib.suppress(AssertionError):  # judged below
            wait_for(lambda: self.oracle.owed() <= self.oracle.told(), "all is told", SETTLES_WITHIN)
            wait_for(lambda: not self.oracle.lost()[1], "all that fired has come", SETTLES_WITHIN)
        lost, unsent = self.oracle.lost()
        self.demand(not lost, f"no record holds {[self.load.accepted[key] for key in lost[:3]]}")
        doubled = self.oracle.under_two_ids()
        for what, ids in doubled.items():
            self.demand(False, f"{what} came under {len(ids)} ids")
        received = self.office.sink.received()
        faults = self.office.sink.faults()
        for fault in faults:
            self.demand(fault.endswith("early"), fault)
        self.demand(not self.load.refused, f"events were refused: {self.load.refused[:3]}")
        self.demand(not self.oracle.two_deadlines_under_one_id(), "two deadlines came under one id")
        late, late_after = self.oracle.lateness(), self.oracle.lateness(self.faults)
        self._bound(late, self.within, "due")
        self._bound(late_after, self.within_after, "due and the fault")
        return Figures(
            answered=len(self.load.accepted),
            lost=len(lost),
            untold=len(self.oracle.owed() - self.oracle.told()) + len(unsent),
            early=sum(fault.endswith("early") for fault in faults),
            doubled=len(doubled),
            late=late,
            late_after=late_after,
            repeats=len(received) - len({got.id for got in received}),
            recovery=self.recovery,
            findings=self.findings,
        )

    def _bound(self, late, within, what):
        """The machine's own stalls are not the daemon's."""
        stall = self.stalls.longest
        over = sum(one > within + stall for one in late) if within is not None else 0
        self.demand(not over, f"{over} of {len(late)} came later than {within} s after {what} and {stall:.2f} s of stalls")

    def close(self, keep=False):
        self.stalls.stop()
        if self.load.ident:
            self.load.stop(0.1)
        self._closing.close()
        self.office.close(keep=keep)


def ready(scene):
    wait_for(lambda: scene.office.http.status("/-/ready") == 200, "ready again", 60)


__all__ = ["CHANNELS", "Figures", "Scene", "TOLD_WITHIN", "quantile", "ready"]
