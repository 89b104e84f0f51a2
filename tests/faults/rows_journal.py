"""Group A and B where the journal matters: its disk is full, slow, lies, or is all that is left."""

import json
import shutil
import signal
import subprocess

from client import detected
from faulty_calls import FaultyCalls
from office import add_section, stop, with_journal
from row import MOUNTING, row
from scene import TOLD_WITHIN, ready
from waiting import wait_for

LOOKS = "self: {redis_after: 2s, over_after: 2s, look_every: 1s}"
FLIPS = 60
DARK_ROUNDS = 5


def notice(scene, about):
    def told():
        notices = scene.office.sink.received(reason="self")
        return [got for got in notices if got.data["self"]["about"] == about]

    return wait_for(told, f"told of {about}", 60)


def failed(scene):
    return scene.office.http.metric("yuqing_journal_entries_total", outcome="failed")


def lines_of(folder):
    return sorted((folder / "qingshan").glob("*.jsonl"))


def small_journal(scene):
    scene.small_filesystem(scene.office.folder / "journal", "4m")


@row(13, "A", "the journal's disk is full for 5 s", needs=MOUNTING, within=1.0, prepare=small_journal,
     adapt=with_journal, settings=LOOKS)
def disk_full(scene):
    filler = scene.office.folder / "journal" / "filler"
    with scene.fault():
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], capture_output=True, timeout=60, check=False)
        wait_for(lambda: failed(scene) > 0, "a line could not be written", 30)
        notice(scene, "journal")
        scene.go_on(5)
        filler.unlink()


def faulty_daemon(scene):
    """Its syncs obey the row."""
    scene.calls = FaultyCalls(scene.office.folder)
    scene.office.environment = scene.calls.environment


@row(14, "A", "fdatasync of the journal fails (EIO) for 4 s", within=1.0, prepare=faulty_daemon,
     adapt=with_journal, settings=LOOKS)
def sync_fails(scene):
    before = lines_of(scene.office.folder / "journal")
    with scene.fault():
        scene.calls.set(sync_fails=1)
        wait_for(lambda: failed(scene) > 0, "a line could not be synced", 30)
        scene.go_on(4)
        scene.calls.set(sync_fails=0)
    after = lines_of(scene.office.folder / "journal")
    scene.demand(after[-1] != before[-1], "a file whose sync failed was written again")


def checked(scene, folder):
    done = scene.office.ctl("replay", "--check", "--json", str(folder))
    return json.loads(done.stdout)


def flip_bytes(scene, folder):
    """One byte at a time, anywhere in a copy: each must be found."""
    [file] = lines_of(folder)
    sound = file.read_bytes()
    for _ in range(FLIPS):
        at = scene.load.random.randrange(len(sound))
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << scene.load.random.randrange(8)]) + sound[at + 1 :])
        found = checked(scene, folder)
        scene.demand(found["damaged"] or found["torn"], f"a flipped bit at byte {at} of {len(sound)} was not found")
    file.write_bytes(sound)


@row(15, "A", "a torn end, a changed line and a page of zeros in the journal before a start", adapt=with_journal, settings=LOOKS)
def torn_and_changed(scene):
    folder = scene.office.folder / "journal"
    with scene.fault():
        scene.office.kill_daemon()
        copy = scene.office.folder / "copy"
        shutil.copytree(folder, copy)
        flip_bytes(scene, copy)
        file = lines_of(folder)[-1]
        sound = file.read_bytes()
        middle = len(sound) // 2
        changed = sound[:middle] + bytes(4096) + sound[middle + 4096 :]
        file.write_bytes(changed.replace(b"opinion", b"opinian", 1) + b'{"v":1,"n":5,"recor')
        found = checked(scene, folder)
        scene.demand(len(found["damaged"]) >= 2 and found["torn"] == 1, f"the check found {found}")
        scene.office.start_daemon()


@row(16, "A", "syncs of the journal take 0.4 s, 2 s and 6 s", within=1.0, prepare=faulty_daemon, adapt=with_journal)
def sync_is_slow(scene):
    for milliseconds in (400, 2000, 6000):
        with scene.fault():
            scene.calls.set(sync_delay_ms=milliseconds)
            scene.go_on(2 + milliseconds / 1000)
            scene.calls.set(sync_delay_ms=0)


def everything_faulty(scene):
    faulty_daemon(scene)
    scene.office.redis_environment = scene.calls.environment
    scene.calls.set(sync_delay_ms=40)  # so that much is written and not yet synced


@row(20, "A", "five power cuts: all killed, what was not synced is gone from both disks", prepare=everything_faulty,
     adapt=with_journal)
def power_cut(scene):
    lost, office = 0, scene.office
    for _ in range(DARK_ROUNDS):
        with scene.fault():
            for process in (office.daemon, office.redis):
                process.send_signal(signal.SIGKILL)
            stop(office.daemon), stop(office.redis)
            lost += scene.calls.lose_unsynced(scene.load.random)
            office.start_redis()
            office.start_daemon()
        scene.go_on()
    scene.demand(lost > 0, "nothing was lost in the dark, which proves nothing")


def told_again(scene, what):
    """`what()` makes Redis lose something; waits until it was told all of it again."""
    before = len(scene.office.log())
    what()
    wait_for(lambda: "journal=told" in scene.office.log()[before:], "told again from the journal", 60)
    ready(scene)


def empty_volume(scene):
    scene.office.kill_redis()
    shutil.rmtree(scene.office.folder / "redis")
    scene.office.start_redis()


@row(36, "B", "FLUSHALL; Redis comes back with an empty volume", within=TOLD_WITHIN, adapt=with_journal, settings=LOOKS)
def emptied(scene):
    for lose in (lambda: scene.redis("FLUSHALL"), lambda: empty_volume(scene)):
        with scene.fault():
            told_again(scene, lose)
        scene.go_on()
    notice(scene, "loss")


def keyed_record(config):
    with_journal(config)
    (config / "audit.key").write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    (config / "audit.key").chmod(0o600)
    add_section(config, "audit: {key_file: audit.key}")


def redis_file(scene):
    """The one that grows."""
    return sorted((scene.office.folder / "redis" / "appendonlydir").glob("*.incr.aof"))[-1]


@row(37, "B", "Redis's file: a value is changed, then a header", adapt=keyed_record, settings=LOOKS)
def file_changed(scene):
    with scene.fault():
        case = "CHANGED"
        scene.load.spoilt.add(case)
        scene.office.tell(detected(case, title="改动之前"))
        scene.office.kill_redis()
        file = redis_file(scene)
        file.write_bytes(file.read_bytes().replace("改动之前".encode(), "改动之后".encode()))
        scene.office.start_redis()
        ready(scene)
        verified = scene.office.ctl("audit", "verify", case)
        scene.demand(verified.returncode == 1 and case in verified.stdout + verified.stderr, "a changed value was not found")
        scene.redis("DEL", *scene.redis("KEYS", f"*{case}*").split())
    with scene.fault():
        scene.office.kill_redis()
        file = redis_file(scene)
        sound = file.read_bytes()
        at = sound.index(b"*3\r\n", len(sound) // 2)
        file.write_bytes(sound[:at] + b"?" + sound[at + 1 :])
        scene.office.launch_redis()
        wait_for(lambda: scene.office.redis.poll() is not None, "Redis refuses its file", 30)
        told_again(scene, lambda: empty_volume(scene))


@row(82, "I", "another place gets an old backup of Redis and the journal", adapt=with_journal, settings=LOOKS)
def restored_elsewhere(scene):
    office = scene.office
    backup, elsewhere = office.folder / "backup", office.folder / "elsewhere"
    shutil.copytree(office.folder / "redis", backup)
    scene.go_on(4)
    with scene.fault():
        office.kill_daemon()
        office.kill_redis()
        shutil.copytree(office.folder / "journal", elsewhere / "journal")
        shutil.rmtree(office.folder / "journal")
        shutil.rmtree(office.folder / "redis")
        backup.rename(office.folder / "redis")
        text = office.config_file.read_text(encoding="utf-8")
        moved = text.replace(str(office.folder / "journal"), str(elsewhere / "journal"))
        office.config_file.write_text(moved, encoding="utf-8")
        office.start_redis()
        told_again(scene, office.start_daemon)
