"""Ledger and assessment of a scripted month, cell by cell against `ledger_model.py`: as JSON, CSV and XLSX, today and
as they were known before half of it was told; hostile titles, and what is refused. `tests/run --long ledger` runs the
same over 3,000 matters."""

import json
import re
import subprocess
import time

from client import BEIJING, FRAMES_MAX, HOUR, Ingest, detected, event, millis, published, rfc3339
from ledger_check import Account, Check, shipped_directory
from ledger_figures import OUTCOMES
from ledger_month import BEGIN, DAY, END, Month
from office import BUILD
from office_case import OfficeCase
from sheets import read_csv, read_xlsx
from sink import seconds_of

MATTERS = 120
TEMPLATE = ("序号 巡查单位 发布时间 发布平台 标题 链接 责任单位 涉及领域 首接人 交办时间 首回时间 办结时间 关注量 跟帖数 原贴摘要 "
            "办结回复摘要 线上情况 线下情况 原文截图 备注").split()


def tell_history(office, events, recorded):
    """In the order of the list; afterwards each is known by now."""
    for i in range(0, len(events), FRAMES_MAX):
        client = Ingest(office.endpoint)  # its own, so that no late answer to the others is counted here
        try:
            answers = client.tell(*events[i : i + FRAMES_MAX], bound=300)
        finally:
            client.close()
        assert {answer["status"] for answer in answers} <= {"accepted", "duplicate"}, answers
    now = int(time.time() * 1000)
    recorded.update({one["id"]: now for one in events})
    return now


def rung(http, cases, at):
    """Reminders and urgings of each case, from its record: what the step's time says it is."""
    counts = {}
    for case in cases:
        steps = [entry["step"] for entry in http.case(case)["timeline"]
                 if entry["kind"] == "fired" and seconds_of(entry["at"]) * 1000 <= at]
        urged = [step for step in steps if "#" in step or re.match(r"due(?!-)", step)]
        counts[case] = (len([s for s in steps if s not in urged and s != "start"]), len(urged))
    return counts


def checked(test, office, events, recorded, at):
    """The month and its assessment as of `at`, every cell."""
    account = Account(events, recorded, at, shipped_directory(office))
    counts = rung(office.http, account.cases, at)
    check = Check(test, office, account, BEGIN, END, counts)
    body = check.ledger_json()
    titles = [column["title"] for column in body["columns"]]
    check.ledger_csv(titles)
    check.ledger_xlsx(titles)
    for by in ("unit", "field", "month"):
        check.assessment(by, (BEGIN - 30 * DAY, BEGIN))
    return check, titles


class ScriptedMonth(OfficeCase):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.events = Month(MATTERS).events
        cls.recorded = {}
        # A first half that stands alone: whatever is told later, of these matters and others.
        half = [one for i, one in enumerate(cls.events) if one["type"] == "opinion.detected" or i % 2 == 0]
        rest = [one for one in cls.events if one not in half]
        cls.then = tell_history(cls.office, half, cls.recorded)
        time_apart(cls.office, cls.then)
        cls.now = tell_history(cls.office, rest, cls.recorded)

    def test_ledger_and_assessment_are_what_the_facts_come_to_cell_by_cell(self):
        check, titles = checked(self, self.office, self.events, self.recorded, self.now)
        self.assertEqual(titles[: len(TEMPLATE)], TEMPLATE)
        statuses = {one.tally for case in check.live for one in case.obligations}
        self.assertLessEqual({"met", "late", "overdue", "waived", "void", "excused"}, statuses)
        self.assertTrue(check.apart)

    def test_as_of_an_instant_what_was_recorded_later_is_not_known(self):
        then, _ = checked(self, self.office, self.events, self.recorded, self.then)
        now = Account(self.events, self.recorded, self.now, then.account.cases["M00001"].directory)
        self.assertNotEqual([then.row(case) for case in then.live], [then.row(case) for case in now.within(BEGIN, END)
                                                                    if case.id in then.counts and not case.void_all])

    def test_without_as_of_the_figures_are_those_of_now(self):
        period = f"from={BEGIN_TEXT}&to={END_TEXT}"
        live = self.http.get(f"/api/v1/ledger?{period}").json()
        same = self.http.get(f"/api/v1/ledger?{period}&as_of={quoted(live['as_of'])}").json()
        self.assertEqual(live, same)

    def test_yuqingctl_shows_and_writes_what_the_daemon_says(self):
        file = self.office.folder / "ledger.csv"
        self.ctl("ledger", "--month", "2026-10", "--as-of", self.now_text, "--format", "csv", "--output", file)
        told = self.http.get(f"/api/v1/ledger?month=2026-10&format=csv&as_of={quoted(self.now_text)}")
        self.assertEqual(file.read_bytes(), told.body)
        self.assertIn("20261001-20261031", told.headers["content-disposition"])
        shown = self.ctl("assessment", "--month", "2026-10", "--by", "field").stdout
        self.assertIn("社会救助", shown)
        self.assertIn("合计", shown)
        lists = shown.split("\n不计入：\n", 1)[1]
        for word in {OUTCOMES[one["status"]] for one in self.excluded()}:
            self.assertIn(f" {word} ", lists)
        shown = self.ctl("ledger", "--from", "2026-10-01", "--to", "2026-10-03", "--lang", "en").stdout
        self.assertIn("CASE", shown)
        as_json = json.loads(self.ctl("assessment", "--month", "2026-10", "--json").stdout)
        self.assertEqual(as_json["by"], "unit")
        refused = self.ctl("ledger", "--month", "2026-13", check=False)
        self.assertEqual((refused.returncode, "month" in refused.stderr), (1, True))
        both = self.ctl("ledger", "--month", "2026-10", "--from", "2026-10-01", check=False)
        self.assertEqual(both.returncode, 2)

    def test_what_cannot_be_asked_is_refused_with_what_would_be_right(self):
        for query, path in (("from=yesterday", "from"), ("to=2026-10", "to"), ("month=2026-1", "month"),
                            ("from=2026-10-02&to=2026-10-02", "to"), ("as_of=2999-01-01", "as_of"),
                            ("format=html", "format"), ("month=2026-10&to=2026-10-02", "month")):
            answered = self.http.get(f"/api/v1/ledger?{query}")
            self.assertEqual((answered.status, answered.json()["error"]["path"]), (400, path), query)
        for query, path, right in (("mont=2026-10", "mont", "'month'"), ("month=2026-10&month=2026-11", "month", "once"),
                                   ("by=unit", "by", "as_of"), ("from=1900-01-01", "from", "1970 to 9000")):
            error = self.http.get(f"/api/v1/ledger?{query}").json()["error"]
            self.assertEqual((error["code"], error["path"], right in error["message"]), ("invalid", path, True), error)
        self.assertEqual(self.http.get("/api/v1/assessment?by=person").json()["error"]["path"], "by")
        self.assertEqual(self.http.post("/api/v1/ledger").status, 405)

    @property
    def now_text(self):
        return rfc3339(self.now / 1000)

    def excluded(self):
        found = self.http.get("/api/v1/assessment?month=2026-10&by=field").json()["excluded"]
        self.assertGreater(len({one["status"] for one in found}), 2)
        return found

    def ctl(self, *words, check=True):
        command = [BUILD / "bin" / "yuqingctl", *words, "--url", f"http://127.0.0.1:{self.http.port}"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done


def quoted(time_text):
    return time_text.replace("+", "%2B")


BEGIN_TEXT, END_TEXT = quoted(rfc3339(BEGIN / 1000)), quoted(rfc3339(END / 1000))


def time_apart(office, instant):
    """What is recorded from here on is later than the instant."""
    from waiting import wait_for

    wait_for(lambda: int(time.time() * 1000) > instant + 1, "the clock goes on")


class HostileText(OfficeCase):
    """Titles that want to be more than text, in every format."""

    @classmethod
    def prepare(cls):
        super().prepare()
        from hostile_titles import titles

        cls.at = millis(time.time() - 60 * HOUR)
        cls.titles = titles()[:150]
        cls.office.tell(*(detected(f"H{i:04}", cls.at + i / 1000, title=title or "x", url=title[:500], lead_unit=title[:50] or "x",
                                   summary=title, field=title[:50]) for i, title in enumerate(cls.titles)), bound=120)
        cls.office.tell(*(event("case.noted", f"H{i:04}", cls.at + HOUR, by="张三", text=title or "x")
                          for i, title in enumerate(cls.titles)), bound=120)
        cls.period = f"from={quoted(rfc3339(cls.at - 1))}&to={quoted(rfc3339(cls.at + HOUR))}"

    def shown(self):
        return {row["case"]: row["title"] for row in self.http.get(f"/api/v1/ledger?{self.period}").json()["rows"]}

    def test_csv_has_a_row_for_each_and_no_formula(self):
        rows = read_csv(self.http.get(f"/api/v1/ledger?{self.period}&format=csv").body)
        self.assertEqual(len(rows) - 1, len(self.titles))
        for row in rows:
            self.assertEqual(len(row), len(rows[0]))
            for cell in row:
                self.assertFalse(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), cell)

    def test_xlsx_holds_the_same_text_and_no_link_but_web_addresses(self):
        shown = self.shown()
        sheet = read_xlsx(self.http.get(f"/api/v1/ledger?{self.period}&format=xlsx").body)[0]
        titles = {row[20]: row[4] for row in sheet.rows[1:]}
        self.assertEqual(titles, {case: title and title.replace("\ufffe", "\ufffd") for case, title in shown.items()})
        self.assertEqual(sheet.formulas, 0)
        for target in sheet.links:
            self.assertTrue(target.lower().startswith(("http://", "https://")), target)

    def test_assessments_keep_their_shape_in_every_format(self):
        for by in ("unit", "field"):
            answered = self.http.get(f"/api/v1/assessment?{self.period}&by={by}&format=xlsx")
            self.assertEqual([sheet.formulas for sheet in read_xlsx(answered.body)], [0] * 6)
            rows = read_csv(self.http.get(f"/api/v1/assessment?{self.period}&by={by}&format=csv").body)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    def test_the_circular_is_a_page_without_script_that_titles_cannot_add_to(self):
        answered = self.http.get(f"/api/v1/assessment?{self.period}&format=html")
        policy = answered.headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        page = answered.body.decode()
        style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
        import base64
        import hashlib

        self.assertIn("'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'", policy)
        known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "svg", "text", "rect", "table",
                 "thead", "tbody", "tr", "th", "td", "bdi", "ul", "ol", "li"}
        tags = re.findall(r"<([^\s>/!]*)", page)
        self.assertLessEqual(set(tags) - {""}, known)
        self.assertEqual(re.findall(r"<[^>]*\s(?:on\w+|style|href|src)=", page), [])
        self.assertIn("<svg role=\"img\"", page)
        for mobile in re.findall(r"1380000\d{4}", page):
            self.fail(f"a number of a person on the page: {mobile}")


class PastAndPresent(OfficeCase):
    """What as_of shows and what belongs to which period."""

    def ledger(self, **asked):
        return self.http.get("/api/v1/ledger?" + "&".join(f"{k}={quoted(v)}" for k, v in asked.items())).json()

    def test_a_matter_belongs_to_the_period_of_its_detection_and_withdrawn_ones_stay_listed(self):
        at = millis(time.time() - 90 * HOUR)
        first = detected("P-1", at)
        self.office.tell(first, detected("P-2", at, title="撤销的"), published("P-1", at + 60 * HOUR))
        period = {"from": rfc3339(at), "to": rfc3339(at + 1)}
        self.assertEqual([row["case"] for row in self.ledger(**period)["rows"]], ["P-1", "P-2"])
        self.assertEqual(self.ledger(**{**period, "from": rfc3339(at + 0.5)})["rows"], [])
        known = rfc3339(millis(time.time() - 0.05))
        time_apart(self.office, int(time.time() * 1000))
        gone = self.http.case("P-2")["timeline"][0]
        self.office.tell(event("fact.withdrawn", "P-2", by="张主任", event_source=gone["source"], event_id=gone["id"], reason="误报"))
        now = self.ledger(**period)
        self.assertEqual(([row["case"] for row in now["rows"]], [row["case"] for row in now["apart"]]), (["P-1"], ["P-2"]))
        before = self.ledger(**period, as_of=rfc3339(millis(seconds_of(gone["at"]))))
        self.assertIn("P-2", [row["case"] for row in before["rows"]])
        self.assertLess(known, rfc3339(time.time()))

    def test_an_empty_period_is_an_empty_ledger_and_this_month_is_the_default(self):
        self.assertEqual(self.ledger(**{"from": "2001-01-01", "to": "2001-02-01"})["count"], 0)
        month = self.ledger()["from"]
        today = time.strftime("%Y-%m", time.gmtime(time.time() + BEIJING.utcoffset(None).total_seconds()))
        self.assertEqual(month, f"{today}-01T00:00:00+08:00")
        total = self.http.get("/api/v1/assessment?month=2001-01").json()["total"]
        self.assertEqual((total["received"], total["rate"], total["score"]), (0, None, None))
