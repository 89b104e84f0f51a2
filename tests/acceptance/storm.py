"""5,000 matters in a minute on one DingTalk robot, 20 of them emergencies, and the account of what the robot got.

    storm.py BUILD      STORM_CASES (5,000), STORM_SECONDS (60), STORM_SEED

Every channel is the same robot, as strict as the platform: 20 messages a minute, one more blocks it for ten minutes.
Exit 1 when an emergency's opening was not told alone within 2 minutes, another matter not named within 10, the robot
was blocked or refused anything, or something was lost."""

import os
import random
import re
import sys
import time

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")

from client import detected, just_now  # noqa: E402
from office import Office  # noqa: E402
from robots import DingTalk, Platforms  # noqa: E402
from waiting import until, wait_for  # noqa: E402

CASES = int(os.environ.get("STORM_CASES", "5000"))
SECONDS = float(os.environ.get("STORM_SECONDS", "60"))
SEED = int(os.environ.get("STORM_SEED", str(time.time_ns() % 1_000_000)))
EMERGENCIES = 20
ALONE_WITHIN = 120.0
NAMED_WITHIN = 600.0
STEPS = 120  # the storm is told in so many batches
NAMES = re.compile(r"STORM-\d+")


class Told:
    """What the robot took, matter by matter."""

    def __init__(self, robot):
        self.first = {}  # case -> when it was named first
        self.alone = {}  # case -> when its opening was told by itself
        self.matters = []  # of each message how many it named
        for arrived, body in list(robot.accepted):
            text = body["markdown"]["text"]
            named = set(NAMES.findall(text))
            self.matters.append(len(named))
            for case in named:
                self.first.setdefault(case, arrived)
            if len(named) == 1 and "【新事项】" in text and "【汇总】" not in text:
                self.alone.setdefault(named.pop(), arrived)


def tell_storm(office, emergencies):
    """Tells the cases evenly over the time; when each was answered."""
    client = office.client()
    started, told_at = time.time(), {}
    share = CASES / STEPS
    for step in range(STEPS):
        until(started + SECONDS * step / STEPS, SECONDS + 60)
        numbers = range(round(step * share), round((step + 1) * share))
        batch = [
            detected(
                f"STORM-{number}",
                just_now(),
                title=f"群众反映第{number}件事",
                field="安全生产",
                **({"incident_grade": "extreme"} if number in emergencies else {}),
            )
            for number in numbers
        ]
        for answer in client.tell(*batch):
            assert answer["status"] == "accepted", answer
        told_at.update({f"STORM-{number}": time.time() for number in numbers})
    return told_at


def most_in_a_minute(robot):
    times = sorted([at for at, _ in robot.accepted] + [at for at, _, _ in robot.refused])
    return max((sum(1 for at in times if one <= at < one + 60) for one in times), default=0)


def late(told_at, seen, cases):
    """The longest wait among the cases; None where one was never told."""
    waits = [seen[case] - told_at[case] if case in seen else None for case in cases]
    return None if None in waits else max(waits)


def main():
    print(f"seed {SEED}: {CASES} matters in {SECONDS:g} s, {EMERGENCIES} of them emergencies", flush=True)
    emergencies = set(random.Random(SEED).sample(range(CASES), EMERGENCIES))
    platforms = Platforms(storm=DingTalk(secret="SEC0123456789abcdef"))
    robot = platforms.robots["storm"]
    channel = {"format": "dingtalk", "url": platforms.url("storm"), "secret_file": "storm.secret"}

    def write_secret(config):
        (config / "storm.secret").write_text(robot.secret + "\n", encoding="utf-8")
        (config / "storm.secret").chmod(0o600)

    office = Office(
        "storm",
        channels={name: channel for name in ("duty-group", "leaders", "audit-hook")},
        adapt=write_secret,
    )
    try:
        office.open()
        told_at = tell_storm(office, emergencies)
        everyone = set(told_at)
        last = max(told_at.values())
        wait_for(
            lambda: everyone <= set(Told(robot).first) or time.time() > last + NAMED_WITHIN,
            "the storm is over",
            NAMED_WITHIN + 60,
        )
        dead = office.http.metric("yuqing_dead_letters")
        waiting = office.http.metric("yuqing_outbox_size")
    finally:
        office.close()
        platforms.close()

    told = Told(robot)
    urgent = {f"STORM-{number}" for number in emergencies}
    alone, named = late(told_at, told.alone, urgent), late(told_at, told.first, everyone)
    print(f"messages the robot took: {len(robot.accepted)}, refused: {len(robot.refused)}")
    print(f"most in any minute: {most_in_a_minute(robot)} of {robot.per_minute}")
    print(f"matters in one message: {max(told.matters, default=0)} at most")
    print(f"emergencies told alone: {len(urgent & set(told.alone))} of {EMERGENCIES}, the last after {alone} s")
    print(f"matters named: {len(told.first)} of {CASES}, the last after {named} s")
    print(f"still waiting (later steps): {waiting:g}, dead letters: {dead:g}")
    broken = [
        what
        for what, holds in (
            ("an emergency was not told alone in time", alone is not None and alone <= ALONE_WITHIN),
            ("a matter was not named in time", named is not None and named <= NAMED_WITHIN),
            ("the robot refused something", not robot.refused),
            ("something is lost", dead == 0),
        )
        if not holds
    ]
    for what in broken:
        print(f"BROKEN: {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
