"""The duty board in Chromium, shortly: a matter from its first second to its answer, hostile titles, the daemon away.

`tests/run --long browser` looks at everything."""

import time

from chrome import Chrome
from client import HOUR, detected
from hostile_titles import HTML, INJECTIONS, LINKS
from office_case import OfficeCase, add_quick_class

DUE = 9
ROW = """document.querySelector('#matters tr:has(a[href="#/%s"])')"""
FORM = "form.act"


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
