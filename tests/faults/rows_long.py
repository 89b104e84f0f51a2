"""Group I: several faults at a time, and a long time without any. FAULTS_SECONDS (600) for shorter ones."""

import os
import random
import threading
import time
from pathlib import Path

from heap_used import HeapUsed
from office import BUILD, start, stop, with_journal
from row import row
from rows_redis import through_proxy
from scene import CHANNELS, EVENTS_PER_SECOND
from waiting import holds_for, wait_for

SECONDS = float(os.environ.get("FAULTS_SECONDS", "600"))
PAUSES = (0.5, 4.0)  # seconds between two faults of one kind
LASTING = (0.1, 3.0)  # ... and of a fault
REMEMBERED_CASES = 4096  # of a soak: those that the desk has in memory, `remembered_cases_max` of flow/case_desk.hpp
MIRRORED_CASES = 200
FILLING = 60  # events a second, until there are so many
FILLED_WITHIN = 900.0
WARM = 0.25  # of a soak, with all tables full
LOOKED_FOR = 0.05  # of it, at what is taken
LEAK_MAX = 2 << 20
TOLD_DEAD_WITHIN = 90.0


class Nemesis:
    """Three at a time do harm: to the daemon, to Redis and the way to it, to the receivers."""

    def __init__(self, scene, proxy):
        self.scene, self.proxy, self.office = scene, proxy, scene.office
        self.done = []
        self._end = time.monotonic() + SECONDS
        self._troubles = []

    def run(self):
        harms = (
            (self._kill_daemon, self._stop_daemon, self._end_daemon),
            (self._kill_redis, self._stop_redis, self._slow_way, self._cut_way, self._lose_answers, self._forget_scripts, self._empty),
            (self._refuse, self._answer_slowly),
        )  # fmt: skip
        threads = [
            threading.Thread(target=self._harm, args=(kinds, f"{self.scene.seed}{n}"), daemon=True)
            for n, kinds in enumerate(harms)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.scene.demand(not self._troubles, f"the nemesis failed itself: {self._troubles[:2]}")

    def _harm(self, kinds, seed):
        pick = random.Random(seed)
        while time.monotonic() < self._end and not self._troubles:
            kind = pick.choice(kinds)
            try:
                self.scene.go_on(pick.uniform(*PAUSES))
                kind(pick.uniform(*LASTING))
            except Exception as wrong:  # of whatever kind: told by the row
                self._troubles.append(f"{kind.__name__}: {wrong!r}")
            self.done.append(kind.__name__.strip("_"))

    def _kill_daemon(self, seconds):
        self.office.kill_daemon()
        self.scene.go_on(seconds / 3)
        self.office.launch()

    def _end_daemon(self, _):
        self.office.stop_daemon()
        self.office.launch()

    def _stop_daemon(self, seconds):
        self.scene.stop_for(self.office.daemon, seconds)

    def _kill_redis(self, seconds):
        self.office.kill_redis()
        self.scene.go_on(seconds)
        self.office.start_redis()

    def _stop_redis(self, seconds):
        self.scene.stop_for(self.office.redis, seconds)

    def _slow_way(self, seconds):
        self.proxy.latency = 0.1
        self.scene.go_on(seconds)
        self.proxy.latency = 0.0

    def _cut_way(self, _):
        self.proxy.cut()

    def _lose_answers(self, seconds):
        with self.proxy.losing(every=11):
            self.scene.go_on(seconds)

    def _forget_scripts(self, _):
        self.scene.redis("SCRIPT", "FLUSH", check=False)

    def _empty(self, _):
        """One time in ten: what was there is told again from the journal."""
        if random.random() < 0.1:
            self.scene.redis("FLUSHALL", check=False)

    def _refuse(self, seconds):
        self._answers(lambda got, count: 503, seconds)

    def _answer_slowly(self, seconds):
        def slowly(got, count):
            holds_for(0.2, lambda: True, "the answer waits")
            return 200

        self._answers(slowly, seconds)

    def _answers(self, answer, seconds):
        channel = random.choice(CHANNELS)
        self.office.sink.answers[channel] = answer
        self.scene.go_on(seconds)
        del self.office.sink.answers[channel]


@row(80, "I", f"two or three random faults at a time for {SECONDS:g} s (8 hours in the matrix)", adapt=with_journal,
     prepare=through_proxy, events_per_second=10)
def random_faults(scene):
    nemesis = Nemesis(scene, scene.proxy)
    with scene.fault():
        nemesis.run()
        scene.office.wait_ready()
    scene.demand(len(nemesis.done) > SECONDS / 10, f"only {len(nemesis.done)} faults were played")


def look_at_heap(scene):
    scene.heap = HeapUsed(scene.office.folder)
    scene.office.environment = scene.heap.environment


def taken(scene):
    """What is in use when nothing piles up, and descriptors."""
    used = [scene.heap.bytes()]
    end = time.monotonic() + SECONDS * LOOKED_FOR
    while time.monotonic() < end:
        scene.go_on(1.0)
        used.append(scene.heap.bytes())
    return min(used), len(list(Path(f"/proc/{scene.office.daemon.pid}/fd").iterdir()))


def with_small_mirror(config):
    with_journal(config)
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8")
    small = text.replace("durability: always", f"durability: always, mirror_cases: {MIRRORED_CASES}", 1)
    assert small != text
    file.write_text(small, encoding="utf-8")


def fill(scene):
    """What the daemon keeps of cases reaches its bounds: what grows after that has none."""
    scene.load.events_per_second = FILLING
    wait_for(lambda: len(scene.load.detections) > REMEMBERED_CASES, "all tables are full", FILLED_WITHIN)
    scene.load.events_per_second = EVENTS_PER_SECOND


@row(81, "I", f"{SECONDS:g} s of steady load (72 hours in the matrix)", adapt=with_small_mirror,
     prepare=look_at_heap, within=1.0)
def steady(scene):
    fill(scene)
    scene.go_on(SECONDS * WARM)
    heap, descriptors = taken(scene)
    scene.demand(heap > 0, "nothing is known of the heap")
    scene.go_on(SECONDS * (1 - WARM - 2 * LOOKED_FOR))
    heap_then, descriptors_then = taken(scene)
    scene.demand(heap_then - heap < LEAK_MAX, f"memory in use grew by {(heap_then - heap) >> 10} KiB")
    scene.demand(abs(descriptors_then - descriptors) < 16, f"descriptors grew by {descriptors_then - descriptors}")


@row(83, "I", "the daemon is gone for good: the guard tells")
def gone(scene):
    office = scene.office
    with open(office.folder / "guard.log", "ab") as said:
        guard = start([BUILD / "bin" / "yuqingctl", "guard", "--config", office.config_file], said)
    scene.finally_do(stop, guard)

    def told():
        notices = office.sink.received(reason="self", channel="duty-group")
        return [got for got in notices if got.data["self"]["about"] == "daemon"]

    with scene.fault():
        office.kill_daemon()
        gone_at = time.time()
        first = wait_for(told, "the guard tells", TOLD_DEAD_WITHIN + 30)[0]
        scene.demand(first.arrived - gone_at < TOLD_DEAD_WITHIN, f"told after {first.arrived - gone_at:.0f} s")
        office.start_daemon()
