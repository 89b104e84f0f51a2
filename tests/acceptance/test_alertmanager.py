"""The shipped policy through `format: alertmanager`: what firing and resolved alerts say, and bridges that refuse in a 200."""


from client import HOUR, detected, just_now, published
from inbox import Inbox
from office_case import OfficeCase
from test_robots import HOSTILE, NEVER


class Alertmanager(OfficeCase):
    """duty-group is an Alertmanager webhook."""

    @classmethod
    def setUpClass(cls):
        cls.inbox = Inbox()
        cls.addClassCleanup(cls.inbox.close)
        cls.arguments = {
            "channels": {
                "duty-group": {
                    "format": "alertmanager",
                    "url": cls.inbox.url("hook"),
                    "secret_file": "token.secret",
                }
            },
            "adapt": cls.write_token,
        }
        super().setUpClass()

    @classmethod
    def write_token(cls, config):
        (config / "token.secret").write_text("t0ken\n", encoding="utf-8")
        (config / "token.secret").chmod(0o600)

    def wait(self, case, status, obligation):
        def fits(request):
            body = request.json
            return body["status"] == status and body["commonLabels"].get("obligation") == obligation

        return self.inbox.wait(case, fits, 20)

    def test_an_obligation_fires_and_its_answer_resolves_the_same_alert(self):
        now = just_now()
        # Past the 5 hours: whoever was told so is told of the answer, too.
        self.office.tell(
            detected("AM-1", now - 6 * HOUR, title="化工厂爆炸", incident_grade="extreme", field="安全生产")
        )
        fired = self.wait("AM-1", "firing", "authoritative_release")
        self.assertEqual(fired.headers["content-type"], "application/json")
        self.assertEqual(fired.headers["authorization"], "Bearer t0ken")
        self.assertTrue(fired.raw.endswith(b"}\n"))
        alert = fired.json["alerts"][0]
        self.assertEqual(alert["endsAt"], "0001-01-01T00:00:00Z")
        self.assertEqual(alert["labels"]["case"], "AM-1")
        self.assertEqual(alert["annotations"]["url"], alert["generatorURL"])
        self.assertIn("化工厂爆炸", alert["annotations"]["summary"])

        self.office.tell(published("AM-1", now - 1, kind="authoritative_release"))
        ended = self.wait("AM-1", "resolved", "authoritative_release").json
        self.assertNotEqual(ended["alerts"][0]["endsAt"], "0001-01-01T00:00:00Z")
        for member in ("fingerprint", "startsAt", "labels", "generatorURL"):
            self.assertEqual(ended["alerts"][0][member], alert[member])
        self.assertEqual(ended["groupKey"], fired.json["groupKey"])

    def test_a_hostile_title_is_text(self):
        self.office.tell(
            detected("AM-2", just_now(), title=HOSTILE, incident_grade="extreme", field="安全生产")
        )
        for request in [self.wait("AM-2", "firing", "authoritative_release"), *self.inbox.about("AM-2")]:
            for part in NEVER:
                self.assertNotIn(part, request.raw.decode())

    def test_a_bridge_that_hands_on_a_refusal_is_asked_again(self):
        asked = []

        def busy_once(request):
            if b"AM-3" not in request.raw:
                return 200, b""
            asked.append(request)
            busy = rb'"{\"errcode\":-1,\"errmsg\":\"system busy\"}"'
            return 200, busy if len(asked) == 1 else rb'"{\"errcode\":0,\"errmsg\":\"ok\"}"'

        self.inbox.answer = busy_once
        self.addCleanup(setattr, self.inbox, "answer", None)
        self.office.tell(detected("AM-3", just_now(), title="路灯不亮", field="安全生产"))
        first = self.inbox.wait("AM-3", seconds=20)
        self.inbox.wait(
            "AM-3",
            lambda request: request is not first
            and request.json["alerts"][0]["fingerprint"] == first.json["alerts"][0]["fingerprint"],
            20,
        )
