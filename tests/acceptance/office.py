"""A private office: Redis as deploy/ configures it, the shipped configuration on free ports, the daemon, a sink.

Everything runs in a folder of its own below the temporary folder and is ended by process id in close(); the
kernel ends it too, should the test die first."""

import base64
import ctypes
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from client import Http, Ingest
from sink import Sink
from waiting import wait_for

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("YUQING_BUILD", SOURCE / "build"))
PR_SET_PDEATHSIG = 1
STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0


_ports = []  # names that keep them ours


def free_port():
    """Below the ports the kernel gives to outgoing connections, so that it is still free after a kill; no other test
    that runs beside is given it, even while nobody listens there."""
    while True:
        port = random.randint(15000, 32000)
        ours = socket.socket(socket.AF_UNIX)
        try:
            ours.bind(f"\0yuqing-test-port-{port}")
            with socket.create_server(("127.0.0.1", port)):
                _ports.append(ours)
                return port
        except OSError:
            ours.close()


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


# The kernel's "parent" is the thread that starts: one that lives as long as the test does.
_starter = ThreadPoolExecutor(1)


def start(command, log, pass_fds=(), **environment):
    return _starter.submit(_start, command, log, pass_fds, environment).result()


def _start(command, log, pass_fds, environment):
    variables = {k: v for k, v in os.environ.items() if k != "NOTIFY_SOCKET" and not k.startswith("YUQING_")}
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**variables, **environment},
        pass_fds=pass_fds,
        preexec_fn=_die_with_parent,
    )


def stop(process, how=signal.SIGKILL):
    """Ends one process that was started here; its exit status."""
    if process is None:
        return None
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"process {process.args[0]} did not stop within {STOPS_WITHIN} s") from None


def with_link_key(config):
    """Lets people act from messages; for `adapt`."""
    key = config / "link.key"
    key.write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    key.chmod(0o600)
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("public_url:", "link_key_file: link.key, public_url:", 1), encoding="utf-8")


def add_section(config, section):
    """One more section of yuqingd.yaml; for `adapt`."""
    with open(config / "yuqingd.yaml", "a", encoding="utf-8") as file:
        file.write(section + "\n")


def with_journal(config, more=""):
    """A journal of the daemon's own in the office's folder; for `adapt`."""
    add_section(config, f"journal: {{dir: '{config.parent / 'journal'}'{more}}}")


class Office:
    def __init__(self, prefix="office", settings=None, channels=None, adapt=None):
        """`channels`: more settings by channel, None leaves one out; `settings`: more lines of yuqingd.yaml;
        `adapt(config folder)`: changes the copied files before the start."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"yuqing-{prefix}-"))
        self.secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.sink = Sink(self.secret)
        self.http = Http(free_port())
        self.endpoint = f"ipc://{self.folder}/ingest.sock"
        self.tcp_endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.environment, self.redis_environment = {}, {}  # of the daemon, of Redis
        self.redis_options = []  # beside those of deploy/redis.conf
        self.through = []  # stands before the daemon's command: prlimit and the like
        self.redis = self.daemon = None
        self._clients = []
        self._log = open(self.folder / "log", "ab")
        self._configure(settings or "", channels or {})
        if adapt:
            adapt(self.folder / "config")

    # --- the configuration

    def _configure(self, settings, channels):
        config = self.folder / "config"
        shutil.copytree(SOURCE / "config", config)
        directory = (config / "directory.yaml").read_text(encoding="utf-8")
        (config / "webhook.secret").write_text(self.secret + "\n")
        (config / "webhook.secret").chmod(0o600)
        (config / "roster.csv").write_text(somebody_on_duty(directory), encoding="utf-8")
        names = sorted(
            {
                name.strip()
                for group in re.findall(r"\bchannels:\s*\[([^\]]*)\]", directory)
                for name in group.split(",")
            }
        )
        lines = []
        for name in names:
            values = {
                "format": "cloudevents",
                "url": self.sink.url(name),
                "secret_file": "webhook.secret",
                **channels.get(name, {}),
            }
            lines.append(
                f"  {name}: {{"
                + ", ".join(
                    f"{k}: '{v}'" if k == "url" else f"{k}: {v}" for k, v in values.items() if v is not None
                )
                + "}"
            )
        (config / "yuqingd.yaml").write_text(
            "\n".join(
                [
                    "jurisdiction: qingshan",
                    "timezone: Asia/Shanghai",
                    "policy: policy.yaml",
                    "directory: directory.yaml",
                    "roster: roster.csv",
                    "calendar: calendar.yaml",
                    f"redis: {{url: 'unix://{self.folder}/redis.sock', user: yuqingd, durability: always}}",
                    f"ingest: {{bind: ['{self.tcp_endpoint}', '{self.endpoint}']}}",
                    f"http: {{listen: '127.0.0.1:{self.http.port}', public_url: 'http://127.0.0.1:{self.http.port}'}}",
                    "channels:",
                    *lines,
                    settings,
                ]
            )
            + "\n",
            encoding="utf-8",
        )

    @property
    def config_file(self):
        return self.folder / "config" / "yuqingd.yaml"

    # --- Redis

    def launch_redis(self, *more):
        """Starts it as its unit does, and does not wait."""
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        subprocess.run([SOURCE / "deploy" / "redis-mend", folder], stdout=self._log, stderr=self._log, timeout=60)
        self.redis = start(
            [
                "redis-server",
                SOURCE / "deploy" / "redis.conf",
                "--unixsocket",
                self.folder / "redis.sock",
                "--dir",
                folder,
                *self.redis_options,
                *more,
            ],
            self._log,
            **self.redis_environment,
        )

    def start_redis(self, *more):
        self.launch_redis(*more)
        wait_for(self._redis_answers, "Redis answers", STARTS_WITHIN)

    def _redis_answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as asked:
                asked.settimeout(1)
                asked.connect(str(self.folder / "redis.sock"))
                asked.sendall(b"PING\r\n")
                return asked.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def kill_redis(self):
        stop(self.redis)

    # --- the daemon

    def launch(self):
        """Starts it and does not wait."""
        self.daemon = start(
            [*self.through, BUILD / "bin" / "yuqingd", "--config", self.config_file], self._log, **self.environment
        )

    def start_daemon(self):
        self.launch()
        self.wait_ready()

    def wait_ready(self):
        def ready():
            assert self.daemon.poll() is None, f"the daemon ended with {self.daemon.returncode}"
            return self.http.status("/-/ready") == 200

        wait_for(ready, "the daemon is ready", STARTS_WITHIN)

    def kill_daemon(self):
        stop(self.daemon)

    def stop_daemon(self):
        """SIGTERM; the exit status."""
        return stop(self.daemon, signal.SIGTERM)

    def restart_daemon(self):
        self.kill_daemon()
        self.start_daemon()

    def config_beside(self, name):
        """Of one more daemon on the same Redis: its file, with ports, socket and journal of its own, and its HTTP."""
        text, http = self.config_file.read_text(encoding="utf-8"), Http(free_port())
        text = text.replace(f":{self.http.port}", f":{http.port}")
        text = text.replace(self.tcp_endpoint, f"tcp://127.0.0.1:{free_port()}")
        text = text.replace(self.endpoint, f"ipc://{self.folder}/{name}.sock")
        text = text.replace(f"{self.folder}/journal'", f"{self.folder}/{name}-journal'")
        file = self.config_file.with_name(f"{name}.yaml")
        file.write_text(text, encoding="utf-8")
        return file, http

    def ctl(self, *words):
        """What yuqingctl came to."""
        command = [BUILD / "bin" / "yuqingctl", *words, "--url", f"http://127.0.0.1:{self.http.port}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    # --- all of it

    def open(self):
        self.start_redis()
        self.start_daemon()
        return self

    def client(self, endpoint=None, **kind):
        made = Ingest(endpoint or self.endpoint, **kind)
        self._clients.append(made)
        return made

    def tell(self, *events, **bound):
        """Over a client of its own, until answered; each must be accepted."""
        client = Ingest(self.endpoint)
        try:
            answers = client.tell(*events, **bound)
        finally:
            client.close()
        for answer in answers:
            assert answer["status"] == "accepted", f"not accepted: {answer}"
        return answers

    def tell_again(self, events):
        """What was told before; by another client."""
        client = Ingest(self.endpoint)
        try:
            return client.tell(*events)
        finally:
            client.close()

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def close(self, keep=False):
        for client in self._clients:
            client.close()
        stop(self.daemon)
        stop(self.redis)
        self.sink.close()
        self._log.close()
        if keep:
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def somebody_on_duty(directory):
    """The shipped roster ends some day; here the first officer has every role this week."""
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    begin, end = ((today + timedelta(days=d)).strftime("%Y-%m-%dT%H:%M") for d in (-5, 60))
    anyone = re.search(r"^officers:.*?\bid:\s*([\w-]+)", directory, re.M | re.S).group(1)
    roles = sorted(set(re.findall(r"\broster:\s*([\w-]+)", directory)))
    return "role,officer,start,end\n" + "".join(f"{role},{anyone},{begin},{end}\n" for role in roles)
