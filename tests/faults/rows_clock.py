"""Group F: clocks that jump and disagree. Only the daemon's clock is moved; Redis and the receivers have the right one."""

from pathlib import Path

from office import BUILD, free_port, start, stop
from row import not_run, row
from waiting import wait_for

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def faked(scene, offset):
    """What a process is started with whose clock is off by what the file says, and may be moved while it runs."""
    file = scene.office.folder / f"clock-{len(list(scene.office.folder.glob('clock-*')))}"
    file.write_text(offset + "\n", encoding="ascii")
    return file, {
        "LD_PRELOAD": LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def jumping(scene, *offsets):
    file, environment = faked(scene, "+0")
    scene.office.environment = environment
    scene.office.restart_daemon()
    before = scene.office.http.metric("yuqing_clock_step_total")
    with scene.fault():
        for offset in offsets:
            file.write_text(offset + "\n", encoding="ascii")
            scene.go_on(4)
        file.write_text("+0\n", encoding="ascii")
    scene.demand(scene.office.http.metric("yuqing_clock_step_total") > before, "no jump was counted")


@row(67, "F", "the daemon's clock jumps by +1 h, -3 h, +50 years, to 1990 and back")
def jumps(scene):
    jumping(scene, "+3600", "-10800", "+1577847600", "@1990-01-01 00:00:00")


@row(69, "F", "two daemons on one Redis, one 10 s ahead, the other 10 s behind")
def disagreeing(scene):
    office = scene.office
    ahead, behind = faked(scene, "+10")[1], faked(scene, "-10")[1]
    office.environment = ahead
    office.restart_daemon()
    text = office.config_file.read_text(encoding="utf-8")
    for own, other in ((str(office.http.port), str(free_port())), (office.tcp_endpoint, f"tcp://127.0.0.1:{free_port()}"),
                       (office.endpoint, office.endpoint + "2")):
        text = text.replace(own, other)
    second = office.config_file.with_name("second.yaml")
    second.write_text(text, encoding="utf-8")
    with open(office.folder / "second.log", "ab") as log:
        peer = start([BUILD / "bin" / "yuqingd", "--config", second], log, **behind)
    scene.finally_do(stop, peer)
    socket_file = Path(office.endpoint.removeprefix("ipc://") + "2")
    wait_for(socket_file.exists, "the second daemon listens", 30)
    with scene.fault():
        scene.go_on(8)
        office.kill_daemon()
        scene.go_on(1)
        office.start_daemon()
    scene.demand(peer.poll() is None, "the second daemon ended")


not_run("F", "the simulation plays it on its virtual clock", r68="a clock that drifts", r70="the machine sleeps for 10 minutes")
not_run("F", "unit tests: the rules of zones and calendars", r71="leap seconds, summer time of long ago, 2038 and 2100")
not_run("G", "needs a network of its own, which takes root", r72="nothing goes out for 10 minutes", r73="a half-open connection")
not_run("G", "every row here ran beside whatever else the machine did", r74="no CPU", r75="a busy disk")
