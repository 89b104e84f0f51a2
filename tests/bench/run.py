#!/usr/bin/env python3
"""Measures a daemon and holds it to its figures. `tests/run --long bench` builds and calls this.

  run.py BUILD [NAME …]    NAME of ingest single burst matter million; without any: all"""

import argparse
import sys
import time
from datetime import datetime, timedelta, timezone

import floor
from world import World, wait_for

FAR = "2099-01-01T00:00:00Z"
INGEST_EVENTS, INGEST_WINDOW, FLOOR_REQUESTS, ROUNDS = 100_000, 1024, 100_000, 3
SINGLE_DEADLINES, SINGLE_SPREAD_S = 1_000, 60
BURST_DEADLINES = 10_000
MATTER_DETECTIONS = 10_000

INGEST_OF_FLOOR_MIN = 0.5
SINGLE_LATE_MS_MAX = 100.0   # p99, decided
BURST_COMMITTED_S_MAX, BURST_DELIVERED_S_MAX = 1.0, 3.0
MATTER_GROWTH_MAX = 2.0      # last hundred against first hundred, and all against them
READY_S_MAX = 1.0
CASE_BYTES_MAX = 3.5 * 1024


class Report:
    def __init__(self):
        self.broken = 0

    @staticmethod
    def note(what, value):
        print(f"      {what:<58} {value}", flush=True)

    def hold(self, what, value, holds, wanted):
        self.broken += not holds
        print(f"{'ok' if holds else 'BROKEN':<6}{what:<58} {value}   (wanted {wanted})", flush=True)


def soon(world, count):
    """An instant before which `count` cases can be opened, judged by a small try, and its text; a whole
    second, so that it reads back as it was written."""
    rate = world.send(f"try{count}", 1_000, window=64, due_at=FAR)["per_second"]
    at = datetime.now(timezone.utc) + timedelta(seconds=3 + 2 * count / rate)
    at = at.replace(microsecond=0)
    return at, at.isoformat()


def note_disk(world, report):
    p50, p99 = floor.fsync_probe(world.folder)
    report.note("disk: append and fdatasync of 100 bytes", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms")


def ingest(world, report):
    """Openings a second, each durable, against the same commit through redis-benchmark, in turns."""
    note_disk(world, report)
    world.send("warm", 5_000, due_at=FAR)
    ratios = []
    for turn in range(ROUNDS):
        alone = floor.measure(world, FLOOR_REQUESTS, f"floor{turn}")
        told = world.send(f"ingest{turn}", INGEST_EVENTS, window=INGEST_WINDOW, due_at=FAR)
        ratios.append(told["per_second"] / alone)
        report.note("openings answered, against the commit alone",
                    f"{told['per_second']:,.0f}/s of {alone:,.0f}/s, ack p50 {told['ms']['p50']} p99 {told['ms']['p99']} ms")
    median = sorted(ratios)[len(ratios) // 2]
    report.hold("openings answered, of what Redis alone can do", f"{median:.2f}", median >= INGEST_OF_FLOOR_MIN,
                f">= {INGEST_OF_FLOOR_MIN}")
    one = world.send("one", 2_000, window=1, due_at=FAR)
    report.note("answer with one event in flight", f"p50 {one['ms']['p50']} ms, p99 {one['ms']['p99']} ms")


def single(world, report):
    """Deadlines one by one: how late each step is decided and its message is there."""
    _, at = soon(world, SINGLE_DEADLINES)
    sink = world.start_sink(SINGLE_DEADLINES, SINGLE_SPREAD_S + 120)
    world.send("single", SINGLE_DEADLINES, window=64, due_at=at, due_spread_ms=SINGLE_SPREAD_S * 1000)
    result = world.sink_result(sink)
    if result["different"] < SINGLE_DEADLINES:
        report.hold("single deadlines told", result["different"], False, str(SINGLE_DEADLINES))
        return
    late, decided = result["late_ms"], result["decided_late_ms"]
    report.hold(f"{SINGLE_DEADLINES:,} single deadlines: decided late, p99", f"{decided['p99']} ms",
                0 <= decided["p50"] and decided["p99"] <= SINGLE_LATE_MS_MAX, f"<= {SINGLE_LATE_MS_MAX:.0f} ms")
    report.note("decided late", f"p50 {decided['p50']} ms, max {decided['max']} ms")
    report.note("message arrived late", f"p50 {late['p50']} ms, p99 {late['p99']} ms, max {late['max']} ms")


def burst(world, report):
    """Many deadlines at one instant: when the last is committed, when the last message is there."""
    redis = world.redis()
    at, text = soon(world, BURST_DEADLINES)
    before = redis("ZCARD", "yuqing:{bench}:wake")
    sink = world.start_sink(BURST_DEADLINES, 300)
    world.send("burst", BURST_DEADLINES, window=INGEST_WINDOW, due_at=text)
    if datetime.now(timezone.utc) >= at:
        raise RuntimeError("this machine is too slow: the instant came before all cases were open")
    time.sleep(max(0.0, at.timestamp() - time.time()))
    # A case whose only step has fired has nothing left to wake for.
    wait_for(lambda: redis("ZCARD", "yuqing:{bench}:wake") <= before, 60, "the burst committed")
    committed = time.time() - at.timestamp()
    result = world.sink_result(sink)
    delivered = result.get("last_ms", float("inf")) / 1000 - at.timestamp()
    complete = result["different"] >= BURST_DEADLINES
    name = f"{BURST_DEADLINES:,} deadlines at one instant"
    report.hold(f"{name}: committed after", f"{committed:.2f} s", committed <= BURST_COMMITTED_S_MAX,
                f"<= {BURST_COMMITTED_S_MAX} s")
    report.hold(f"{name}: delivered after", f"{delivered:.2f} s ({result['messages']:,} messages)",
                complete and delivered <= BURST_DELIVERED_S_MAX, f"<= {BURST_DELIVERED_S_MAX} s")
    report.note("the first arrived after", f"{result['first_ms'] / 1000 - at.timestamp():.3f} s")
    lateness = [line for line in world.get("/metrics").splitlines()
                if line.startswith("yuqing_step_lateness_seconds_bucket") and 'le="1"' in line]
    report.note("yuqing_step_lateness_seconds up to 1 s", lateness[0].split()[-1] if lateness else "absent")


def matter(world, report):
    """Ten thousand detections of one matter, one after the other: what each costs at the end and at the start."""
    world.send("warm", 5_000, due_at=FAR)
    growths = []
    for turn in range(ROUNDS):
        told = world.send(f"matter{turn}", MATTER_DETECTIONS, window=1, matter=f"matter{turn}", due_at=FAR)
        first, last = told["first_hundred_ms"]["p50"], told["last_hundred_ms"]["p50"]
        growths.append(max(last, told["ms"]["p50"]) / first)
        report.note(f"{MATTER_DETECTIONS:,} detections of one matter, each after the other",
                    f"p50 of the first hundred {first} ms, of all {told['ms']['p50']} ms, of the last hundred {last} ms")
    growth = sorted(growths)[ROUNDS // 2]
    report.hold("what a detection costs later, of the first hundred", f"{growth:.2f}", growth <= MATTER_GROWTH_MAX,
                f"<= {MATTER_GROWTH_MAX}")


def million(world, report, cases):
    """A daemon that starts over a great many open cases, and what they weigh."""
    redis = world.redis()
    known, weight = redis("ZCARD", "yuqing:{bench}:index:open"), used_memory(redis)
    told = world.send("million", cases, window=INGEST_WINDOW, due_at=FAR)
    each = (used_memory(redis) - weight) / cases
    report.note(f"{cases:,} cases opened", f"{told['per_second']:,.0f}/s")
    report.hold("memory of an open case with its record", f"{each:,.0f} bytes", each <= CASE_BYTES_MAX,
                f"<= {CASE_BYTES_MAX:.0f}")
    world.stop(world.daemon)
    ready = sorted(restart(world) for _ in range(ROUNDS))[ROUNDS // 2]
    report.hold(f"ready with {known + cases:,} open cases", f"{ready:.3f} s", ready <= READY_S_MAX, f"<= {READY_S_MAX} s")


def used_memory(redis):
    info = redis("INFO", "memory").decode()
    return int(next(line for line in info.splitlines() if line.startswith("used_memory:")).split(":")[1])


def restart(world):
    world.stop(world.daemon)
    return world.start_daemon()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--cases", type=int, default=1_000_000, help="open cases of `million`")
    parser.add_argument("--folder", help="where Redis writes; by default the temporary folder")
    options = parser.parse_args()
    measures = {"ingest": ingest, "single": single, "burst": burst, "matter": matter,
                "million": lambda world, report: million(world, report, options.cases)}
    unknown = set(options.names) - set(measures)
    if unknown:
        parser.error(f"no measure {', '.join(sorted(unknown))}; there are: {', '.join(measures)}")
    report = Report()
    for name in options.names or measures:
        print(f"-- {name}", flush=True)
        with World(options.build, options.folder) as world:
            world.start_redis()
            world.start_daemon()
            measures[name](world, report)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
