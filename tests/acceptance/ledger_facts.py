"""What the models of ledger and assessment stand on: the shipped rules as a table, units and fields, facts in their order."""

import re
from datetime import datetime

HOUR = 3_600_000
MINUTE = 60_000
DAY = 24 * HOUR
GRADES = ["none", "ordinary", "considerable", "major", "extreme"]
LEVELS = ["blue", "yellow", "orange", "red"]
PUBLIC = None  # any kind of publication
RELEASES = {"authoritative_release", "rumor_refutation", "press_conference"}
PROGRESS = RELEASES | {"media_briefing", "progress_update", "final_report"}
SUBSTANTIVE = PROGRESS | {"media_interview", "online_reply", "hotline_reply"}

# id: (title, statutory, length, start, event, kinds, level, review, cards)
RULES = {
    "authoritative_release": ("发布权威信息", True, 5 * HOUR, "earliest", "response.published", RELEASES, None, True, True),
    "leadership": ("主要负责同志督办至办结", False, 30 * DAY, "earliest", "case.closed", None, "extreme", False, False),
    "press_conference": ("举行新闻发布会", True, 24 * HOUR, "earliest", "response.published", {"press_conference"}, None, True, True),
    "continuous_release": ("持续发布进展", False, 12 * HOUR, "every", "response.published", PROGRESS, None, False, False),
    "acknowledge": ("签收", False, 15 * MINUTE, "assigned", "case.acknowledged", None, None, False, False),
    "approval": ("发布稿审签", False, 4 * HOUR, "earliest", "response.approved", None, None, False, False),
    "response": ("回应", True, 48 * HOUR, "detected", "response.published", PUBLIC, None, True, True),
    "acknowledge_general": ("签收", False, 4 * HOUR, "assigned", "case.acknowledged", None, None, False, False),
    "acknowledge_red": ("签收（红色舆情）", False, 15 * MINUTE, "assigned", "case.acknowledged", None, "red", False, False),
    "acknowledge_orange": ("签收（橙色舆情）", False, 30 * MINUTE, "assigned", "case.acknowledged", None, "orange", False, False),
    "acknowledge_yellow": ("签收（黄色舆情）", False, 2 * HOUR, "assigned", "case.acknowledged", None, "yellow", False, False),
    "holding_red": ("初步回应（红色舆情）", False, 3 * HOUR, "detected", "response.published", PUBLIC, "red", False, False),
    "holding_orange": ("初步回应（橙色舆情）", False, 6 * HOUR, "detected", "response.published", PUBLIC, "orange", False, False),
    "holding_yellow": ("初步回应（黄色舆情）", False, 24 * HOUR, "detected", "response.published", PUBLIC, "yellow", False, False),
    "substantive_red": ("实质性回应（红色舆情）", False, 24 * HOUR, "detected", "response.published", SUBSTANTIVE, "red", False, False),
    "substantive_orange": ("实质性回应（橙色舆情）", False, 36 * HOUR, "detected", "response.published", SUBSTANTIVE, "orange", False, False),
}
CLASSES = {
    "emergency": ("涉特别重大、重大突发事件舆情", ["authoritative_release", "leadership", "press_conference",
                  "continuous_release", "acknowledge", "approval"]),
    "general": ("其他政务舆情", ["response", "acknowledge_general", "acknowledge_red", "acknowledge_orange",
                "acknowledge_yellow", "holding_red", "holding_orange", "holding_yellow", "substantive_red",
                "substantive_orange"]),
}


def ms(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class Directory:
    """Units and fields of the shipped directory.yaml, by id and by name."""

    def __init__(self, text):
        self.units, self.fields = {}, {}
        for one in re.finditer(r"- \{id: (\w+), name: ([^,}]+)(?:, lead: (\w+))?(?:, assist: \[([^\]]*)\])?", text):
            ident, name, lead, assist = one.groups()
            if lead:
                self.fields[ident] = self.fields[name] = (ident, name, lead, (assist or "").replace(" ", ""))
            else:
                self.units.setdefault(ident, (ident, name))
                self.units.setdefault(name, (ident, name))

    def unit(self, told):
        return self.units.get(told, (told, told))[0]

    def unit_name(self, told):
        return self.units.get(told, (told, told))[1]


class Fact:
    def __init__(self, event, recorded):
        self.type, self.data, self.source, self.id = event["type"], event["data"], event["source"], event["id"]
        self.recorded, self.history = recorded, event.get("history", False)
        self.time = min(ms(event["time"]), recorded)
        self.key = (self.time, self.source, self.id)


def standing(facts):
    gone = {(f.data["event_source"], f.data["event_id"]) for f in facts if f.type == "fact.withdrawn"}
    return sorted((f for f in facts if (f.source, f.id) not in gone), key=lambda f: f.key)
