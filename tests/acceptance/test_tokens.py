"""Tokens over HTTP: who may ask what, made with yuqingctl, taken over by a reload."""

import json
import unittest

from client import detected, just_now
from listener import Listener
from token_office import ROLES, TokenOffice
from waiting import wait_for

class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = TokenOffice(prefix="tokens")
        cls.addClassCleanup(cls.office.close)
        cls.config = cls.office.config
        cls.ask = cls.office.ask
        cls.office.open()
        cls.office.tell(detected("TOKENS-1", just_now()))

    def statuses(self, method, path, body=None):
        return {role: self.ask(method, path, role, body).status for role in ROLES}

    def test_nothing_is_read_or_changed_without_a_token_but_the_state_is(self):
        for path in ("/api/v1/cases", "/api/v1/cases/TOKENS-1", "/api/v1/nowhere", "/cases/TOKENS-1"):
            answer = self.ask("GET", path)
            self.assertEqual(answer.status, 401, path)
            self.assertIn("Bearer", answer.headers["www-authenticate"])
        self.assertEqual(self.ask("POST", "/api/v1/events", body=json.dumps(detected("X", just_now()))).status, 401)
        for path in ("/metrics", "/-/healthy", "/-/ready"):
            self.assertEqual(self.ask("GET", path).status, 200)

    def test_each_role_may_what_it_is_given(self):
        read = {"monitor": 403, "viewer": 200, "operator": 200, "supervisor": 200, "admin": 200}
        for path in ("/api/v1/cases", "/api/v1/cases/TOKENS-1", "/api/v1/rejects", "/api/v1/audit?case=TOKENS-1"):
            self.assertEqual(self.statuses("GET", path), read, path)
        order = json.dumps({"reason": "检查"})
        drill = self.statuses("POST", "/api/v1/drill", order)
        self.assertEqual([role for role in ROLES if drill[role] == 403], ["monitor", "viewer", "operator"])
        rebase = self.statuses("POST", "/api/v1/cases/TOKENS-1/rebase-policy", order)
        self.assertEqual([role for role in ROLES if rebase[role] == 200], ["supervisor", "admin"])
        for path in ("/api/v1/reload", "/api/v1/notifications/none/redeliver"):
            refused = self.statuses("POST", path, order)
            self.assertEqual([role for role in ROLES if refused[role] != 403], ["admin"], path)

    def test_a_browser_without_a_token_is_sent_to_the_board_which_asks_for_one(self):
        sent = self.office.http.get("/cases/TOKENS-1", Accept="text/html,application/xhtml+xml")
        self.assertEqual((sent.status, sent.headers["location"]), (303, "../#/TOKENS-1"))
        self.assertEqual(self.office.http.get("/").status, 200)

    def test_a_listener_whose_token_is_gone_hears_no_more(self):
        self.office.make("viewer", "leaver")
        self.assertEqual(self.ask("POST", "/api/v1/reload", "admin").status, 200)
        secrets = {name: self.office.token_of(name) for name in ("leaver", "viewer")}
        listeners = {
            name: Listener(self.office.http.port, Authorization="Bearer " + secret) for name, secret in secrets.items()
        }
        for listener in listeners.values():
            self.addCleanup(listener.close)
            listener.wait("hello")
        self.office.revoke("leaver")
        wait_for(lambda: listeners["leaver"].ended, "the stream of the token that is gone ends")
        self.office.tell(detected("TOKENS-STREAM", just_now()))
        listeners["viewer"].wait("case", "TOKENS-STREAM")
        self.assertEqual(Listener(self.office.http.port, Authorization="Bearer " + secrets["leaver"]).status, 401)

    def test_the_board_is_told_its_role(self):
        for role in ROLES[1:]:
            self.assertEqual(self.ask("GET", "/api/v1/office", role).json()["role"], role)

    def test_events_are_told_as_the_role_may_and_the_record_names_the_token(self):
        opened = self.statuses("POST", "/api/v1/events", json.dumps(detected("TOKENS-2", just_now())))
        self.assertEqual(opened, {"monitor": 200, "viewer": 403, "operator": 200, "supervisor": 200, "admin": 200})
        done = self.office.ctl_as("monitor", "ack", "TOKENS-1")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("monitor may not tell", done.stderr)
        done = self.office.ctl_as("operator", "ack", "TOKENS-1")
        self.assertEqual(done.returncode, 0, done.stderr)
        case = self.ask("GET", "/api/v1/cases/TOKENS-1", "viewer").json()
        entry = next(e for e in case["timeline"] if e.get("type") == "case.acknowledged")
        self.assertEqual(entry["via"], {"door": "http", "client": "人员 operator", "role": "operator"})
        self.assertEqual(entry["by"], "人员 operator")

    def test_the_command_says_whose_token_it_is_and_what_is_missing(self):
        done = self.office.ctl_as("supervisor", "token")
        self.assertEqual(done.stdout, "人员 supervisor supervisor\n")
        done = self.office.ctl_as(None, "list")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--token-file", done.stderr)

    def test_a_reload_takes_new_tokens_and_drops_old_ones(self):
        before = (self.config / "tokens.yaml").read_text(encoding="utf-8")
        self.office.make("viewer", "guest")
        self.assertEqual(self.office.ctl_as("guest", "list").returncode, 1)
        self.assertEqual(self.office.ctl_as("admin", "reload").returncode, 0)
        self.assertEqual(self.office.ctl_as("guest", "list").returncode, 0)
        (self.config / "tokens.yaml").write_text(before, encoding="utf-8")
        self.assertEqual(self.office.ctl_as("admin", "reload").returncode, 0)
        self.assertEqual(self.ask("GET", "/api/v1/cases", "guest").status, 401)

    def test_a_token_is_kept_for_its_owner_and_never_over_another(self):
        file = self.config / "viewer.token"
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertRegex(file.read_text(), r"\Ayq_[0-9a-f]{64}\n\Z")
        self.assertNotIn(file.read_text().strip(), (self.config / "tokens.yaml").read_text(encoding="utf-8"))
        done = self.office.ctl_as(None, "token", "--name", "x", "--output", file)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(file.read_text().strip(), self.office.log())
