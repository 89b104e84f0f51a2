"""Ten channels, one of them broken in turn: hanging, dripping, refusing TLS, answering 200 and failing all the same.
The other nine must not notice.

    isolation.py BUILD [SECONDS]     ISOLATION_RATE (5) matters a second, ISOLATION_LIMIT_MS

Tells matters for so many seconds with every channel sound, then as long with each fault, and prints how late the
messages of the nine came, from the decision to the receiver. Exit 1 when a message of the nine was not delivered or
came later than LATEST, far below what one attempt at the broken channel may take; when anything at all got through to
that one; or, with ISOLATION_LIMIT_MS, when a fault moved the p99 by so much."""

import os
import sys
import time
from dataclasses import dataclass

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")

from broken_receiver import BrokenReceiver  # noqa: E402
from client import detected, just_now  # noqa: E402
from office import Office  # noqa: E402
from sink import seconds_of  # noqa: E402
from waiting import until, wait_for  # noqa: E402

SECONDS = float(sys.argv[2] if len(sys.argv) > 2 else "60")
RATE = float(os.environ.get("ISOLATION_RATE", "5"))
LIMIT_MS = float(os.environ.get("ISOLATION_LIMIT_MS", "0"))
LATEST = 15.0  # seconds; a machine may be busy
TIMEOUT = 30  # seconds of the broken channel: whoever waited for it would be later than LATEST
SOUND = ["duty-group", "audit-hook", *(f"hook-{n}" for n in range(7))]
BROKEN = "broken"
TEMPLATE = "format: template, body: '{\"text\": \"{{line}}\"}', success: {pointer: /code, equals: [0], retry: [7]}"
FAULTS = {
    "hanging": lambda: BrokenReceiver(BrokenReceiver.hang, timeout=TIMEOUT),
    "dripping": lambda: BrokenReceiver(BrokenReceiver.drip, timeout=TIMEOUT),
    "refusing TLS": lambda: BrokenReceiver(BrokenReceiver.refuse_tls, scheme="https", timeout=TIMEOUT),
    "200 but failed": lambda: BrokenReceiver(BrokenReceiver.fail, form=TEMPLATE, timeout=TIMEOUT),
}


@dataclass
class Seen:
    late: list  # seconds, sorted, of every message of the nine
    missing: int
    attempts: int  # at the broken channel
    through: float  # messages that it counts as delivered

    def quantile(self, share):
        return self.late[min(int(len(self.late) * share), len(self.late) - 1)] * 1000


def with_ten_channels(office_url, broken):
    """The shipped duty officer, told on ten channels."""

    def adapt(config):
        for name, before, after in (
            ("directory.yaml", "channels: [duty-group, audit-hook]}", f"channels: [{', '.join([*SOUND, BROKEN])}]}}"),
            (
                "yuqingd.yaml",
                "channels:\n",
                "channels:\n"
                + "".join(
                    f"  {name}: {{format: cloudevents, secret_file: webhook.secret, url: '{office_url(name)}'}}\n"
                    for name in SOUND[2:]
                )
                + f"  {BROKEN}: {{{broken}}}\n",
            ),
        ):
            text = (config / name).read_text(encoding="utf-8")
            assert before in text, f"{name} has no {before!r}"
            (config / name).write_text(text.replace(before, after, 1), encoding="utf-8")

    return adapt


def tell(office):
    """The cases, told evenly over the time."""
    client = office.client()
    started, cases = time.time(), []
    for number in range(max(1, round(SECONDS * RATE))):
        until(started + number / RATE, SECONDS + 60)
        cases.append(f"APART-{number}")
        (answer,) = client.tell(detected(cases[-1], just_now()))
        assert answer["status"] == "accepted", answer
    return cases


def measure(fault):
    office = Office("isolation")
    sink_url = office.sink.url
    sound = f"format: cloudevents, secret_file: webhook.secret, url: '{sink_url(BROKEN)}'"
    with_ten_channels(sink_url, fault.channel if fault else sound)(office.folder / "config")
    try:
        office.open()
        cases = tell(office)
        told = time.time()

        def settled():
            reached = {(got.channel, got.case) for got in office.sink.received()}
            missing = sum((name, case) not in reached for name in SOUND for case in cases)
            waiting = sum(office.http.metric("yuqing_outbox_size", channel=name) for name in SOUND)
            return (missing, waiting) == (0, 0) or time.time() > told + LATEST and [missing]

        missing = wait_for(settled, "the nine have everything", LATEST + 60)
        late = sorted(
            got.arrived - seconds_of(got.body["time"]) for got in office.sink.received() if got.channel in SOUND
        )
        through = office.http.metric("yuqing_notifications_total", channel=BROKEN, outcome="delivered")
        return Seen(late, 0 if missing is True else missing[0], fault.attempts if fault else 0, through)
    finally:
        office.close()
        if fault:
            fault.close()


def findings(name, seen, p99):
    if seen.missing:
        yield f"{name}: {seen.missing} messages of the others did not come"
    if seen.late[-1] > LATEST:
        yield f"{name}: a message of the others came after {seen.late[-1]:.1f} s"
    if seen.attempts == 0 or seen.through:
        yield f"{name}: the broken channel was tried {seen.attempts} times and took {seen.through:g} messages"
    if LIMIT_MS and abs(seen.quantile(0.99) - p99) >= LIMIT_MS:
        yield f"{name}: the others' p99 moved by {seen.quantile(0.99) - p99:.1f} ms"


def show(name, seen, p99=None):
    moved = "" if p99 is None else f", p99 moved by {seen.quantile(0.99) - p99:+.1f} ms"
    print(
        f"{name + ':':<16}{len(seen.late)} messages of the nine, p50 {seen.quantile(0.5):.1f} ms, "
        f"p99 {seen.quantile(0.99):.1f} ms, longest {seen.late[-1] * 1000:.1f} ms{moved}; "
        f"{seen.attempts} attempts at the broken one",
        flush=True,
    )


def main():
    print(f"{RATE:g} matters a second on ten channels for {SECONDS:g} s each", flush=True)
    base = measure(None)
    show("all sound", base)
    broken = [] if not base.missing else ["messages are missing although every channel is sound"]
    p99 = base.quantile(0.99)
    for name, make in FAULTS.items():
        seen = measure(make())
        show(name, seen, p99)
        broken += findings(name, seen, p99)
    for what in broken:
        print(f"BROKEN: {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
