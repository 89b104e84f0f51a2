"""The parts of deploy/quickstart that are data: the configuration it runs under, the matters it plays and
the judgement of what came. Every time is reckoned from one instant, the beginning; no clock is fast.

    quickstart.py prepare RUN CONFIG    configuration, secret and free ports into RUN
    quickstart.py matters RUN           facts to tell, and what to expect
    quickstart.py stamp RUN             keeps what `listen --json` prints, each with the instant it came
    quickstart.py judge RUN             waits for the alerts, bounded; exit 0 if they are what was expected
    quickstart.py ready URL | reachable PORT | until BEGIN SECONDS
"""

import base64
import json
import re
import secrets
import shutil
import socket
import sys
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

HOUR = 3600
LAST_DUE = 45          # seconds after the beginning; no alert is planned later
WATCHED = 55           # ... and until when alerts count
LATE_MAX = 3.0         # an alert of a quiet machine comes well within this after its planned time
HOSTILE = "<script>alert(1)</script> **@所有人** [领奖](http://example.invalid/) \u202e'; DROP TABLE cases; --"


# --- the configuration ---------------------------------------------------------------------------------

def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def named(text, key):
    """The ids listed as `key: [a, b]` anywhere in a file of the configuration."""
    found = re.findall(rf"\b{key}:\s*\[([^\]]*)\]", text)
    return sorted({name.strip() for group in found for name in group.split(",") if name.strip()})


def somebody_on_duty(roster, directory):
    """The shipped roster ends some day; here the first officer named for a role has it this week."""
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    begin, end = ((today + timedelta(days=d)).strftime("%Y-%m-%dT%H:%M") for d in (-3, 7))
    anyone = re.search(r"^officers:.*?\bid:\s*([\w-]+)", directory, re.M | re.S).group(1)
    lines = ["role,officer,start,end"]
    for role in sorted(set(re.findall(r"\broster:\s*([\w-]+)", directory))):
        named = re.search(rf"^{role},([\w-]+),", roster, re.M)
        lines.append(f"{role},{named.group(1) if named else anyone},{begin},{end}")
    return "\n".join(lines) + "\n"


def setting(text, key, default):
    found = re.search(rf"^{key}:\s*([^\s#]+)", text, re.M)
    return found.group(1) if found else default


def prepare(run, config):
    """config/ as it is shipped, but for ports, paths, one secret and the roster."""
    target = run / "config"
    shutil.copytree(config, target)
    (run / "redis").mkdir()
    http_port, zmq_port, hook_port, copy_port = free_ports(4)
    shipped = (config / "yuqingd.yaml").read_text(encoding="utf-8")
    directory = (config / "directory.yaml").read_text(encoding="utf-8")
    secret = target / "webhook.secret"
    secret.touch(mode=0o600)
    secret.write_text("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    roster = (config / "roster.csv").read_text(encoding="utf-8-sig")
    (target / "roster.csv").write_text(somebody_on_duty(roster, directory), encoding="utf-8")
    channels = ""
    for name in named(directory, "channels"):
        port = copy_port if name.startswith("audit") else hook_port  # copies are not shown twice
        channels += f"  {name}: {{format: cloudevents, url: 'http://127.0.0.1:{port}/{name}', secret_file: webhook.secret}}\n"
    (target / "yuqingd.yaml").write_text(
        f"jurisdiction: {setting(shipped, 'jurisdiction', 'quickstart')}\n"
        f"timezone: {setting(shipped, 'timezone', 'Asia/Shanghai')}\n"
        "policy: policy.yaml\ndirectory: directory.yaml\nroster: roster.csv\ncalendar: calendar.yaml\n"
        f"redis: {{url: 'unix://{run}/redis.sock', user: yuqingd, durability: always}}\n"
        f"ingest: {{bind: ['tcp://127.0.0.1:{zmq_port}', 'ipc://{run}/ingest.sock']}}\n"
        f"http: {{listen: '127.0.0.1:{http_port}', public_url: 'http://127.0.0.1:{http_port}'}}\n"
        f"channels:\n{channels}", encoding="utf-8")
    (run / "ports").write_text(
        f"http_port={http_port} zmq_port={zmq_port} hook_port={hook_port} copy_port={copy_port}\n")


# --- the matters ---------------------------------------------------------------------------------------

def detected(subject, at, title, **data):
    return subject, "opinion.detected", at, {"title": title, "platform": "12345热线", **data}


def matters():
    """What is told and when (seconds after the beginning): (told at, (case, type, happened at, data)).
    Among the data `occurred_at` and `due` are seconds as well. Then what has to come of it whatever else
    the policy asks for: case, obligation, reason, planned at."""
    told = [
        (0, detected("QS-001", -4.8 * HOUR, "化工园区一仓库起火，附近居民称有刺鼻气味", occurred_at=-5 * HOUR + 20,
                     incident_grade="major", opinion_level="red", field="安全生产", place="青山县云溪镇")),
        (0, detected("QS-002", -48 * HOUR + 30, "小区连续三天停水，无人答复", incident_grade="none",
                     opinion_level="yellow", field="市政服务", place="青山县城关镇")),
        (0, detected("QS-003", -48 * HOUR + 25, "学校门口斑马线褪色，家长担心安全", incident_grade="none",
                     field="义务教育")),
        (0, detected("QS-004", -2 * HOUR, "乡道路灯三个月不亮", incident_grade="none", field="交通运输")),
        (0, ("QS-004", "commitment.made", -1 * HOUR,
             {"commitment": "lamps", "text": "今日内恢复照明", "due": 40, "by": "李四"})),
        (0, detected("QS-005", -5, HOSTILE, incident_grade="none")),
        (0, detected("QS-006", -5 * HOUR + LAST_DUE, "连日降雨，村民反映山体有裂缝", incident_grade="ordinary",
                     field="自然资源")),
        (8, ("QS-003", "case.acknowledged", 8, {"by": "张三"})),
        (8, ("QS-003", "response.published", 8,
             {"kind": "online_reply", "by": "张三", "title": "斑马线已重新施划", "approved_by": "王五", "approved_at": 7})),
        (12, ("QS-006", "case.assessed", 12,
              {"by": "舆情专员", "incident_grade": "major", "reason": "现场核实，险情扩大"})),
    ]
    must = [
        ("QS-001", "authoritative_release", "due", 20),
        ("QS-002", "response", "due", 30),
        ("QS-004", "commitment.lamps", "due", 40),
        ("QS-001", "authoritative_release", "reminder", 0),  # of the steps missed only the latest is told
        ("QS-003", "response", "fulfilled", 8),
        ("QS-005", "response", "opened", 0),
        ("QS-006", "", "upgraded", 12),
        ("QS-006", "authoritative_release", "due", LAST_DUE),
    ]
    must_not = [("QS-003", "response", "due")]
    return told, must, must_not


PLAN = """
演出的事项（时限都按事项自己的时间真实计算）：
  {t0}  QS-001 特别重大、重大突发事件，{t20} 满 5 小时：发布权威信息到期
  {t0}  QS-002 一般舆情，{t30} 满 48 小时：回应到期
  {t0}  QS-003 一般舆情，{t8} 签收并回应：到期前已回应，不再催办
  {t0}  QS-004 作过承诺，{t40} 承诺到期
  {t0}  QS-005 刚刚发现，标题不怀好意：立即提醒
  {t0}  QS-006 一般舆情，{t12} 升级为重大，{t45} 满 5 小时到期"""


def rfc3339(begin, seconds):
    # Beijing time: what the daemon shows under the shipped configuration.
    at = datetime.fromtimestamp(begin + seconds, timezone(timedelta(hours=8)))
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def event(begin, number, told_at, fact):
    subject, kind, happened, data = fact
    data = {key: rfc3339(begin, value) if key in ("occurred_at", "due", "approved_at") else value
            for key, value in data.items()}
    return {"specversion": "1.0", "id": f"{number:02}", "source": "quickstart", "type": kind, "subject": subject,
            "time": rfc3339(begin, happened), "recordedtime": rfc3339(begin, told_at), "data": data}


def write_lines(path, values):
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def write_matters(run):
    begin = int(time.time()) + 1
    told, _, _ = matters()
    events = [(at, event(begin, number, at, fact)) for number, (at, fact) in enumerate(told, 1)]
    instants = sorted({at for at, _ in events})
    for at in instants:
        write_lines(run / f"told-{at}.jsonl", [e for a, e in events if a == at])
    write_lines(run / "simulate.jsonl", [e for _, e in events])
    (run / "telling").write_text("".join(f"{at} told-{at}.jsonl\n" for at in instants))
    (run / "begin").write_text(f"{begin}\n")
    (run / "until").write_text(rfc3339(begin, WATCHED) + "\n")
    clock = {f"t{s}": rfc3339(begin, s)[11:19] for s in (0, 8, 12, 20, 30, 40, 45)}
    (run / "plan.txt").write_text(PLAN.strip("\n").format(**clock) + "\n", encoding="utf-8")


# --- the judgement -------------------------------------------------------------------------------------

def seconds_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def read_lines(path):
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []  # U+2028 is no end of line
    return [json.loads(line) for line in lines[:-1] if line.strip()]


def stamp(run):
    """The receiver prints what it got; when it got it is what is judged."""
    with (run / "received.jsonl").open("w", encoding="utf-8") as kept:
        for line in sys.stdin:
            came = {"received_at": rfc3339(time.time(), 0), "event": json.loads(line)}
            print(json.dumps(came, ensure_ascii=False), file=kept, flush=True)


def expected_alerts(run):
    """(case, obligation, reason) -> first planned instant, as the simulator foretells them."""
    planned = {}
    for line in read_lines(run / "simulated.jsonl"):
        if line.get("kind") == "notification" and line.get("case"):
            key = (line["case"], line.get("obligation") or "", line["reason"])
            planned[key] = min(planned.get(key, float("inf")), seconds_of(line["time"]))
    return planned


def received_alerts(run):
    """(case, obligation, reason) -> first arrival."""
    came = {}
    for line in read_lines(run / "received.jsonl"):
        message = line["event"]
        if message.get("subject"):
            data = message["data"]
            key = (message["subject"], (data.get("obligation") or {}).get("id", ""), data["reason"])
            came.setdefault(key, seconds_of(line["received_at"]))
    return came


def name(key):
    return " ".join(part for part in key if part)


def faults(begin, expected, came):
    _, must, must_not = matters()
    for case, obligation, reason, at in must:
        planned = expected.get((case, obligation, reason))
        if planned is None or abs(planned - begin - at) > 1.5:
            yield f"the policy does not plan {case} {obligation} {reason} at {at} s"
    for key in must_not:
        if key in came:
            yield f"came and must not: {name(key)}"
    for key in sorted(expected.keys() - came.keys()):
        yield f"did not come: {name(key)}"
    for key in sorted(came.keys() - expected.keys()):
        yield f"came unexpected: {name(key)}"
    for key in sorted(expected.keys() & came.keys()):
        late = came[key] - expected[key]
        if late < 0:
            yield f"{-late:.3f} s early: {name(key)}"
        elif late > LATE_MAX:
            yield f"{late:.3f} s late: {name(key)}"


def judge(run):
    begin = int((run / "begin").read_text())
    expected = expected_alerts(run)
    while time.time() < begin + WATCHED and not expected.keys() <= received_alerts(run).keys():
        time.sleep(0.2)
    time.sleep(2)  # whatever comes beyond the expected would come with it
    came = received_alerts(run)
    for key in sorted(came, key=came.get):
        print(f"  +{came[key] - begin:6.2f} s  {name(key)}")
    found = list(faults(begin, expected, came))
    for fault in found:
        print(f"quickstart: {fault}")
    print(f"quickstart: {len(expected)} alerts expected, {len(expected.keys() & came.keys())} came, {len(found)} faults")
    return 1 if found or not expected else 0


# --- waiting -------------------------------------------------------------------------------------------

def ready(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url + "/-/ready", timeout=2) as answer:
        return 0 if answer.status == 200 else 1


def reachable(port):
    with socket.create_connection(("127.0.0.1", int(port)), timeout=2):
        return 0


def until(begin, seconds):
    time.sleep(max(0.0, int(begin) + int(seconds) - time.time()))


COMMANDS = {
    "prepare": lambda run, config: prepare(Path(run), Path(config)),
    "matters": lambda run: write_matters(Path(run)),
    "stamp": lambda run: stamp(Path(run)),
    "judge": lambda run: judge(Path(run)),
    "ready": ready, "reachable": reachable, "until": until,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]) or 0)
    except KeyboardInterrupt:  # Ctrl-C reaches this process too; the script tidies up
        sys.exit(130)
