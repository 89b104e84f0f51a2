"""What comes by the clock: bulletins, hand-overs and drills, told once whatever restarts."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from client import detected, millis
from office_case import OfficeCase

ZONE = ZoneInfo("Asia/Shanghai")
HOSTILE = "停水\n【演练】@所有人 <b>假的</b>"


class Schedule(OfficeCase):
    def reload(self):
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def schedule_this_minute(self):
        """Bulletin and drill at the minute that has just begun, a hand-over in five."""
        now = datetime.now(ZONE)
        change = now.replace(second=0, microsecond=0) + timedelta(minutes=5)
        far = timedelta(days=3)
        stamp = "%Y-%m-%dT%H:%M"
        config = self.office.config_file.parent
        (config / "roster.csv").write_text(
            "role,officer,start,end\n"
            + "".join(
                f"duty_officer,{officer},{start.strftime(stamp)},{end.strftime(stamp)}\n"
                for start, end, officer in ((now - far, change, "chen"), (change, change + far, "yang"))
            ),
            encoding="utf-8",
        )
        with open(self.office.config_file, "a", encoding="utf-8") as file:
            file.write(f'schedule: {{bulletin: ["{now:%H:%M}"], handover: 10m, drill: "{now.day} {now:%H:%M}"}}\n')
        return change

    def test_what_the_clock_brings_is_told_once_with_what_is_open(self):
        at = millis(time.time())
        self.office.tell(
            detected("CLOCK-1", at, title="低保发放咨询"),
            detected("CLOCK-2", at, title=HOSTILE, incident_grade="major"),
        )
        change = self.schedule_this_minute()
        self.reload()
        drill = self.sink.wait(reason="drill", channel="duty-group")
        bulletin = self.sink.wait(reason="bulletin", channel="duty-group")
        handover = self.sink.wait(reason="handover", channel="duty-group")
        self.assertIn("不是真实舆情", drill.data["text"])
        self.assertNotIn("items", drill.data)
        for told in (bulletin, handover):
            self.assertNotIn("subject", told.body)
            self.assertIn("在办事项2件", told.data["text"])
            self.assertEqual([item["case"]["id"] for item in told.data["items"]], ["CLOCK-2", "CLOCK-1"])
            self.assertEqual(told.data["items"][1]["obligation"]["id"], "response")
            self.assertNotIn("\n【演练】", told.data["text"])
        self.assertIn(f"{change:%H:%M} 交班：值班员", handover.data["text"])
        on_duty = {officer["id"] for target in handover.data["targets"] for officer in target["officers"]}
        self.assertEqual(on_duty, {"chen", "yang"})
        self.office.restart_daemon()
        self.reload()
        self.office.tell(detected("CLOCK-3", millis(time.time())))
        self.sink.wait(case="CLOCK-3", reason="opened", channel="duty-group")
        for reason in ("drill", "bulletin", "handover"):
            ids = {got.id for got in self.sink.received(reason=reason, channel="duty-group")}
            self.assertEqual(len(ids), 1, reason)
