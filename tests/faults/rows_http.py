"""Group H: the HTTP server under those who ask slowly, too much, and without leave."""

import socket
import threading
import time

from row import not_run, row

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


not_run("H", "`tests/run --long browser` does it in a real browser", r78="titles that want to be scripts")
not_run("H", "the acceptance tests do it: test_act", r79="a link opened by a preview, twice, too late, changed")
not_run("I", "takes hours; `tests/run --long kills` plays kills at random", r80="random faults for 8 hours", r81="72 hours of steady load")
not_run("I", "`tests/run --long package` restores a backup", r82="a backup restored elsewhere")
not_run("I", "the guard and the service outside have acceptance tests of their own", r83="the daemon is gone for good")
