"""Offices whose ZeroMQ door is open to other machines: keys by yuqingctl, clients.yaml, clients that speak CURVE."""

import subprocess

from client import Ingest
from office import BUILD


def make_pair(file):
    """A key of its own, by the operator's command; the file with its secret half."""
    done = subprocess.run([BUILD / "bin" / "yuqingctl", "keygen", "curve", "--out", file], capture_output=True)
    assert done.returncode == 0, done.stderr
    return file


def read(file):
    return file.read_text(encoding="utf-8").strip()


def public(file):
    return read(file.with_name(file.name + ".pub"))


def entry(name, file, **more):
    members = {"name": f'"{name}"', "key": f'"{public(file)}"', **more}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in members.items()) + "}\n"


def with_curve(config, settings=""):
    """For `adapt`: every interface, a key of the daemon's own, and nobody who may come in yet."""
    make_pair(config / "curve.key")
    (config / "clients.yaml").write_text("clients: []\n", encoding="utf-8")
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8").replace("bind: ['tcp://127.0.0.1:", "bind: ['tcp://0.0.0.0:", 1)
    keyed = "ingest: {curve: {secret_key_file: curve.key, clients: clients.yaml}, " + settings
    file.write_text(text.replace("ingest: {", keyed, 1), encoding="utf-8")


def keyed_client(office, file, server=None):
    """Speaks CURVE with the key in `file`."""
    keys = (public(file), read(file), server or public(office.config_file.parent / "curve.key"))
    return office.client(office.tcp_endpoint, keys=keys)
