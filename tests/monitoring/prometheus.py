"""A real Prometheus on a free port, with the shipped configuration and rules in seconds instead of minutes.

What is changed of them is written down here and nowhere else: how often is scraped, how long is looked back, how long
an alert waits, and the age at which a message that waits is old. Each change must find what it changes."""

import json
import re
import shutil
import signal
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from dashboards import DEPLOY, RANGE_SECONDS
from office import free_port, start, stop
from waiting import wait_for

SHIPPED = DEPLOY / "prometheus"
RULES = ("recording.rules.yml", "alerting.rules.yml")
LOOKED_BACK = {"[10m]": "[8s]", "[15m]": "[30s]", "[1h]": "[12s]", "[30d]": "[5m]"}
WAITS = "1s"
LOST_AFTER = "10s"  # a series without samples; five minutes otherwise
OLD_MESSAGE = ("> 600", "> 5")


def changed(text, before, after):
    assert before in text, f"{before!r} is not there to be changed"
    return text.replace(before, after)


def quicker(name):
    text = (SHIPPED / name).read_text(encoding="utf-8")
    unnamed = set(re.findall(r"\[\d+\w+\]", text)) - LOOKED_BACK.keys()
    assert not unnamed, f"{name} looks back for {unnamed}; LOOKED_BACK must name it"
    for before, after in LOOKED_BACK.items():
        text = text.replace(before, after)
    text = re.sub(r"^( +)(for|interval): \S+$", rf"\1\2: {WAITS}", text, flags=re.M)
    return changed(text, *OLD_MESSAGE) if name.startswith("alerting") else text


def alert_names():
    return re.findall(r"^ +- alert: (\w+)$", (SHIPPED / "alerting.rules.yml").read_text(encoding="utf-8"), re.M)


def recorded_names():
    return re.findall(r"^ +- record: (\S+)$", (SHIPPED / "recording.rules.yml").read_text(encoding="utf-8"), re.M)


class Prometheus:
    def __init__(self, daemon_port):
        self.folder = Path(tempfile.mkdtemp(prefix="yuqing-prometheus-"))
        self.port = free_port()
        for name in RULES:
            (self.folder / name).write_text(quicker(name), encoding="utf-8")
        config = (SHIPPED / "prometheus.yml").read_text(encoding="utf-8")
        config = changed(config, "interval: 15s", "interval: 1s")
        config = changed(config, "/usr/share/yuqingd/prometheus", str(self.folder))
        self._config = changed(config, "127.0.0.1:9570", f"127.0.0.1:{daemon_port}")
        self._log = open(self.folder / "log", "wb")
        self._write(self._config)
        self.process = start(
            [
                "prometheus",
                f"--config.file={self.folder}/prometheus.yml",
                f"--storage.tsdb.path={self.folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
                f"--query.lookback-delta={LOST_AFTER}",
                "--log.level=warn",
            ],
            self._log,
        )
        wait_for(self._ready, "Prometheus is ready", 60)

    def _write(self, config):
        (self.folder / "prometheus.yml").write_text(config, encoding="utf-8")

    def _ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def forget_daemons(self):
        """As when somebody takes the job out of the configuration."""
        self._write(changed(self._config, "job_name: yuqingd", "job_name: other"))
        self.process.send_signal(signal.SIGHUP)

    def know_daemons(self):
        self._write(self._config)
        self.process.send_signal(signal.SIGHUP)

    def ask(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from None

    def query(self, expression):
        """(labels, value) of each series now."""
        result = self.ask("query", query=expression)["result"]
        return [(one["metric"], float(one["value"][1])) for one in result]

    def shows(self, query):
        """Whether a panel's query gives anything but "not a number"."""
        if query.at_once:
            values = [value for _, value in self.query(query.sent)]
        else:
            now = float(self.ask("query", query="time()")["result"][1])
            found = self.ask("query_range", query=query.sent, start=now - RANGE_SECONDS, end=now, step=1)
            values = [float(value) for one in found["result"] for _, value in one["values"]]
        return any(value == value for value in values)

    def firing(self):
        """Name to its alerts."""
        found = {}
        for alert in self.ask("alerts")["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert)
        return found

    def rules(self):
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def close(self):
        stop(self.process, signal.SIGTERM)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
