"""Group E: receivers that refuse, hang, vanish, and say too much. What is measured is told on the sound channels too."""

import time

from broken_receiver import BrokenReceiver
from certificates import Authority
from client import HOUR, detected, millis
from names import NameServer
from proxy import FaultProxy
from row import MOUNTING, row
from scene import CHANNELS, quantile
from waiting import holds_for, until

CHANNEL = "audit-hook"  # the one that fails; the others must not notice
BURST = 2_000


def answering(scene, answer, seconds):
    with scene.fault():
        scene.office.sink.answers[CHANNEL] = answer
        scene.go_on(seconds)
        del scene.office.sink.answers[CHANNEL]


@row(58, "E", "a receiver answers 500, 503, 429 with Retry-After, 408 and 425 in turn")
def refusing(scene):
    answers = [500, (503, {"retry-after": "1"}), (429, {"retry-after": "1"}), 408, 425]
    answering(scene, lambda got, count: answers[count - 1] if count <= len(answers) else 200, 6)


def receivers_through(scene, url, channel="", more=""):
    """Before the start: the channel's receiver, or every one, is behind this scheme, host and port. `more`: of the channel."""
    file = scene.office.config_file
    text = file.read_text(encoding="utf-8")
    home = scene.office.sink.url(channel)
    file.write_text(text.replace(f"url: '{home}", f"{more}url: '{url}/{channel}"), encoding="utf-8")


def receiver_behind_proxy(scene):
    scene.way = FaultProxy(scene.office.sink.port)
    scene.finally_do(scene.way.close)
    receivers_through(scene, f"http://127.0.0.1:{scene.way.port}", CHANNEL)


def wrong_receiver(scene, behave, seconds=6.0):
    """For a while the channel leads to a receiver that does one thing wrong; then home again."""
    broken = BrokenReceiver(behave)
    scene.finally_do(broken.close)
    home = scene.way
    with scene.fault():
        home.target, sound = int(broken.channel.split("127.0.0.1:")[1].split("/")[0]), home.target
        home.cut()
        scene.go_on(seconds)
        home.target = sound
        home.cut()
    scene.demand(broken.attempts > 0, "the wrong receiver was never asked")


@row(59, "E", "a receiver takes the request and says nothing for 6 s", prepare=receiver_behind_proxy)
def hanging(scene):
    wrong_receiver(scene, BrokenReceiver.hang)


@row(60, "E", "a receiver is away for 20 s", prepare=receiver_behind_proxy)
def away(scene):
    proxy = scene.way
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


@row(61, "E", "a receiver's answer has no end", prepare=receiver_behind_proxy)
def endless(scene):
    before = scene.memory()
    wrong_receiver(scene, says_too_much)
    grown = scene.memory() - before
    scene.demand(grown < 64 << 20, f"memory grew by {grown >> 20} MiB")


@row(65, "E", "the connection is cut after the request, before its answer, every third time", prepare=receiver_behind_proxy)
def cut_before_answer(scene):
    with scene.fault(), scene.way.losing(every=3):
        scene.go_on(6)


def https_receiver(scene):
    """The channel's receiver speaks TLS behind a proxy that can lead to four certificates; one of them is good."""
    authority = Authority(scene.office.folder / "authority")
    certificates = {
        "good": authority.issue("good", "localhost"),
        "expired": authority.issue("expired", "localhost", expired=True),
        "of another host": authority.issue("other", "elsewhere.example"),
        "self-signed": Authority(scene.office.folder / "own").issue("own", "localhost"),
    }
    port = scene.office.sink.port
    scene.fronts = {name: FaultProxy(port, tls=context) for name, context in certificates.items()}
    scene.way = FaultProxy(scene.fronts["good"].port)
    for proxy in (*scene.fronts.values(), scene.way):
        scene.finally_do(proxy.close)
    receivers_through(scene, f"https://localhost:{scene.way.port}", CHANNEL, f"ca_file: {authority.file}, ")


@row(62, "E", "a receiver's certificate is expired, of another host, of nobody's making", prepare=https_receiver)
def wrong_certificates(scene):
    for name, front in scene.fronts.items():
        if name == "good":
            continue
        with scene.fault():
            scene.way.target = front.port
            scene.way.cut()
            scene.go_on(3)
            scene.demand(front.carried == 0, f"{front.carried} bytes went to a receiver whose certificate is {name}")
            scene.way.target = scene.fronts["good"].port
            scene.way.cut()
    scene.demand(scene.fronts["good"].carried > 0, "nothing went to the good one")


def receiver_by_name(scene):
    """The channel's receiver has a name that only a name server of ours knows."""
    scene.names = NameServer(scene.office.folder)
    scene.names.mood = "silent"  # from the start: what was known once is known for a day
    scene.finally_do(scene.names.close)
    scene.way = FaultProxy(scene.office.sink.port)
    scene.finally_do(scene.way.close)
    scene.office.through = scene.names.through
    receivers_through(scene, f"http://{NameServer.KNOWN}:{scene.way.port}", CHANNEL)


@row(63, "E", "the name server says nothing from the start for 10 s, then knows no name for 4 s", needs=MOUNTING, prepare=receiver_by_name)
def no_names(scene):
    with scene.fault():
        for mood, seconds in (("silent", 8), ("ignorant", 4)):
            scene.names.mood = mood
            scene.go_on(seconds)
        scene.names.mood = "answering"
    scene.demand(scene.names.asked["silent"] > 0 and scene.names.asked["ignorant"] > 0, "it was never asked")
    others_prompt(scene)


def others_prompt(scene):
    late = scene.oracle.lateness(channels=[one for one in CHANNELS if one != CHANNEL])
    bound = 1.0 + scene.stalls.longest
    scene.demand(quantile(late, 1.0) < bound, f"the other channels were told {quantile(late, 1.0):.2f} s late")


@row(64, "E", "one receiver takes 3 s for every message, for 12 s")
def slow_receiver(scene):
    def slowly(got, count):
        holds_for(3, lambda: True, "the answer waits")
        return 200

    answering(scene, slowly, 12)
    others_prompt(scene)


@row(66, "E", f"{BURST:,} deadlines of one second (10,000 of one instant: `--long bench`)")
def burst(scene):
    load, client = scene.load, scene.office.client()
    due = millis(time.time() + 25)
    told = {}
    for number in range(BURST):
        case = f"BURST-{number:05}"
        load.due[case] = due + number % 1000 / 1000
        told[case] = detected(case, load.due[case] - 48 * HOUR)
    with scene.fault():
        answers = client.tell(*told.values(), bound=120)
        scene.demand({one["status"] for one in answers} <= {"accepted", "duplicate"}, "not all were accepted")
        for case, event in told.items():
            load.detections[case] = event["source"], event["id"]
            load.accepted[event["source"], event["id"]] = event
            load.answered_at[event["source"], event["id"]] = time.time()
            load.cases[case] = False
    scene.demand(time.time() < due, "the machine was too slow to tell them in time")
    until(due + 1)
