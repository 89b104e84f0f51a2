"""What Redis alone can do: the commit of one opening, as the daemon sends it, through redis-benchmark.

The call is watched with MONITOR while one event is told; whatever names the case or the event is replaced
by redis-benchmark's random number, so that every call opens another case."""

import os
import re
import subprocess
import threading
import time

CLIENTS, PIPELINE = 64, 16
RANDOM = b"__rand_int__"


def _words(line):
    """The words of one line of MONITOR."""
    quoted = re.findall(rb'"((?:[^"\\]|\\.)*)"', line)
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}

    def plain(match):
        escape = match.group(1)
        return bytes.fromhex(escape[1:].decode()) if escape[:1] == b"x" else named.get(escape, escape)

    return [re.sub(rb"\\(x[0-9a-f]{2}|.)", plain, word, flags=re.DOTALL) for word in quoted]


def watch_commit(world, case):
    """The EVALSHA that opens `case`."""
    monitor = world.redis()
    assert monitor("MONITOR") == b"OK"
    sender = threading.Thread(target=world.send, args=(case, 1), kwargs={"due_at": "2099-01-01T00:00:00Z"})
    sender.start()
    try:
        while True:
            words = _words(monitor.read())
            if words[0].upper() == b"EVALSHA" and any(case.encode() in word for word in words):
                return words
    finally:
        sender.join()


def measure(world, requests, name):
    """Commits a second; `name` is another one each time."""
    words = [word.replace(name.encode() + b"-0", RANDOM) for word in watch_commit(world, name)]
    # The key of the event's identity is a hash; without a random one the second call would be refused.
    words = [re.sub(rb"(:event:).*", rb"\1" + RANDOM, word, flags=re.DOTALL) for word in words]
    if any(b"\0" in word for word in words):
        raise RuntimeError("the commit cannot be an argument of redis-benchmark: it holds a NUL")
    redis = world.redis()
    before = redis("ZCARD", "yuqing:{bench}:index:open")
    out = subprocess.run([b"redis-benchmark", b"-s", world.socket.encode(), b"-c", b"%d" % CLIENTS, b"-P",
                          b"%d" % PIPELINE, b"-n", b"%d" % requests, b"-r", b"2000000000", b"-q", b"--csv", *words],
                         check=True, capture_output=True).stdout
    opened = redis("ZCARD", "yuqing:{bench}:index:open") - before
    if opened < requests * 0.99:
        raise RuntimeError(f"of {requests} commits of redis-benchmark only {opened} opened a case")
    last = out.decode(errors="replace").strip().splitlines()[-1]
    return float(re.findall(r'"([0-9.]+)"', last)[0])


def fsync_probe(folder, rounds=300):
    """Medians of appending 100 bytes and waiting for the disk, ms: what `always` costs just now."""
    took = []
    path = os.path.join(folder, "probe")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for _ in range(rounds):
        begin = time.perf_counter()
        os.write(descriptor, b"x" * 100)
        os.fdatasync(descriptor)
        took.append((time.perf_counter() - begin) * 1000)
    os.close(descriptor)
    took.sort()
    return took[rounds // 2], took[rounds * 99 // 100]
