"""Group D: clients that die, do not read, flood, and send what is no event."""

import contextlib
import os
import socket
import struct
import time
from pathlib import Path

from client import detected, encode, just_now
from curve import entry, keyed_client, make_pair, public, with_curve
from row import row

CORPUS = Path(__file__).resolve().parents[1] / "fuzz" / "corpus" / "decode_event"
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(16) + b"\x00" + bytes(31)
MEMORY_MAX = 64 * 1024 * 1024  # more than before


def tcp(scene):
    return socket.create_connection(("127.0.0.1", int(scene.office.tcp_endpoint.rsplit(":", 1)[1])), timeout=5)


@row(50, "D", "clients that die after sending, before their answer")
def clients_die(scene):
    with scene.fault():
        for number in range(30):
            told = [detected(f"DIES-{number}", just_now())]
            client = scene.office.client()
            client.socket.linger = 200
            client.socket.send(encode(told[0]))
            client.close()
            answer = scene.office.tell_again(told)
            scene.demand(answer[0]["status"] in ("accepted", "duplicate"), f"answered {answer}")


@row(51, "D", "kill -9 of the daemon while 3,000 events stream in")
def killed_in_the_stream(scene):
    told = [detected(f"STREAM-{number}", just_now()) for number in range(3000)]
    client = scene.office.client()
    with scene.fault():
        for one in told:
            client.socket.send(encode(one))
        scene.go_on(0.2)
        scene.office.kill_daemon()
        scene.office.start_daemon()
        answers = client.tell(*told, bound=120)
    scene.demand({one["status"] for one in answers} <= {"accepted", "duplicate"}, "one of the stream was lost")


@row(52, "D", "a client sends 5,000 events and reads no answer")
def reads_nothing(scene):
    before = scene.memory()
    client = scene.office.client()
    client.socket.rcvhwm = 1
    one = encode(detected("DEAF", just_now()))
    with scene.fault():
        for _ in range(5_000):
            client.socket.send(one)
        scene.go_on(4)
    grown = scene.memory() - before
    scene.demand(grown < MEMORY_MAX, f"memory grew by {grown >> 20} MiB")


@row(53, "D", "400 connections that say nothing")
def silent(scene):
    """More than the door takes at a time: the others wait before it."""
    address = ("127.0.0.1", int(scene.office.tcp_endpoint.rsplit(":", 1)[1]))
    with scene.fault(), contextlib.ExitStack() as held:
        for _ in range(400):
            one = held.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(address)
        scene.go_on(5)


@row(54, "D", "frames of 1 GiB, 10,000 parts, broken greetings")
def hostile_frames(scene):
    before = scene.memory()
    bad = [
        os.urandom(512), b"GET / HTTP/1.1\r\n\r\n", GREETING[:20], GREETING + b"\xff" * 64,
        GREETING + b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER" + b"\x02" + struct.pack(">Q", 1 << 30) + b"x" * 1000,
        GREETING + b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER" + b"\x01\x01x" * 10_000,
    ]
    with scene.fault():
        for said in bad * 5:
            with tcp(scene) as one:
                try:
                    one.sendall(said)
                    scene.go_on(0.1)
                except OSError:
                    pass
    grown = scene.memory() - before
    scene.demand(grown < MEMORY_MAX, f"memory grew by {grown >> 20} MiB")


@row(56, "D", "5,000 events at once, nine of ten told before")
def storm(scene):
    told = [detected(f"STORM-{number}", just_now()) for number in range(500)]
    client = scene.office.client()
    with scene.fault():
        begun = time.monotonic()
        for _ in range(10):
            answers = client.tell(*told, bound=120)
            scene.demand({one["status"] for one in answers} <= {"accepted", "duplicate"}, "not all were answered")
        scene.demand(time.monotonic() - begun < 60, "it took more than a minute")


@row(57, "D", "every hostile frame of the fuzzers' corpus", quick=True)
def hostile_events(scene):
    client = scene.office.client()
    with scene.fault():
        for path in sorted(CORPUS.iterdir()):
            frame = path.read_bytes()
            if path.suffix == ".md":
                continue
            for said in (frame, frame[: len(frame) // 2], frame.replace(b'"', b"'")):
                answer = client.ask([said or b" "])[0]
                scene.demand("status" in answer, f"{path.name}: {answer}")
    scene.demand(scene.office.daemon.poll() is None, "the daemon ended")


def with_clients(config):
    with_curve(config)
    lines = "clients:\n"
    for name in ("known", "revoked"):
        lines += entry(name, make_pair(config / f"{name}.key"), role="operator")
    make_pair(config / "stranger.key")
    (config / "clients.yaml").write_text(lines, encoding="utf-8")


@row(55, "D", "clients without CURVE, with an unknown key, a revoked one, and for another daemon's key", adapt=with_clients)
def wrong_keys(scene):
    office, config = scene.office, scene.office.config_file.parent
    known = entry("known", config / "known.key", role="operator")
    scene.demand(keyed_client(office, config / "revoked.key").tell(detected("BEFORE"))[0]["status"] == "accepted", "not let in")
    with scene.fault():
        (config / "clients.yaml").write_text("clients:\n" + known, encoding="utf-8")
        scene.demand(office.ctl("reload").returncode == 0, "the reload failed")
        clients = {
            "WITHOUT": office.client(office.tcp_endpoint),
            "STRANGER": keyed_client(office, config / "stranger.key"),
            "REVOKED": keyed_client(office, config / "revoked.key"),
            "ELSEWHERE": keyed_client(office, config / "known.key", public(config / "stranger.key")),
        }
        for case, client in clients.items():
            client.socket.send(encode(detected(case)))
        scene.go_on(4)
        for case, client in clients.items():
            scene.demand(not client.socket.poll(0), f"{case} was answered")
            scene.demand(office.http.status(f"/api/v1/cases/{case}") == 404, f"what {case} told became a case")
        accepted = keyed_client(office, config / "known.key").tell(detected("KNOWN"))
        scene.demand(accepted[0]["status"] == "accepted", "a known key was not let in")
    scene.demand(office.http.metric("yuqing_clients_refused_total", reason="unknown_key") > 0, "no stranger was counted")
