"""Our `format: alertmanager` beside Debian's Alertmanager: what we sent of an alert is pushed into the real one, and what
that sends of it must be the same, member by member, value by value.

    python3 -B alertmanager_shape.py BUILD FOLDER      # its package, unpacked there"""

import json
import os
import shutil
import sys
import tempfile
import urllib.request
from datetime import datetime
from pathlib import Path

os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1])

from client import HOUR, detected, just_now, published
from inbox import Inbox
from office import Office, free_port, start, stop
from waiting import wait_for

CONFIG = """\
route:
  receiver: duty-group
  group_by: [alertname, case, notice, obligation]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 4h
receivers:
- name: duty-group
  webhook_configs:
  - url: {url}
    send_resolved: true
"""

# Debian's looks for its templates in /usr/share and nowhere else; in a namespace of its own it finds the unpacked ones.
RUN = 'mount --bind "$0/usr/share" /usr/share && exec "$0/usr/bin/prometheus-alertmanager" "$@"'
RUN_UNPACKED = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", RUN]


class RealAlertmanager:
    def __init__(self, unpacked, external_url):
        self.inbox = Inbox()
        self.folder = Path(tempfile.mkdtemp(prefix="yuqing-alertmanager-"))
        self.port = free_port()
        (self.folder / "config.yml").write_text(CONFIG.format(url=self.inbox.url()), encoding="utf-8")
        self._log = open(self.folder / "log", "wb")
        self.process = start(
            [
                *RUN_UNPACKED,
                unpacked,
                f"--config.file={self.folder}/config.yml",
                f"--storage.path={self.folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
                f"--web.external-url={external_url}",
                "--cluster.listen-address=",
            ],
            self._log,
        )
        wait_for(self._ready, f"the real Alertmanager is ready: {self.folder}/log", 30)

    def _ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=2).status == 200
        except OSError:
            return False

    def push(self, alert):
        told = {name: alert[name] for name in ("labels", "annotations", "startsAt", "generatorURL")}
        if alert["status"] == "resolved":
            told["endsAt"] = alert["endsAt"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v2/alerts",
            json.dumps([told]).encode(),
            {"Content-Type": "application/json"},
        )
        assert urllib.request.urlopen(request, timeout=5).status == 200

    def close(self):
        stop(self.process)
        self.inbox.close()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def differences(ours, theirs, path="body"):
    """Names, JSON types, order of members, values; the real one is right."""
    if type(ours) is not type(theirs):
        return [f"{path}: {type(ours).__name__} here, {type(theirs).__name__} there"]
    if isinstance(ours, dict):
        found = [] if list(ours) == list(theirs) else [f"{path}: {list(ours)} here, {list(theirs)} there"]
        for name in set(ours) & set(theirs):
            found += differences(ours[name], theirs[name], f"{path}.{name}")
        return found
    if isinstance(ours, list):
        found = [] if len(ours) == len(theirs) else [f"{path}: {len(ours)} here, {len(theirs)} there"]
        return found + [d for i, pair in enumerate(zip(ours, theirs)) for d in differences(*pair, f"{path}[{i}]")]
    same = ours == theirs or (path.endswith("At") and instant(ours) == instant(theirs))
    return [] if same else [f"{path}: {ours!r} here, {theirs!r} there"]


def instant(text):
    """Go leaves out the zeros at the end of a fraction."""
    return datetime.fromisoformat(text)


def compare(ours, real):
    """How many members were compared."""
    status, fingerprint = ours.json["status"], ours.json["alerts"][0]["fingerprint"]
    for alert in ours.json["alerts"]:
        real.push(alert)
    theirs = real.inbox.wait(fingerprint, lambda request: request.json["status"] == status, 30)
    found = differences(ours.json, theirs.json)
    assert not found, f"{status}: " + "; ".join(found)
    assert ours.headers["content-type"] == theirs.headers["content-type"], theirs.headers
    assert ours.raw.endswith(b"\n") == theirs.raw.endswith(b"\n")
    members = json.dumps(ours.json).count('": ')
    print(f"{status}: {members} members alike, fingerprint {fingerprint}")


def main(unpacked):
    inbox = Inbox()
    office = Office(
        prefix="shape",
        channels={"duty-group": {"format": "alertmanager", "url": inbox.url(), "secret_file": None}},
    )
    real = None
    try:
        office.open()
        real = RealAlertmanager(unpacked, f"http://127.0.0.1:{office.http.port}")
        now = just_now()
        office.tell(
            detected("SHAPE-1", now - 6 * HOUR, title='他说："爆炸"\\', incident_grade="extreme", field="安全生产")
        )

        def wait(status):
            return inbox.wait(
                "SHAPE-1",
                lambda request: request.json["status"] == status
                and request.json["commonLabels"].get("obligation") == "authoritative_release",
                20,
            )

        compare(wait("firing"), real)
        office.tell(published("SHAPE-1", now - 1, kind="authoritative_release"))
        compare(wait("resolved"), real)
    finally:
        if real:
            real.close()
        office.close()
        inbox.close()


if __name__ == "__main__":
    main(sys.argv[2])
