"""Group A: the daemon is killed, stopped, starved and given bad files."""

import contextlib
import os
import signal
import socket
import threading
import time

from row import not_run, row
from scene import CHANNELS
from waiting import wait_for

NEEDS_JOURNAL = "the daemon keeps no journal beside Redis"
NO_FAILPOINTS = "the shipped program has no points to fail at; kills at random moments and at system calls stand for them"


@row(1, "A", "kill -9 with 20 events a second", quick=True)
def killed(scene):
    with scene.fault():
        scene.office.kill_daemon()
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
            scene.office.daemon.send_signal(signal.SIGSTOP)
            scene.go_on(seconds)
            scene.office.daemon.send_signal(signal.SIGCONT)


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


not_run("A", NO_FAILPOINTS, r4="crash at each failpoint", r7="one thread hangs", r8="abort, assertion, exception")
not_run("A", "libzmq ends the process when memory is short; a limit would show that and nothing of ours",
        r10="memory limit", r11="malloc gives nothing")
not_run("A", NEEDS_JOURNAL, r13="disk full for the journal", r14="fsync of the journal fails",
        r15="torn or changed journal", r16="slow fsync of the journal", r20="power cut")
not_run("A", "there is one version so far; `tests/run --long package` upgrades the package", r17="upgrade and back")
