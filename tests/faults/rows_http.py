"""Group H: the HTTP server under those who ask slowly, too much, and without leave."""

import re
import socket
import threading
import time
from urllib.parse import urlencode, urlsplit

from client import detected, just_now
from hostile_titles import titles
from office import with_link_key
from row import row
from waiting import wait_for

BOMBS = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 40_000,
    b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /%2e%2e/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
]


def connection(scene):
    return socket.create_connection(("127.0.0.1", scene.office.http.port), timeout=5)


@row(76, "H", "500 clients that send a byte a second; requests too large, ambiguous and out of place")
def slow_and_large(scene):
    with scene.fault():
        held = []
        for _ in range(500):
            one = connection(scene)
            one.sendall(b"GET / HT")
            held.append(one)
        for _ in range(3):
            for bomb in BOMBS:
                with connection(scene) as one:
                    try:
                        one.sendall(bomb)
                        answer = one.recv(4096)
                    except OSError:
                        continue
                    scene.demand(b" 200 " not in answer[:20], f"{bomb[:40]} was answered {answer[:40]}")
            asked = time.monotonic()
            scene.demand(scene.office.http.status("/-/healthy") == 200, "not healthy")
            scene.demand(time.monotonic() - asked < 5, "health took more than 5 s")
            scene.go_on(1)
        for one in held:
            one.close()


@row(77, "H", "four clients try tokens for 5 s")
def guessing(scene):
    refused, ending = [0], threading.Event()

    def guess(number):
        while not ending.is_set():
            answer = scene.office.http.get("/api/v1/cases", authorization=f"Bearer {number}{refused[0]}", via="x")
            scene.demand(answer.status in (401, 403, 429), f"a guess was answered {answer.status}")
            refused[0] += 1

    with scene.fault():
        guessers = [threading.Thread(target=guess, args=(number,), daemon=True) for number in range(4)]
        for one in guessers:
            one.start()
        scene.go_on(5)
        ending.set()
        for one in guessers:
            one.join()
    scene.demand(refused[0] > 10, "hardly a guess was made")


@row(78, "H", "every hostile title of the corpus (in a real browser: `--long browser`)", adapt=with_link_key)
def hostile_titles(scene):
    office = scene.office
    told = {f"TITLE-{number}": title for number, title in enumerate(titles())}
    with scene.fault():
        answers = office.client().tell(*(detected(case, just_now(), title=title) for case, title in told.items()), bound=60)
        empty = [title for title, answer in zip(told.values(), answers) if answer["status"] != "accepted"]
        scene.demand(len(empty) < len(told) / 10, f"{len(empty)} titles were refused, {empty[0]!r} the first")
        told = {case: title for case, title in told.items() if title not in empty}
        wait_for(lambda: {got.case for got in office.sink.received(reason="opened")} >= set(told), "all are told", 60)
        for case in list(told)[::10]:
            page = office.http.get(link_of(office, case), host="yuqing.example", **{"x-forwarded-for": "10.0.0.9"})
            scene.demand(page.status == 200, f"the page of {told[case]!r} was answered {page.status}")
            scene.demand(b"<script" not in page.body.lower(), f"{told[case]!r} is more than text")


def link_of(office, case):
    url = urlsplit(office.sink.wait(case=case, reason="opened", channel="duty-group").data["links"]["acknowledge"])
    return f"{url.path}?{url.query}"


@row(79, "H", "a link opened by previews, touched, of another case, and pressed twice", adapt=with_link_key)
def links(scene):
    office, form = scene.office, {"content-type": "application/x-www-form-urlencoded", "host": "yuqing.example",
                                  "x-forwarded-for": "10.0.0.9"}
    office.tell(detected("LINK", just_now(), field="安全生产"), detected("OTHER", just_now(), field="安全生产"))
    link, other = link_of(office, "LINK"), link_of(office, "OTHER")

    def acknowledged():
        return [one for one in office.http.case("LINK")["timeline"] if one.get("type") == "case.acknowledged"]

    with scene.fault():
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            office.http.ask(method, link, headers=form)
        page = office.http.get(link, **form).body.decode()
        pressed = urlencode({
            "act": "acknowledge", "seen": re.search(r'name="seen" value="(\d+)"', page)[1],
            "who": re.search(r'name="who" value="([^"]+)"', page)[1],
        }).encode()  # fmt: skip
        for touched in (link[:-1], link.replace("t=1", "t=2", 1), link.replace("LINK", "OTHER"), link.split("?")[0],
                        "/act/LINK?" + other.split("?")[1]):
            answer = office.http.ask("POST", touched, pressed, form)
            scene.demand(answer.status >= 400, f"{touched} was answered {answer.status}")
        scene.demand(not acknowledged(), "a preview or a touched link acknowledged")
        for _ in range(3):
            office.http.ask("POST", link, pressed, form)
    scene.demand(len(acknowledged()) == 1, f"pressed three times: {len(acknowledged())} acknowledgements")
