"""Cases as the API shows them: which, in what order, with which members, and what withdrawals leave of them."""

import time
import unicodedata

from client import HOUR, detected, event, just_now, published, rfc3339
from office_case import OfficeCase

CASE_MEMBERS = set(
    "id title status into flags class incident_grade opinion_level field lead_unit assist_units detected_at "
    "occurred_at acknowledged_at heat obligations timeline".split()
)
OBLIGATION_MEMBERS = set(
    "id title kind status start due fulfilled_at remaining_seconds card basis excused".split()
)


def withdrawn(case, fact):
    return event(
        "fact.withdrawn", case, event_source=fact["source"], event_id=fact["id"], by="甲", reason="误报"
    )


class Cases(OfficeCase):
    def listed(self, query=""):
        answered = self.http.get("/api/v1/cases" + query)
        self.assertEqual(answered.status, 200, answered.body)
        return answered.json()

    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.now = now = just_now()
        cls.office.tell(
            detected("L-LATE", now - 50 * HOUR, field="交通运输"),
            detected("L-FIRE", now - 4 * HOUR, incident_grade="major", field="安全生产"),
            detected("L-SOON", now - 40 * HOUR, field="义务教育"),
            detected("L-NEW", now, field="义务教育"),
            *(event("case.acknowledged", id, by="张三") for id in ("L-LATE", "L-FIRE", "L-SOON", "L-NEW")),
            *(detected(f"L-MANY-{n:02}", now - n * HOUR) for n in range(1, 24)),
            detected("L-DONE", now - 60 * HOUR),
            published("L-DONE", now - 59 * HOUR),
            event("case.closed", "L-DONE", by="甲"),
            detected("L-NONE", now),
            event("case.dismissed", "L-NONE", by="甲", reason="重复"),
            detected("L-JOINED", now),
            event("case.merged", "L-JOINED", into="L-NEW", by="甲"),
        )

    def test_the_most_urgent_open_case_comes_first(self):
        self.assertEqual(self.http.status("/-/ready"), 200)
        ids = [
            one["id"] for one in self.listed("?status=open&limit=500")["cases"] if one["id"].startswith("L-")
        ]
        self.assertEqual(
            set(ids), {"L-LATE", "L-FIRE", "L-SOON", "L-NEW"} | {f"L-MANY-{n:02}" for n in range(1, 24)}
        )
        places = {id: ids.index(id) for id in ("L-LATE", "L-FIRE", "L-SOON", "L-NEW")}
        self.assertEqual(sorted(places, key=places.get), ["L-LATE", "L-FIRE", "L-SOON", "L-NEW"])

    def test_filters_choose(self):
        for query, ids in (
            ("status=closed", {"L-DONE"}),
            ("status=dismissed", {"L-NONE"}),
            ("status=merged", {"L-JOINED"}),
            ("class=emergency", {"L-FIRE"}),
            ("unit=jtysj", {"L-LATE"}),
            ("unit=jtj", {"L-SOON", "L-NEW"}),
            ("status=open&unit=jtj&class=general", {"L-SOON", "L-NEW"}),
            ("class=nothing", set()),
        ):
            with self.subTest(query):
                self.assertEqual({one["id"] for one in self.listed(f"?{query}")["cases"]}, ids)

    def test_a_cursor_goes_through_all_cases_once(self):
        whole = [one["id"] for one in self.listed("?limit=500")["cases"]]
        self.assertGreaterEqual(len(whole), 30)
        self.assertEqual(len(whole), len(set(whole)))
        for query in ("?limit=7", "?limit=7&status=open"):
            paged, cursor = [], ""
            for _ in range(20):
                page = self.listed(query + cursor)
                self.assertLessEqual(len(page["cases"]), 7)
                paged += [one["id"] for one in page["cases"]]
                if not page["next"]:
                    break
                cursor = f"&cursor={page['next']}"
            wanted = (
                whole
                if "status" not in query
                else [one["id"] for one in self.listed("?limit=500&status=open")["cases"]]
            )
            self.assertEqual(paged, wanted)

    def test_a_wrong_question_is_answered_with_what_is_wrong(self):
        for path, status in (
            ("/api/v1/cases?limit=0", 400),
            ("/api/v1/cases?limit=many", 400),
            ("/api/v1/cases?status=lost", 400),
            ("/api/v1/cases?cursor=%00x", 400),
            ("/api/v1/cases/NOBODY", 404),
            ("/api/v1/cases/a%20b", 404),
            ("/api/v1/nothing", 404),
            ("/nothing", 404),
            ("/api/v1/notifications?state=lost", 400),
        ):
            with self.subTest(path):
                answered = self.http.get(path)
                self.assertEqual(answered.status, status, answered.body)
                self.assertEqual(answered.json()["error"].keys(), {"code", "message", "path"})
        self.assertEqual(self.http.ask("DELETE", "/api/v1/cases/L-NEW").status, 405)

    def test_a_case_has_exactly_the_members_of_the_contract(self):
        self.office.tell(
            detected(
                "L-FIRE", heat={"views": 9, "reposts": 1, "comments": 2, "likes": 3}, opinion_level="red"
            )
        )
        case = self.http.case("L-FIRE")
        self.assertEqual(case.keys(), CASE_MEMBERS)
        self.assertEqual(
            {
                k: case[k]
                for k in (
                    "id",
                    "title",
                    "status",
                    "into",
                    "class",
                    "incident_grade",
                    "opinion_level",
                    "field",
                    "lead_unit",
                    "assist_units",
                    "detected_at",
                    "occurred_at",
                    "heat",
                )
            },
            {
                "id": "L-FIRE",
                "title": "路灯不亮",
                "status": "open",
                "into": None,
                "class": "emergency",
                "incident_grade": "major",
                "opinion_level": "red",
                "field": "work_safety",
                "lead_unit": "yjj",
                "assist_units": [],
                "detected_at": rfc3339(self.now - 4 * HOUR),
                "occurred_at": None,
                "heat": {"views": 9, "reposts": 1, "comments": 2, "likes": 3},
            },
        )
        for owed in case["obligations"]:
            self.assertEqual(owed.keys(), OBLIGATION_MEMBERS)
        owed = {one["id"]: one for one in case["obligations"]}["authoritative_release"]
        self.assertAlmostEqual(owed["remaining_seconds"], HOUR - (time.time() - self.now), delta=3)
        self.assertEqual(
            (owed["kind"], owed["status"], owed["start"], owed["due"], owed["card"], owed["excused"]),
            ("statutory", "pending", rfc3339(self.now - 4 * HOUR), rfc3339(self.now + HOUR), None, None),
        )
        facts = [entry for entry in case["timeline"] if entry["kind"] == "fact"]
        self.assertEqual(
            [fact["type"] for fact in facts], ["opinion.detected", "case.acknowledged", "opinion.detected"]
        )

    def test_a_case_may_be_called_like_a_part_of_the_api(self):
        self.office.tell(detected("explain"), detected("rebase-policy"))
        for case in ("explain", "rebase-policy"):
            self.assertEqual(self.http.case(case)["timeline"][0]["type"], "opinion.detected")
        self.assertIn("policy", self.http.get("/api/v1/cases/explain/explain").json())

    def test_statuses_are_told(self):
        self.assertEqual(self.http.case("L-DONE")["status"], "closed")
        joined = self.http.case("L-JOINED")
        self.assertEqual((joined["status"], joined["into"]), ("merged", "L-NEW"))
        for case in ("L-NONE", "L-JOINED"):
            self.assertEqual({one["status"] for one in self.http.case(case)["obligations"]}, {"void"})

    def test_withdrawing_the_only_detection_leaves_nothing_owed(self):
        first = detected("W-1", self.now - HOUR)
        self.office.tell(first)
        self.office.tell(withdrawn("W-1", first))
        case = self.http.case("W-1")
        self.assertEqual(case["status"], "dismissed")
        self.assertLessEqual({one["status"] for one in case["obligations"]}, {"void"})
        self.assertEqual(
            [entry["type"] for entry in case["timeline"] if entry["kind"] == "fact"],
            ["opinion.detected", "fact.withdrawn"],
        )

    def test_a_withdrawal_may_come_before_its_fact(self):
        later, answer = detected("W-2", self.now - 9 * HOUR), published("W-2", self.now - 2 * HOUR)
        self.office.tell(detected("W-2", self.now - 3 * HOUR))
        for fact in (later, answer):
            self.office.tell(withdrawn("W-2", fact))
        self.office.tell(later, answer)
        owed = self.http.obligations("W-2")["response"]
        self.assertEqual((owed["status"], owed["start"]), ("pending", rfc3339(self.now - 3 * HOUR)))

    def test_withdrawing_a_publication_opens_the_obligation_again(self):
        answer = published("W-3", self.now - 2 * HOUR)
        self.office.tell(detected("W-3", self.now - 3 * HOUR), answer)
        self.assertEqual(self.http.obligations("W-3")["response"]["status"], "met")
        self.office.tell(withdrawn("W-3", answer))
        owed = self.http.obligations("W-3")["response"]
        self.assertEqual((owed["status"], owed["fulfilled_at"]), ("pending", None))

    def test_a_hostile_title_arrives_as_inert_text(self):
        title = (
            "<script>alert(1)</script>\r\nBcc: x **@所有人** [领奖](http://e.invalid/) \u202e'; DROP--\x00\x1b[31m"
        )
        self.office.tell(detected("HOSTILE", title=title))
        got = self.sink.wait(case="HOSTILE", reason="opened", channel="duty-group")
        for text in (got.data["case"]["title"], got.data["title"], self.http.case("HOSTILE")["title"]):
            self.assertIn("<script>alert(1)</script>", text)
            self.assertEqual([c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")], [], text)
        answered = self.http.get("/api/v1/cases/HOSTILE")
        self.assertTrue(answered.headers["content-type"].startswith("application/json"))
        self.assertEqual(answered.headers.get("x-content-type-options"), "nosniff")
