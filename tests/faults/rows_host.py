"""Group G: the machine and its network: nothing goes out, peers vanish, others take the processors and the disk."""

import os
import subprocess
import sys
from pathlib import Path

from proxy import FaultProxy
from row import MOUNTING, row
from rows_webhooks import receivers_through

LYING = 60.0  # seconds
HERE, THERE = "10.213.71.1", "10.213.71.2"


def ip(*words):
    subprocess.run(["ip", *words], check=True, timeout=10)


def receivers_in_a_network(scene):
    """The way to every receiver leads over a cable that can be pulled, into a network of its own."""
    name = scene.network = f"yq{os.getpid() % 100_000}{scene.name[-2:]}"
    scene.office.sink.difference_max = LYING  # the kernel goes on sending what was sent before the cable was pulled
    ip("netns", "add", name)
    scene.finally_do(subprocess.run, ["ip", "netns", "delete", name], timeout=10, check=False)
    ip("link", "add", name + "a", "type", "veth", "peer", "name", name + "b", "netns", name)
    # A network goes some time after its name; the way into it must not stand beside that of the next row.
    scene.finally_do(subprocess.run, ["ip", "link", "delete", name + "a"], timeout=10, check=False)
    ip("address", "add", f"{HERE}/30", "dev", name + "a")
    ip("link", "set", name + "a", "up")
    ip("-n", name, "address", "add", f"{THERE}/30", "dev", name + "b")
    ip("-n", name, "link", "set", name + "b", "up")
    home = FaultProxy(scene.office.sink.port, listen=str(scene.office.folder / "home.sock"))
    scene.finally_do(home.close)
    command = ["ip", "netns", "exec", name, sys.executable, "-B", Path(__file__).with_name("proxy.py"), THERE, home.port]
    far = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    scene.finally_do(far.wait, 10)
    scene.finally_do(far.kill)
    receivers_through(scene, f"http://{THERE}:{far.stdout.readline().strip()}")


@row(72, "G", "nothing goes out for 15 s: the network is down", needs=MOUNTING, prepare=receivers_in_a_network)
def network_down(scene):
    with scene.fault():
        ip("link", "set", scene.network + "a", "down")
        scene.go_on(15)
        ip("link", "set", scene.network + "a", "up")


@row(73, "G", "connections half open for 10 s: the receivers vanish without a word", needs=MOUNTING, prepare=receivers_in_a_network)
def half_open(scene):
    with scene.fault():
        ip("-n", scene.network, "link", "set", scene.network + "b", "down")
        scene.go_on(10)
        ip("-n", scene.network, "link", "set", scene.network + "b", "up")


@row(74, "G", "four programs take the processor that daemon and Redis are bound to, 10 s")
def no_processor(scene):
    one = {min(os.sched_getaffinity(0))}
    for process in (scene.office.daemon, scene.office.redis):
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), one)
    with scene.fault():
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
        for burner in busy:
            os.sched_setaffinity(burner.pid, one)
            scene.finally_do(burner.wait, 10)
            scene.finally_do(burner.kill)
        scene.go_on(10)
        for burner in busy:
            burner.kill()


@row(75, "G", "another program writes to the disk and syncs without a pause, 8 s")
def busy_disk(scene):
    with scene.fault():
        command = ["dd", "if=/dev/zero", f"of={scene.office.folder / 'ballast'}", "bs=256k", "count=100000", "oflag=dsync"]
        writer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        scene.finally_do(writer.wait, 10)
        scene.finally_do(writer.kill)
        scene.go_on(8)
        writer.kill()
