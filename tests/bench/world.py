"""A private Redis and daemon to be measured, with their own configuration, in a temporary folder."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
STARTS_WITHIN = 120.0  # a Redis that reads a million cases back
STOPS_WITHIN = 60.0
PR_SET_PDEATHSIG = 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(condition, within, what):
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.002)
    raise RuntimeError(f"{what}: not within {within} s")


class Redis:
    """One connection, one command at a time: as much of the protocol as is needed here."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._file = self._socket.makefile("rb")

    def __call__(self, *words):
        self.write(*words)
        return self.read()

    def write(self, *words):
        parts = [str(word).encode() for word in words]
        self._socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))

    def read(self):
        line = self._file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if int(rest) < 0:
            return None
        if kind == b"$":
            return self._file.read(int(rest) + 2)[:-2]
        return [self.read() for _ in range(int(rest))]


class World:
    """Redis with the durability that deploy/redis.conf asks for, and one daemon."""

    def __init__(self, build, folder=None):
        self.bin = Path(build) / "bin"
        self.folder = Path(tempfile.mkdtemp(prefix="yuqing-bench-", dir=folder))
        self.http_port = free_port()
        self.sink_port = free_port()
        self.socket = str(self.folder / "redis.sock")
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.redis_process = self.daemon = None
        self._log = open(self.folder / "log", "ab")
        shutil.copytree(HERE / "config", self.folder / "config")
        (self.folder / "config" / "yuqingd.yaml").write_text(
            "jurisdiction: bench\npolicy: policy.yaml\ndirectory: directory.yaml\nroster: roster.csv\n"
            f"calendar: calendar.yaml\nredis: {{url: 'unix://{self.socket}', durability: always}}\n"
            f"ingest: {{bind: ['{self.endpoint}']}}\nhttp: {{listen: '127.0.0.1:{self.http_port}'}}\n"
            f"channels: {{sink: {{format: cloudevents, url: 'http://127.0.0.1:{self.sink_port}/'}}}}\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(self.daemon)
        self.stop(self.redis_process, signal.SIGKILL)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def process(self, *command, stdout=None):
        return subprocess.Popen([str(part) for part in command], stdout=stdout or self._log, stderr=self._log,
                                text=True, preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL))

    @staticmethod
    def stop(process, how=signal.SIGTERM):
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        process.wait(STOPS_WITHIN)

    def start_redis(self):
        self.redis_process = self.process(
            "redis-server", SOURCE / "deploy" / "redis.conf", "--port", 0, "--unixsocket", self.socket, "--dir",
            self.folder, "--daemonize", "no", "--logfile", "", "--supervised", "no", "--appendonly", "yes",
            "--appendfsync", "always", "--maxmemory", 0)
        wait_for(self._redis_answers, STARTS_WITHIN, "Redis")

    def _redis_answers(self):
        try:
            return self.redis()("PING") == b"PONG"
        except (OSError, RuntimeError):
            return False

    def redis(self):
        return Redis(self.socket)

    def start_daemon(self):
        """Seconds from the start of the process until it is ready."""
        begin = time.monotonic()
        self.daemon = self.process(self.bin / "yuqingd", "--config", self.folder / "config" / "yuqingd.yaml")
        wait_for(self.ready, STARTS_WITHIN, "yuqingd")
        return time.monotonic() - begin

    def ready(self):
        if self.daemon.poll() is not None:
            raise RuntimeError(f"yuqingd ended: {self.log_end()}")
        try:
            return self.get("/-/ready") is not None
        except OSError:
            return False

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=60) as response:
                return response.read().decode()
        except urllib.error.HTTPError:
            return None

    def send(self, prefix, count, **options):
        """What bench_sender tells of a run."""
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        process = self.process(self.bin / "bench_sender", "--endpoint", self.endpoint, "--prefix", prefix, "--count",
                               count, *words, stdout=subprocess.PIPE)
        out, _ = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"bench_sender: {out} {self.log_end()}")
        return json.loads(out)

    def start_sink(self, expect, patience):
        process = self.process(self.bin / "bench_sink", "--port", self.sink_port, "--expect", expect, "--patience",
                               patience, stdout=subprocess.PIPE)
        process.stdout.readline()  # it listens
        return process

    @staticmethod
    def sink_result(process):
        out, _ = process.communicate()
        return json.loads(out)

    def log_end(self):
        self._log.flush()
        return (self.folder / "log").read_bytes()[-2000:].decode(errors="replace")
