"""Group C: a Redis service of a master, two replicas and three sentinels, each fault of it and failovers of all kinds."""

import subprocess

from office import BUILD, free_port, start, stop
from proxy import FaultProxy
from row import not_run, row
from scene import TOLD_WITHIN
from service import ServiceOffice
from split import SplitOffice, may_split
from waiting import wait_for

JOURNAL = "journal: {dir: journal}"
PATIENCE = 60.0


def ready(scene):
    wait_for(lambda: scene.office.http.status("/-/ready") == 200, "ready again", PATIENCE)


def whole(scene):
    scene.office.service.wait_whole()
    ready(scene)


def switch(scene):
    command = [BUILD / "bin" / "yuqingctl", "redis-switch", "--config", scene.office.config_file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    scene.demand(done.returncode == 0, f"redis-switch: {done.stderr.strip()}")


def kill_master(scene):
    service = scene.office.service
    old = service.master
    old.stop()
    service.wait_moved(old)
    old.start(service.log)


@row(41, "C", "kill -9 of the master", within=TOLD_WITHIN, kind=ServiceOffice)
def master_killed(scene):
    with scene.fault():
        kill_master(scene)


@row(42, "C", "SIGSTOP of the master for 8 s", within=TOLD_WITHIN, kind=ServiceOffice)
def master_stopped(scene):
    old = scene.office.service.master
    with scene.fault():
        old.freeze()
        scene.finally_do(old.stop)
        scene.go_on(8)
        old.thaw()
    scene.demand(scene.office.service.master is not old, "the stopped master was kept")


@row(43, "C", "`SENTINEL FAILOVER` by hand, with a journal", within=TOLD_WITHIN, kind=ServiceOffice, settings=JOURNAL)
def failover_by_hand(scene):
    with scene.fault():
        scene.office.service.fail_over()
    scene.go_on(12)  # the old master takes writes until a sentinel looks at it
    ready(scene)


@row(44, "C", "`yuqingctl redis-switch`", within=TOLD_WITHIN, kind=ServiceOffice)
def planned(scene):
    with scene.fault():
        switch(scene)


def split(scene, seconds=12):
    """Until the other side has a master of its own, and some time more."""
    service, network = scene.office.service, scene.office.network
    far = service.sentinels[1]
    old = service.named_by(far)
    with scene.fault():
        network.cut()
        wait_for(lambda: service.named_by(far) not in (None, old), "the other side has a master", PATIENCE)
        scene.go_on(seconds)
        network.heal()
        wait_for(lambda: len({service.named_by(one) for one in service.sentinels}) == 1, "all agree", PATIENCE)
        ready(scene)


if may_split():

    @row(45, "C", "the network is split for 12 s, the daemon on the old master's side", within=TOLD_WITHIN, kind=SplitOffice)
    def split_network(scene):
        split(scene)

    @row(46, "C", "the same, a second daemon on the other side, with journals", within=TOLD_WITHIN, kind=SplitOffice, settings=JOURNAL)
    def two_sides(scene):
        other = second_daemon(scene)
        split(scene)
        scene.demand(other.poll() is None, "the second daemon ended")

else:
    not_run("C", "needs network namespaces, which take root", r45="a split network", r46="two daemons on two sides")


def second_daemon(scene):
    """On the other side, with its own ports and the receiver behind a proxy that both sides reach."""
    office, network = scene.office, scene.office.network
    proxy = FaultProxy(office.sink.port, listen=network.here)
    scene.finally_do(proxy.close)
    text = office.config_file.read_text(encoding="utf-8")
    for here, there in (
        (f"127.0.0.1:{office.sink.port}", f"{network.here}:{proxy.port}"),
        (f"127.0.0.1:{office.http.port}", f"127.0.0.1:{free_port()}"),
        (office.tcp_endpoint, f"tcp://127.0.0.1:{free_port()}"),
        ("ingest.sock", "other.sock"),
        ("{dir: journal}", "{dir: other-journal}"),
    ):
        text = text.replace(here, there)
    file = office.config_file.with_name("other.yaml")
    file.write_text(text, encoding="utf-8")
    daemon = start([*network.inside, BUILD / "bin" / "yuqingd", "--config", file], office.service.log)
    scene.finally_do(stop, daemon)
    wait_for((office.folder / "other.sock").exists, "the second daemon has its door", PATIENCE)
    return daemon


@row(47, "C", "one replica, then both, stand still for 3 s", within=TOLD_WITHIN, kind=ServiceOffice)
def replicas_lag(scene):
    replicas = scene.office.service.replicas
    for some in (replicas[:1], replicas):
        with scene.fault():
            for replica in some:
                replica.freeze()
            scene.go_on(3)
            for replica in some:
                replica.thaw()
        whole(scene)


@row(48, "C", "all sentinels stand still for 4 s, then are gone for 4 s", within=TOLD_WITHIN, kind=ServiceOffice)
def no_sentinels(scene):
    service = scene.office.service
    with scene.fault():
        for sentinel in service.sentinels:
            sentinel.freeze()
        scene.go_on(4)
        scene.demand(scene.office.http.status("/-/ready") == 200, "the master was left")
        for sentinel in service.sentinels:
            sentinel.stop()
        scene.go_on(4)
        scene.demand(scene.office.http.status("/-/ready") == 200, "the master was left")
    for sentinel in service.sentinels:
        sentinel.start(service.log)


@row(49, "C", "six failovers one after the other: killed, by hand, planned", kind=ServiceOffice, settings=JOURNAL)
def storm(scene):
    for change in (kill_master, lambda scene: scene.office.service.fail_over(), switch) * 2:
        with scene.fault():
            change(scene)
        whole(scene)
