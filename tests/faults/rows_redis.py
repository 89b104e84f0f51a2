"""Groups B and C: Redis is killed, stopped, made to refuse, and the way to it spoilt."""

import socket
import subprocess
import time

from client import detected
from office import with_journal
from proxy import FaultProxy
from row import MOUNTING, row
from scene import TOLD_WITHIN, ready
from waiting import wait_for


def not_ready(scene):
    wait_for(lambda: scene.office.http.status("/-/ready") == 503, "not ready", 30)


@row(21, "B", "kill -9 of Redis, 3 s without it", within=TOLD_WITHIN, quick=True)
def killed(scene):
    with scene.fault():
        scene.office.kill_redis()
        scene.go_on(3)
        scene.office.start_redis()


@row(21, "B", "the same with a journal: events are accepted all the while", part="b", within=TOLD_WITHIN, adapt=with_journal)
def killed_beside_a_journal(scene):
    killed(scene)


@row(22, "B", "SIGSTOP of Redis for 0.1 s, 2 s and 8 s", within=TOLD_WITHIN)
def stopped(scene):
    for seconds in (0.1, 2, 8):
        with scene.fault():
            scene.stop_for(scene.office.redis, seconds)


@row(23, "B", "Redis starts and loads its data for seconds", within=TOLD_WITHIN)
def loading(scene):
    scene.redis("EVAL", "for i=1,3000 do redis.call('SET','filler:'..i,'x') end", "0")
    scene.redis("BGREWRITEAOF")
    wait_for(lambda: "aof_rewrite_in_progress:0" in scene.redis("INFO", "persistence"), "rewritten", 60)
    with scene.fault():
        scene.office.kill_redis()
        scene.office.start_redis("--key-load-delay", "1000")
        ready(scene)


@row(24, "B", "a script of somebody's keeps Redis busy for 7 s", within=TOLD_WITHIN)
def busy(scene):
    script = "local t=redis.call('TIME')[1]+7 while redis.call('TIME')[1]+0<t do end"
    with scene.fault():
        subprocess.run(
            ["redis-cli", "-s", scene.office.folder / "redis.sock", "EVAL", script, "0"],
            capture_output=True, timeout=60, check=False,
        )


@row(25, "B", "CLIENT KILL ten times a second for 5 s", within=TOLD_WITHIN)
def clients_killed(scene):
    with scene.fault():
        end = time.monotonic() + 5
        while time.monotonic() < end:
            scene.redis("CLIENT", "KILL", "TYPE", "normal", check=False)
            scene.go_on(0.1)


@row(26, "B", "CLIENT PAUSE for 3 s of writes, and of everything", within=TOLD_WITHIN)
def paused(scene):
    with scene.fault():
        for mode in ("WRITE", "ALL"):
            scene.redis("CLIENT", "PAUSE", "3000", mode)
            scene.go_on(4)


def through_proxy(scene):
    """Before the start: the daemon's way to Redis leads through a proxy."""
    proxy = scene.proxy = FaultProxy(str(scene.office.folder / "redis.sock"))
    scene.finally_do(proxy.close)
    file = scene.office.config_file
    text = file.read_text(encoding="utf-8")
    url = f"unix://{scene.office.folder}/redis.sock"
    file.write_text(text.replace(url, f"redis://127.0.0.1:{proxy.port}/0"), encoding="utf-8")


@row(27, "B", "every seventh answer of Redis is lost after the work was done", prepare=through_proxy)
def answer_lost(scene):
    with scene.fault(), scene.proxy.losing(every=7):
        scene.go_on(8)


@row(28, "B", "answers of Redis nobody asked for, torn, sliced and changed", prepare=through_proxy)
def garbage(scene):
    proxy = scene.proxy
    with scene.fault():
        for unasked in (b"+OK\r\n", b":1\r\n", b"$5\r\nwrong\r\n", b"*-1\r\n", b"HTTP/1.1 400\r\n\r\n", b"*9999999\r\n"):
            proxy.say(unasked)
            scene.go_on(0.7)
        proxy.slice = 1
        scene.go_on(2)
        proxy.slice = 0
        for spoil in (lambda data: data[:-3], lambda data: b"?" + data, lambda data: data.replace(b"$", b"!", 1)):
            proxy.change = spoil
            scene.go_on(1)
            proxy.change = None
            proxy.cut()
            ready(scene)


def small_and_lazy(scene):
    """Redis writes its file once a second, on a filesystem of 6 MiB; the office has it so."""
    scene.small_filesystem(scene.office.folder / "redis", "6m")
    scene.office.redis_options = ["--appendfsync", "everysec"]
    file = scene.office.config_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("durability: always", "durability: everysec"), encoding="utf-8")


@row(29, "B", "the disk is full while Redis writes once a second (MISCONF)", within=TOLD_WITHIN, needs=MOUNTING, prepare=small_and_lazy)
def misconfigured(scene):
    filler = scene.office.folder / "redis" / "filler"
    with scene.fault():
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], capture_output=True, timeout=60, check=False)
        not_ready(scene)
        scene.go_on(3)
        filler.unlink()


@row(29, "B", "Redis is told to sync once a second where the office wants always", within=TOLD_WITHIN, part="b")
def not_durable_enough(scene):
    refusing(scene, ("CONFIG", "SET", "appendfsync", "everysec"), ("CONFIG", "SET", "appendfsync", "always"))


@row(30, "B", "Redis cannot write its file and ends itself", within=TOLD_WITHIN)
def file_full(scene):
    with scene.fault():
        size = max(part.stat().st_size for part in (scene.office.folder / "redis" / "appendonlydir").iterdir())
        subprocess.run(
            ["prlimit", f"--pid={scene.office.redis.pid}", f"--fsize={size + 20_000}"], check=True, timeout=10
        )
        wait_for(lambda: scene.office.redis.poll() is not None, "Redis ends itself", 30)
        scene.office.start_redis()


def refusing(scene, on, off, seconds=3.0):
    with scene.fault():
        scene.redis(*on)
        not_ready(scene)
        scene.go_on(seconds)
        scene.redis(*off)


@row(31, "B", "Redis's memory is full", within=TOLD_WITHIN)
def memory_full(scene):
    refusing(scene, ("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0"))
    scene.demand("evicted_keys:0" in scene.redis("INFO", "stats"), "keys were evicted")


@row(32, "B", "SCRIPT FLUSH five times a second for 5 s", within=TOLD_WITHIN)
def scripts_forgotten(scene):
    with scene.fault():
        end = time.monotonic() + 5
        while time.monotonic() < end:
            scene.redis("SCRIPT", "FLUSH")
            scene.go_on(0.2)


@row(33, "B", "the master becomes a replica for 3 s", within=TOLD_WITHIN)
def demoted(scene):
    with scene.fault():
        scene.redis("REPLICAOF", "127.0.0.1", "1")
        not_ready(scene)
        scene.go_on(3)
        scene.redis("REPLICAOF", "NO", "ONE")


@row(34, "B", "too few replicas (NOREPLICAS)", within=TOLD_WITHIN)
def no_replicas(scene):
    refusing(scene, ("CONFIG", "SET", "min-replicas-to-write", "1"), ("CONFIG", "SET", "min-replicas-to-write", "0"))


@row(35, "B", "the account may not write any more (NOPERM)", within=TOLD_WITHIN)
def not_permitted(scene):
    refusing(scene, ("ACL", "SETUSER", "yuqingd", "-evalsha"), ("ACL", "SETUSER", "yuqingd", "+evalsha"))


@row(38, "B", "no connection is free (maxclients)", within=TOLD_WITHIN)
def no_connection_free(scene):
    """The only connection is ours."""
    with socket.socket(socket.AF_UNIX) as held, scene.fault():
        held.connect(str(scene.office.folder / "redis.sock"))
        for said in (b"CONFIG SET maxclients 1\r\n", b"CLIENT KILL TYPE normal SKIPME yes\r\n"):
            held.sendall(said)
            held.recv(64)
        not_ready(scene)
        scene.go_on(3)
        held.sendall(b"CONFIG SET maxclients 10000\r\n")
        scene.demand(held.recv(64).startswith(b"+OK"), "maxclients stays")


@row(39, "B", "a key of another kind lies where a record should")
def wrong_kind(scene):
    with scene.fault():
        scene.redis("SET", "yuqing:{qingshan}:log:PLANTED", "x")
        told = detected("PLANTED")
        answer = scene.office.client().ask([told])[0]
        scene.demand(answer["status"] in ("retry", "rejected"), f"it was answered {answer}")
        left = scene.redis("EXISTS", "yuqing:{qingshan}:case:PLANTED")
        scene.demand(left == "0", "half a case was written")
        scene.redis("DEL", "yuqing:{qingshan}:log:PLANTED")
        scene.office.tell(told)


@row(40, "B", "200 ms and 1 Mbit/s on the way to Redis", prepare=through_proxy)
def slow_way(scene):
    proxy = scene.proxy
    with scene.fault():
        proxy.latency, proxy.bytes_per_second = 0.2, 125_000
        scene.go_on(8)
        proxy.latency, proxy.bytes_per_second = 0.0, 0


