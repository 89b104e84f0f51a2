"""The duty board where tokens are wanted: what it shows to whom, what it offers, and what is left when a token is gone."""

import json

from chrome import Chrome
from client import HOUR, detected, just_now
from office_case import OfficeCase
from token_office import TokenOffice

TITLE = "化工厂起火"
ROWS = "document.querySelectorAll('#matters tbody tr').length"
SHEET_TEXT = "document.querySelector('#sheet').textContent"
AWAY_TEXT = "document.querySelector('#away').innerText"


class BoardTokens(OfficeCase):
    kind = TokenOffice

    @classmethod
    def prepare(cls):
        cls.office.make("viewer", "expired", "--expires", "2026-01-01")
        cls.office.open()
        cls.office.tell(detected("T-1", just_now() - HOUR, title=TITLE, incident_grade="major", lead_unit="mzj"))
        cls.chrome = Chrome(cls.office._log)
        cls.addClassCleanup(cls.chrome.close)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.chrome.faults, [])

    def open(self, token="", query=""):
        """With the token itself, as from a page of the same browser; empty for none."""
        script = f"if (!sessionStorage.getItem('name')) sessionStorage.setItem('token', {json.dumps(token)});"
        page = self.chrome.page(f"http://127.0.0.1:{self.http.port}/{query}", script=script)
        self.addCleanup(page.close)
        page.wait("location.protocol === 'http:' && document.readyState === 'complete'", "the page is there")
        return page

    def open_as(self, role, query=""):
        return self.open(self.office.token_of(role), query)

    def says(self, page, text):
        page.wait(f"{AWAY_TEXT}.includes({json.dumps(text)})", f"the page says {text}")

    def identify(self, page, token):
        page.click("#who")
        page.fill("form.identity", by="王五", token=token)
        page.click("form.identity button[type=submit]")

    def knows_nothing(self, page):
        """Neither matters nor figures, nor that there is nothing to do."""
        page.wait(f"{ROWS} === 0 && !document.querySelector('#sheet').open", "no matter is left")
        page.wait("document.querySelector('#counts').innerText === '没有数据'", "there are no counts")
        self.assertFalse(page.value("document.querySelector('#nothing').checkVisibility()"))
        self.assertNotIn(TITLE, page.value("document.body.innerHTML"))

    # --- nothing known never looks like nothing to do

    def test_without_a_token_that_may_read_it_says_what_is_the_matter_and_shows_no_counts(self):
        for token, text in (
            ("", "没有令牌"),
            ("yq_wrong", "令牌无效或已过期"),
            (self.office.token_of("expired"), "令牌无效或已过期"),
            (self.office.token_of("monitor"), "无权查看：监测令牌不能查看事项"),
        ):
            for query in ("", "?wall"):
                with self.subTest(text=text, query=query):
                    page = self.open(token, query)
                    self.says(page, text)
                    self.knows_nothing(page)
                    self.assertNotIn("失去联系", page.value(AWAY_TEXT))

    def test_the_wall_says_where_a_token_is_entered(self):
        page = self.open(query="?wall")
        self.says(page, "请先打开看板")

    # --- what is offered is what the role may do

    def test_a_matter_can_be_reported_by_whoever_may(self):
        for role, may in (("viewer", False), ("monitor", True), ("operator", True), ("supervisor", True)):
            with self.subTest(role=role):
                page = self.open_as(role)
                page.wait(f"{ROWS} > 0 || !document.querySelector('#away').hidden", "it has asked")
                page.wait(f"document.querySelector('#report').disabled === {json.dumps(not may)}", "as the role may")
        page = self.open()
        self.says(page, "没有令牌")
        self.assertTrue(page.value("document.querySelector('#report').disabled"))

    def test_a_monitor_reports_and_is_told_that_it_is_recorded(self):
        page = self.open_as("monitor")
        page.wait("!document.querySelector('#report').disabled", "it may report")
        page.click("#report")
        page.fill("form.act", title="路灯不亮")
        page.click("form.act button[type=submit]")
        page.wait("!!document.querySelector('.pop-up .saved')", "it is recorded")
        self.assertNotIn("没有完成", page.value("document.body.innerText"))
        listed = self.office.ask("GET", "/api/v1/cases", "viewer").json()["cases"]
        self.assertIn("路灯不亮", [case["title"] for case in listed])

    def assess(self, page, **values):
        page.wait("document.querySelector('#act-assess')?.disabled === false", "it may assess")
        page.click("#act-assess")
        page.fill("form.act", by="王五", **values)
        page.click("form.act button[type=submit]")

    def said(self, page, text):
        page.wait(f"document.querySelector('.saved')?.innerText.startsWith({json.dumps(text)})", f"it says {text}")

    def test_a_lower_grade_says_what_it_still_wants(self):
        self.office.tell(detected("G-1", just_now(), title="停水", incident_grade="major"))
        page = self.open_as("operator", "#/G-1")
        self.assess(page, incident_grade="ordinary", reason="核实后降级")
        self.said(page, "已记录，降级须主管确认后才生效")
        self.assess(page, incident_grade="ordinary")
        self.said(page, "已记录，但降级须写明理由")
        self.assertIn("降级未生效", page.value(SHEET_TEXT))
        page = self.open_as("supervisor", "#/G-1")
        self.assess(page, incident_grade="ordinary", reason="同意降级")
        self.said(page, "已记录 ")
        self.assertEqual(self.office.ask("GET", "/api/v1/cases/G-1", "viewer").json()["incident_grade"], "ordinary")
        done = self.office.ctl_as("operator", "assess", "G-1", "--grade", "none", "--reason", "再降")
        self.assertIn("降级须由主管", done.stderr)

    # --- whoever may not look any more has nothing on the screen

    def test_when_its_token_is_revoked_all_goes_and_another_token_brings_it_back(self):
        self.office.make("operator", "leaver")
        self.office.reload()
        page = self.open_as("leaver", "#/T-1")
        page.wait("!!document.querySelector('#act-note')", "the sheet is there")
        page.wait(f"{ROWS} > 0", "the matters are there")
        self.office.revoke("leaver")
        self.says(page, "令牌无效或已过期")
        self.knows_nothing(page)
        self.identify(page, self.office.token_of("viewer"))
        page.wait(f"{SHEET_TEXT}.includes('{TITLE}')", "the matter of the address is shown again")

    def test_another_token_or_none_leaves_nothing_of_the_one_before(self):
        for leave, text in (
            (lambda page: self.identify(page, self.office.token_of("monitor")), "无权查看"),
            (lambda page: self.identify(page, ""), "没有令牌"),
            (self.log_out, "没有令牌"),
        ):
            page = self.open_as("supervisor", "#/T-1")
            page.wait(f"{SHEET_TEXT}.includes('{TITLE}') && {ROWS} > 0", "all is there")
            leave(page)
            self.says(page, text)
            self.knows_nothing(page)

    def log_out(self, page):
        page.click("#who")
        page.click("#log-out")
        page.wait("!sessionStorage.getItem('token') && !sessionStorage.getItem('name')", "the tab has forgotten who it was")
