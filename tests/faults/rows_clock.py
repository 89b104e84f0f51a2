"""Group F: clocks that jump, drift and disagree, and a machine that sleeps. The receivers have the right time."""

import signal

from faulty_calls import FaultyCalls
from row import not_run, row

HOUR_MS = 3_600_000
YEARS_MS = 365 * 24 * HOUR_MS
JUMPS_MS = (HOUR_MS, -3 * HOUR_MS, 50 * YEARS_MS, -36 * YEARS_MS, 0)


def daemons_clock(scene):
    scene.calls = FaultyCalls(scene.office.folder)
    scene.office.environment = scene.calls.environment


@row(67, "F", "the daemon's clock jumps by +1 h, -3 h, +50 and -36 years and back", prepare=daemons_clock, within=1.0)
def jumps(scene):
    with scene.fault():
        for offset in JUMPS_MS:
            scene.calls.set(wall_offset_ms=offset)
            scene.go_on(4)


def redis_clock(scene):
    scene.calls = FaultyCalls(scene.office.folder)
    scene.office.redis_environment = scene.calls.environment


@row(67, "F", "Redis's clock jumps by +1 h, -3 h and back", part="b", prepare=redis_clock, within=1.0)
def redis_jumps(scene):
    with scene.fault():
        for offset in (HOUR_MS, -3 * HOUR_MS, 0):
            scene.calls.set(wall_offset_ms=offset)
            scene.go_on(4)
    scene.demand(scene.office.http.metric("yuqing_clock_step_total") > 0, "no jump was counted")
    scene.demand("clock=jumped" in scene.office.log(), "no jump was told")


@row(68, "F", "Redis's clock runs 1 % slow for 12 s", prepare=redis_clock, within=1.0)
def drifting(scene):
    with scene.fault():
        for behind in range(0, 120, 2):
            scene.calls.set(wall_offset_ms=-behind)
            scene.go_on(0.2)


def clock_ahead(scene):
    daemons_clock(scene)
    scene.calls.set(wall_offset_ms=10_000)


@row(69, "F", "two daemons on one Redis, one 10 s ahead, the other 10 s behind", prepare=clock_ahead)
def disagreeing(scene):
    office = scene.office
    behind = FaultyCalls(office.folder)
    behind.set(wall_offset_ms=-10_000)
    second = scene.second_daemon(**behind.environment)
    with scene.fault():
        scene.go_on(8)
        office.kill_daemon()
        scene.go_on(1)
        office.start_daemon()
    scene.demand(second.process.poll() is None, "the second daemon ended")


def sleeping_machine(scene):
    """Of daemon and Redis alike the monotonic clock can be held back, which the boot-time clock is not."""
    scene.calls = FaultyCalls(scene.office.folder)
    scene.office.environment = scene.office.redis_environment = scene.calls.environment


@row(70, "F", "the machine sleeps for 3 s and for 12 s: monotonic timers stand still, the time goes on",
     prepare=sleeping_machine, within_after=1.0)
def asleep(scene):
    slept = 0
    for seconds in (3, 12):
        with scene.fault():
            for process in (scene.office.daemon, scene.office.redis):
                process.send_signal(signal.SIGSTOP)
            scene.go_on(seconds)
            slept += seconds
            scene.calls.set(monotonic_lag_ms=slept * 1000)
            for process in (scene.office.redis, scene.office.daemon):
                process.send_signal(signal.SIGCONT)
        scene.go_on(4)


not_run("F", "unit tests: the rules of zones and calendars", r71="leap seconds, summer time of long ago, 2038 and 2100")
