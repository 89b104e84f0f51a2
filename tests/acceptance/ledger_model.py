"""What ledger and assessment must show, worked out from the facts alone: written from the contract and the
shipped policy, without a look at the daemon. Times are milliseconds since 1970; an instant is a case's
`(time, source, id)` where facts are compared.

`Case(id, facts, below, at, directory)`: `facts` are those recorded by then and told to it, `below` the facts of cases it
took in; `told` are facts as `client.event` makes them, with `recorded` beside."""

from ledger_facts import CLASSES, DAY, GRADES, HOUR, LEVELS, RULES, ms, standing


class Obligation:
    """One occurrence: when it starts and is due, what ended it."""

    def __init__(self, rule, ident, start, due, begun_with_case=True):
        self.rule, self.id, self.start, self.due = rule, ident, start, due
        self.begun_with_case = begun_with_case
        self.fulfilled = self.replaced = self.waiver = self.excused = None
        self.card, self.void_because, self.unit = None, None, None
        if rule == "commitment":
            self.title, self.statutory, self.event, self.cards = "", False, "commitment.kept", True
            self.review, self.kinds, self.every, self.how = False, None, False, "made"
        else:
            self.title, self.statutory, _, self.how, self.event, self.kinds, _, self.review, self.cards = RULES[rule]
            self.every = self.how == "every"

    @property
    def survives_close(self):
        return self.rule == "commitment" or (self.statutory and not self.every)

    @property
    def kind(self):
        if self.rule == "commitment":
            return "commitment"
        if self.statutory:
            return "statutory"
        return "acknowledgement" if self.event == "case.acknowledged" else "internal"

    def end(self, case, dropped, closed, waiver):
        """The first in the order of facts decides."""
        ends = []
        for end in (dropped, None if self.survives_close else closed, self.replaced):
            if end and self.due > end[0]:
                ends.append((end, "void"))
        if waiver and waiver.time <= self.due:
            ends.append((waiver.key, "waived"))
        if self.fulfilled:
            ends.append((self.fulfilled, "met" if self.fulfilled[0] <= self.due else "late"))
        if case.void_all:
            self.status = "void"
        elif ends:
            self.status = min(ends)[1]
        else:
            self.status = "pending" if case.at < self.due else "overdue"
        if self.status not in ("met", "late"):
            self.fulfilled = None
        if waiver and self.status in ("waived", "late", "overdue"):
            self.waiver = waiver
            self.excused = waiver if self.status != "waived" else None
        if self.status == "void" and not case.void_all:
            if closed and self.due > closed[0] and not self.survives_close:
                self.void_because = "closed"
            else:
                self.void_because = "reassigned" if self.how == "assigned" else "regraded"
        if self.status not in ("void", "waived"):
            self._card(case.at, closed)

    def _card(self, at, closed):
        until = [at]
        if self.fulfilled:
            until.append(self.fulfilled[0] - 1)
        if self.excused:
            until.append(self.excused.time)
        if closed and not self.survives_close:
            until.append(closed[0])
        if self.replaced:
            until.append(self.replaced[0])
        # Of a commitment red comes 5 working days later: the month has none that is between 5 and 15 days late.
        red = 10 * DAY if self.rule == "commitment" else DAY
        if self.cards and self.due <= min(until):
            self.card = "red" if self.due + red <= min(until) else "yellow"

    @property
    def tally(self):
        return "excused" if self.excused else self.status

    def late_by(self, at):
        if self.status == "late":
            return self.fulfilled[0] - self.due
        return at - self.due if self.status == "overdue" else None


class Case:
    def __init__(self, ident, facts, below, at, directory, into=None):
        self.id, self.at, self.directory, self.into = ident, at, directory, into
        self.told = facts
        self.own = standing(facts)
        counting = [f for f in below if f.type in ("opinion.detected", "response.published")]
        self.counting = sorted(self.own + counting, key=lambda f: f.key)
        self.detections = [f for f in self.counting if f.type == "opinion.detected"]
        self._status()
        self._walk()
        self._obligations()
        self._flags()

    def of(self, kind, facts=None):
        return [f for f in (self.own if facts is None else facts) if f.type == kind]

    def earliest(self, member):
        return next((f.data[member] for f in self.detections if f.data.get(member)), "")

    # --- the course

    def _status(self):
        self.closed = self.dismissed = None
        self.status = "open"
        for fact in self.own:
            if fact.type == "case.closed":
                self.closed = self.closed or fact
                self.status = "closed"
            elif fact.type == "case.reopened":
                self.closed = self.dismissed = None
                self.status = "open"
            elif fact.type == "case.dismissed":
                self.dismissed = self.dismissed or fact
                self.status = "dismissed"
        if self.into:
            self.status = "merged"
        elif not self.detections:
            self.status = "dismissed"
        self.void_all = self.status in ("dismissed", "merged")
        if self.status != "closed":
            self.closed = None
        first = self.detections or self.of("opinion.detected", sorted(self.told, key=lambda f: f.key))
        self.started = first[0].time if first else None
        # Nothing of it stands: it is known by its earliest detection, and by why that was taken back.
        self.gone = first[0] if first and not self.detections else None

    def _attributes(self, assigned, field):
        known = self.directory.fields.get(field)
        lead = assigned if assigned is not None else (known[2] if known else "")
        return {"grade": self.grade, "level": self.level, "field": known[0] if known else field,
                "field_name": known[1] if known else "", "lead": self.directory.unit(lead) if lead else ""}

    def _walk(self):
        """The eras: from one deciding fact to the next."""
        self.grade, self.level, self.unreasoned = "none", None, False
        assessed = {"grade": False, "level": False}
        field = self.earliest("field")
        named = next((f for f in self.detections if f.data.get("lead_unit")), None)
        assignments = self.of("case.assigned")
        assigned, assist = None, None
        if named and not (assignments and assignments[0].key < named.key):
            assigned = named.data["lead_unit"]
        detected = self.detections[0].key if self.detections else (0, "", "")
        self.leads = [((-1, "", ""), self._attributes(assigned, field)["lead"])]
        self.eras = []
        turns = self.detections + self.of("case.assessed") + assignments
        for fact in sorted(turns, key=lambda f: f.key):
            if fact.type == "opinion.detected":
                if fact.data.get("incident_grade") and not assessed["grade"]:
                    self.grade = max(self.grade, fact.data["incident_grade"], key=GRADES.index)
                if fact.data.get("opinion_level") and not assessed["level"]:
                    levels = [level for level in (self.level, fact.data["opinion_level"]) if level]
                    self.level = max(levels, key=LEVELS.index)
            elif fact.type == "case.assessed":
                grade = fact.data.get("incident_grade")
                if grade and GRADES.index(grade) < GRADES.index(self.grade) and not fact.data.get("reason"):
                    self.unreasoned = True
                elif grade:
                    self.grade, assessed["grade"] = grade, True
                if fact.data.get("opinion_level"):
                    self.level, assessed["level"] = fact.data["opinion_level"], True
                field = fact.data.get("field") or field
            else:
                assigned, assist = fact.data["lead_unit"], fact.data.get("assist_units", [])
            now = self._attributes(assigned, field)
            if now["lead"] != self.leads[-1][1]:
                self.leads.append((fact.key, now["lead"]))
            if fact.key <= detected:
                self.eras = [(detected, now)]
            else:
                self.eras.append((fact.key, now))
        self.attributes = self.eras[-1][1] if self.eras else self._attributes(assigned, field)
        self._assist(assist, assigned)
        self.returns, self.given_back = [], []
        for fact in self.of("case.returned"):
            lead, unit = self.lead_at(fact.key), self.directory.unit(fact.data.get("unit", ""))
            self.given_back.append((unit or lead, fact.data["reason"]))
            if not unit or unit == lead:
                self.returns.append(fact.key)

    def lead_at(self, key):
        return [unit for since, unit in self.leads if since <= key][-1]

    def _assist(self, assist, assigned):
        if assist is None:
            assist = next((f.data["assist_units"] for f in self.detections if f.data.get("assist_units")), None)
        if assist is None:
            known = self.directory.fields.get(self.attributes["field"])
            assist = [unit for unit in known[3].split(",") if unit] if known and assigned is None else []
        self.assist = [self.directory.unit_name(unit) for unit in assist]

    # --- what it owes

    def _class(self, attributes):
        return "emergency" if attributes["grade"] in ("extreme", "major") else "general"

    def _named(self, rule):
        """Since when the class asks for it, and when a re-grading let go of it for good."""
        since = dropped = None
        for key, attributes in self.eras:
            level = RULES[rule][6]
            applies = level in (None, attributes["level"], attributes["grade"])
            if rule in CLASSES[self._class(attributes)][1] and applies:
                since, dropped = since or key, None
            elif since and not dropped:
                dropped = key
        return since, dropped

    def _qualifying(self, rule):
        _, _, _, _, event, kinds, _, _, _ = RULES[rule]
        facts = self.of(event, self.counting if event == "response.published" else None)
        return [f.key for f in facts if kinds is None or f.data.get("kind") in kinds]

    def _obligations(self):
        self.obligations = []
        order = []
        for _, attributes in reversed(self.eras if self.detections else []):
            order += [rule for rule in CLASSES[self._class(attributes)][1] if rule not in order]
        closed = self.closed.key if self.closed else None
        for rule in order:
            since, dropped = self._named(rule)
            if not since:
                continue
            for one in self._occurrences(rule, dropped):
                one.asked = since
                one.end(self, dropped, closed, self._waiver(rule, one.id))
                self.obligations.append(one)
        kept = {}
        for fact in self.of("commitment.kept"):
            kept.setdefault(fact.data["commitment"], fact.key)
        for fact in sorted(self.of("commitment.made"), key=lambda f: f.data["commitment"]):
            ident = "commitment." + fact.data["commitment"]
            one = Obligation("commitment", ident, fact.time, ms(fact.data["due"]))
            one.title, one.fulfilled, one.asked = fact.data["text"], kept.get(fact.data["commitment"]), None
            one.end(self, None, closed, self._waiver("commitment", ident))
            self.obligations.append(one)

    def _waiver(self, rule, ident):
        named = (f for f in self.of("obligation.waived") if f.data["obligation"] in (rule, ident))
        return next(named, None)

    def _occurrences(self, rule, dropped):
        _, _, length, how, _, _, _, _, _ = RULES[rule]
        detected = self.detections[0]
        occurred = min((ms(f.data["occurred_at"]) for f in self.detections if f.data.get("occurred_at")), default=None)
        start = detected.time
        if how in ("earliest", "every") and occurred is not None:
            start = min(start, occurred)
        qualifying = self._qualifying(rule)
        if how == "assigned":
            return self._per_assignment(rule, length, qualifying)
        if how == "every":
            waiver = self._waiver(rule, rule)
            ends = [end.key for end in (self.closed, waiver) if end] + ([dropped] if dropped else [])
            return self._chain(rule, length, start, qualifying, min(ends, default=None))
        one = Obligation(rule, rule, start, start + length)
        one.fulfilled = qualifying[0] if qualifying else None
        return [one]

    def _chain(self, rule, length, start, qualifying, ended):
        occurrences, begun = [], None
        while begun is None or ended is None or begun < ended:
            one = Obligation(rule, f"{rule}.{len(occurrences) + 1}", start, start + length, begun is None)
            qualifying = [key for key in qualifying if key[0] > start]
            occurrences.append(one)
            if not qualifying:
                break
            one.fulfilled = begun = qualifying.pop(0)
            start = begun[0]
        return occurrences

    def assignments(self):
        """A lead unit known from the detection is the first, unless it was assigned before."""
        told = [f.key for f in self.of("case.assigned")]
        if not self.detections or not self.eras[0][1]["lead"] or (told and told[0] < self.detections[0].key):
            return told
        return [self.detections[0].key] + told

    def _per_assignment(self, rule, length, qualifying):
        begins, detected = self.assignments(), self.detections[0].key
        occurrences = []
        for i, begin in enumerate(begins):
            ends = begins[i + 1 : i + 2] + [key for key in self.returns if key > begin]
            end = min(ends, default=None)
            one = Obligation(rule, f"{rule}.{i + 1}", begin[0], begin[0] + length, i == 0 and begin == detected)
            answers = [key for key in qualifying if begin < key and (end is None or key < end)]
            one.fulfilled = answers[0] if answers else None
            one.replaced = None if answers else end
            one.unit = self.lead_at(begin)
            occurrences.append(one)
        return occurrences

    # --- what it is marked with

    def _flags(self):
        self.flags = set()
        if self.unreasoned:
            self.flags.add("unreasoned")
        attributes = self.attributes
        if not attributes["lead"]:
            self.flags.add("unassigned")
        last = self.of("case.assigned")[-1].key if self.of("case.assigned") else (0, "", "")
        if self.detections and self.returns and self.detections[0].key < self.returns[-1] and last < self.returns[-1]:
            self.flags.add("unassigned")
        units = self.directory.units
        names = {unit for _, unit in units.values()}
        if (attributes["field"] and not attributes["field_name"]) or (attributes["lead"] and attributes["lead"] not in units):
            self.flags.add("unknown_unit")
        if any(name not in names for name in self.assist):
            self.flags.add("unknown_unit")
        promised = {f.data["commitment"] for f in self.of("commitment.made")}
        if any(f.data["commitment"] not in promised for f in self.of("commitment.kept")):
            self.flags.add("kept_unknown")
        told = {(f.source, f.id) for f in self.told}
        for fact in self.of("fact.withdrawn"):
            if (fact.data["event_source"], fact.data["event_id"]) not in told:
                self.flags.add("withdrawn_unknown")
        for fact in self.of("obligation.waived") if self.detections else []:
            name = fact.data["obligation"]
            asked = name in RULES and self._named(name)[0]
            if not asked and all(name not in (one.id, one.rule) for one in self.obligations):
                self.flags.add("waived_unknown")
        for fact in self.of("response.published", self.counting):
            if self._unreviewed(fact):
                self.flags.add("unreviewed")
        for one in self.obligations:
            if self.open_at_closing(one):
                self.flags.add("closed_unanswered")
            if self.on_arrival(one):
                self.flags.add("overdue_on_arrival")

    def open_at_closing(self, one):
        if not self.closed or not one.survives_close or one.status in ("void", "waived"):
            return False
        return not (one.fulfilled and one.fulfilled[0] <= self.closed.time)

    def detected_late(self, one):
        """A statutory time that the detection itself set was over when the matter was first told of, live."""
        first = min(self.detections, key=lambda f: f.recorded)
        return self.on_arrival(one) and one.statutory and not first.history and one.asked == self.eras[0][0] \
            and one.due < first.recorded

    def on_arrival(self, one):
        if one.rule == "commitment" or not one.begun_with_case or one.status not in ("late", "overdue"):
            return False
        return one.due < min(f.recorded for f in self.detections) or one.due < one.asked[0]

    def _unreviewed(self, fact):
        approved = fact.data.get("approved_at")
        if approved or fact.data.get("approved_by"):
            if (ms(approved) if approved else fact.time) <= fact.time:
                return False
        elif any(a.time <= fact.time for a in self.of("response.approved")):
            return False
        return any(one.review and one.status != "void" and (one.kinds is None or fact.data["kind"] in one.kinds)
                   for one in self.obligations)
