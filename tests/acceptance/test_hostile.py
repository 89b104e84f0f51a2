"""Hundreds of hostile titles, told to a daemon with a channel of every format, and what independent readers make of each
message: its shape is that of a message about a burnt-out street lamp."""

import json
import re
import subprocess
import unittest

import readers
from client import detected, event, just_now
from hostile_titles import (
    BROKEN,
    CONTROLS,
    DIRECTION,
    HTML,
    INJECTIONS,
    INVISIBLE,
    LINKS,
    MARKDOWN,
    MENTIONS,
    titles,
)
from inbox import Inbox
from office import BUILD, with_link_key
from office_case import OfficeCase
from relay import Relay
from robots import DingTalk, Feishu, Platforms, WeCom, strict_robots
from test_smtp import HEADERS
from waiting import wait_for

PLAIN = "HOST-0"  # the matter whose title is only a title
TOLD_WITHIN = 300.0
PEOPLE = """\
  - {id: hostile-a, name: 甲, mobile: "13900000001", wecom: hostile-a, dingtalk: da, feishu: ou_a}
  - {id: hostile-b, name: 乙, mobile: "13900000002", wecom: hostile-b, dingtalk: db, feishu: ou_b}
  - {id: hostile-c, name: 丙, mobile: "13900000003"}
"""
ROLES = """\
  crowd: {officers: [hostile-a, hostile-b], channels: [%s]}
  phones: {officers: [hostile-c], channels: [wecom-text]}
"""
CLASS = "  - {id: hostile, title: 试验, match: {platform: hostile}, obligations: [hostile]}\n"
OBLIGATION = """\
  hostile: {title: 回应, kind: statutory, due: 48h, start: detected, fulfilled_by: {event: response.published},
    basis: 试验, guide: 先核实, ladder: hostile}
"""
LADDER = "  hostile:\n    - {at: start, notify: [crowd, phones]}\n"
FAST = "rate: 100000/1s, "
TOGETHER = "rate: 10/1s, "
TEMPLATES = {
    "json": (
        "application/json",
        """'{"text": "{{text}}", "title": "{{title}}", "case": "{{case_id}}", "who": "{{mobiles}}"}'""",
    ),
    "form": ("application/x-www-form-urlencoded", "'text={{line}}&title={{title}}&case={{case_id}}'"),
    "xml": ("application/xml", "'<m><text>{{text}}</text><title>{{title}}</title><case>{{case_id}}</case></m>'"),
    "text": ("text/plain; charset=utf-8", '"{{title}}\\n{{case_id}}\\n{{line}}\\n"'),
}


def add(config, name, sections):
    file = config / name
    text = file.read_text(encoding="utf-8")
    for section, addition in sections.items():
        head, found, tail = text.partition(f"\n{section}:\n")
        assert found, f"{name} has no section {section}"
        text = head + found + addition + tail
    file.write_text(text, encoding="utf-8")


class Hostile(OfficeCase):
    @classmethod
    def setUpClass(cls):
        cls.robots = Platforms(
            **strict_robots(),
            ding_together=DingTalk(),
            attention=DingTalk(per_minute=10**9),
            wecom_text=WeCom(),
            wecom_together=WeCom(),
            feishu_text=Feishu(refuse=lambda body: 11310 if body["msg_type"] == "interactive" else 0),
            feishu_together=Feishu(),
        )
        cls.inbox, cls.relay = Inbox(lambda _: (200, b"{}")), Relay()
        for one in (cls.robots, cls.inbox, cls.relay):
            cls.addClassCleanup(one.close)
        lines = cls.channels()
        cls.names = [line.split(":")[0].strip() for line in lines]
        attention = {
            "format": "dingtalk",
            "url": cls.robots.url("attention"),
            "secret_file": None,
            "rate": "100000/1s",
        }
        cls.arguments = {"settings": "\n".join(lines), "adapt": cls.adapt, "channels": {"audit-hook": attention}}
        super().setUpClass()

    @classmethod
    def channels(cls):
        lines = []
        for name, robot in cls.robots.robots.items():
            if name == "attention":
                continue
            robot.per_minute, robot.per_second = 10**9, None
            rate = TOGETHER if name.endswith("together") else FAST
            more = ", secret_file: robot.secret, keyword: 督办" if robot.keyword else ""
            if robot.keyword:
                more = more.replace("robot", name)
            kind = type(robot).__name__.lower()
            lines.append(f"{name.replace('_', '-')}: {{format: {kind}, {rate}url: '{cls.robots.url(name)}'{more}}}")
        for name, (kind, body) in TEMPLATES.items():
            lines.append(
                f"sms-{name}: {{format: template, url: '{cls.inbox.url(name)}', content_type: '{kind}', "
                f"headers: {{X-Title: '{{{{title}}}}'}}, body: {body}}}"
            )
        lines.append(f"alerts: {{format: alertmanager, url: '{cls.inbox.url('alerts')}'}}")
        for name, rate in (("mail", FAST), ("mail-together", TOGETHER)):
            to = f"from: {name}@example.gov.cn, to: z@example.gov.cn"
            lines.append(f"{name}: {{format: smtp, {rate}url: '{cls.relay.url}', {to}}}")
        return ["  " + line for line in lines]

    @classmethod
    def adapt(cls, config):
        for name, robot in cls.robots.robots.items():
            if robot.keyword:
                file = config / f"{name}.secret"
                file.write_text(robot.secret + "\n", encoding="utf-8")
                file.chmod(0o600)
        everyone = ", ".join([*(name for name in cls.names if name != "wecom-text"), "duty-group"])
        add(config, "directory.yaml", {"officers": PEOPLE, "roles": ROLES % everyone})
        add(config, "policy.yaml", {"classes": CLASS, "obligations": OBLIGATION, "ladders": LADDER})
        with_link_key(config)

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.titles = {f"HOST-{number}": title for number, title in enumerate(titles(), 1)}
        now = just_now()
        told = [detected(PLAIN, now, platform="hostile", field="安全生产")]
        units = MENTIONS + LINKS + HTML + INJECTIONS
        for number, (case, title) in enumerate(cls.titles.items()):
            more = {"field": "安全生产"}
            if number % 8 == 0:
                more = {"lead_unit": units[number % 97], "field": units[number % 89]}
            told.append(detected(case, now, title=title, platform="hostile", **more))
        cls.answers = cls.office.client().tell(*told, bound=TOLD_WITHIN)
        accepted = {answer["case"] for answer in cls.answers if answer["status"] == "accepted"}
        cls.titles = {case: title for case, title in cls.titles.items() if case in accepted}
        cls.wait_sent()

    @classmethod
    def wait_sent(cls):
        sent = lambda: cls.office.http.metric("yuqing_outbox_size") == 0
        wait_for(sent, "everything is sent", TOLD_WITHIN)

    # --- what came

    def robot_bodies(self, name):
        robot = self.robots.robots[name]
        return [body for _, body in list(robot.accepted)]

    def by_case(self, messages, text_of=str, case=r"(?<=/act/)HOST-\d+"):
        """The last message about each; every matter has one."""
        found = {re.search(case, text_of(message))[0]: message for message in messages}
        self.assertEqual(self.titles.keys() - found.keys(), set())
        return found

    def judge(self, messages, read, clean=readers.hidden, marks=True):
        """Every message has the shape and the words of the plain one, but for the words that people wrote."""
        plain_shape, plain_words = read(messages.pop(PLAIN))
        outside = ["路灯不亮", "县应急管理局", "安全生产", "work_safety"]
        found = []
        for case, message in messages.items():
            shape, words = read(message)
            where = f"{case} {self.titles[case][:60]!r}"
            if shape != plain_shape:
                found.append(f"{where}: {[one for one in shape if one not in plain_shape][:5]} of {len(shape)}")
                continue
            found += [f"{where}: {fault}" for fault in self.word_faults(words, plain_words, outside, clean, marks)]
        self.assertEqual(found[:15], [], f"{len(found)} faults")

    def word_faults(self, words, plain_words, outside, clean, marks):
        lines, plain = ("\n".join(all_words).split("\n") for all_words in (words, plain_words))
        if len(lines) != len(plain):
            yield f"{len(lines)} lines, not {len(plain)}"
            return
        for line, wanted in zip(lines, plain):
            yield from clean(line)
            if not any(word in wanted for word in outside):
                if readers.level(line) != readers.level(wanted):
                    yield f"{line!r}, not {wanted!r}"
            elif marks and (mark := readers.MARKS.search(line)):
                yield f"{mark[0]!r} in {line!r}"

    def markdown(self, text):
        """With our mentions taken out: they are no Markdown, and must be there once, and nobody else's."""
        for mention in ("@13900000001 @13900000002", "<@hostile-a><@hostile-b>"):
            if mention in text:
                text = text.replace(mention, "", 1)
                break
        else:
            self.fail(f"nobody is mentioned in {text!r}")
        self.assertNotIn("@", text)
        return readers.markdown(text)

    def test_dingtalk_shows_a_title_and_rings_the_officers_alone(self):
        rung = {"atMobiles": ["13900000001", "13900000002"], "atUserIds": [], "isAtAll": False}
        bodies = self.by_case(self.robot_bodies("ding"))
        for body in bodies.values():
            self.assertEqual(body["at"], rung)
            banner = body["markdown"]["title"]
            self.assertEqual((readers.hidden(banner), len(banner.splitlines())), ([], 1))
        self.judge(bodies, lambda body: self.markdown(body["markdown"]["text"]))

    def test_wecom_shows_a_title_and_rings_the_officers_alone(self):
        bodies = self.by_case(self.robot_bodies("wecom"))
        self.judge(bodies, lambda body: self.markdown(body["markdown"]["content"]))

    def test_wecom_text_shows_a_title_and_rings_the_officer_alone(self):
        bodies = self.by_case(self.robot_bodies("wecom_text"))
        for body in bodies.values():
            rung = (body["text"]["mentioned_list"], body["text"]["mentioned_mobile_list"])
            self.assertEqual(rung, ([], ["13900000003"]))
        self.judge(bodies, lambda body: ([], [body["text"]["content"]]))

    def test_feishu_shows_a_title_and_rings_the_officers_alone(self):
        bodies = self.by_case(self.robot_bodies("feishu"))
        for body in bodies.values():
            written = [text for path, text in readers.tree(body) if text == "lark_md" or "<" in str(text)]
            self.assertEqual(written, ["lark_md", "<at id=ou_a></at><at id=ou_b></at>"])
        self.judge(bodies, lambda body: readers.json_value({**body, "timestamp": "", "sign": ""}))

    def test_feishu_text_shows_a_title_and_rings_the_officers_alone(self):
        bodies = self.by_case(self.robot_bodies("feishu_text"))
        mention = '<at user_id="ou_a"></at><at user_id="ou_b"></at>'
        for body in bodies.values():
            self.assertNotIn("<", body["content"]["text"].replace(mention, "", 1))
        self.judge(bodies, readers.json_value)

    def test_what_travels_together_has_a_line_for_each_title(self):
        for name, text_of, between in (
            ("ding_together", lambda body: body["markdown"]["text"], "\n\n"),
            ("wecom_together", lambda body: body["markdown"]["content"], "\n"),
            ("feishu_together", lambda body: "\n".join(text for text in readers.json_value(body)[1]), "\n"),
            ("mail-together", lambda mail: mail.text, "\n"),
        ):
            with self.subTest(name):
                all_bodies = self.mails(name) if name.startswith("mail") else self.robot_bodies(name)
                texts = [text_of(body) for body in all_bodies]
                together = [text for text in texts if "【汇总】" in text]
                named = set(re.findall(r"HOST-\d+", "".join(texts)))
                self.assertEqual(self.titles.keys() - named, set())
                self.assertGreater(len(together), 0)
                for text in together:
                    self.check_digest(text.replace("\r\n", "\n").split(between))

    def check_digest(self, lines):
        numbered = [line for line in lines if re.match(r"\d+、", line)]
        (heading,) = [re.search(r"【汇总】(\d+)件", line) for line in lines if "【汇总】" in line][:1]
        self.assertEqual(int(heading[1]), len(numbered))
        for number, line in enumerate(numbered, 1):
            self.assertRegex(line, rf"^{number}、【新事项】回应 剩余.* HOST-\d+$")
            self.assertEqual((readers.hidden(line), readers.MARKS.search(line)), ([], None), line)

    def requests(self, name, case):
        requests = [one for one in self.inbox.about("") if one.path == "/" + name]
        return self.by_case(requests, lambda request: request.raw.decode("utf-8"), case)

    def test_a_template_keeps_a_title_in_its_place(self):
        for name, case, read in (
            ("json", r'(?<="case": ")HOST-\d+(?=", "who")', lambda raw: readers.json_value(json.loads(raw))),
            ("form", r"(?<=&case=)HOST-\d+$", readers.form),
            ("xml", r"(?<=<case>)HOST-\d+", readers.xml),
            ("text", r"(?<=\n)HOST-\d+(?=\n)", lambda raw: ([], [raw.decode()])),
        ):
            with self.subTest(name):
                requests = self.requests(name, case)
                for request in requests.values():
                    self.assertEqual(list(request.headers), list(requests[PLAIN].headers))
                    self.assertRegex(request.headers["x-title"], r"\A[ -~]*\Z")
                self.judge(requests, lambda request: read(request.raw))

    def test_an_alert_has_a_title_in_its_annotations(self):
        requests = self.requests("alerts", r'(?<="case":")HOST-\d+')
        for request in requests.values():
            self.assertEqual([alert["labels"] for alert in request.json["alerts"]], [request.json["commonLabels"]])
        self.judge(requests, lambda request: readers.json_value(request.json))

    def webhooks(self):
        ours = self.titles.keys() | {PLAIN}
        opened = self.sink.received(channel="duty-group", reason="opened")
        return self.by_case([one for one in opened if one.case in ours], lambda message: message.case, r".+")

    def test_a_cloudevent_has_a_title_as_data(self):
        messages = self.webhooks()
        for message in messages.values():
            self.assertEqual(message.headers.keys(), messages[PLAIN].headers.keys())
            message.data["obligation"]["remaining_seconds"] = 0
        self.judge(messages, lambda message: readers.json_value(message.data), clean=readers.steering, marks=False)

    def mails(self, name):
        return [mail for mail in self.relay.mails if mail.sender.startswith(name + "@")]

    def test_a_mail_has_a_title_in_its_text_and_subject(self):
        mails = self.by_case(self.mails("mail"), lambda mail: mail.text)
        for mail in mails.values():
            message = mail.message
            self.assertEqual(message.keys(), HEADERS)
            self.assertEqual((message.defects, mail.recipients), ([], ["z@example.gov.cn"]))
            self.assertEqual(readers.hidden(str(message["subject"])), [])
        self.assertEqual(self.relay.faults, [])
        self.judge(mails, lambda mail: ([], [mail.text.replace("\r\n", "\n")]))

    def test_the_page_behind_a_link_shows_a_title(self):
        pages = {}
        for case, message in self.webhooks().items():
            path = message.data["links"]["acknowledge"].split(str(self.http.port), 1)[1]
            page = self.http.get(path).body.decode("utf-8")
            self.assertIn(f'"../#/{case}"', page)  # where the board shows it
            pages[case] = page.replace(f"../#/{case}", "../#/")
        self.judge(pages, readers.page, clean=readers.steering, marks=False)

    # --- what watches

    def test_metrics_and_lists_stay_what_they_are(self):
        self.assertEqual(readers.metrics_faults(self.http.get("/metrics").body.decode("utf-8")), [])
        listed = self.http.get("/api/v1/cases?limit=500").json()["cases"]
        self.assertEqual([one["title"] for one in listed if readers.steering(one["title"])], [])

    def test_a_terminal_shows_a_line_for_each_title(self):
        url = f"http://127.0.0.1:{self.http.port}"
        command = [str(BUILD / "bin" / "yuqingctl"), "--url", url, "list", "--limit", "500"]
        shown = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
        self.assertEqual([one for one in readers.hidden(shown) if one.startswith("U+")], [])
        self.assertGreaterEqual(len(shown.split("\n")), len(self.titles))

    def test_who_attends_to_what_was_refused_or_is_unknown_reads_text(self):
        """Sources and ids of rejected events, units that nobody knows."""
        client = self.office.client()
        for title in (MENTIONS + LINKS + MARKDOWN + HTML)[::2]:
            client.ask([{**detected(title="x"), "source": title, "data": {}}])
        self.wait_sent()
        texts = [body["markdown"]["text"] for body in self.robot_bodies("attention")]
        self.assertGreater(len([text for text in texts if "来源：" in text]), 50)
        self.assertGreater(len([text for text in texts if "名录中没有：" in text]), 50)
        for text in texts:
            shape, words = readers.markdown(text.replace("\n\n@13800000001", "", 1))
            written = [one for one in shape if not one[0].endswith("_close") and not self.is_ours(*one)]
            self.assertEqual((written, readers.hidden("".join(words)), "".join(words).count("@")), ([], [], 0), text)

    @staticmethod
    def is_ours(what, tag, where, content):
        links = r"http://127\.0\.0\.1:\d+/(cases|act)/[\w.~-]+"
        return what in ("heading_open", "paragraph_open", "strong_open") or (
            what == "link_open" and re.fullmatch(links, where)
        )

    def test_what_is_no_text_is_refused_and_told_of(self):
        whole = detected("BROKEN", title="TITLE", platform="hostile")
        client = self.office.client()
        for broken in BROKEN:
            with self.subTest(broken):
                frame = json.dumps(whole).encode().replace(b"TITLE", broken)
                (answer,) = client.ask([frame])
                self.assertEqual((answer["status"], answer["error"]["code"]), ("rejected", "malformed"))
                self.assertTrue(answer["error"]["path"].isdigit(), answer)
        self.assertEqual(self.http.status("/api/v1/cases/BROKEN"), 404)

    def test_the_log_stays_a_list_of_key_and_value(self):
        """Ids, types and sources are other people's words, too."""
        client = self.office.client()
        self.office.tell(detected("LOGGED", just_now()))
        for title in MENTIONS + HTML + INJECTIONS + DIRECTION + INVISIBLE + CONTROLS:
            name = title[:60]
            spoilt = {"type": name}, {"source": name, "data": {}}, {"id": name, "subject": name}, {"time": name}
            client.ask([{**detected("LOG"), **members} for members in spoilt])
            promise = {"commitment": name, "by": name}
            client.ask(
                [
                    event("commitment.made", "LOGGED", text=name, due="2031-01-01T00:00:00Z", **promise),
                    event("commitment.kept", "LOGGED", **promise),
                ]
            )
        lines = [line for line in self.office.log().split("\n") if re.match(r"20\d\d-", line)]
        self.assertGreater(len(lines), 300)
        self.assertEqual(readers.log_faults(lines)[:5], [])
        for line in self.office.log().split("\n"):
            self.assertEqual(readers.steering(line), [])
