"""Acting from a message: the signed link, the page, one thumb and the second one."""

import re
from urllib.parse import urlencode, urlsplit

from client import detected, just_now
from office import with_link_key
from office_case import OfficeCase
from waiting import wait_for

FORM = {"content-type": "application/x-www-form-urlencoded", "host": "yuqing.example", "x-forwarded-for": "10.0.0.9"}


class Acting(OfficeCase):
    arguments = {"adapt": with_link_key}

    def link(self, case, **facts):
        """The path of the link in the first message about a new case."""
        facts = {"title": "路灯不亮", "field": "安全生产", **facts}
        self.office.tell(detected(case, just_now(), **facts))
        self.sink.wait(case=case, channel="duty-group")
        url = urlsplit(self.sink.received(case=case, channel="duty-group")[0].data["links"]["acknowledge"])
        return f"{url.path}?{url.query}"

    def visit(self, link):
        """As a phone comes through the office's gateway: another Host, forwarded, not this machine."""
        return self.http.get(link, **{"host": "yuqing.example", "x-forwarded-for": "10.0.0.9"})

    def press(self, link, **form):
        page = self.visit(link).body.decode()
        seen = re.search(r'name="seen" value="(\d+)"', page)[1]
        people = re.findall(r'name="who" value="([^"]+)"', page)
        told = {"seen": seen, "who": people[0] if people else "", **form}
        return self.http.ask("POST", link, urlencode(told).encode(), FORM)

    def deeds(self, case, kind):
        return [one for one in self.http.case(case)["timeline"] if one.get("type") == kind]

    def test_looking_changes_nothing_and_is_safe(self):
        link = self.link("ACT-1", title="</title><script>alert(1)</script>")
        for _ in range(3):
            page = self.visit(link)
        self.assertEqual(page.status, 200)
        self.assertNotIn(b"<script", page.body)
        self.assertIn("签收", page.body.decode())
        self.assertIn("default-src 'none'", page.headers["content-security-policy"])
        self.assertEqual(self.deeds("ACT-1", "case.acknowledged"), [])
        self.assertIsNone(self.http.case("ACT-1")["acknowledged_at"])

    def test_one_thumb_acknowledges_and_the_second_reads_who_was_first(self):
        link = self.link("ACT-2")
        pressed = self.press(link, act="acknowledge")
        self.assertEqual((pressed.status, pressed.headers["location"]), (303, link))
        self.assertIsNotNone(self.http.case("ACT-2")["acknowledged_at"])
        [first] = self.deeds("ACT-2", "case.acknowledged")
        self.assertIn(f"<bdi>{first['by']}</bdi>", self.visit(link).body.decode())
        second = self.press(link, act="acknowledge")
        self.assertEqual(second.status, 200)
        self.assertIn(f"不用再操作：{first['by']} 已签收", second.body.decode())
        self.assertEqual(len(self.deeds("ACT-2", "case.acknowledged")), 1)

    def test_the_same_form_sent_twice_is_one_fact(self):
        link = self.link("ACT-3")
        form = {"act": "publish", "kind": "online_reply", "seen": "1", "url": "https://www.example.gov/1"}
        self.assertEqual([self.press(link, **form).status for _ in range(2)], [303, 200])
        self.assertEqual(len(self.deeds("ACT-3", "response.published")), 1)
        self.assertEqual(self.http.obligations("ACT-3")["response"]["status"], "met")

    def test_who_acts_is_one_of_those_told(self):
        link = self.link("ACT-4")
        self.assertEqual(self.press(link, act="acknowledge", who="nobody").status, 422)
        self.assertEqual(self.press(link, act="everything").status, 422)
        self.assertEqual(self.deeds("ACT-4", "case.acknowledged"), [])

    def test_a_link_touched_or_of_another_case_opens_nothing(self):
        link, other = self.link("ACT-5"), self.link("ACT-6")
        token = link.split("?t=")[1]
        for path in ("/act/ACT-6?t=" + token, link[:-1], "/act/ACT-5", link.replace("t=1", "t=2", 1)):
            answered = self.http.ask("POST", path, urlencode({"act": "acknowledge"}).encode(), FORM)
            self.assertEqual(answered.status, 403, path)
            self.assertNotIn("路灯", answered.body.decode())
        self.assertEqual(self.visit(other).status, 200)
        self.assertEqual(self.deeds("ACT-6", "case.acknowledged"), [])

    def test_the_page_of_a_case_shows_and_does_not_act_and_only_here(self):
        self.link("ACT-7")
        here = self.http.get("/cases/ACT-7")
        self.assertEqual(here.status, 200)
        self.assertNotIn("<form", here.body.decode())
        self.assertEqual(self.visit("/cases/ACT-7").status, 403)
        self.assertEqual(self.http.post("/cases/ACT-7").status, 405)


class Unsigned(OfficeCase):
    def test_without_a_key_nobody_acts_and_the_page_tells_why(self):
        self.office.tell(detected("UNSIGNED-1", just_now(), title="路灯不亮", field="安全生产"))
        wait_for(lambda: self.http.status("/cases/UNSIGNED-1") == 200, "the case is there", 10)
        refused = self.http.get("/act/UNSIGNED-1")
        self.assertEqual(refused.status, 403)
        self.assertIn("http.link_key_file", refused.body.decode())
