"""A Redis service on two sides of a network that can be cut: the first master and one sentinel on this side, where the
daemon is, two replicas and two sentinels on the other, a network namespace of its own. Takes root.

Addresses lie on loopback devices, so that each side goes on reaching itself while the link between them is down."""

import os
import subprocess

from service import Service, ServiceOffice


def ip(*words, check=True):
    subprocess.run(["ip", *words], check=check, capture_output=True, timeout=30)


def may_split():
    """Whether this machine lets us make a namespace."""
    name = f"yuqing-try-{os.getpid()}"
    try:
        ip("netns", "add", name)
        ip("netns", "del", name)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


class Network:
    def __init__(self):
        number = os.getpid() % 60000
        self.name = f"yuqing-{number}"
        self._here, self._there = f"yq{number}a", f"yq{number}b"
        block = f"10.{200 + number // 2000}.{number // 250 % 250}"
        self.here, self.there = f"{block}.1", f"{block}.2"  # the two sides
        self._ends = f"{block}.5", f"{block}.6"  # of the link
        ip("netns", "add", self.name)
        ip("link", "add", self._here, "type", "veth", "peer", "name", self._there)
        ip("link", "set", self._there, "netns", self.name)
        ip("addr", "add", f"{self._ends[0]}/30", "dev", self._here)
        ip("addr", "add", f"{self.here}/32", "dev", "lo")
        ip("link", "set", self._here, "up")
        self._inside("link", "set", "lo", "up")
        self._inside("addr", "add", f"{self._ends[1]}/30", "dev", self._there)
        self._inside("addr", "add", f"{self.there}/32", "dev", "lo")
        self.heal()
        ip("route", "add", self.there, "via", self._ends[1], "src", self.here)

    @property
    def inside(self):
        """Stands before a command that belongs to the other side."""
        return ("ip", "netns", "exec", self.name)

    def _inside(self, *words):
        ip("-n", self.name, *words)

    def cut(self):
        self._inside("link", "set", self._there, "down")

    def heal(self):
        """A link that went down took its route with it."""
        self._inside("link", "set", self._there, "up")
        self._inside("route", "replace", self.here, "via", self._ends[0], "src", self.there)

    def close(self):
        ip("link", "del", self._here, check=False)
        ip("addr", "del", f"{self.here}/32", "dev", "lo", check=False)
        ip("netns", "del", self.name, check=False)


class SplitOffice(ServiceOffice):
    def make_service(self):
        self.network = Network()
        hosts = (self.network.here, self.network.there, self.network.there)
        insides = ((), self.network.inside, self.network.inside)
        return Service(self.folder / "service", self._log, hosts, insides)

    def close(self, keep=False):
        super().close(keep=keep)
        self.network.close()
