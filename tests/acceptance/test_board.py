"""The duty board in Chromium, shortly: a matter from its first second to its answer, hostile titles, the daemon away.

`tests/run --long browser` looks at everything."""

import time

from chrome import Chrome
from client import HOUR, detected, event
from hostile_titles import HTML, INJECTIONS, LINKS
from office_case import OfficeCase, add_quick_class

DUE = 9
ROW = """document.querySelector('#matters tr:has(a[href="#/%s"])')"""
FORM = "form.act"
# What the server says of the matters stays under way until the test lets it go on.
HELD_UP = """{
    const ask = fetch;
    window.fetch = async (path, options) => {
        const answer = await ask(path, options);
        if (!path.includes('cases?')) return answer;
        window.held_up = true;
        while (!window.go_on) await new Promise((then) => setTimeout(then, 20));
        return answer;
    };
}"""


class Board(OfficeCase):
    arguments = {"adapt": lambda config: add_quick_class(config, f"{DUE}s")}

    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.chrome = Chrome(cls.office._log)
        cls.addClassCleanup(cls.chrome.close)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.chrome.faults, [])

    def open(self, query="", **size):
        page = self.chrome.page(f"http://127.0.0.1:{self.http.port}/{query}", **size)
        page.wait("document.querySelector('#office')?.textContent === 'qingshan'", "the board has loaded")
        return page

    def row_is(self, page, case, state, bound=20.0):
        page.wait(f"{ROW % case}?.className === '{state}'", f"{case} is {state}", bound)

    def text(self, page, case, part):
        return page.value(f"{ROW % case}.querySelector('{part}').innerText")

    def act(self, page, act, **values):
        page.click(f"#act-{act}")
        page.fill(FORM, by="王五", **values)
        page.click(f"{FORM} button[type=submit]")
        page.wait("!!document.querySelector('.saved')", f"{act} is recorded")

    def test_a_matter_appears_counts_down_turns_overdue_and_is_answered_from_the_page(self):
        phone = self.open(width=390, height=844)
        wall = self.open("?wall", width=1920, height=1080)
        phone.wait("document.querySelector('#nothing').checkVisibility()", "the empty board says so")
        due = time.time() + DUE
        self.office.tell(detected("D-1", due - DUE, title="县医院停电", platform="quick"))
        self.row_is(phone, "D-1", "soon")
        self.row_is(wall, "D-1", "soon")
        first = self.text(phone, "D-1", ".left")
        self.assertRegex(first, r"^剩 0:00:0\d$")
        phone.wait(f"{ROW % 'D-1'}.querySelector('.left').innerText !== '{first}'", "it counts down")
        phone.value("location.hash = '#/D-1'")
        self.act(phone, "acknowledge")
        self.assertIsNotNone(self.http.case("D-1")["acknowledged_at"])
        self.row_is(wall, "D-1", "overdue")
        self.assertGreaterEqual(time.time(), due)
        self.assertIn("超期", self.text(wall, "D-1", ".state"))
        wall.wait("document.querySelector('#alarm').textContent.includes('到期')", "the alarm is told in words")
        self.act(phone, "publish", kind="online_reply", approved_by="李主任")
        self.assertEqual(self.http.obligations("D-1")["quick"]["status"], "late")
        self.row_is(wall, "D-1", "done")
        self.assertTrue(phone.value("document.scrollingElement.scrollWidth <= innerWidth"))
        self.assertFalse(wall.value("document.querySelector('nav').checkVisibility()"))

    def test_what_nobody_is_asked_for_any_more_is_not_overdue_and_leaves_when_it_is_closed(self):
        page = self.open()
        self.office.tell(detected("E-1", time.time() - 49 * HOUR, title="已免责"))
        self.row_is(page, "E-1", "overdue")
        for owed in ("acknowledge", "response"):
            self.office.tell(event("obligation.waived", "E-1", obligation=owed, by="主任", reason="停电"))
        self.row_is(page, "E-1", "ended")
        self.assertIn("无待办", self.text(page, "E-1", ".state"))
        self.office.tell(event("case.closed", "E-1", by="主任"))
        page.wait(f"!{ROW % 'E-1'}", "nobody waits for it")

    def test_in_chinese_no_identifier_is_left(self):
        begin = time.time() - 60 * HOUR
        self.office.tell(detected("I-1", begin, title="化工厂起火", incident_grade="major", opinion_level="red"))
        facts = (
            event("obligation.waived", "I-1", obligation="continuous_release", by="主任", reason="已平息"),
            event("case.assigned", "I-1", lead_unit="mzj", by="主任", reason="主管单位"),
            event("case.acknowledged", "I-1", by="王五"),
            event("response.published", "I-1", kind="press_conference", by="王五"),
        )
        self.office.tell(*facts)
        page = self.open("#/I-1")
        page.wait("document.querySelectorAll('#sheet .record li').length > 9", "the record is there")
        page.wait("document.querySelector('#sheet').innerText.includes('新闻发布会')", "all of it")
        shown = page.value(f"document.querySelector('#sheet').innerText + {ROW % 'I-1'}.innerText")
        self.assertNotRegex(shown, r"[a-z]{3,}|\.\.|#\d")

    def test_a_torn_link_opens_the_board(self):
        self.open("#/%E4%BD").wait("document.querySelector('#counts').innerText.includes('在办')", "the board is there")

    def test_hostile_titles_are_text(self):
        titles = [*HTML, *LINKS, *INJECTIONS, "请联系13800001111"]
        now = time.time() - HOUR
        self.office.tell(*[detected(f"H-{i}", now, title=title, lead_unit=title) for i, title in enumerate(titles)])
        page = self.open()
        page.wait(f"document.querySelectorAll('a[href^=\"#/H-\"]').length === {len(titles)}", "all are listed")
        shown = page.value(
            "Object.fromEntries([...document.querySelectorAll('a[href^=\"#/H-\"]')].map((a) => [a.hash, a.textContent]))"
        )
        self.assertIn("138****1111", "".join(shown.values()))
        self.assertNotIn("13800001111", page.value("document.body.innerText"))
        listed = self.http.get("/api/v1/cases?status=owing&limit=500", prefer="masked-numbers").json()["cases"]
        for case in listed:
            if case["id"].startswith("H-"):
                self.assertEqual(shown[f"#/{case['id']}"], case["title"] or "（无标题）")
        self.assertEqual(page.value("document.querySelectorAll('main :is(script, img, iframe, svg, style, form)').length"), 0)

    def test_a_matter_that_comes_while_the_list_is_under_way_stays_on_the_board(self):
        page = self.chrome.page(f"http://127.0.0.1:{self.http.port}/", script=HELD_UP)
        page.wait("window.held_up", "the list is under way")
        self.office.tell(detected("MEANWHILE-1"))
        self.row_is(page, "MEANWHILE-1", "open")
        page.value("window.go_on = true")
        page.wait("document.querySelector('#total').innerText !== ''", "the list is there")
        self.assertTrue(page.value(f"!!{ROW % 'MEANWHILE-1'}"))

    def test_without_the_daemon_it_goes_on_counting_and_says_so(self):
        self.office.tell(detected("A-1"))
        page = self.open()
        self.row_is(page, "A-1", "open")
        self.office.kill_daemon()
        page.wait("/失去联系，以下为 .* 的数据/.test(document.querySelector('#away').innerText)", "it says so")
        before = self.text(page, "A-1", ".left")
        page.wait(f"{ROW % 'A-1'}.querySelector('.left').innerText !== '{before}'", "it goes on counting")
        self.office.start_daemon()
        page.wait("!document.querySelector('#away').checkVisibility()", "it is back by itself", 30)
        self.office.tell(detected("A-2"))
        self.row_is(page, "A-2", "open")
