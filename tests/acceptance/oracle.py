"""What must have come of a load, worked out from what was told and answered, never from what the daemon thinks."""

from collections import defaultdict

CHANNELS = ("duty-group", "audit-hook", "leaders")  # who is told `due`, by the shipped policy
STATUTORY = {False: "response", True: "authoritative_release"}


class Oracle:
    def __init__(self, office, load):
        self.office, self.load = office, load

    def owed(self):
        """(case, obligation, channel) of every deadline that must be told: those not answered in time."""
        return {
            (case, STATUTORY[emergency], channel)
            for case, emergency in self.load.cases.items()
            if case not in self.load.answered_in_time and case not in self.load.spoilt
            for channel in CHANNELS
        }

    def told(self):
        return {
            (got.case, got.obligation, got.channel) for got in self.office.sink.received(at="due", repeat=0)
        }

    def lateness(self, faults=(), channels=CHANNELS):
        """Seconds from when each deadline could be told (due, and accepted) to when it came first, sorted. Nothing
        can be told during `faults`, given as begin and end: what fell due then could be told from its end on."""
        first = {}
        for got in self.office.sink.received(at="due", repeat=0):
            first.setdefault((got.case, got.channel), got.arrived)
        late = []
        for case, _, channel in self.owed():
            accepted = self.load.answered_at.get(self.load.detections[case], 0.0)
            could = max(self.load.due[case], accepted)
            for begin, end in faults:
                could = end if begin <= could < end else could
            if (case, channel) in first and channel in channels:
                late.append(max(0.0, first[case, channel] - could))
        return sorted(late)

    def lost(self):
        """Answered events that no case's record holds, and fired deadlines whose message nobody got."""
        unsent, recorded = [], set()
        received = {got.id for got in self.office.sink.received()}
        for case in self.load.cases:
            answered = self.office.http.get(f"/api/v1/cases/{case}")
            for entry in answered.json()["timeline"] if answered.status == 200 else []:
                if entry["kind"] == "fact":
                    recorded.add((entry["source"], entry["id"]))
                elif entry["kind"] == "fired" and entry["step"] == "due" and not self._may_be_overtaken(case):
                    unsent += [
                        (case, entry["obligation"], id) for id in entry["notifications"] if id not in received
                    ]
        judged = [key for key, event in self.load.accepted.items() if event["subject"] not in self.load.spoilt]
        return [key for key in judged if key not in recorded], unsent

    def _may_be_overtaken(self, case):
        """An answer ends obligations, and what still waits about them is rightly not sent."""
        return case in self.load.acknowledged or case in self.load.answered_in_time

    def under_two_ids(self):
        """The same deadline, or the same notice of an obligation, under more than one id."""
        ids = defaultdict(set)
        for got in self.office.sink.received():
            step = got.step or {}
            if step or got.obligation:
                ids[
                    got.case,
                    got.obligation,
                    step.get("at"),
                    step.get("repeat"),
                    got.data["reason"],
                    tuple(t["role"] for t in got.data["targets"]),
                    got.channel,
                ].add(got.id)
        return {what: found for what, found in ids.items() if len(found) > 1}

    def two_deadlines_under_one_id(self):
        meant = defaultdict(set)
        for got in self.office.sink.received():
            step = got.step or {}
            meant[got.id].add((got.case, got.obligation, step.get("at"), step.get("repeat"), got.channel))
        return {id: found for id, found in meant.items() if len(found) > 1}
