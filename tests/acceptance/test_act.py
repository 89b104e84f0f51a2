"""Acting from a message: the signed link, the page, one thumb and the second one."""

import re
import subprocess
from urllib.parse import urlencode, urljoin, urlsplit

from client import detected, event, just_now
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
        self.assertEqual((pressed.status, urljoin(link, pressed.headers["location"])), (303, link))
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
        refused = self.visit("/cases/ACT-7")
        self.assertEqual((refused.status, refused.json()["error"]["code"]), (403, "forbidden"))
        self.assertEqual(self.http.post("/cases/ACT-7").status, 405)

    def test_a_browser_that_is_refused_reads_what_to_do(self):
        link = self.link("ACT-8")
        browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", **FORM}
        for path, status, says in (
            ("/cases/ACT-8", 403, "请打开这一事项的消息"),
            ("/cases/a%20b", 404, "没有找到这一事项"),
            (link.replace("ACT-8", "ACT-9"), 403, "不完整或已被改动"),
        ):
            answered = self.http.get(path, **browser)
            self.assertEqual(answered.status, status, path)
            self.assertIn("text/html", answered.headers["content-type"])
            self.assertIn(says, answered.body.decode())
            self.assertNotIn("路灯", answered.body.decode())

    def test_what_was_withdrawn_is_not_shown_as_done(self):
        link = self.link("ACT-10")
        self.assertEqual(self.press(link, act="publish", kind="online_reply").status, 303)
        self.assertIn("已发布：", self.visit(link).body.decode())
        [told] = self.deeds("ACT-10", "response.published")
        self.office.tell(
            event(
                "fact.withdrawn",
                "ACT-10",
                event_source="yuqingd/qingshan/act",
                event_id=told["id"],
                by="张三",
                reason="误按",
            )
        )
        self.assertNotIn("已发布：", self.visit(link).body.decode())
        self.assertEqual(self.http.obligations("ACT-10")["response"]["status"], "pending")

    def test_an_old_page_from_which_was_told_what_is_withdrawn_records_nothing_and_shows_what_is(self):
        link = self.link("ACT-16")
        old = self.visit(link).body.decode()
        form = {
            "seen": re.search(r'name="seen" value="(\d+)"', old)[1],
            "who": re.search(r'name="who" value="([^"]+)"', old)[1],
        }

        def press(**told):
            return self.http.ask("POST", link, urlencode({**form, **told}).encode(), FORM)

        for act in ({"act": "acknowledge"}, {"act": "publish", "kind": "online_reply"}):
            kind = "case.acknowledged" if act["act"] == "acknowledge" else "response.published"
            self.assertEqual(press(**act).status, 303)
            [told] = self.deeds("ACT-16", kind)
            self.office.tell(
                event("fact.withdrawn", "ACT-16", event_source=told["source"], event_id=told["id"], by="张三", reason="误按")
            )
            answered = press(**act)
            self.assertEqual(answered.status, 409)
            page = answered.body.decode()
            self.assertIn("没有记下：这一页已过时", page)
            self.assertIn("<form", page)
            self.assertEqual(len(self.deeds("ACT-16", kind)), 1)
            form["seen"] = re.search(r'name="seen" value="(\d+)"', page)[1]
            self.assertEqual(press(**act).status, 303)
            self.assertEqual(len(self.deeds("ACT-16", kind)), 2)
        self.assertEqual(self.http.obligations("ACT-16")["response"]["status"], "met")

    def test_an_old_page_of_a_case_that_asks_for_nothing_changes_nothing(self):
        into, merged, dismissed = (self.link(f"ACT-{number}") for number in (11, 12, 13))
        self.assertIn("<form", self.visit(merged).body.decode())
        self.office.tell(
            event("case.merged", "ACT-12", into="ACT-11", by="张三"),
            event("case.dismissed", "ACT-13", by="张三", reason="不属本县"),
        )
        for link, case in ((merged, "ACT-12"), (dismissed, "ACT-13")):
            for form in ({"act": "acknowledge"}, {"act": "publish", "kind": "online_reply"}):
                told = urlencode({"seen": "1", "who": "yjj-1", **form}).encode()
                answered = self.http.ask("POST", link, told, FORM)
                self.assertEqual(answered.status, 409)
                self.assertIn("没有记下：", answered.body.decode())
                self.assertNotIn("<form", answered.body.decode())
            self.assertEqual(self.deeds(case, "case.acknowledged"), [])
            self.assertEqual(self.deeds(case, "response.published"), [])
        self.assertEqual(self.http.obligations("ACT-11")["response"]["status"], "pending")
        self.assertIn("<form", self.visit(into).body.decode())

    def test_a_link_whose_message_is_not_kept_any_more_only_shows(self):
        link = self.link("ACT-14")
        notification = link.split("?t=")[1].split(".")[1]
        wait_for(lambda: self.forget(notification) == "1", "the message is forgotten", 10)
        page = self.visit(link)
        self.assertEqual(page.status, 200)
        self.assertIn("已过保存期", page.body.decode())
        self.assertNotIn("<form", page.body.decode())
        told = urlencode({"seen": "1", "act": "acknowledge", "name": "某陌生人"}).encode()
        self.assertEqual(self.http.ask("POST", link, told, FORM).status, 409)
        self.assertEqual(self.deeds("ACT-14", "case.acknowledged"), [])

    def forget(self, notification):
        """As Redis does a week after the message was delivered."""
        key = f"yuqing:{{qingshan}}:notification:{notification}"
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", "DEL", key]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    def test_the_page_says_what_the_case_is(self):
        link = self.link("ACT-15", place="城关镇", platform="抖音", summary="三户反映", url="https://v.example.invalid/7")
        page = self.visit(link).body.decode()
        for part in ("城关镇", "抖音", "三户反映", 'href="https://v.example.invalid/7"'):
            self.assertIn(part, page)


def in_a_folder(config):
    with_link_key(config)
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"public_url: '([^']*)'", r"public_url: '\1/yuqing/'", text), encoding="utf-8")


class Folder(OfficeCase):
    arguments = {"adapt": in_a_folder}

    def test_people_act_where_the_proxy_shows_the_daemon_in_a_folder(self):
        """The proxy takes the folder off; what the page names must be found behind it."""
        self.office.tell(detected("FOLDER-1", just_now(), title="路灯不亮", field="安全生产"))
        self.sink.wait(case="FOLDER-1", channel="duty-group")
        told = self.sink.received(case="FOLDER-1", channel="duty-group")[0].data["links"]["acknowledge"]
        folder = "/yuqing"

        def behind(url):
            path = urlsplit(url).path
            self.assertTrue(path.startswith(folder + "/"), url)
            return path.removeprefix(folder) + ("?" + urlsplit(url).query if urlsplit(url).query else "")

        page = self.http.get(behind(told), **FORM).body.decode()
        style = urljoin(told, re.search(r'rel="stylesheet" href="([^"]+)"', page)[1])
        self.assertEqual(self.http.get(behind(style), **FORM).status, 200)
        people = re.findall(r'name="who" value="([^"]+)"', page)
        form = urlencode({"seen": "1", "act": "acknowledge", "who": people[0]}).encode()
        pressed = self.http.ask("POST", behind(told), form, FORM)
        self.assertEqual(pressed.status, 303)
        self.assertEqual(urljoin(told, pressed.headers["location"]), told)


class Unsigned(OfficeCase):
    def test_without_a_key_nobody_acts_and_the_page_tells_why(self):
        self.office.tell(detected("UNSIGNED-1", just_now(), title="路灯不亮", field="安全生产"))
        wait_for(lambda: self.http.status("/cases/UNSIGNED-1") == 200, "the case is there", 10)
        refused = self.http.get("/act/UNSIGNED-1")
        self.assertEqual(refused.status, 403)
        self.assertIn("http.link_key_file", refused.body.decode())
