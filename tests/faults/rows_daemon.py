"""Group A: the daemon is killed, stopped, starved and given bad files."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

from client import detected, encode, just_now
from faulty_calls import FaultyCalls
from hung import hung, thread_called
from notified import Notified
from office import stop, with_journal
from row import not_run, row
from scene import CHANNELS
from waiting import wait_for

WATCHDOG = 10  # seconds, as in deploy/systemd
NO_FAILPOINTS = "the shipped program has no points to fail at; kills at random moments and at system calls stand for them"


@row(1, "A", "kill -9 with 20 events a second", quick=True)
def killed(scene):
    with scene.fault():
        scene.office.kill_daemon()
        scene.office.launch()


@row(1, "A", "kill -9 beside a second daemon, 5 s without the first", part="b", within=3.0)
def killed_beside_another(scene):
    scene.second_daemon()
    scene.go_on()
    with scene.fault():
        scene.office.kill_daemon()
        scene.go_on(5)
        scene.office.launch()


@row(2, "A", "kill -9 ten times within 10 s")
def killed_again_and_again(scene):
    with scene.fault():
        for _ in range(10):
            scene.office.kill_daemon()
            scene.office.launch()
            scene.go_on(scene.load.random.uniform(0.1, 1.5))


def kill_traced(strace):
    """The program under strace, which ends with it; the other way round the program would go on."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{strace.pid}/task/{strace.pid}/children", encoding="ascii") as children:
            for child in children.read().split():
                os.kill(int(child), signal.SIGKILL)
    strace.wait(30)


@row(3, "A", "kill -9 at the n-th write to Redis, to a client or to a receiver, n = 1, 3, 9 … 2187")
def killed_at_a_system_call(scene):
    with scene.fault():
        scene.office.kill_daemon()
        for power in range(8):
            for call in ("sendmsg", "write"):
                scene.office.through = [
                    "strace", "--follow-forks", "--output=/dev/null", f"--trace={call}",
                    f"--inject={call}:signal=SIGKILL:when={3**power}",
                ]
                scene.office.launch()
                end = time.monotonic() + 4
                wait_for(lambda: scene.office.daemon.poll() is not None or time.monotonic() > end, "killed", 20)
                kill_traced(scene.office.daemon)
        scene.office.through = []
        scene.office.launch()


@row(5, "A", "kill -9 right after a receiver took a message")
def killed_after_delivery(scene):
    due = threading.Event()

    def take(got, count):
        if got.data.get("reason") == "due" and not due.is_set():
            due.set()
            threading.Timer(0.001, scene.office.daemon.kill).start()
        return 200

    with scene.fault():
        for channel in CHANNELS:
            scene.office.sink.answers[channel] = take
        wait_for(lambda: scene.office.daemon.poll() is not None, "the daemon is killed", 30)
        scene.office.launch()
    scene.office.sink.answers.clear()


@row(6, "A", "SIGSTOP for 0.5 s, 2 s and 8 s across deadlines")
def stopped(scene):
    for seconds in (0.5, 2, 8):
        with scene.fault():
            scene.stop_for(scene.office.daemon, seconds)
        scene.go_on()  # what fell due meanwhile is told before it stands still again


def under_systemd(scene):
    """The row plays systemd, with the time that the shipped unit gives."""
    scene.notified = Notified(scene.office.folder / "notify")
    scene.finally_do(scene.notified.close)
    scene.office.environment = {
        "NOTIFY_SOCKET": str(scene.office.folder / "notify"), "WATCHDOG_USEC": str(WATCHDOG * 1_000_000),
    }
    scene.office.through = ["prlimit", "--core=0"]


@row(7, "A", "the thread that decides hangs, then the one that sends: systemd aborts and restarts", prepare=under_systemd)
def hangs(scene):
    for thread in ("yuqingd", "yuqingd-edge"):
        with scene.fault():
            begun = time.time()
            with hung(thread_called(scene.office.daemon.pid, thread)):
                wait_for(
                    lambda: "WATCHDOG=1" not in scene.notified.since(max(begun, time.time() - WATCHDOG))
                    and time.time() > begun + WATCHDOG, f"{thread} hangs, and systemd is told nothing", 60,
                )  # fmt: skip
                scene.office.daemon.send_signal(signal.SIGABRT)
            stop(scene.office.daemon)
            scene.office.start_daemon()
        scene.go_on()


@row(8, "A", "the daemon ends by SIGABRT, SIGSEGV, SIGBUS and SIGFPE", prepare=under_systemd)
def crashes(scene):
    with scene.fault(), scene.supervised() as ended:
        for number, end in enumerate((signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE)):
            scene.office.daemon.send_signal(end)
            wait_for(lambda number=number: len(ended) > number, f"{end.name} ends it")
            scene.answers()


@row(9, "A", "a case in Redis that cannot be read")
def poisoned(scene):
    with scene.fault():
        case = next(iter(scene.load.cases))
        scene.load.spoilt.add(case)
        scene.redis("HSET", f"yuqing:{{qingshan}}:case:{case}", "s", "{")
        scene.redis("ZADD", "yuqing:{qingshan}:wake", "1", case)
        wait_for(lambda: f"case {case}" in scene.office.log(), "the log names the case")


@row(12, "A", "64 descriptors and 200 connections that ask nothing")
def descriptors(scene):
    scene.office.kill_daemon()
    scene.office.through = ["prlimit", "--nofile=64"]
    scene.office.start_daemon()
    with scene.fault():
        held = []
        for _ in range(200):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", scene.office.http.port))
            held.append(one)
        scene.go_on(5)
        for one in held:
            one.close()


@row(10, "A", "no more memory than it has (RLIMIT_AS), and 600 events of 50 KB", prepare=under_systemd)
def memory_limit(scene):
    def limit(size):
        command = ["prlimit", f"--pid={scene.office.daemon.pid}", f"--as={size}"]
        subprocess.run(command, timeout=10, check=False)

    with scene.fault(), scene.supervised() as ended:
        for headroom in (0, 4 << 20, 16 << 20):
            with open(f"/proc/{scene.office.daemon.pid}/statm", encoding="ascii") as statm:
                limit(int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") + headroom)
            client = scene.office.client()
            for number in range(200):
                big = detected(f"BIG-{headroom}-{number}", just_now(), summary="大" * 16_000)
                client.socket.send(encode(big))
            scene.go_on(3)
            limit("unlimited:unlimited")
            scene.answers()
    scene.demand(ended, "it never met the limit")


def no_allocation(scene):
    under_systemd(scene)
    scene.calls = FaultyCalls(scene.office.folder, allocations=True)
    scene.office.environment |= scene.calls.environment


@row(11, "A", "the n-th allocation gets nothing, n = 1, 3, 9 … 59,049", prepare=no_allocation)
def allocation_fails(scene):
    with scene.fault(), scene.supervised():
        for power in range(11):
            scene.calls.set(allocations_left=3**power - 1)
            wait_for(lambda: scene.calls.get("allocations_left") < 0, f"allocation {3**power} is refused", 30)
            scene.answers()


@row(18, "A", "SIGHUP over files that do not load")
def bad_files(scene):
    policy = scene.office.folder / "config" / "policy.yaml"
    sound = policy.read_text(encoding="utf-8")
    with scene.fault():
        for spoilt in ("", sound[: len(sound) // 2], "- " * 50_000, sound.replace("due: 48h", "due: 50h")):
            policy.write_text(spoilt, encoding="utf-8")
            scene.office.daemon.send_signal(signal.SIGHUP)
            wait_for(
                lambda: scene.office.http.metric("yuqing_config_last_reload_successful") == 0, "the metric tells"
            )
            policy.write_text(sound, encoding="utf-8")
            scene.office.daemon.send_signal(signal.SIGHUP)
            wait_for(lambda: scene.office.http.metric("yuqing_config_last_reload_successful") == 1, "good again")


@row(19, "A", "SIGTERM five times under load")
def stopped_in_order(scene):
    with scene.fault():
        for _ in range(5):
            begun = time.monotonic()
            status = scene.office.stop_daemon()
            scene.demand(status == 0, f"it ended with {status}")
            scene.demand(time.monotonic() - begun < 20, f"it took {time.monotonic() - begun:.0f} s to stop")
            scene.office.start_daemon()
            scene.answers()


@row(17, "A", "a rolling restart of two daemons, twice, under load", within=3.0, adapt=with_journal)
def rolling_restart(scene):
    second = scene.second_daemon()
    with scene.fault():
        for _ in range(2):
            scene.demand(scene.office.stop_daemon() == 0, "the first did not end well")
            scene.go_on(1)
            scene.office.start_daemon()
            scene.demand(second.stop() == 0, "the second did not end well")
            scene.go_on(1)
            second.start()


not_run("A", NO_FAILPOINTS, r4="crash at each failpoint")
