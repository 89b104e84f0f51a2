"""Group E: receivers that refuse, hang, vanish, and say too much. What is measured is told on the sound channels too."""

import time

from broken_receiver import BrokenReceiver
from proxy import FaultProxy
from row import not_run, row

CHANNEL = "audit-hook"  # the one that fails; the others must not notice


def answering(scene, answer, seconds):
    with scene.fault():
        scene.office.sink.answers[CHANNEL] = answer
        scene.go_on(seconds)
        del scene.office.sink.answers[CHANNEL]


@row(58, "E", "a receiver answers 500, 503, 429 with Retry-After, 408 and 425 in turn")
def refusing(scene):
    answers = [500, (503, {"retry-after": "1"}), (429, {"retry-after": "1"}), 408, 425]
    answering(scene, lambda got, count: answers[count - 1] if count <= len(answers) else 200, 6)


def receiver_through(scene, channel, url):
    """The channel's receiver is elsewhere from now on."""
    file = scene.office.config_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(scene.office.sink.url(channel), url), encoding="utf-8")
    scene.office.restart_daemon()


def wrong_receiver(scene, behave, seconds=6.0):
    """For a while the channel leads to a receiver that does one thing wrong; then home again."""
    broken = BrokenReceiver(behave)
    scene.finally_do(broken.close)
    home = FaultProxy(scene.office.sink.port)
    scene.finally_do(home.close)
    receiver_through(scene, CHANNEL, f"http://127.0.0.1:{home.port}/{CHANNEL}")
    with scene.fault():
        home.target, sound = int(broken.channel.split("127.0.0.1:")[1].split("/")[0]), home.target
        home.cut()
        scene.go_on(seconds)
        home.target = sound
        home.cut()
    scene.demand(broken.attempts > 0, "the wrong receiver was never asked")


@row(59, "E", "a receiver takes the request and says nothing for 6 s")
def hanging(scene):
    wrong_receiver(scene, BrokenReceiver.hang)


@row(60, "E", "a receiver is away for 20 s")
def away(scene):
    proxy = FaultProxy(scene.office.sink.port)
    scene.finally_do(proxy.close)
    receiver_through(scene, CHANNEL, f"http://127.0.0.1:{proxy.port}/{CHANNEL}")
    with scene.fault():
        proxy.target, sound = "/nonexistent", proxy.target
        proxy.cut()
        scene.go_on(20)
        proxy.target = sound


def says_too_much(_, connection):
    """An answer without an end."""
    connection.sendall(b"HTTP/1.1 500 no\r\ntransfer-encoding: chunked\r\n\r\n")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


@row(61, "E", "a receiver's answer has no end")
def endless(scene):
    before = scene.memory()
    wrong_receiver(scene, says_too_much)
    grown = scene.memory() - before
    scene.demand(grown < 64 << 20, f"memory grew by {grown >> 20} MiB")


@row(65, "E", "the connection is cut after the request, before its answer, every third time")
def cut_before_answer(scene):
    proxy = FaultProxy(scene.office.sink.port)
    scene.finally_do(proxy.close)
    receiver_through(scene, CHANNEL, f"http://127.0.0.1:{proxy.port}/{CHANNEL}")
    count = [0]

    def cut(data):
        count[0] += 1
        return None if count[0] % 3 == 0 else data

    with scene.fault():
        proxy.change = cut
        scene.go_on(6)
        proxy.change = None


not_run("E", "the integration tests do it with an authority of their own: expired, of another name, self-signed",
        r62="wrong certificates")
not_run("E", "needs a resolver and a network of its own, which takes root", r63="DNS away, slow, lying")
not_run("E", "`tests/run --long isolation` measures it, ten channels and each kind of fault", r64="one slow receiver of many")
not_run("E", "`tests/run --long bench` measures it", r66="10,000 deadlines of one instant")
