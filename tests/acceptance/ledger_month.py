"""A scripted month: any number of matters and what became of them, the same for the same seed. Everything happens
in October 2026 or the days after it; hostile titles among the others."""

import random

from client import rfc3339
from hostile_titles import titles
from ledger_facts import DAY, HOUR, MINUTE, ms

BEGIN = ms("2026-10-01T00:00:00+08:00")
END = ms("2026-11-01T00:00:00+08:00")
UNITS = ["mzj", "jtj", "wjw", "zjj", "gaj", "sthj", "rsj", "xcb", "县交通运输局", "县应急管理局"]
FIELDS = ["social_assistance", "elderly_care", "义务教育", "ecology_environment", "employment", "", "", "养蜂"]
LEVELS = [None, None, None, "blue", "yellow", "orange", "red"]
PLATFORMS = ["微博", "抖音", "网站留言", "", "论坛"]
REPLIES = ["online_reply", "holding_statement", "media_interview", "final_report", "rumor_refutation"]
# Text that tests a format, beside the titles that want to be more than text.
ODD = ['=1+1', '+86 13800001111', '-2', '@SUM(A1)', '＝cmd|x', '逗号,引号"和；分号', "_x000D_换行", "'前撇", "0012", "1e3",
       "2026-10-01", "<b>粗</b>&amp;", "😀表情", "TRUE"]


def is_shown_as_told(title):
    """Nothing in it that is cleaned away before people read it."""
    def plain(c):
        return " " < c <= "~" or "一" <= c <= "鿿" or "，" <= c <= "～" or "\U0001f300" <= c <= "\U0001f5ff"

    return len(title) <= 200 and all(plain(c) or c == " " for c in title) and title == title.strip()


class Month:
    def __init__(self, matters, seed=20261001):
        self.dice = random.Random(seed)
        self.events = []
        self.number = 0
        odd = ODD + [title for title in titles() if is_shown_as_told(title)]
        for i in range(matters):
            self.matter(f"M{i + 1:05}", odd[i] if i < len(odd) else f"第{i + 1}件：路灯不亮")

    def tell(self, what, subject, at, /, **data):
        self.number += 1
        at = int(at)
        self.events.append({
            "specversion": "1.0", "history": True, "id": f"m{self.number:06}",
            "source": self.dice.choice(["monitor-a", "热线12345", "duty"]),
            "type": what, "subject": subject, "time": rfc3339(at / 1000), "data": {k: v for k, v in data.items() if v not in (None, "")},
        })
        return self.events[-1]

    def chance(self, share):
        return self.dice.random() < share

    def within(self, least, most):
        return self.dice.randrange(int(least), int(most))

    def detected(self, case, at, title, **more):
        d = self.dice
        heat = {name: d.randrange(0, 10**d.randrange(1, 7)) for name in ("views", "reposts", "comments", "likes")}
        return self.tell("opinion.detected", case, at, title=title, summary=d.choice(["", "网友反映：" + title]),
                         platform=d.choice(PLATFORMS), place=d.choice(["", "城关镇"]),
                         url=d.choice(["", f"https://example.com/{case}", "javascript:alert(1)", "https://a b/"]),
                         field=d.choice(FIELDS), lead_unit=d.choice(["", d.choice(UNITS)]),
                         assist_units=d.choice([None, ["县公安局"], ["mzj", "没有这个单位"]]),
                         opinion_level=d.choice(LEVELS), heat=d.choice([None, heat]), **more)

    def matter(self, case, title):
        at = self.within(BEGIN - 3 * DAY, END)
        emergency = self.chance(0.15)
        grade = self.dice.choice(["major", "extreme"]) if emergency else self.dice.choice([None, "considerable", "none"])
        occurred = rfc3339((at - self.within(0, 4 * HOUR)) / 1000) if self.chance(0.3) else None
        first = self.detected(case, at, title, incident_grade=grade, occurred_at=occurred)
        if self.chance(0.1):
            self.detected(case, at + self.within(-HOUR, DAY), "又见：" + title, incident_grade=self.dice.choice([None, "major"]))
        self.handle(case, at)
        if self.chance(0.25):
            self.assess(case, at)
        answered = self.answer(case, at, emergency)
        if self.chance(0.15):
            self.promise(case, at)
        if self.chance(0.1):
            late = self.chance(0.5)
            self.tell("obligation.waived", case, at + (3 * DAY if late else HOUR), by="张主任",
                      obligation=self.dice.choice(["response", "press_conference", "authoritative_release", "continuous_release"]),
                      reason="上级统一发布")
        self.finish(case, at, first, answered)

    def handle(self, case, at):
        when = at + self.within(MINUTE, HOUR)
        if self.chance(0.6):
            self.tell("case.assigned", case, when, by="值班员", lead_unit=self.dice.choice(UNITS),
                      assist_units=self.dice.choice([None, ["xcb"]]))
        if self.chance(0.1):
            when += self.within(MINUTE, HOUR)
            self.tell("case.returned", case, when, by="李四", unit=self.dice.choice(["", *UNITS]), reason="不属本单位职责")
            if self.chance(0.8):
                when += self.within(MINUTE, HOUR)
                self.tell("case.assigned", case, when, by="办公室主任", lead_unit=self.dice.choice(UNITS))
        if self.chance(0.8):
            when += self.within(MINUTE, 6 * HOUR)
            self.tell("case.acknowledged", case, when, by=self.dice.choice(["王五", "赵六"]))
        if self.chance(0.2):
            self.tell("case.noted", case, when + MINUTE, by="王五", text="已到现场：" + self.dice.choice(ODD))

    def assess(self, case, at):
        self.tell("case.assessed", case, at + self.within(MINUTE, 2 * DAY), by="研判组",
                  incident_grade=self.dice.choice([None, "major", "ordinary", "none", "extreme"]),
                  opinion_level=self.dice.choice(LEVELS), field=self.dice.choice(["", "employment"]),
                  reason=self.dice.choice(["", "核实"]))

    def answer(self, case, at, emergency):
        """The last publication, or nothing."""
        way = self.dice.random()
        if way < 0.12:
            return None
        after = self.within(10 * MINUTE, 5 * HOUR if emergency else 47 * HOUR)
        if way > 0.8:
            after += self.within(HOUR, 4 * DAY)
        when = at + after
        if self.chance(0.5):
            self.tell("response.approved", case, when - self.within(MINUTE, 3 * HOUR), by="陈副县长",
                      note=self.dice.choice(["", "同意", "抓紧处置"]))
        approved = {"approved_by": "县长", "approved_at": rfc3339((when - MINUTE) / 1000)} if self.chance(0.4) else {}
        kind = self.dice.choice(["authoritative_release", "rumor_refutation"]) if emergency else self.dice.choice(REPLIES)
        last = self.tell("response.published", case, when, kind=kind, by="新闻科", channel=self.dice.choice(["", "县政府网"]),
                         url=self.dice.choice(["", f"https://gov.example/{case}"]), title=self.dice.choice(["", "情况通报"]), **approved)
        if emergency:
            for _ in range(self.dice.randrange(0, 3)):
                when += self.within(2 * HOUR, 16 * HOUR)
                last = self.tell("response.published", case, when, by="新闻科", approved_by="县长",
                                 kind=self.dice.choice(["press_conference", "progress_update"]))
        return last

    def promise(self, case, at):
        for name in ("C1", "C2")[: self.dice.randrange(1, 3)]:
            due = at + self.within(2 * DAY, 6 * DAY)
            made = self.tell("commitment.made", case, at + HOUR, commitment=name, text="限期修好", due=rfc3339(due / 1000), by="王五")
            if self.chance(0.7):
                kept = max(due + self.within(-DAY, 3 * DAY), ms(made["time"]) + 1)
                self.tell("commitment.kept", case, kept, commitment=name, by="王五")

    def finish(self, case, at, first, answered):
        way, when = self.dice.random(), at + self.within(HOUR, 6 * DAY)
        if way < 0.05:
            self.tell("case.dismissed", case, when, by="值班员", reason="不属实")
        elif way < 0.1 and case > "M00001":
            into = f"M{self.dice.randrange(1, int(case[1:])):05}"
            self.tell("case.merged", case, when, by="值班员", into=into, reason="同一件事")
        elif way < 0.7:
            self.tell("case.closed", case, when, by="值班员", reason=self.dice.choice(["", "已答复"]))
            if self.chance(0.1):
                self.tell("case.reopened", case, when + HOUR, by="值班员", reason="网友再问")
                self.tell("case.closed", case, when + 2 * HOUR, by="值班员", reason="再次办结")
        elif way < 0.74:
            gone = answered if answered and self.chance(0.6) else first
            self.tell("fact.withdrawn", case, when, by="张主任", event_source=gone["source"], event_id=gone["id"], reason="填错")
