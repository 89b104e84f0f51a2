"""The common parts of the acceptance tests: an office per class, and a policy whose deadlines take seconds."""

import unittest

from office import Office

QUICK_STEPS = (12, 9, 6, 3)  # seconds before due

# A class of its own for `platform: quick`: 20 s to answer, reminders every 3 s.
QUICK_CLASS = """\
  - {id: quick, title: 快速, match: {platform: quick}, obligations: [quick]}
"""
QUICK_OBLIGATION = """\
  quick: {title: 快速回应, kind: statutory, due: %s, start: detected, fulfilled_by: {event: response.published},
    basis: 试验, ladder: quick}
"""
QUICK_LADDER = (
    """\
  quick:
    - {at: start, notify: [duty_officer]}
"""
    + "".join(f"    - {{at: due-{s}s, notify: [duty_officer, duty_leader]}}\n" for s in QUICK_STEPS)
    + """\
    - {at: due, notify: [duty_officer, deputy_head], card: yellow, repeat: {every: 10s, times: 1}}
    - {at: due+2s, notify: [duty_officer]}
"""
)


def add_quick_class(config, due="20s"):
    """Adds the class to a copied policy; the shipped rules stay as they are."""
    policy = config / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    for section, addition in (
        ("classes", QUICK_CLASS),
        ("obligations", QUICK_OBLIGATION % due),
        ("ladders", QUICK_LADDER),
    ):
        head, found, tail = text.partition(f"\n{section}:\n")
        assert found, f"policy.yaml has no section {section}"
        text = head + found + addition + tail
    policy.write_text(text, encoding="utf-8")


class OfficeCase(unittest.TestCase):
    """One office for all tests of a class; whatever reached the sink was signed and never early."""

    maxDiff = None
    office = None
    kind = Office
    arguments = {}

    @classmethod
    def setUpClass(cls):
        cls.office = cls.kind(prefix=cls.__name__.lower(), **cls.arguments)
        cls.addClassCleanup(cls.office.close)
        cls.prepare()

    @classmethod
    def prepare(cls):
        cls.office.open()

    @property
    def sink(self):
        return self.office.sink

    @property
    def http(self):
        return self.office.http

    def tearDown(self):
        self.assertEqual(self.sink.faults(), [])

    def told(self, case, **wanted):
        """(step, repeat, reason) of what reached one channel about a case, in order of arrival, once each."""
        wanted.setdefault("channel", "duty-group")
        seen = {}
        for got in self.sink.received(case=case, **wanted):
            step = got.step or {}
            seen.setdefault(got.id, (step.get("at"), step.get("repeat"), got.data["reason"]))
        return list(seen.values())

    def timeline(self, case, kind, obligation):
        return [
            entry
            for entry in self.http.case(case)["timeline"]
            if entry["kind"] == kind and entry.get("obligation") == obligation
        ]
