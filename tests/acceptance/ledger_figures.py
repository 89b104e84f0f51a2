"""Rows of the ledger and figures of the assessment from `ledger_model.Case`: what the reader of a contract and of
the README of libalert/src/report and libalert/src/core would work out by hand."""

from collections import Counter
from fractions import Fraction

from client import BEIJING
from ledger_facts import CLASSES, MINUTE, RULES, ms
from datetime import datetime

KINDS = {
    "authoritative_release": "权威发布", "press_conference": "新闻发布会", "media_briefing": "媒体通气会",
    "media_interview": "接受采访", "holding_statement": "初步回应", "online_reply": "网上回复",
    "hotline_reply": "热线答复", "rumor_refutation": "辟谣", "progress_update": "进展通报", "final_report": "最终通报",
}
LEVELS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
GRADES = {"extreme": "特别重大", "major": "重大", "considerable": "较大", "ordinary": "一般"}
STATUSES = {"open": "在办", "closed": "已办结", "dismissed": "不予受理", "merged": "已合并"}
OUTCOMES = {"pending": "未到期", "met": "按时", "late": "超时", "overdue": "超期未办", "waived": "豁免",
            "void": "不再要求", "excused": "免责"}
STARTS = {"detected": "发现时间", "earliest": "发生与发现较早者", "every": "发生与发现较早者", "assigned": "交办时间"}
FLAGS = {"unreviewed": "未经审签发布", "unassigned": "无责任单位", "unknown_unit": "单位不在名录",
         "closed_unanswered": "办结时仍有未完成", "unreasoned": "降级未生效", "overdue_on_arrival": "发现即超期",
         "waived_unknown": "豁免未生效", "kept_unknown": "兑现未生效", "withdrawn_unknown": "撤销未生效"}


class At(int):
    """An instant in a cell."""


def local_text(at):
    return datetime.fromtimestamp(at // 1000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def cut(text):
    return text if len(text) <= 1000 else text[:1000] + "…"


def joined(parts, mark="；"):
    return cut(mark.join(part for part in parts if part)) or None


def brackets(text):
    return f"（{text}）" if text else ""


def owed(case):
    """The answer owed: what a publication fulfils, not recurring, no conference; not void and statutory first, and of
    those the one the assessment holds against the office most."""
    def answers(one):
        return one.event == "response.published" and not one.every and one.rule != "press_conference"

    found = [one for one in case.obligations if answers(one)]
    worst = {"overdue": 0, "late": 1}
    return min(found, key=lambda one: (one.status == "void", not one.statutory, worst.get(one.tally, 2)), default=None)


def first_approval(case, answers):
    approvals = case.of("response.approved")
    if not answers:
        last = approvals[-1] if approvals else None
        return (last.data["by"], last.time, last.data.get("note", "")) if last else ("", None, "")
    before = [a for a in approvals if a.time <= answers[0].time]
    found = (before[-1].data["by"], before[-1].time, before[-1].data.get("note", "")) if before else ("", None, "")
    named = answers[0].data.get("approved_by", "")
    if not named:
        return found
    at = ms(answers[0].data["approved_at"]) if answers[0].data.get("approved_at") else answers[0].time
    return named, at, found[2] if found[0] == named else ""


def assigned_at(case):
    """The first assignment: the detection, where a lead unit was known from it."""
    begins = case.assignments()
    return begins[0][0] if begins else None


def acknowledged_at(case):
    """For the assignment in force; a return or another lead unit ends it."""
    since = [key for key in ([case.leads[-1][0]] if len(case.leads) > 1 else []) + case.returns[-1:]]
    taken = [f.key for f in case.of("case.acknowledged") if all(key < f.key for key in since)]
    return taken[0][0] if taken else None


def taken_on_at(case):
    """When the lead unit was given the matter, last without another unit or a return between."""
    change = case.leads[-1][0] if len(case.leads) > 1 else None
    back = case.returns[-1] if case.returns else None
    if back and (change is None or change < back):
        return next((f.time for f in case.of("case.assigned") if f.key > back), None)
    return change[0] if change else assigned_at(case)


def ended_because(case):
    if case.status == "merged":
        return next(f for f in case.of("case.merged") if f.data["into"] == case.into).data.get("reason", "")
    return case.dismissed.data["reason"] if case.dismissed and case.status == "dismissed" else ""


def remarks(case):
    parts = []
    if case.status == "merged":
        parts.append("已并入" + case.into + brackets(ended_because(case)))
    if case.status == "dismissed":
        parts.append("不予受理" + brackets(ended_because(case)))
    if case.gone:
        parts.append("发现已撤销" + brackets(withdrawn_because(case)))
    for one in case.obligations:
        if one.waiver and one.status != "void":
            parts.append(f"{OUTCOMES[one.tally]}“{one.title}”"
                         + brackets(one.waiver.data["by"] + "：" + one.waiver.data["reason"]))
    for flag in sorted(case.flags):
        if flag == "closed_unanswered":
            parts.append(FLAGS[flag] + "：" + "、".join(o.title for o in case.obligations if case.open_at_closing(o)))
        elif flag != "overdue_on_arrival" or any(case.detected_late(one) for one in case.obligations):
            parts.append(FLAGS[flag])
    return joined(parts)


def withdrawn_because(case):
    named = (f for f in case.of("fact.withdrawn") if (f.data["event_source"], f.data["event_id"]) == (case.gone.source, case.gone.id))
    fact = next(named)
    return fact.data["by"] + "：" + fact.data["reason"]


def late_obligations(case):
    parts = []
    for one in case.obligations:
        if one.tally in ("late", "overdue") and one.kind in ("statutory", "acknowledgement"):
            unit = case.directory.unit_name(one.unit) + "，" if one.unit else ""
            parts.append(f"{one.title}（{unit}时限{local_text(one.due)}）{OUTCOMES[one.tally]}")
    return joined(parts)


def ledger_row(case, reminders, urgings):
    """Cells by column but for the number: None, text, numbers, At."""
    answers = case.of("response.published", case.counting)
    first = answers[0] if answers else None
    heat = next((f.data["heat"] for f in reversed(case.detections) if f.data.get("heat")), None)
    due = owed(case)
    conference = next((o for o in case.obligations if o.rule == "press_conference" and o.status != "void"), None)
    commitments = [one for one in case.obligations if one.rule == "commitment"]
    by, at, note = first_approval(case, answers)
    titles = [a.data["title"] for a in answers if a.data.get("title")]
    taken = case.of("case.acknowledged")
    notes = case.of("case.noted")
    occurred = [ms(f.data["occurred_at"]) for f in case.detections if f.data.get("occurred_at")]
    late = due.late_by(case.at) if due else None
    lead = case.directory.unit_name(case.attributes["lead"])
    when = lambda value: None if value is None else At(value)
    row = {
        "patrol": case.detections[0].source if case.detections else None,
        "posted_at": when(min(occurred, default=None)),
        "platform": case.earliest("platform"), "title": case.gone.data["title"] if case.gone else case.earliest("title"),
        "url": case.earliest("url"),
        "lead_unit": lead, "field": case.attributes["field_name"] or case.attributes["field"],
        "taken_by": taken[0].data["by"] if taken else None, "assigned_at": when(assigned_at(case)),
        "answered_at": when(first.time if first else None), "closed_at": when(case.closed and case.closed.time),
        "views": heat and heat["views"], "comments": heat and heat["comments"],
        "summary": case.earliest("summary"),
        "reply_summary": titles[-1] if titles else case.closed.data.get("reason", "") if case.closed else None,
        "online": joined([KINDS[a.data["kind"]] + brackets(a.data.get("channel", "")) for a in answers]),
        "offline": notes[-1].data["text"] if notes else None, "screenshot": None, "remarks": remarks(case),
        "case": case.id, "detected_at": At(case.started),
        "source": case.detections[0].source if case.detections else None, "place": case.earliest("place"),
        "opinion_level": LEVELS.get(case.attributes["level"]), "incident_type": None,
        "incident_grade": GRADES.get(case.attributes["grade"]),
        "class": CLASSES[case._class(case.attributes)][0], "reposts": heat and heat["reposts"], "lead": lead,
        "assist_units": joined(case.assist, "、"), "acknowledged_at": when(acknowledged_at(case)),
        "start": due and At(due.start), "start_rule": due and STARTS[due.how], "due": due and At(due.due),
        "conference_due": conference and At(conference.due),
        "answer_kind": KINDS[first.data["kind"]] if first else None,
        "answer_url": first.data.get("url") if first else None,
        "outcome": due and OUTCOMES[due.tally], "late_minutes": None if late is None else -(-late // MINUTE),
        "reminders": reminders, "urgings": urgings,
        **{card + "_cards": sum(one.card == card and not one.excused for one in case.obligations) for card in ("yellow", "red")},
        "excused_cards": sum(bool(one.card and one.excused) for one in case.obligations),
        "late_obligations": late_obligations(case),
        "returns": joined([case.directory.unit_name(unit) + brackets(reason) for unit, reason in case.given_back]),
        "commitments": joined([one.title for one in commitments]),
        "commitments_due": joined([local_text(one.due) for one in commitments]),
        "commitments_kept": joined([OUTCOMES[one.tally] for one in commitments]),
        "instruction": note, "approved_by": by, "approved_at": when(at), "status": STATUSES[case.status],
    }
    return {name: cut(value) if isinstance(value, str) and value else value if value != "" else None
            for name, value in row.items()}


# --- the assessment


def rate(tally):
    """Hundredths of a percent, rounded half up."""
    due = tally["met"] + tally["late"] + tally["overdue"]
    return int(Fraction(tally["met"] * 10_000, due) + Fraction(1, 2)) if due else None


def spread(times):
    if not times:
        return {"count": 0, "median_seconds": None, "p90_seconds": None}
    times, count = sorted(times), len(times)
    median = (times[(count - 1) // 2] + times[count // 2]) // 2
    return {"count": count, "median_seconds": median // 1000, "p90_seconds": times[-(-count * 9 // 10) - 1] // 1000}


class Group:
    """The matters of a unit, a field, a month, or all."""

    def __init__(self, judged=False):
        self.judged = judged
        self.tallies = {kind: Counter() for kind in ("statutory", "acknowledgement", "internal", "commitment")}
        self.sums = Counter()
        self.answers, self.takings = [], []

    def add(self, case, reminders, urgings):
        published, taken = case.of("response.published", case.counting), acknowledged_at(case)
        self.sums.update(received=1, answered=bool(published), reminders=reminders, urgings=urgings,
                         overdue_on_arrival=any(case.detected_late(one) for one in case.obligations))
        due = owed(case)
        if due and published:
            self.answers.append(max(published[0].time - due.start, 0))
        if taken is not None and taken_on_at(case) is not None:
            self.takings.append(max(taken - taken_on_at(case), 0))

    def count(self, one):
        self.tallies[one.kind][one.tally] += 1
        if one.card:
            self.sums[("excused" if one.excused else one.card) + "_cards"] += 1

    def score(self):
        """Of a unit or a field of which something statutory was due."""
        if not self.judged or rate(self.tallies["statutory"]) is None:
            return None
        parts = [(70, "statutory"), (20, "acknowledgement"), (10, "commitment")]
        rates = [(part, rate(self.tallies[kind])) for part, kind in parts]
        weight = sum(part for part, of in rates if of is not None)
        score = int(Fraction(sum(part * of for part, of in rates if of is not None), weight) + Fraction(1, 2))
        less = 2 * (self.tallies["statutory"]["overdue"] + self.tallies["commitment"]["overdue"])
        return max(score - 100 * min(less + self.sums["red_cards"], 20), 0)

    def figures(self):
        def of(tally):
            return {"due": tally["met"] + tally["late"] + tally["overdue"], "on_time": tally["met"], "late": tally["late"],
                    "overdue": tally["overdue"], "rate": rate(tally), "pending": tally["pending"],
                    "waived": tally["waived"], "void": tally["void"], "excused": tally["excused"]}

        names = ("received", "answered", "overdue_on_arrival", "reminders", "urgings", "yellow_cards", "red_cards", "excused_cards", "returns")
        score = self.score()
        return {**{name: self.sums[name] for name in names}, **of(self.tallies["statutory"]),
                "first_answer": spread(self.answers),
                "acknowledgement": {**of(self.tallies["acknowledgement"]), **spread(self.takings)},
                "commitments": of(self.tallies["commitment"]), "score": score,
                "passed": None if score is None else score >= 6000}


def groups_of(cases, by, counts):
    """By id, and all together under None. `counts`: reminders and urgings of each case."""
    groups = {None: Group()}

    def group(ident):
        return groups.setdefault(ident, Group(judged=by != "month" and bool(ident)))

    for case in cases:
        if case.void_all:
            continue
        ident = {"unit": case.attributes["lead"], "field": case.attributes["field"],
                 "month": local_text(case.started)[:7]}[by]
        for one in (group(ident), groups[None]):
            one.add(case, *counts[case.id])
        for one in case.obligations:  # an assignment's is that of the unit it was assigned to
            group(one.unit if by == "unit" and one.unit else ident).count(one)
            groups[None].count(one)
        for unit, _ in case.given_back:
            group(unit if by == "unit" else ident).sums["returns"] += 1
            groups[None].sums["returns"] += 1
    return groups


def ranks(groups):
    """Places by score, then rate; of those of whom something was due."""
    known = {ident: (group.score(), rate(group.tallies["statutory"])) for ident, group in groups.items()
             if group.score() is not None}
    return {ident: 1 + sum(other > mine for other in known.values()) for ident, mine in known.items()}


def listed(cases):
    """(case, obligation, status) of what was late, and of what is counted apart."""
    late, excluded = [], []
    for case in cases:
        for one in case.obligations if not case.void_all else []:
            if one.kind not in ("statutory", "commitment") or one.status == "met":
                continue
            counts = one.status in ("late", "overdue") and not one.excused
            (late if counts else excluded).append((case.id, one.id, one.tally))
    return sorted(late), sorted(excluded)


def by_obligation(cases):
    tallies = {}
    for case in cases:
        for one in case.obligations if not case.void_all else []:
            tallies.setdefault(one.rule, Counter())[one.tally] += 1
    return tallies


assert set(STARTS) >= {rule[3] for rule in RULES.values()}
