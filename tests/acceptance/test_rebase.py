"""A case keeps the policy it opened under until somebody moves it; what rang once does not ring again."""

import json
import time

from client import HOUR, detected, event, millis, rfc3339
from office_case import OfficeCase

STATUTORY_RESPONSE = "    title: 回应\n    kind: statutory\n    due: 48h"


class Rebase(OfficeCase):
    def shorten_response(self, before, after):
        policy = self.office.config_file.parent / "policy.yaml"
        text = policy.read_text(encoding="utf-8")
        wanted = STATUTORY_RESPONSE.replace("48h", before)
        self.assertIn(wanted, text)
        policy.write_text(text.replace(wanted, wanted.replace(before, after), 1), encoding="utf-8")
        done = self.office.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def response(self, case):
        return self.http.obligations(case)["response"]

    def setUp(self):
        super().setUp()
        self.at = millis(time.time() - HOUR)

    def tearDown(self):
        policy = (self.office.config_file.parent / "policy.yaml").read_text(encoding="utf-8")
        if "due: 24h" in policy and STATUTORY_RESPONSE not in policy:
            self.shorten_response("24h", "48h")
        super().tearDown()

    def test_a_case_moves_when_it_is_said_and_the_record_says_by_whom(self):
        self.office.tell(detected("MOVED", self.at, lead_unit="县民政局"))
        self.sink.wait(case="MOVED", reason="opened", obligation="response")
        self.shorten_response("48h", "24h")
        self.assertEqual(self.response("MOVED")["due"], rfc3339(self.at + 48 * HOUR))
        done = self.office.ctl("rebase-policy", "MOVED", "--by", "王五", "--reason", "办法修订")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(rfc3339(self.at + 24 * HOUR), done.stdout)
        self.assertEqual(self.response("MOVED")["due"], rfc3339(self.at + 24 * HOUR))
        moved = self.sink.wait(case="MOVED", reason="attention", flag="due_moved")
        self.assertEqual(moved.obligation, "response")
        timeline = self.http.case("MOVED")["timeline"]
        entry = next(entry for entry in timeline if entry["kind"] == "rebased")
        self.assertEqual((entry["by"], entry["note"], entry["via"]["door"]), ("王五", "办法修订", "http"))
        self.assertNotEqual(entry["from"]["hash"], entry["to"]["hash"])
        self.assertIn("改用办法", self.office.ctl("show", "MOVED").stdout)
        again = json.loads(self.office.ctl("rebase-policy", "MOVED", "--by", "王五", "--json").stdout)
        self.assertFalse(again["moved"])
        rung = [entry["step"] for entry in timeline if entry["kind"] == "fired" and entry["obligation"] == "response"]
        self.assertEqual(len(rung), len(set(rung)))

    def test_all_open_cases_move_and_closed_ones_stay(self):
        cases = [f"ALL-{n:02}" for n in range(30)]
        self.office.tell(*(detected(case, self.at) for case in cases))
        self.office.tell(
            event("response.published", "ALL-00", kind="online_reply", by="张三", approved_by="王五"),
            event("case.closed", "ALL-00", by="张三"),
        )
        self.shorten_response("48h", "24h")
        first = self.http.post("/api/v1/rebase-policy?limit=10", {"by": "王五"}).json()
        self.assertEqual(len(first["moved"]) + first["unchanged"], 10)
        self.assertTrue(first["next"])
        done = self.office.ctl("rebase-policy", "--all", "--by", "王五")
        self.assertEqual(done.returncode, 0, done.stderr)
        dues = {self.response(case)["due"] for case in cases[1:]}
        self.assertEqual(dues, {rfc3339(self.at + 24 * HOUR)})
        self.assertEqual(self.response("ALL-00")["due"], rfc3339(self.at + 48 * HOUR))
        after = json.loads(self.office.ctl("rebase-policy", "--all", "--by", "王五", "--json").stdout)
        self.assertEqual((after["moved"], after["failed"]), (0, 0))

    def test_a_wrong_order_is_told_what_is_wrong(self):
        self.office.tell(detected("STAYS", self.at))
        for path, body, status, where in (
            ("cases/NOBODY/rebase-policy", {"by": "王五"}, 404, "ID"),
            ("cases/STAYS/rebase-policy", {}, 422, "/by"),
            ("cases/STAYS/rebase-policy", {"by": ""}, 422, "/by"),
            ("cases/STAYS/rebase-policy", {"by": "王五", "reason": 5}, 422, "/reason"),
            ("cases/STAYS/rebase-policy", b"{", 422, ""),
            ("rebase-policy?limit=0", {"by": "王五"}, 400, "limit"),
            ("rebase-policy?cursor=others::", {"by": "王五"}, 400, "cursor"),
            ("rebase-policy?cursor=x", {"by": "王五"}, 400, "cursor"),
        ):
            with self.subTest(path=path, body=body):
                answered = self.http.post(f"/api/v1/{path}", body)
                self.assertEqual((answered.status, answered.json()["error"]["path"]), (status, where))
        self.assertEqual(self.http.get("/api/v1/rebase-policy").status, 405)
        self.assertEqual(self.office.ctl("rebase-policy", "--by", "王五").returncode, 2)
        self.assertEqual(self.office.ctl("rebase-policy", "STAYS", "--all", "--by", "王五").returncode, 2)
        self.assertEqual(self.office.ctl("rebase-policy", "STAYS").returncode, 2)
        self.assertEqual(self.office.ctl("rebase-policy", "NOBODY", "--by", "王五").returncode, 1)
