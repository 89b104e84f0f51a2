"""A Redis service of its own: a master, two replicas and three sentinels, as deploy/ configures them, on loopback.

Each node has a folder with the configuration that it writes itself, so that it starts again as what it became."""

import signal
import subprocess
import time

from office import SOURCE, Office, free_port, start, stop
from waiting import wait_for

NAME = "yuqing"
NODES = SENTINELS = 3
READY_WITHIN = 60.0
# On each of the three machines, besides redis.conf (the manual, section 14).
NODE_LINES = """
port {port}
bind {host}
protected-mode no
dir {folder}
replica-announce-ip {host}
min-replicas-to-write 1
min-replicas-max-lag 10
repl-diskless-sync-delay 0
"""


class Node:
    """A redis-server, data or sentinel. `inside`: words before its command, such as those that enter a namespace."""

    def __init__(self, folder, host, lines, sentinel=False, inside=()):
        self.host, self.port = host, free_port()
        self.folder, self.sentinel, self.inside = folder, sentinel, list(inside)
        self.process = None
        folder.mkdir(parents=True)
        self.file = folder / "node.conf"
        self.file.write_text(lines.format(host=host, port=self.port, folder=folder), encoding="utf-8")

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def start(self, log):
        role = ["--sentinel"] if self.sentinel else []
        self.process = start([*self.inside, "redis-server", self.file, *role], log)
        wait_for(lambda: self.ask("PING") == "PONG", f"{self.address} answers", READY_WITHIN)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
        stop(self.process)
        self.process = None

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def ask(self, *words, bound=3):
        """The answer as redis-cli prints it; empty when there is none."""
        command = [*self.inside, "redis-cli", "-h", self.host, "-p", str(self.port), *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=bound, check=False)
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    def info(self, section="replication"):
        lines = [line.split(":", 1) for line in self.ask("INFO", section).splitlines() if ":" in line]
        return dict(lines)


class Service:
    """`hosts` and `insides`, one for each of the three machines, for nodes that live in namespaces."""

    def __init__(self, folder, log, hosts=("127.0.0.1",) * NODES, insides=((),) * NODES, node_lines=""):
        self.log = log
        redis_conf = (SOURCE / "deploy" / "redis.conf").read_text(encoding="utf-8")
        redis_conf = "\n".join(line for line in redis_conf.splitlines() if not line.startswith("unixsocket"))
        lines = redis_conf + NODE_LINES + node_lines
        self.nodes = [
            Node(folder / f"redis-{n}", hosts[n], lines, inside=insides[n]) for n in range(NODES)
        ]
        first = self.nodes[0]
        for node in self.nodes[1:]:
            with node.file.open("a", encoding="utf-8") as file:
                file.write(f"replicaof {first.host} {first.port}\n")
        watch = (SOURCE / "deploy" / "sentinel.conf").read_text(encoding="utf-8")
        watch = (
            watch.replace("port 26379", "port {port}")
            .replace("bind 10.1.0.1", "bind {host}\nprotected-mode no")
            .replace("dir /var/lib/redis", "dir {folder}")
            .replace(f"monitor {NAME} 10.1.0.1 6379", f"monitor {NAME} {first.host} {first.port}")
        )
        self.sentinels = [
            Node(folder / f"sentinel-{n}", hosts[n], watch, sentinel=True, inside=insides[n])
            for n in range(SENTINELS)
        ]

    @property
    def settings(self):
        """The `redis:` line of yuqingd.yaml."""
        sentinels = ", ".join(f"'{sentinel.address}'" for sentinel in self.sentinels)
        return f"redis: {{sentinels: [{sentinels}], service: {NAME}, user: yuqingd, durability: always}}"

    def start(self):
        for node in [*self.nodes, *self.sentinels]:
            if node.process is None:
                node.start(self.log)
        self.wait_whole()

    def wait_whole(self):
        """All three follow one master, every sentinel knows them all, and a failover would find a replica."""
        wait_for(self._is_whole, "the Redis service is whole", READY_WITHIN)

    def _is_whole(self):
        masters = {self.named_by(sentinel) for sentinel in self.sentinels}
        if len(masters) != 1 or None in masters:
            return False
        master = self.node_at(*masters)
        if master is None or master.info().get("connected_slaves") != str(NODES - 1):
            return False
        replicas = [node for node in self.nodes if node is not master]
        if any(node.info().get("master_link_status") != "up" for node in replicas):
            return False
        return all(self._knows_all(sentinel) for sentinel in self.sentinels)

    def _knows_all(self, sentinel):
        known = fields(sentinel.ask("SENTINEL", "MASTER", NAME))
        slaves = sentinel.ask("SENTINEL", "REPLICAS", NAME)
        return (
            known.get("num-other-sentinels") == str(SENTINELS - 1)
            and known.get("flags") == "master"
            and slaves.splitlines().count("ok") == NODES - 1  # master-link-status of each
            and "down" not in slaves.replace("down-after", "").replace("down-time", "")
        )

    def named_by(self, sentinel):
        named = sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).split()
        return f"{named[0]}:{named[1]}" if len(named) == 2 else None

    def node_at(self, address):
        return next((node for node in self.nodes if node.address == address), None)

    @property
    def master(self):
        """As most sentinels name it."""
        named = [self.named_by(sentinel) for sentinel in self.sentinels if sentinel.process]
        named = [name for name in named if name]
        return self.node_at(max(set(named), key=named.count)) if named else None

    @property
    def replicas(self):
        master = self.master
        return [node for node in self.nodes if node is not master]

    def wait_moved(self, old, bound=READY_WITHIN):
        """Another one is the master and says so itself."""

        def moved():
            master = self.master
            return master is not None and master is not old and master.info().get("role") == "master"

        wait_for(moved, "another master", bound)
        return self.master

    def fail_over(self):
        """`SENTINEL FAILOVER`, as nobody should."""
        old = self.master
        end = time.monotonic() + READY_WITHIN
        while self.sentinels[0].ask("SENTINEL", "FAILOVER", NAME) != "OK":
            assert time.monotonic() < end, "no sentinel takes the order to fail over"
        return self.wait_moved(old)

    def close(self):
        for node in [*self.sentinels, *self.nodes]:
            node.stop()


def fields(text):
    lines = text.splitlines()
    return dict(zip(lines[::2], lines[1::2]))


class ServiceOffice(Office):
    """An office whose Redis is such a service."""

    def _configure(self, settings, channels):
        super()._configure(settings, channels)
        self.service = self.make_service()
        text = self.config_file.read_text(encoding="utf-8")
        lines = [self.service.settings if line.startswith("redis:") else line for line in text.splitlines()]
        self.config_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def make_service(self):
        return Service(self.folder / "service", self._log)

    def start_redis(self, *more):
        self.service.start()

    def kill_redis(self):
        for node in self.service.nodes:
            node.stop()

    def close(self, keep=False):
        self.service.close()
        super().close(keep=keep)
