"""The shipped policy through `format: template`: an SMS gateway that takes JSON and says 200 to everything, and one that takes
a form. Texts from outside never leave their place."""

from urllib.parse import parse_qs

from client import detected, just_now
from inbox import Inbox
from office_case import OfficeCase
from test_robots import HOSTILE, NEVER
from waiting import wait_for

BODY = """\
{"account": "{{secret}}", "mobiles": [{{#officers}}"{{mobile}}"{{#more}}, {{/more}}{{/officers}}],
 "text": "{{line}}", "case": "{{case_id}}", "ref": "{{id}}", "left": {{#due}}{{remaining_seconds}}{{/due}}{{^due}}null{{/due}}}
"""
BREAKING = HOSTILE + ' ","case":"x" &text=x {{secret}} {{{secret}}} </text> \\'


class Template(OfficeCase):
    """duty-group is a gateway for JSON, leaders one for forms."""

    @classmethod
    def setUpClass(cls):
        cls.gateway = Inbox()
        cls.gateway.answer = cls.accept
        cls.form = Inbox(lambda _: (200, b"+OK 1"))
        for inbox in (cls.gateway, cls.form):
            cls.addClassCleanup(inbox.close)
        cls.arguments = {
            "channels": {
                "duty-group": {
                    "format": "template",
                    "url": cls.gateway.url("sms"),
                    "secret_file": "sms.secret",
                    "body_file": "sms.json",
                    "headers": "{Authorization: 'APPCODE {{secret_2}}', X-Title: '{{title}}'}",
                    "success": "{status: 200, pointer: /code, equals: 0, retry: -1}",
                },
                "leaders": {
                    "format": "template",
                    "url": cls.form.url("form"),
                    "secret_file": None,
                    "content_type": "application/x-www-form-urlencoded",
                    "body": "'phone={{mobiles}}&case={{case_id}}&text={{text}}'",
                    "success": "{contains: '+OK'}",
                },
            },
            "adapt": cls.write_files,
        }
        super().setUpClass()

    @classmethod
    def write_files(cls, config):
        (config / "sms.json").write_text(BODY, encoding="utf-8")
        (config / "sms.secret").write_text("konto\na+b/c==\n", encoding="utf-8")
        (config / "sms.secret").chmod(0o600)

    @staticmethod
    def accept(_):
        return 200, b'{"code": 0, "message": "ok"}'

    def emergency(self, case, title):
        self.office.tell(
            detected(case, just_now(), title=title, incident_grade="extreme", field="安全生产")
        )

    def test_a_gateway_gets_its_own_json_with_its_secrets(self):
        self.emergency("SMS-1", "化工厂爆炸")
        got = self.gateway.wait("SMS-1", seconds=20)
        self.assertEqual(got.headers["content-type"], "application/json; charset=utf-8")
        self.assertEqual(got.headers["authorization"], "APPCODE a+b/c==")
        self.assertEqual(got.json["account"], "konto")
        self.assertRegex(got.json["mobiles"][0], r"^1\d{10}$")
        self.assertIn("化工厂爆炸", got.json["text"])
        self.assertIn("剩余", got.json["text"])
        self.assertGreater(got.json["left"], 0)
        form = parse_qs(self.form.wait("SMS-1", seconds=20).raw.decode("ascii"))
        self.assertEqual(form["case"], ["SMS-1"])
        self.assertIn("依据：", form["text"][0])

    def test_a_hostile_title_stays_in_its_place(self):
        self.emergency("SMS-2", BREAKING)
        self.gateway.wait("SMS-2", seconds=20)
        self.form.wait("SMS-2", seconds=20)
        for got in self.gateway.about("SMS-2"):
            self.assertEqual(set(got.json), {"account", "mobiles", "text", "case", "ref", "left"})
            self.assertEqual(got.json["case"], "SMS-2")
            self.assertNotIn("konto", got.json["text"])
            for part in NEVER:
                self.assertNotIn(part, got.json["text"])
            self.assertTrue(got.headers["x-title"].isascii())
        for got in self.form.about("SMS-2"):
            form = parse_qs(got.raw.decode("ascii"))
            self.assertEqual(set(form), {"phone", "case", "text"})
            self.assertEqual(form["case"], ["SMS-2"])
            for part in NEVER:
                self.assertNotIn(part, form["text"][0])

    def test_busy_is_asked_again_and_a_refusal_in_a_200_is_never_counted_as_sent(self):
        self.addCleanup(setattr, self.gateway, "answer", self.accept)
        codes = [b"-1", b"40012"]
        self.gateway.answer = lambda request: (
            (200, b'{"code": %s}' % (codes.pop(0) if len(codes) > 1 else codes[0]))
            if b"SMS-3" in request.raw
            else self.accept(request)
        )
        self.office.tell(detected("SMS-3", just_now(), title="路灯不亮", field="安全生产"))
        first = self.gateway.wait("SMS-3", seconds=20)
        self.gateway.wait(
            "SMS-3",
            lambda got: got is not first and got.json["ref"] == first.json["ref"],
            20,
        )
        wait_for(
            lambda: self.http.metric("yuqing_dead_letters", channel="duty-group") > 0,
            "the refused message is buried",
            20,
        )
