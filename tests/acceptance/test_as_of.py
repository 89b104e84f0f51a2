"""A month told in pieces over time: late facts, corrections, withdrawals, merges, whatever order they come in. What a
report of any past instant shows is what it showed then, byte by byte, and what the facts recorded by then come to, cell by
cell; also once cases were archived, and when a case came back."""

import random
import time

from client import HOUR, detected, event, millis, published, rfc3339
from ledger_check import Account, Check, shipped_directory
from ledger_month import BEGIN, DAY, END, Month
from office import add_section
from office_case import OfficeCase
from test_ledger import quoted, rung, tell_history, time_apart
from waiting import wait_for

MATTERS = 60
PIECES = 5
PERIOD = f"from={quoted(rfc3339(BEGIN / 1000))}&to={quoted(rfc3339(END / 1000))}"
PATHS = [f"/api/v1/ledger?{PERIOD}&format=csv"] + [f"/api/v1/assessment?{PERIOD}&by={by}" for by in ("unit", "field", "month")]


def in_pieces(events, seed):
    """Each fact when its case, and the one it is merged into, is there; else at any time, in any order."""
    dice = random.Random(seed)
    first = {}
    for one in events:
        if one["type"] == "opinion.detected" and one["subject"] not in first:
            first[one["subject"]] = dice.randrange(PIECES) if dice.random() < 0.4 else 0
    pieces = [[] for _ in range(PIECES)]
    opened = set()
    for one in events:
        case, into = one["subject"], one["data"].get("into")
        opens = one["type"] == "opinion.detected" and case not in opened
        opened.add(case)
        least = max(first[case], first[into] if into else 0)
        place = first[case] if opens else dice.randrange(least, PIECES)
        pieces[place].append((0 if opens else dice.random() + 1, len(pieces[place]), one))
    return [[one for _, _, one in sorted(piece, key=lambda told: told[:2])] for piece in pieces]


class ToldInPieces(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.arguments = {"adapt": cls.configure}
        super().setUpClass()

    @classmethod
    def configure(cls, config):
        """Where a file stands in its way there is no folder: nothing is archived until it is taken away."""
        cls.archive = config.parent / "archive"
        cls.archive.write_text("in the way", encoding="utf-8")
        add_section(config, f"archive: {{closed_after: 1h, dir: '{cls.archive}', every: 1s}}")

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.events = Month(MATTERS, seed=31).events
        cls.recorded, cls.instants, cls.answers = {}, [], []
        for piece in in_pieces(cls.events, seed=7):
            cls.instants.append(tell_history(cls.office, piece, cls.recorded))
            time_apart(cls.office, cls.instants[-1])
            cls.answers.append(cls.reports(cls.instants[-1]))

    @classmethod
    def reports(cls, at):
        answers = [cls.office.http.get(f"{path}&as_of={quoted(rfc3339(at / 1000))}") for path in PATHS]
        assert [answer.status for answer in answers] == [200] * len(PATHS), answers[0].body[:500]
        return [answer.body for answer in answers]

    def test_at_every_instant_the_figures_are_what_the_facts_recorded_by_then_come_to(self):
        for at in self.instants:
            with self.subTest(rfc3339(at / 1000)):
                account = Account(self.events, self.recorded, at, shipped_directory(self.office))
                check = Check(self, self.office, account, BEGIN, END, rung(self.http, account.cases, at))
                check.ledger_json()
                for by in ("unit", "field", "month"):
                    check.assessment(by, (BEGIN - 30 * DAY, BEGIN))

    def test_whatever_was_told_later_a_past_instant_shows_what_it_showed_then_archived_or_not(self):
        self.assertEqual(len({answers[0] for answers in self.answers}), PIECES)
        for at, answers in zip(self.instants, self.answers):
            self.assertEqual(self.reports(at), answers)
        account = Account(self.events, self.recorded, self.instants[-1], shipped_directory(self.office))
        ended = [case.id for case in account.cases.values() if case.void_all and case.detections]
        self.assertGreater(len(ended), 3)
        if self.archive.is_file():
            self.archive.unlink()
        wait_for(lambda: self.http.metric("yuqing_archive_cases_total", outcome="archived") >= len(ended), "they leave Redis", 30)
        for at, answers in zip(self.instants, self.answers):
            self.assertEqual(self.reports(at), answers)
        # One that comes back, with what is told now, and leaves again.
        self.office.tell(event("case.noted", ended[0], END / 1000, by="张三", text="补记一笔"))
        for at, answers in zip(self.instants, self.answers):
            self.assertEqual(self.reports(at), answers)


class ToldLater(OfficeCase):
    """One matter each: what became known later, and what a report of before says of it."""

    def test_what_was_not_known_then_does_not_count_then(self):
        at = millis(time.time() - 40 * 24 * HOUR)
        wrong = published("L-WITHDRAWN", at + HOUR)
        early = detected("L-MOVED", at - 20 * 24 * HOUR)
        alone = detected("L-ALONE", at)
        self.office.tell(*({**one, "history": True} for one in (
            detected("L-LATE-FACT", at), detected("L-WITHDRAWN", at), wrong, early, detected("L-MOVED", at), alone,
            detected("L-MERGED", at), detected("L-WAIVED", at), detected("L-LOWERED", at, incident_grade="major"))))
        time_apart(self.office, int(time.time() * 1000))
        then = rfc3339(millis(time.time()))
        time_apart(self.office, int(time.time() * 1000))

        def gone(fact):
            return event("fact.withdrawn", fact["subject"], by="张主任", event_source=fact["source"], event_id=fact["id"],
                         reason="误报")

        self.office.tell(
            published("L-LATE-FACT", at + HOUR), gone(wrong), gone(early), gone(alone), detected("L-NEW", at),
            event("case.merged", "L-MERGED", at + HOUR, into="L-LATE-FACT", by="张三"),
            event("obligation.waived", "L-WAIVED", at + HOUR, obligation="response", by="张主任", reason="统一发布"),
            event("case.assessed", "L-LOWERED", at + HOUR, by="张三", incident_grade="ordinary", reason="核实"))
        past, now = self.outcomes(at, then), self.outcomes(at)
        self.assertEqual(past, {"L-LATE-FACT": "超期未办", "L-WITHDRAWN": "按时", "L-ALONE": "超期未办", "L-MERGED": "超期未办",
                                "L-WAIVED": "超期未办", "L-LOWERED": "超期未办"})
        self.assertEqual(now, {"L-LATE-FACT": "按时", "L-WITHDRAWN": "超期未办", "L-MOVED": "超期未办", "L-NEW": "超期未办",
                               "L-WAIVED": "豁免", "L-LOWERED": "超期未办", "L-ALONE": "apart", "L-MERGED": "apart"})
        self.assertEqual(self.outcomes(at - 20 * 24 * HOUR, then), {"L-MOVED": "超期未办"})
        self.assertEqual(self.outcomes(at - 20 * 24 * HOUR), {})

    def outcomes(self, at, as_of=None):
        asked = {"from": rfc3339(at), "to": rfc3339(at + 0.001), **({"as_of": as_of} if as_of else {})}
        body = self.http.get("/api/v1/ledger?" + "&".join(f"{k}={quoted(v)}" for k, v in asked.items())).json()
        return {**{row["case"]: row["outcome"] for row in body["rows"]}, **{row["case"]: "apart" for row in body["apart"]}}
