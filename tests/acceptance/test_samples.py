"""Three months of one county become what is expected of them, live and simulated, in any order of telling."""

import concurrent.futures
import json
import random
import subprocess
import unittest

from client import FRAMES_MAX
from office import BUILD, SOURCE, Office
from sink import seconds_of

SHUFFLES = 50
SAMPLES = SOURCE / "tests" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
EVENTS = [json.loads(line) for line in (SAMPLES / "events.jsonl").read_text(encoding="utf-8").splitlines()]
WORKERS = 2


def shuffled(seed):
    """The events in another order that keeps the first detection of each case before its other facts."""
    order = list(EVENTS)
    random.Random(seed).shuffle(order)
    opening = {}
    for one in EVENTS:
        if one["type"] == "opinion.detected":
            opening.setdefault(one["subject"], one)
    seen, out = set(), []
    for one in order:  # whoever comes before his case's opening waits behind it
        if one["subject"] not in seen:
            seen.add(one["subject"])
            out.append(opening[one["subject"]])
        if one is not opening[one["subject"]]:
            out.append(one)
    assert len(out) == len(EVENTS)
    return out


def orders():
    yield 0, EVENTS
    for seed in range(1, SHUFFLES + 1):
        yield seed, shuffled(seed)


def differences(case_id, wanted, case, live):
    """What of a case is not as expected."""
    for member in ("status", "class"):
        if case[member] != wanted[member]:
            yield f"{case_id}: {member} is {case[member]}, expected {wanted[member]}"
    owed = {one["id"]: one for one in case["obligations"]}
    if not wanted["obligations"]:
        yield from (
            f"{case_id}: {id} is {one['status']}, expected only void ones"
            for id, one in owed.items()
            if one["status"] != "void"
        )
    for id, members in wanted["obligations"].items():
        if id not in owed:
            yield f"{case_id}: no obligation {id}"
            continue
        for member, value in members.items():
            if live and (member, value) == ("status", "pending"):
                value = "overdue"  # as_of has long passed
            got = owed[id][member]
            same = seconds_of(got) == seconds_of(value) if value and "T" in value and got else got == value
            if not same:
                yield f"{case_id}: {id}.{member} is {got}, expected {value}"
        if owed[id]["fulfilled_at"] and "fulfilled_at" not in members:
            yield f"{case_id}: {id} is fulfilled, expected not"


class Samples(unittest.TestCase):
    def test_the_samples_are_whole(self):
        self.assertEqual(len(EXPECTED["cases"]), 26)
        for seed, order in orders():
            opened = set()
            for one in order:
                self.assertTrue(one["type"] == "opinion.detected" or one["subject"] in opened)
                opened.add(one["subject"])

    def test_the_live_daemon_judges_them_as_expected_in_every_order(self):
        self.office = office = Office(prefix="samples")
        self.addCleanup(office.close)
        office.open()
        for seed, order in orders():
            # Cases and identities of their own, so that one daemon serves all orders.
            told = [
                {**one, "subject": f"S{seed:02}-{one['subject']}", "source": f"s{seed:02}-{one['source']}"}
                for one in order
            ]
            for begin in range(0, len(told), FRAMES_MAX):
                office.tell(*told[begin : begin + FRAMES_MAX], bound=60)
            found = [
                difference
                for case_id, wanted in EXPECTED["cases"].items()
                for difference in differences(
                    case_id, wanted, office.http.case(f"S{seed:02}-{case_id}"), live=True
                )
            ]
            self.assertEqual(found, [], f"order {seed}")
        self.assertEqual(office.sink.faults(), [])

    def test_the_simulator_judges_them_as_expected_in_every_order(self):
        self.office = office = Office(prefix="simulated")
        self.addCleanup(office.close)

        def simulated(numbered):
            seed, order = numbered
            events = office.folder / f"order-{seed}.jsonl"
            events.write_text(
                "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in order), encoding="utf-8"
            )
            done = subprocess.run(
                [
                    BUILD / "bin" / "yuqingctl",
                    "simulate",
                    "--config",
                    SOURCE / "config" / "yuqingd.yaml",
                    "--events",
                    events,
                    "--until",
                    EXPECTED["as_of"],
                    "--format",
                    "json",
                ],
                capture_output=True,
                text=True,
                timeout=300,
            )
            return seed, done

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for seed, done in pool.map(simulated, orders()):
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])
                cases = {
                    line["id"]: line
                    for line in map(json.loads, done.stdout.splitlines())
                    if line["kind"] == "case"
                }
                found = [
                    difference
                    for case_id, wanted in EXPECTED["cases"].items()
                    for difference in differences(case_id, wanted, cases[case_id], live=False)
                ]
                self.assertEqual(found, [], f"order {seed}")
