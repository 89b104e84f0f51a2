"""Other machines at the ZeroMQ door: who comes in by which key, as what, and who does not."""

import json
import os
import subprocess
import sys

from client import detected, encode, event, just_now
from curve import entry, keyed_client, make_pair, public, with_curve
from office import BUILD, SOURCE
from office_case import OfficeCase
from waiting import wait_for

ROLES = ("monitor", "viewer", "operator", "supervisor", "admin")

# One of each event that some role may not tell, besides those that all may.
TYPES = {
    "opinion.detected": {"title": "路灯不亮"},
    "case.acknowledged": {"by": "张三"},
    "case.noted": {"by": "张三", "text": "已电话联系"},
    "case.muted": {"by": "张三", "reason": "已在处理", "until": None},
    "obligation.waived": {"obligation": "response", "by": "张三", "reason": "重复"},
    "case.dismissed": {"by": "张三", "reason": "误报"},
    "fact.withdrawn": {"event_source": "x", "event_id": "y", "by": "张三", "reason": "误报"},
}


def with_curve_and_tokens(config):
    with_curve(config)
    (config / "tokens.yaml").write_text("tokens: []\n", encoding="utf-8")
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("public_url:", "tokens: tokens.yaml, public_url:", 1), encoding="utf-8")


class Curve(OfficeCase):
    arguments = {
        "adapt": with_curve_and_tokens,
        "settings": "self: {look_every: 1s, over_after: 1s}",
    }

    @classmethod
    def prepare(cls):
        cls.config = cls.office.config_file.parent
        cls.clients = cls.config / "clients.yaml"
        lines = "clients:\n"
        for role in ROLES:
            lines += entry(f"系统 {role}", make_pair(cls.config / f"{role}.key"), role=role)
            cls.token(role)
        cls.clients.write_text(lines, encoding="utf-8")
        cls.office.open()
        cls.office.tell(detected("CURVE-1", just_now()))

    @classmethod
    def token(cls, role):
        done = cls.office.ctl(
            "token", "--name", f"人员 {role}", "--role", role,
            "--output", cls.config / f"{role}.token", "--tokens", cls.config / "tokens.yaml",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def bearer(self, role):
        return {"Authorization": "Bearer " + (self.config / f"{role}.token").read_text(encoding="utf-8").strip()}

    def reload(self, clients=None):
        if clients is not None:
            self.clients.write_text(clients, encoding="utf-8")
        return self.http.ask("POST", "/api/v1/reload", headers=self.bearer("admin"))

    def case(self, case):
        return self.http.get(f"/api/v1/cases/{case}", **self.bearer("viewer")).json()

    def add(self, name, **more):
        """One more who may come in, until the test ends."""
        before = self.clients.read_text(encoding="utf-8")
        file = make_pair(self.config / f"{name}.key")
        self.assertEqual(self.reload(before + entry(name, file, **more)).status, 200)
        self.addCleanup(lambda: self.assertEqual(self.reload(before).status, 200))
        return file, before

    def test_the_record_names_the_client_and_its_role(self):
        for role in ("monitor", "operator"):
            case = f"CURVE-VIA-{role}"
            told = keyed_client(self.office, self.config / f"{role}.key").tell(detected(case, just_now()))
            self.assertEqual(told[0]["status"], "accepted")
            via = self.case(case)["timeline"][0]["via"]
            self.assertEqual(via, {"door": "zmq", "client": f"系统 {role}", "role": role})

    def test_a_role_may_the_same_through_either_door(self):
        clients = {role: keyed_client(self.office, self.config / f"{role}.key") for role in ROLES}
        refused = 0
        for name, data in TYPES.items():
            for role in ROLES:
                told = [event(name, "CURVE-1", just_now(), **data) for _ in range(2)]
                if "until" in data:
                    for one in told:
                        one["data"]["until"] = one["time"][:19] + "+08:01"
                (over_zmq,) = clients[role].ask([told[0]])
                over_http = self.http.post("/api/v1/events", told[1], **self.bearer(role)).json()
                if role == "viewer":  # over HTTP the whole path is closed to it
                    self.assertEqual(over_zmq["error"]["code"], over_http["error"]["code"], name)
                    refused += 1
                elif "error" in over_http:
                    self.assertEqual(over_zmq.get("error"), over_http["error"], (name, role))
                    refused += over_http["error"]["code"] == "forbidden"
                else:
                    self.assertEqual(over_zmq["status"], "accepted", (name, role, over_zmq))
        self.assertEqual(refused, 7 + 6 + 4)  # all of the viewer's, all but one of the monitor's, some of the operator's

    def test_a_frame_of_a_mebibyte_is_answered_under_a_key_too(self):
        client = keyed_client(self.office, self.config / "monitor.key")
        self.assertEqual(client.ask([b"x" * (1 << 20)])[0]["error"]["code"], "too_large")

    def test_this_machine_itself_needs_no_key(self):
        told = event("case.noted", "CURVE-1", just_now(), by="张三", text="本机")
        self.assertEqual(self.office.client().ask([told])[0]["status"], "accepted")
        recorded = next(e for e in self.case("CURVE-1")["timeline"] if e.get("id") == told["id"])
        self.assertEqual(recorded["via"], {"door": "zmq", "client": None, "role": "supervisor"})

    def test_an_unknown_key_gets_nothing_in_and_is_counted_logged_and_told(self):
        file = make_pair(self.config / "stranger.key")
        stranger = keyed_client(self.office, file)
        stranger.socket.send(encode(detected("CURVE-STRANGER", just_now())))
        plain = self.office.client(self.office.tcp_endpoint)
        plain.socket.send(encode(detected("CURVE-STRANGER", just_now())))
        refused = lambda: self.http.metric("yuqing_clients_refused_total", reason="unknown_key")
        wait_for(lambda: refused() >= 1, "the stranger is counted")
        wait_for(lambda: "curve=refused reason=unknown_key key=" in self.office.log(), "the stranger is logged")
        self.assertIn("address=127.0.0.1", self.office.log())
        wait_for(lambda: self.told_of_strangers(over=False), "the stranger is told of")
        self.assertIn("127.0.0.1", self.told_of_strangers(over=False)[0].data["text"])
        known = keyed_client(self.office, self.config / "monitor.key")
        self.assertEqual(known.tell(detected("CURVE-KNOWN", just_now()))[0]["status"], "accepted")
        self.assertEqual(stranger.socket.poll(0), 0)
        self.assertEqual(plain.socket.poll(0), 0)
        self.assertEqual(self.http.get("/api/v1/cases/CURVE-STRANGER", **self.bearer("viewer")).status, 404)

    def told_of_strangers(self, over):
        about = [got for got in self.sink.received() if (got.data.get("self") or {}).get("about") == "unknown-key"]
        return [got for got in about if got.data["self"]["over"] == over]

    def test_a_key_that_is_taken_out_is_out_at_once_on_a_connection_that_stands(self):
        file, before = self.add("leaver", role="operator")
        leaver = keyed_client(self.office, file)
        self.assertEqual(leaver.tell(detected("CURVE-2", just_now()))[0]["status"], "accepted")
        self.assertEqual(self.reload(before).status, 200)
        late = event("case.noted", "CURVE-2", just_now(), by="张三", text="走了")
        (answer,) = leaver.ask([late])
        self.assertEqual((answer["status"], answer["error"]["code"]), ("rejected", "forbidden"))
        self.assertEqual((answer["id"], answer["source"]), (late["id"], late["source"]))
        self.assertIn("clients.yaml", answer["error"]["message"])
        self.assertEqual(len(self.case("CURVE-2")["timeline"]), 1 + len(self.messages("CURVE-2")))

    def messages(self, case):
        return [e for e in self.case(case)["timeline"] if e["kind"] != "fact"]

    def test_a_key_changes_its_role_on_a_connection_that_stands(self):
        file, before = self.add("riser", role="viewer")
        riser = keyed_client(self.office, file)
        self.assertEqual(riser.ask([detected("CURVE-3", just_now())])[0]["error"]["code"], "forbidden")
        self.reload(before + entry("riser", file, role="monitor"))
        self.assertEqual(riser.ask([detected("CURVE-3", just_now())])[0]["status"], "accepted")

    def test_an_expired_key_opens_nothing(self):
        file, _ = self.add("gone", role="admin", expires="2020-01-01")
        keyed_client(self.office, file).socket.send(encode(detected("CURVE-4", just_now())))
        wait_for(
            lambda: self.http.metric("yuqing_clients_refused_total", reason="expired_key") >= 1, "it is refused"
        )

    def test_a_file_with_mistakes_changes_nothing_and_says_where(self):
        before = self.clients.read_text(encoding="utf-8")
        self.addCleanup(lambda: self.assertEqual(self.reload(before).status, 200))
        refused = self.reload(before + "  - {name: x, role: monitors, kye: y}\n")
        self.assertEqual(refused.status, 422)
        told = json.dumps(refused.json(), ensure_ascii=False)
        for part in (f"clients.yaml:{len(before.splitlines()) + 1}", "did you mean 'monitor'", "did you mean 'key'"):
            self.assertIn(part, told)
        known = keyed_client(self.office, self.config / "monitor.key")
        self.assertEqual(known.tell(detected("CURVE-5", just_now()))[0]["status"], "accepted")

    # --- yuqingctl send and the manual's clients

    def variables(self, role="monitor"):
        return {
            **os.environ,
            "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}",
            "YUQING_ENDPOINT": self.office.tcp_endpoint,
            "YUQING_KEY_FILE": str(self.config / f"{role}.key"),
            "YUQING_SERVER_KEY_FILE": str(self.config / "curve.key.pub"),
        }

    def send(self, one, *words, **variables):
        return subprocess.run(
            [BUILD / "bin" / "yuqingctl", "send", "-", "--lang", "en", *words],
            input=json.dumps(one), capture_output=True, text=True, timeout=60, env={**self.variables(), **variables},
        )  # fmt: skip

    def test_the_command_sends_under_its_key_and_is_refused_what_its_role_may_not(self):
        done = self.send(detected("CURVE-6", just_now()))
        self.assertEqual((done.returncode, done.stdout), (0, "accepted 1, duplicate 0, rejected 0\n"), done.stderr)
        done = self.send(event("case.noted", "CURVE-6", just_now(), by="张三", text="x"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("monitor may not tell", done.stdout)

    def test_the_command_says_why_nobody_answers(self):
        make_pair(self.config / "nobody.key")
        one = detected("CURVE-7", just_now())
        done = self.send(one, "--timeout", "5", YUQING_KEY_FILE=str(self.config / "nobody.key"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("refused this key", done.stderr)
        done = self.send(one, "--timeout", "5", YUQING_SERVER_KEY_FILE=str(self.config / "nobody.key.pub"))
        self.assertIn("is --server-key-file the public key of this daemon?", done.stderr)
        done = self.send(one, "--timeout", "5", YUQING_KEY_FILE="", YUQING_SERVER_KEY_FILE="")
        self.assertIn("wants --key-file and --server-key-file", done.stderr)

    def test_each_client_of_the_manual_tells_a_matter_under_its_key(self):
        clients = {
            "python": [sys.executable, "-B", SOURCE / "deploy" / "clients" / "detect.py"],
            "cpp": [BUILD / "bin" / "client_detect"],
            "shell": [SOURCE / "deploy" / "clients" / "detect.sh"],
        }
        for name, command in clients.items():
            with self.subTest(name):
                words = [str(part) for part in command] + ["路灯不亮", "curve-1"]
                done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=self.variables())
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                told = json.loads(done.stdout.splitlines()[0])
                self.assertEqual(self.case(told["case"])["timeline"][0]["via"]["client"], "系统 monitor")

    def test_the_daemon_shows_its_public_key_and_never_a_secret(self):
        log = self.office.log()
        self.assertIn("public_key=", log)
        self.assertIn(public(self.config / "curve.key"), log)
        for file in self.config.glob("*.key"):
            self.assertNotIn(file.read_text(encoding="utf-8").strip(), log)
