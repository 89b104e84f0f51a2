"""A real Prometheus watches the real daemon through a scripted day and its faults: live.py BUILD [all]

Every query of every panel must show data, every rule must be evaluated without error, every alert of the faults made
must fire and clear, and nothing may fire while all is well. Without `all` only the faults of a few seconds are made."""

import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, str(HERE.parent / "acceptance"))

import dashboards  # noqa: E402
import faults  # noqa: E402
from day import SHOWN, DayOffice, tell  # noqa: E402
from prometheus import Prometheus, alert_names, recorded_names  # noqa: E402
from waiting import wait_for  # noqa: E402

WITHIN = 90.0  # generous: the machine may be busy
OF_A_BUSY_MACHINE = {"YuqingRedisSlow", "YuqingIngestSlow"}  # which may be slow without a fault


class Watch:
    def __init__(self, prometheus):
        self.prometheus = prometheus
        self.unseen = dashboards.all_queries()
        self.fired, self.after = set(), {}

    def look(self, when):
        """Panels that show data now are seen."""
        shown = [query for query in self.unseen if self.prometheus.shows(query)]
        self.unseen = [query for query in self.unseen if query not in shown]
        self.after.setdefault(when, []).extend(shown)

    def wait_quiet(self, what):
        try:
            wait_for(lambda: not self.prometheus.firing().keys() - OF_A_BUSY_MACHINE, what, WITHIN)
        except AssertionError:
            raise AssertionError(f"{what} fire: {self.prometheus.firing().keys()}") from None

    def go_through(self, fault, office):
        begin = time.monotonic()
        course = fault(office, self.prometheus)
        wanted = set(next(course))
        self.wait_firing(fault.__name__, wanted)
        fired = time.monotonic()
        self.look(fault.__name__)
        next(course, None)
        wait_for(
            lambda: not wanted & self.prometheus.firing().keys(),
            f"{fault.__name__} clears: {sorted(wanted)}",
            WITHIN,
        )
        print(f"{fault.__name__}: {', '.join(sorted(wanted))} fired after {fired - begin:.0f} s, "
              f"cleared after {time.monotonic() - fired:.0f} s", flush=True)  # fmt: skip
        self.fired |= wanted

    def wait_firing(self, name, wanted):
        try:
            wait_for(lambda: wanted <= self.prometheus.firing().keys(), name, WITHIN)
        except AssertionError:
            raise AssertionError(f"{name}: do not fire: {wanted - self.prometheus.firing().keys()}") from None
        for alert in (alert for name in wanted for alert in self.prometheus.firing().get(name, [])):
            for key, text in alert["annotations"].items():
                assert "<no value>" not in text and "error expanding" not in text, f"{key}: {text}"


def check_rules(prometheus):
    """Every rule is there and was evaluated without error."""
    rules = prometheus.rules()
    names = {rule["name"] for rule in rules}
    assert names == {*alert_names(), *recorded_names()}, names
    wrong = [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"]
    return not wrong


def wrong_values(prometheus):
    """What panels of one value say of the day."""
    by_panel = {(query.dashboard, query.panel): query for query in dashboards.all_queries() if query.at_once}
    found = {}
    for panel, wanted in SHOWN.items():
        values = [value for _, value in prometheus.query(by_panel[panel].sent)]
        if values != [wanted]:
            found[panel] = (values, wanted)
    return found


def run(office, prometheus, chosen):
    watch = Watch(prometheus)
    office.open()
    wait_for(lambda: prometheus.query("yuqing_redis_up == 1"), "the daemon is scraped", WITHIN)
    watch.wait_quiet("before anything happened")
    wait_for(lambda: check_rules(prometheus), "every rule is evaluated without error", WITHIN)
    tell(office)
    try:
        wait_for(lambda: not wrong_values(prometheus), "the panels say what happened", 30)
    except AssertionError:
        raise AssertionError(f"panels say, and should: {wrong_values(prometheus)}") from None
    watch.look("a day without faults")
    for fault in chosen:
        watch.go_through(fault, office)
    watch.wait_quiet("at the end")
    return watch, [name for name in recorded_names() if not recorded(prometheus, name)]


def recorded(prometheus, name):
    """Whether a rule ever recorded a number."""
    return any(value == value for _, value in prometheus.query(f"max_over_time({{__name__='{name}'}}[10m])"))


def report(watch, missing, everything):
    for when, queries in watch.after.items():
        panels = sorted({f"{query.dashboard}/{query.panel}" for query in queries})
        if when != "a day without faults" and panels:
            print(f"shown first under {when}: {', '.join(panels)}")
    seen = sum(len(queries) for queries in watch.after.values())
    silent = set(alert_names()) - watch.fired if everything else set()
    rules = len(recorded_names())
    print(f"{seen} of {seen + len(watch.unseen)} queries of panels show data")
    print(f"{rules - len(missing)} of {rules} recording rules record")
    print(f"{len(watch.fired)} of {len(alert_names())} alerts fired and cleared")
    for what, names in (("shows nothing", watch.unseen), ("records nothing", missing), ("never fired", silent)):
        for name in names:
            print(f"{what}: {name}")
    return not watch.unseen and not missing and not silent


def main(everything):
    office = DayOffice(clocked=everything)
    prometheus = None
    try:
        prometheus = Prometheus(office.http.port)
        watch, missing = run(office, prometheus, faults.ALL if everything else faults.SHORT)
    except BaseException:
        print(*office.log().splitlines()[-40:], sep="\n", file=sys.stderr)
        raise
    finally:
        if prometheus:
            prometheus.close()
        office.close()
    sys.exit(0 if report(watch, missing, everything) else 1)


if __name__ == "__main__":
    main(sys.argv[2:] == ["all"])
