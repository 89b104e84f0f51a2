"""The matrix of faults, with real processes:

    run.py BUILD [ROW…]       all rows, or those; `quick`: those of every run

Prints a row of figures for each, and what was not run and why. Exit 1 when anything answered was lost, anything due
stayed untold, came early or under two ids, or a row's own demand was not met. FAULTS_SEED=n for the same matters."""

import os
import sys
import time
from pathlib import Path

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
WANTED = sys.argv[2:]
sys.argv[1:] = []
sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "acceptance")]

import rows_clock  # noqa: E402, F401  these fill ROWS
import rows_daemon  # noqa: E402, F401
import rows_host  # noqa: E402, F401
import rows_http  # noqa: E402, F401
import rows_ingest  # noqa: E402, F401
import rows_journal  # noqa: E402, F401
import rows_long  # noqa: E402, F401
import rows_redis  # noqa: E402, F401
import rows_sentinel  # noqa: E402, F401
import rows_webhooks  # noqa: E402, F401
from row import ROWS  # noqa: E402
from scene import Scene, quantile  # noqa: E402

SEED = int(os.environ.get("FAULTS_SEED", str(time.time_ns() % 1_000_000)))
HEAD = (
    "| row | fault | answered | lost | untold | early | two ids | after due, p50 / p99 / max "
    "| after due and the fault | repeats | recovery |"
)
COLUMNS = HEAD.count("|") - 1


def chosen():
    rows = sorted(ROWS, key=lambda row: (row.number, row.part))
    if WANTED == ["quick"]:
        return [row for row in rows if row.quick]
    return [row for row in rows if not WANTED or {row.name, str(row.number)} & set(WANTED)]


def play(row):
    """The figures of a row, or what went wrong; what the programs said stays when it did."""
    scene = Scene(f"fault{row.name}", f"{SEED}-{row.name}", row.within, row.within_after, **row.scene)
    figures = None
    try:
        if row.prepare:
            row.prepare(scene)
        scene.open()
        row.run(scene)
        figures = scene.settle()
    except Exception as wrong:  # of whatever kind: the other rows are played all the same
        scene.findings.append(f"{type(wrong).__name__}: {wrong}")
    finally:
        good = figures is not None and figures.good
        if not good:
            print("\n".join(scene.office.log().splitlines()[-40:]), file=sys.stderr)
        scene.close(keep=not good)
    return figures, scene.findings


def seconds(late, bound):
    found = " / ".join(f"{quantile(late, share):.2f}" for share in (0.5, 0.99, 1.0)) + " s"
    return found + (f", of {bound:g} s" if bound is not None else "")


def told(row, figures, findings):
    if figures is None:
        return f"| {row.name} | {row.fault} | **broken off**: {'; '.join(findings)} " + "| " * (COLUMNS - 2) + "|"
    counts = " | ".join(str(n) for n in (figures.lost, figures.untold, figures.early, figures.doubled))
    late = f"{seconds(figures.late, row.within)} | {seconds(figures.late_after, row.within_after)}"
    line = (
        f"| {row.name} | {row.fault} | {figures.answered} | {counts} | {late} "
        f"| {figures.repeats} | {figures.recovery:.1f} s |"
    )
    return line + "".join(f"\n    BROKEN: {finding}" for finding in findings)


def main():
    print(f"faults: seed {SEED}\n\n{HEAD}\n" + "|---" * COLUMNS + "|", flush=True)
    broken = []
    rows = chosen()
    for row in rows:
        if not row.run:
            continue
        figures, findings = play(row)
        print(told(row, figures, findings), flush=True)
        if figures is None or not figures.good:
            broken.append(row.name)
    print("\nNot run here:\n")
    for row in rows:
        if not row.run:
            print(f"- {row.name}, {row.fault}: {row.why_not}")
    ran = {row.number for row in rows if row.run}
    print(f"\n{len(ran)} rows run, {len({row.number for row in rows} - ran)} not; broken: {', '.join(broken) or 'none'}")
    return 1 if broken or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
