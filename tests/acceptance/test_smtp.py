"""The shipped policy through a mail relay, for offices without robots. Python's own email package reads what arrives."""

import time
from email.utils import parsedate_to_datetime

from client import detected, millis
from office import with_link_key
from office_case import OfficeCase
from relay import Relay
from test_robots import HOSTILE, NEVER
from waiting import wait_for

HEADERS = [
    "From", "To", "Date", "Message-ID", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
]  # fmt: skip
BREAKING = HOSTILE + "\r\n.\r\nRCPT TO:<x@example.com>\r\nBcc: x@example.com\r\n\r\n=?UTF-8?Q?=0D=0ABcc:_x?= "


class Mail(OfficeCase):
    """duty-group mails to two people; leaders does too, slowly, through a relay of their own."""

    @classmethod
    def setUpClass(cls):
        cls.duty, cls.leaders = Relay(), Relay()
        channels = {}
        for name, relay, more in (
            ("duty-group", cls.duty, {"to": "[zhang@example.gov.cn, li@example.gov.cn]"}),
            ("leaders", cls.leaders, {"to": "leaders@example.gov.cn", "rate": "1/3s"}),
        ):
            cls.addClassCleanup(relay.close)
            channels[name] = {
                "format": "smtp",
                "url": relay.url,
                "secret_file": None,
                "from": "yuqing@example.gov.cn",
                **more,
            }
        cls.arguments = {"channels": channels, "adapt": with_link_key}
        super().setUpClass()

    def tearDown(self):
        super().tearDown()
        for relay in (self.duty, self.leaders):
            self.assertEqual(relay.faults, [])

    def opened(self, case, title="路灯不亮", **data):
        self.office.tell(detected(case, millis(time.time()), title=title, field="安全生产", **data))

    def answers(self, answer):
        self.duty.answer = answer
        self.addCleanup(setattr, self.duty, "answer", self.duty.usual)

    def dead(self, case):
        listed = self.http.get("/api/v1/notifications?state=dead").json()["notifications"]
        return [one for one in listed if one["case"] == case and one["channel"] == "duty-group"]

    def outcomes(self, outcome):
        return self.http.metric("yuqing_notifications_total", channel="duty-group", outcome=outcome)

    def test_an_opened_matter_arrives_as_a_mail_that_programs_read(self):
        delivered = self.outcomes("delivered")
        self.opened("MAIL-1", "化工厂爆炸😀", incident_grade="extreme")
        mail = self.duty.wait("MAIL-1", seconds=20)[0]
        self.assertEqual(mail.sender, "yuqing@example.gov.cn")
        self.assertEqual(mail.recipients, ["zhang@example.gov.cn", "li@example.gov.cn"])
        message = mail.message
        self.assertEqual(message.defects, [])
        self.assertEqual([part.defects for part in message.values()], [()] * len(HEADERS))
        self.assertEqual(message.keys(), HEADERS)
        self.assertEqual(str(message["from"]), "yuqing@example.gov.cn")
        self.assertEqual(str(message["to"]), "zhang@example.gov.cn, li@example.gov.cn")
        self.assertIn("化工厂爆炸😀", message["subject"])
        self.assertRegex(message["message-id"], r"^<[0-9a-z]+\.qingshan@example\.gov\.cn>$")
        self.assertEqual(message["auto-submitted"], "auto-generated")
        self.assertEqual(message.get_content_type(), "text/plain")
        sent = parsedate_to_datetime(str(message["date"]))
        self.assertEqual(sent.utcoffset().total_seconds(), 8 * 3600)
        self.assertLess(abs(sent.timestamp() - time.time()), 60)
        lines = mail.text.splitlines()
        self.assertTrue(any(line.startswith("依据：") for line in lines), lines)
        acts = [line for line in lines if "/act/" in line]
        self.assertEqual(len(acts), 1, lines)
        self.assertRegex(acts[0], r"^http://127\.0\.0\.1:\d+/act/MAIL-1\?t=\S+$")
        page = self.http.get(acts[0].split(str(self.http.port), 1)[1])
        self.assertEqual(page.status, 200)
        wait_for(lambda: self.outcomes("delivered") > delivered, "it counts as delivered")

    def test_a_hostile_title_adds_no_header_no_line_and_no_recipient(self):
        self.opened("MAIL-2", BREAKING, incident_grade="extreme")
        for mail in self.duty.wait("MAIL-2", seconds=20):
            self.assertEqual(mail.message.keys(), HEADERS)
            self.assertEqual(mail.recipients, ["zhang@example.gov.cn", "li@example.gov.cn"])
            self.assertEqual(mail.message.defects, [])
            for part in NEVER:
                self.assertNotIn(part, mail.text)
                self.assertNotIn(part, mail.message["subject"])
            self.assertFalse([line for line in mail.text.splitlines() if line.startswith(("Bcc", ".", "RCPT"))])

    def test_later_is_asked_again_under_the_same_id(self):
        refused = []

        def later(command, told):
            if command != "TEXT" or "MAIL-3" not in told.text or told.id in refused:
                return None
            refused.append(told.id)
            return "451 4.3.0 Temporary lookup failure"

        self.answers(later)
        retried = self.outcomes("retried")
        self.opened("MAIL-3")
        mails = self.duty.wait("MAIL-3", seconds=20)
        self.assertIn(mails[0].id, refused)
        wait_for(lambda: self.outcomes("retried") > retried, "it counts as retried")
        self.assertEqual(self.dead("MAIL-3"), [])

    def test_a_relay_that_takes_a_mail_and_does_not_say_so_gets_it_again_under_the_same_id(self):
        silent = []

        def hang_up(command, told):
            if command != "TEXT" or "MAIL-4" not in told.text or told.id in silent:
                return None
            silent.append(told.id)
            return ""

        self.answers(hang_up)
        self.opened("MAIL-4")
        wait_for(
            lambda: silent and [mail.id for mail in self.duty.about("MAIL-4")].count(silent[0]) == 2,
            "the same mail twice",
            20,
        )

    def test_never_is_a_dead_letter_with_the_words_of_the_relay(self):
        self.answers(
            lambda command, told: "554 5.7.1 Message refused" if command == "TEXT" and "MAIL-5" in told.text else None
        )
        self.opened("MAIL-5")
        letter = wait_for(lambda: self.dead("MAIL-5"), "it is dead", 20)[0]
        self.assertEqual(letter["attempts"], 1)
        self.assertEqual(letter["error"], "the answer to the mail: 554 5.7.1 Message refused")
        self.assertEqual(self.duty.about("MAIL-5"), [])

    def test_a_recipient_who_is_refused_does_not_hold_up_the_other_and_is_in_the_log(self):
        self.answers(lambda command, told: "550 5.1.1 User unknown" if "RCPT TO:<li@" in str(told) else None)
        self.opened("MAIL-6")
        mail = self.duty.wait("MAIL-6", seconds=20)[0]
        self.assertEqual(mail.recipients, ["zhang@example.gov.cn"])
        note = "1 of 2 recipients refused: <li@example.gov.cn> 550 5.1.1 User unknown"
        wait_for(lambda: note in self.office.log(), "the log tells of it")
        self.assertEqual(self.dead("MAIL-6"), [])

    def test_over_the_rate_what_waits_is_one_mail(self):
        cases = [f"MANY-{n}" for n in range(6)]
        for case in cases:
            self.opened(case, incident_grade="major", opinion_level="red")
            self.http.post("/api/v1/channels/leaders/test", {"by": "王五", "reason": case})
        wait_for(lambda: all(self.leaders.about(case) for case in cases), "all are told of", 60)
        digests = [mail for mail in self.leaders.mails if mail.message["subject"].startswith("【汇总】")]
        self.assertTrue(digests, [mail.message["subject"] for mail in self.leaders.mails])
        for mail in digests:
            self.assertEqual(mail.message.keys(), HEADERS)

    def test_a_channel_is_tried_out_through_the_same_relay(self):
        answer = self.http.post("/api/v1/channels/duty-group/test", {"by": "王五"})
        self.assertEqual(answer.status, 202)
        (put_up,) = answer.json()["notifications"]
        mails = lambda: [mail for mail in self.duty.mails if put_up["id"] in mail.id]
        wait_for(mails, "the test arrives", 20)
        self.assertIn("测试", mails()[0].message["subject"])
        shown = lambda: self.http.get(f"/api/v1/notifications/{put_up['id']}").json()["state"]
        wait_for(lambda: shown() == "delivered", "it is delivered")
