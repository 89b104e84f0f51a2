"""The daemon's messages before the libraries of others: npm's `standardwebhooks`, `cloudevents` and
`dingtalk-robot-sender` judge in judge.js what a running office sends over HTTP and over TLS with a private authority.

    judges.py BUILD MODULES      the folder with node_modules; JUDGED_TITLES, 300 hostile ones by default"""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, str(HERE.parent / "acceptance"))

from client import HOUR, detected, event, just_now, published  # noqa: E402
from hostile_titles import titles  # noqa: E402
from office import Office, start, stop, with_link_key  # noqa: E402
from waiting import wait_for  # noqa: E402

TITLES = int(os.environ.get("JUDGED_TITLES", "300"))
JUDGED_WITHIN = 300.0  # generous: the machine may be busy
REASONS = {"opened", "due", "overdue", "fulfilled", "closed", "attention", "test", "drill"}
DINGTALK_SECRET = "SEC" + secrets.token_hex(32)


def new_secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def private_authority(folder):
    """An authority of one's own and a certificate of it for this machine, by openssl."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=receiver")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "server.pem", "-days", "2", "-extfile", "names")  # fmt: skip


class Judge:
    """judge.js, and what it has said."""

    def __init__(self, folder, modules, secret):
        private_authority(folder)
        settings = {
            "modules": os.path.abspath(modules),
            "secret": secret,
            "others_secret": new_secret(),
            "dingtalk_secret": DINGTALK_SECRET,
            "certificate": str(folder / "server.pem"),
            "key": str(folder / "server.key"),
        }
        (folder / "settings.json").write_text(json.dumps(settings))
        reader, writer = os.pipe()
        with os.fdopen(writer, "wb") as said:
            self.process = start(["node", HERE / "judge.js", folder / "settings.json"], said)
        self._lines = os.fdopen(reader, encoding="utf-8")
        first = self._lines.readline()
        assert first.startswith("{"), first + self._lines.read()
        self.ports = json.loads(first)
        self.judged = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self._lines:  # among them may be warnings of Node.js
            if line.startswith("{"):
                self.judged.append(json.loads(line))

    def url(self, scheme, path):
        return f"{scheme}://127.0.0.1:{self.ports[scheme]}/{path}"

    def count(self, **wanted):
        return sum(1 for one in list(self.judged) if all(one.get(name) == value for name, value in wanted.items()))


def an_office(folder, judge, secret):
    """duty-group is a webhook over HTTP, leaders one over TLS while its secret is changed, audit-hook a robot."""
    webhook = {"url": judge.url("http", "webhook"), "secret_file": "judged.secret"}
    changing = {"url": judge.url("https", "webhook"), "secret_file": "changing.secret", "ca_file": folder / "ca.pem"}
    robot = {
        "format": "dingtalk",
        "url": judge.url("http", "robot/send?access_token=token"),
        "secret_file": "dingtalk.secret",
        "rate": "100000/1s",
    }

    def adapt(config):
        for name, text in (
            ("judged", secret),
            ("changing", f"{new_secret()}\n{secret}"),
            ("dingtalk", DINGTALK_SECRET),
        ):
            file = config / f"{name}.secret"
            file.write_text(text + "\n", encoding="utf-8")
            file.chmod(0o600)
        with_link_key(config)

    channels = {"duty-group": webhook, "leaders": changing, "audit-hook": robot}
    return Office(prefix="judges", channels=channels, adapt=adapt)


def tell(office):
    """Titles of every kind, some about emergencies that are overdue, and what is told of a case to its end."""
    now = just_now()
    told = []
    for number, title in enumerate(titles()[:TITLES]):
        grave = {"incident_grade": "extreme"} if number % 8 == 0 else {}
        told.append(detected(f"JUDGED-{number}", now - 6 * HOUR, title=title, field="安全生产", **grave))
    told.append(detected("ENDS-1", now - 6 * HOUR, incident_grade="major", field="安全生产"))
    told.append(detected("ENDS-2", now - 49 * HOUR, lead_unit="某局"))
    office.client().tell(*told, bound=JUDGED_WITHIN)
    answers = published("ENDS-1", now - 1, kind="authoritative_release"), published("ENDS-2", now - 1)
    office.tell(*answers, event("case.closed", "ENDS-2", by="张三"), bound=JUDGED_WITHIN)
    assert office.http.post("/api/v1/channels/leaders/test", {"by": "王五"}).status == 202
    assert office.http.post("/api/v1/drill", {"by": "王五"}).status == 202


def waiting(office):
    return office.http.metric("yuqing_outbox_size")


def main(modules):
    with tempfile.TemporaryDirectory(prefix="yuqing-judges-") as temporary:
        folder, secret = Path(temporary), new_secret()
        judge = Judge(folder, modules, secret)
        office = an_office(folder, judge, secret)
        try:
            office.open()
            tell(office)
            wait_for(lambda: waiting(office) == 0 and judge.count(reason="drill"), "all is delivered", JUDGED_WITHIN)
            dead = office.http.get("/api/v1/notifications?state=dead").json()["notifications"]
        finally:
            office.close()
            stop(judge.process)
    faults = Counter(fault for one in judge.judged for fault in one["faults"])
    for fault, count in faults.most_common(20):
        print(f"{count} times: {fault}")
    reasons = {one["reason"] for one in judge.judged if not one["robot"]}
    plain, tls = judge.count(scheme="http", robot=False), judge.count(scheme="https")
    robot = judge.count(robot=True)
    print(f"{plain} webhooks over HTTP, {tls} over TLS, {robot} robot messages, {len(faults)} faults")
    print("reasons: " + " ".join(sorted(reasons)))
    assert not dead, dead[:3]
    assert min(plain, tls, robot) > TITLES // 8, "too little was judged"
    assert reasons >= REASONS, REASONS - reasons
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[2])
