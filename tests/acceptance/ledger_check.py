"""Compares what the daemon says of a month with what the facts come to, cell by cell, in every format."""

from urllib.parse import quote

from client import rfc3339
from ledger_figures import At, by_obligation, groups_of, ledger_row, listed, local_text, rate, ranks
from ledger_facts import Directory, Fact, standing
from ledger_model import Case
from sheets import read_csv, read_xlsx

GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Account:
    """Every case of the events recorded by `at`, as it stood then. `recorded`: event id -> when."""

    def __init__(self, events, recorded, at, directory):
        facts = {}
        for one in events:
            if recorded.get(one["id"], at + 1) <= at:
                facts.setdefault(one["subject"], []).append(Fact(one, recorded[one["id"]]))
        into = {}
        for ident, told in facts.items():
            merges = [f for f in standing(told) if f.type == "case.merged"]
            if merges:
                into[ident] = merges[0].data["into"]
        below = {}
        for ident in into:
            above = into.get(ident)
            while above:
                below.setdefault(above, []).append(ident)
                above = into.get(above)
        self.at = at
        self.cases = {}
        for ident, told in facts.items():
            taken = [f for other in below.get(ident, []) for f in standing(facts[other])]
            self.cases[ident] = Case(ident, told, taken, at, directory, into.get(ident))

    def within(self, begin, end):
        found = [case for case in self.cases.values() if case.started is not None and begin <= case.started < end]
        return sorted(found, key=lambda case: (case.started, case.id))


def shipped_directory(office):
    return Directory((office.folder / "config" / "directory.yaml").read_text(encoding="utf-8"))


class Check:
    def __init__(self, test, office, account, begin, end, counts=None):
        """`counts`: reminders and urgings by case, (0, 0) by default."""
        self.test, self.office, self.account, self.begin, self.end = test, office, account, begin, end
        self.found = account.within(begin, end)
        self.counts = {case: (counts or {}).get(case, (0, 0)) for case in account.cases}
        self.live = [case for case in self.found if not case.void_all]
        self.apart = [case for case in self.found if case.void_all]

    def get(self, kind, **more):
        asked = {"from": rfc3339(self.begin / 1000), "to": rfc3339(self.end / 1000),
                 "as_of": rfc3339(self.account.at / 1000), **more}
        answered = self.office.http.get(f"/api/v1/{kind}?" + "&".join(f"{k}={quote(v)}" for k, v in asked.items()))
        self.test.assertEqual(answered.status, 200, answered.body[:500])
        return answered

    def row(self, case):
        return ledger_row(case, *self.counts[case.id])

    # --- the ledger

    def ledger_json(self, body=None):
        body = body or self.get("ledger").json()
        self.test.assertEqual(body["count"], len(self.live))
        for name, cases in (("rows", self.live), ("apart", self.apart)):
            self.test.assertEqual([row["case"] for row in body[name]], [case.id for case in cases])
            for number, (row, case) in enumerate(zip(body[name], cases), 1):
                wanted = {k: rfc3339(v / 1000) if isinstance(v, At) else v for k, v in self.row(case).items()}
                self.test.assertEqual(row, {"number": number, **wanted}, case.id)
        return body

    def wanted_cells(self, case, number):
        cells = [number] + list(self.row(case).values())
        return [local_text(cell) if isinstance(cell, At) else cell for cell in cells]

    def ledger_csv(self, titles, data=None):
        head, *rows = read_csv(data if data is not None else self.get("ledger", format="csv").body)
        self.test.assertEqual(head, titles)
        wanted = []
        for number, case in enumerate(self.live + self.apart, 1):
            cells = self.wanted_cells(case, number)
            guarded = ["'" + c if isinstance(c, str) and c.lstrip(" ").startswith(GUARDED) else c for c in cells]
            wanted.append(["" if c is None else str(c) for c in guarded])
        self.test.assertEqual(len(rows), len(wanted))
        for got, want in zip(rows, wanted):
            self.test.assertEqual(got, want)

    def ledger_xlsx(self, titles):
        data = self.get("ledger", format="xlsx").body
        sheets = read_xlsx(data)
        self.test.assertEqual([sheet.name for sheet in sheets], ["网络舆情台账", "不予受理和合并"])
        for sheet, cases in zip(sheets, (self.live, self.apart)):
            self.test.assertTrue(sheet.frozen and sheet.filtered and sheet.widths)
            self.test.assertEqual(sheet.formulas, 0)
            self.test.assertEqual(sheet.rows[0], titles)
            self.test.assertEqual(len(sheet.rows) - 1, len(cases))
            for number, (row, case) in enumerate(zip(sheet.rows[1:], cases), 1):
                wanted = self.wanted_cells(case, number)
                self.test.assertEqual(row + [None] * (len(wanted) - len(row)), wanted, case.id)
            for target in sheet.links:
                self.test.assertTrue(target.startswith(("http://", "https://")), target)
        return data

    # --- the assessment

    def assessment(self, by, before):
        body = self.get("assessment", by=by).json()
        earlier = self.account.within(*before)
        groups, past = groups_of(self.found, by, self.counts), groups_of(earlier, by, self.counts)
        self.figures(body["total"], groups.pop(None))
        self.test.assertEqual({row["id"] or "" for row in body["rows"]}, set(groups))
        places, old_places = ranks(groups), ranks(past)
        for row in body["rows"]:
            ident = row["id"] or ""
            self.figures(row, groups[ident])
            if by != "month":
                self.test.assertEqual(row["rank"], places.get(ident), ident)
                self.change(row, groups[ident], past.get(ident), places.get(ident), old_places.get(ident))
        ranked = [row["rank"] for row in body["rows"] if row["rank"]]
        self.test.assertEqual(ranked, sorted(ranked))
        self.lists(body)

    def figures(self, row, group):
        def scaled(value):
            """Rates are shares of 1, scores points."""
            if isinstance(value, dict):
                return {k: round(v * 10_000) if k == "rate" and v is not None else scaled(v) for k, v in value.items()}
            return value

        wanted = group.figures()
        got = {name: scaled(row[name]) for name in wanted}
        got["rate"] = None if row["rate"] is None else round(row["rate"] * 10_000)
        got["score"] = None if row["score"] is None else round(row["score"] * 100)
        self.test.assertEqual(got, wanted, row["name"])

    def change(self, row, group, before, place, old_place):
        now = rate(group.tallies["statutory"])
        then = rate(before.tallies["statutory"]) if before else None
        both = now is not None and then is not None
        self.test.assertEqual(row["change"]["rate"], (now - then) / 10_000 if both else None)
        scored = both and group.score() is not None
        self.test.assertEqual(row["change"]["score"], (group.score() - before.score()) / 100 if scored else None)
        self.test.assertEqual(row["change"]["rank"], old_place - place if place and old_place else None)

    def lists(self, body):
        def named(name):
            return sorted((one["case"], one["obligation"], one["status"]) for one in body[name])

        late, excluded = listed(self.found)
        self.test.assertEqual(named("overdue"), late)
        self.test.assertEqual(named("excluded"), excluded)
        self.test.assertEqual(sorted((one["case"], one["status"]) for one in body["apart"]),
                              sorted((case.id, case.status) for case in self.apart))
        tallies = by_obligation(self.found)
        self.test.assertEqual({one["id"] for one in body["obligations"]}, set(tallies))
        for one in body["obligations"]:
            tally = tallies[one["id"]]
            got = {name: one[name] for name in ("late", "overdue", "pending", "waived", "void", "excused")}
            self.test.assertEqual(got, {name: tally[name] for name in got}, one["id"])
            self.test.assertEqual(one["on_time"], tally["met"], one["id"])
