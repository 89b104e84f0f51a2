"""The faults, one after the other. Each is a generator: it makes the fault, yields the alerts that must fire, and mends
it when it is resumed; then they must clear."""

import subprocess
import time
from datetime import datetime, timedelta

from client import HOUR, detected, event, just_now, published
from day import calendar_until, edit
from office import BUILD, somebody_on_duty
from one_thread import let_go, stop_thread
from waiting import until, wait_for

STEP_AHEAD = 6.0  # of the deadline that passes while the timekeeper hangs
LATE_BY = 13.0  # the alert wants more than ten seconds


def reload(office, taken=True):
    done = subprocess.run(
        [BUILD / "bin" / "yuqingctl", "reload", "--url", f"http://127.0.0.1:{office.http.port}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode == 0) == taken, done.stdout + done.stderr


def deadlines(office, prometheus):
    """The day itself has one that is near and one that has passed."""
    yield "YuqingObligationDueSoon", "YuqingObligationOverdue"
    now = just_now()
    office.tell(
        published("DAY-SOON", now, kind="authoritative_release"),
        published("DAY-OVERDUE", now),
    )


def settings(office, prometheus):
    """Nobody on duty from this evening, a calendar that ends, and a policy that is no policy."""
    config = office.config_file.parent
    ends = (datetime.now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
    edit(config / "roster.csv", (r"(?m)^(duty_leader,.*),[^,]+$", rf"\1,{ends}"))
    calendar_until(config, 10)
    reload(office)
    edit(config / "policy.yaml", (r"\Z", "weather: fine\n"))
    reload(office, taken=False)
    yield (
        "YuqingRosterGap",
        "YuqingCalendarEnds",
        "YuqingConfigWarnings",
        "YuqingReloadFailed",
        "YuqingSelfTroubles",
    )
    edit(config / "policy.yaml", (r"weather: fine\n\Z", ""))
    calendar_until(config, 400)
    directory = (config / "directory.yaml").read_text(encoding="utf-8")
    (config / "roster.csv").write_text(somebody_on_duty(directory), encoding="utf-8")
    reload(office)


def rejects(office, prometheus):
    """A source that sends what cannot be read, and too much of it in one message."""
    client = office.client()
    assert {answer["status"] for answer in client.ask([b"?"] * 30)} == {"rejected"}
    client.ask([b"?"] * 513)
    yield "YuqingRejects", "YuqingLimitHit"


def heartbeat(office, prometheus):
    office.beats.status = 500
    yield ("YuqingHeartbeatFailing",)
    office.beats.status = 200


def dead_letters(office, prometheus):
    """A receiver that refuses for good; mended, the letters are sent again."""
    office.sink.answers["leaders"] = lambda got, count: 400
    office.tell(detected("DEAD", incident_grade="extreme"))
    yield ("YuqingDeadLetters",)
    office.sink.answers.clear()
    for letter in office.http.get("/api/v1/notifications?state=dead").json()["notifications"]:
        answer = office.http.post(f"/api/v1/notifications/{letter['id']}/redeliver", {"by": "王五"})
        assert answer.status == 202, answer.body


def channels(office, prometheus):
    """No channel gets anything out."""
    fails = True
    for name in ("duty-group", "leaders"):
        office.sink.answers[name] = lambda got, count: 503 if fails else 200
    office.platforms.robots["group"].refuse = lambda body: 11232 if fails else 0
    office.tell(detected("STUCK", just_now(), incident_grade="extreme"))
    yield "YuqingOutboxOld", "YuqingSelfUntold", "YuqingSelfTroubles", "YuqingChannelHeld"
    fails = False


def redis_away(office, prometheus):
    office.kill_redis()
    yield ("YuqingRedisDown",)
    office.start_redis()
    office.wait_ready()


MEGABYTE = 1_000_000


def much(case, bytes_wanted):
    """Notes that come to so much in the journal."""
    size = 40_000
    return [event("case.noted", case, by="张三", text="x" * size) for _ in range(bytes_wanted // size)]


def journal_unwritable(office, prometheus):
    """Where the next file of the journal belongs is something else."""
    journal, aside = office.folder / "journal" / "qingshan", office.folder / "journal" / "aside"
    journal.rename(aside)
    journal.touch()
    client, notes = office.client(), much("DAY-MET", 2 * MEGABYTE)
    wait_for(lambda: "retry" in {answer["status"] for answer in client.ask(notes)}, "no new file is begun", 30)
    yield ("YuqingJournalUnwritable",)
    journal.unlink()
    aside.rename(journal)
    client.tell(*notes)


def journal_behind(office, prometheus):
    """Redis lost the mark of the journal, and another daemon has yet to tell its own."""
    telling = "yuqing:{qingshan}:journals:telling"
    office.ask_redis("ZADD", telling, str(int((time.time() + 3600) * 1000)), "another")
    office.ask_redis("DEL", "yuqing:{qingshan}:journals")
    yield ("YuqingJournalBehind",)
    office.ask_redis("DEL", telling)
    office.wait_ready()


def journal_filling(office, prometheus):
    """Redis is away, and much is told."""
    office.kill_redis()
    wait_for(lambda: office.http.metric("yuqing_redis_up") == 0, "the daemon knows", 30)
    client, bound = office.client(), office.http.metric("yuqing_journal_max_bytes")

    def fills():
        assert client.ask(much("DAY-MET", MEGABYTE // 20))[0]["status"] == "accepted"
        return office.http.metric("yuqing_journal_untold_bytes") > 0.8 * bound

    wait_for(fills, "the journal fills", 60)
    yield ("YuqingJournalFilling",)
    office.start_redis()
    office.wait_ready()


def slow_redis(office, prometheus):
    """Redis holds its answers back while events are told."""

    def both_fire():
        with office.redis_connection() as asked:
            asked.sendall(b"CLIENT PAUSE 1600 ALL\r\n")
            assert asked.recv(64).startswith(b"+OK")
        office.tell(event("case.noted", "DAY-MET", by="张三", text="慢"), bound=60)
        return {"YuqingRedisSlow", "YuqingIngestSlow"} <= prometheus.firing().keys()

    wait_for(both_fire, "slow answers are noticed", 60)
    yield "YuqingRedisSlow", "YuqingIngestSlow"


def hung_timekeeper(office, prometheus):
    """The core's thread, which is the first, hangs over a deadline; the one that serves the metrics does not."""
    now = just_now()
    office.tell(detected("LATE-STEP", now - 48 * HOUR + STEP_AHEAD))
    stop_thread(office.daemon.pid)
    until(now + STEP_AHEAD + LATE_BY)
    yield ("YuqingTimekeeperStopped",)
    let_go(office.daemon.pid)
    office.wait_ready()


def late_steps(office, prometheus):
    """What the fault before leaves behind."""
    yield ("YuqingStepsLate",)
    office.tell(published("LATE-STEP", just_now()))


def restarts(office, prometheus):
    for _ in range(3):
        started = office.http.metric("process_start_time_seconds")
        office.restart_daemon()
        seen = "process_start_time_seconds{job='yuqingd'} > %f" % (started + 0.001)
        wait_for(lambda seen=seen: prometheus.query(seen), "the new one is scraped", 30)
    yield ("YuqingRestarting",)


def dead_daemon(office, prometheus):
    office.kill_daemon()
    yield ("YuqingDown",)
    office.start_daemon()


def forgotten_daemon(office, prometheus):
    prometheus.forget_daemons()
    yield ("YuqingAbsent",)
    prometheus.know_daemons()


def clock(office, prometheus):
    """The last: the daemon goes by its own clock for a minute."""
    office.set_clock(30_000)
    yield ("YuqingClockStep",)
    office.set_clock(0)


SHORT = (deadlines, settings, rejects)
ALL = (
    *SHORT,
    heartbeat,
    dead_letters,
    channels,
    redis_away,
    journal_unwritable,
    journal_behind,
    journal_filling,
    slow_redis,
    hung_timekeeper,
    late_steps,
    restarts,
    dead_daemon,
    forgotten_daemon,
    clock,
)
