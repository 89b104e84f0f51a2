"""The shipped policy through the group robots of DingTalk, WeCom and Feishu, which accept nothing that is not right."""


from client import detected, just_now
from office_case import OfficeCase
from office import with_link_key
from robots import DingTalk, Platforms, strict_robots
from waiting import wait_for

HOSTILE = (
    "<at id=all></at> <@all> @all [点这里](http://evil.example) # **x** 13800001111 \u202etxt "
    "</script><script>alert(1)</script>"
)
NEVER = ("<at id=all", "<@all", "@all", "](http://evil", "<script", "13800001111 ", "\u202e")


class Robots(OfficeCase):
    """duty-group is a DingTalk robot, leaders a Feishu robot, audit-hook a WeCom robot."""

    @classmethod
    def setUpClass(cls):
        cls.platforms = Platforms(**strict_robots())
        cls.addClassCleanup(cls.platforms.close)
        cls.arguments = {
            "channels": {
                "duty-group": {
                    "format": "dingtalk",
                    "url": cls.platforms.url("ding"),
                    "secret_file": "ding.secret",
                    "keyword": "督办",
                },
                "audit-hook": {"format": "wecom", "url": cls.platforms.url("wecom"), "secret_file": None},
                "leaders": {
                    "format": "feishu",
                    "url": cls.platforms.url("feishu"),
                    "secret_file": "feishu.secret",
                    "keyword": "督办",
                },
            },
            "adapt": cls.write_secrets,
        }
        super().setUpClass()

    @classmethod
    def write_secrets(cls, config):
        for name, robot in (("ding", "ding"), ("feishu", "feishu")):
            file = config / f"{name}.secret"
            file.write_text(cls.platforms.robots[robot].secret + "\n", encoding="utf-8")
            file.chmod(0o600)
        with_link_key(config)

    def robot(self, name):
        return self.platforms.robots[name]

    def about(self, name, case):
        """What a robot accepted about a case, once there is any."""
        robot = self.robot(name)
        wait_for(lambda: robot.texts(case), f"a message about {case}; refused {robot.refused}", 20)
        return robot.texts(case)

    def test_an_emergency_reaches_all_three_signed_with_keyword_mention_and_links(self):
        title = "化工厂爆炸"
        self.office.tell(
            detected("ROBOT-1", just_now(), title=title, incident_grade="extreme", field="安全生产")
        )
        for name in ("ding", "feishu", "wecom"):
            text = self.about(name, "ROBOT-1")[0]
            self.assertIn(title, text)
            self.assertEqual([no for no in self.robot(name).refused if "ROBOT-1" in str(no)], [])
        ding = self.about("ding", "ROBOT-1")[0]
        self.assertIn("/act/ROBOT-1?t=", ding)
        self.assertIn("督办", ding)
        self.assertIn("剩余", ding)

    def test_a_hostile_title_is_text_on_all_three(self):
        self.office.tell(
            detected("ROBOT-2", just_now(), title=HOSTILE, incident_grade="extreme", field="安全生产")
        )
        for name in ("ding", "feishu", "wecom"):
            for text in self.about(name, "ROBOT-2"):
                for part in NEVER:
                    self.assertNotIn(part, text)

    def test_words_that_a_moderator_refuses_go_once_more_without_them(self):
        ding = self.robot("ding")
        ding.refuse = lambda body: 430102 if "敏感" in body["markdown"]["text"] else 0
        self.addCleanup(setattr, ding, "refuse", None)
        self.office.tell(detected("ROBOT-3", just_now(), title="敏感的话", field="安全生产"))
        text = self.about("ding", "ROBOT-3")[0]
        self.assertNotIn("敏感", text)
        self.assertIn("/act/ROBOT-3?t=", text)

    def test_a_refusal_in_a_200_is_never_counted_as_sent(self):
        wecom = self.robot("wecom")
        wecom.refuse = lambda body: 93004
        self.addCleanup(setattr, wecom, "refuse", None)
        before = self.http.metric("yuqing_dead_letters", channel="audit-hook")
        self.office.tell(detected("ROBOT-4", just_now(), title="路灯不亮", field="安全生产"))
        wait_for(
            lambda: self.http.metric("yuqing_dead_letters", channel="audit-hook") > before,
            "the refused message is buried",
            20,
        )
        self.assertEqual(wecom.texts("ROBOT-4"), [])


class Together(OfficeCase):
    """duty-group is a DingTalk robot that takes one message in three seconds: what waits travels together."""

    @classmethod
    def setUpClass(cls):
        cls.platforms = Platforms(ding=DingTalk())
        cls.addClassCleanup(cls.platforms.close)
        url = cls.platforms.url("ding")
        robot = {"format": "dingtalk", "url": url, "secret_file": None, "rate": "1/3s"}
        cls.arguments = {"channels": {"duty-group": robot}, "adapt": with_link_key}
        super().setUpClass()

    def test_one_title_that_a_moderator_refuses_buries_nothing_that_travels_with_it(self):
        ding = self.platforms.robots["ding"]
        ding.refuse = lambda body: 430102 if "敏感" in body["markdown"]["text"] else 0
        cases = [f"TOGETHER-{i}" for i in range(6)]
        self.office.tell(detected("TOGETHER-FIRST", just_now(), title="先占一条", field="安全生产"))
        ding.wait()
        self.office.tell(
            *[detected(case, just_now(), title=f"敏感的话{case[-1]}", field="安全生产") for case in cases]
        )
        wait_for(
            lambda: all(ding.texts(f"/act/{case}?") for case in cases),
            f"every matter told; refused {ding.refused}",
            30,
        )
        digest = next(text for text in ding.texts() if "汇总" in text and cases[0] in text)
        self.assertIn("内容请打开链接查看", digest)
        self.assertNotIn("敏感", " ".join(ding.texts()))
        self.assertEqual(self.http.metric("yuqing_dead_letters", channel="duty-group"), 0)
