"""The dashboards as they are shipped: their panels, and each query as Grafana would send it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FOLDER = DEPLOY / "grafana" / "dashboards"
NAMES = ("duty", "timeliness", "daemon")

# What Grafana puts in for its own variables; the test's Prometheus scrapes every second.
BUILT_IN = {"$__rate_interval": "6s", "$__range": "60s"}
RANGE_SECONDS = 60


@dataclass(frozen=True)
class Query:
    dashboard: str
    panel: str
    ref: str
    expression: str  # with its variables
    sent: str  # without
    at_once: bool  # one instant, not a range

    def __str__(self):
        return f"{self.dashboard} / {self.panel} / {self.ref}"


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def panels(dashboard):
    """Those that show something, in reading order."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def variables(dashboard):
    """Name to what is sent for it as the dashboard opens."""
    values = {}
    for variable in dashboard["templating"]["list"]:
        value = variable["current"]["value"]
        value = value[0] if isinstance(value, list) else value
        values[variable["name"]] = variable["allValue"] if value == "$__all" else value
    return values


def sent(expression, values):
    for name, value in BUILT_IN.items():
        expression = expression.replace(name, value)
    for name, value in values.items():
        expression = re.sub(rf"\$(?:{name}\b|{{{name}}})", lambda _, value=value: value, expression)
    assert "$" not in expression, f"a variable that nobody fills: {expression}"
    return expression


def queries(name):
    dashboard = load(name)
    values = variables(dashboard)
    return [
        Query(
            name,
            panel["title"],
            target["refId"],
            target["expr"],
            sent(target["expr"], values),
            target["instant"],
        )
        for panel in panels(dashboard)
        for target in panel["targets"]
    ]


def all_queries():
    return [query for name in NAMES for query in queries(name)]
