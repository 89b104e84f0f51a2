"""Events come in over two doors; each is answered, and what is wrong is said."""

import json
import time

import zmq

from bad_events import EVENT_BYTES_MAX, NAMES_MAX, REQUIRED, all_of_them, padded
from client import FRAMES_MAX, HOUR, detected, encode, event, just_now, published, rfc3339
from office_case import OfficeCase
from waiting import wait_for

HTTP_STATUS = {"too_large": 413, "forbidden": 403}  # else 422
ACCEPTED = {"id", "source", "status", "case", "obligations"}


class Answers(OfficeCase):
    def setUp(self):
        self.client = self.office.client()

    def ask(self, *events):
        return self.client.ask(events)

    def test_an_accepted_event_gives_case_and_deadlines(self):
        now = just_now()
        told = detected("A-1", now)
        (answer,) = self.ask(told)
        self.assertEqual(answer.keys(), ACCEPTED)
        self.assertEqual(
            (answer["id"], answer["source"], answer["status"], answer["case"]),
            (told["id"], "acceptance", "accepted", "A-1"),
        )
        self.assertIn({"id": "response", "due": rfc3339(now + 48 * HOUR)}, answer["obligations"])

    def test_the_same_event_again_is_a_duplicate(self):
        told = detected("A-DUP")
        first, again = self.ask(told)[0], self.ask(told)[0]
        self.assertEqual((again["status"], again["case"]), ("duplicate", "A-DUP"))
        self.assertEqual(again["obligations"], first["obligations"])
        self.assertNotIn("differs", again)

    def test_the_order_of_members_makes_no_difference(self):
        told = detected("A-ORDER", place="云溪镇")
        self.ask(told)
        turned = {name: told[name] for name in reversed(list(told))}
        turned["data"] = {name: told["data"][name] for name in reversed(list(told["data"]))}
        self.assertNotIn("differs", self.ask(turned)[0])

    def test_the_same_identity_with_other_content_differs(self):
        told = detected("A-DIFF")
        self.ask(told)
        for other in ({**told, "data": {"title": "别的"}}, {**told, "subject": "A-ELSE"}):
            (answer,) = self.ask(other)
            self.assertEqual(
                (answer["status"], answer.get("differs"), answer["case"]), ("duplicate", True, "A-DIFF")
            )
        self.assertEqual(self.http.status("/api/v1/cases/A-ELSE"), 404)
        self.assertEqual(self.http.case("A-DIFF")["title"], "路灯不亮")

    def test_the_same_id_of_another_source_is_another_event(self):
        told = detected("A-SRC")
        self.ask(told)
        self.assertEqual(self.ask({**told, "source": "other"})[0]["status"], "accepted")

    def test_a_detection_without_subject_names_its_case_itself(self):
        told = detected(None, just_now())
        case = self.ask(told)[0]["case"]
        self.assertRegex(case, "^" + told["time"][:10].replace("-", "") + "-[0-9A-Za-z]{12}$")
        self.assertEqual(self.ask(told)[0]["case"], case)
        self.assertEqual(self.http.case(case)["status"], "open")

    def test_a_matter_key_joins_the_open_case_of_that_key(self):
        (first,) = self.ask(detected(matter_key="停水-城关"))
        same, other = self.ask(detected(matter_key="停水-城关"), detected(matter_key="停水-石桥"))
        self.assertEqual(same["case"], first["case"])
        self.assertNotEqual(other["case"], first["case"])
        self.ask(event("case.closed", first["case"], by="甲"))
        self.assertNotEqual(self.ask(detected(matter_key="停水-城关"))[0]["case"], first["case"])

    def test_every_type_of_event_is_accepted(self):
        self.ask(detected("A-ALL"), detected("OTHER"))
        for kind, data in REQUIRED.items():
            with self.subTest(kind):
                self.assertEqual(self.ask(event(kind, "A-ALL", **data))[0]["status"], "accepted")

    def test_an_unknown_case_may_be_told_of_again_once_it_is_there(self):
        note = event("case.noted", "A-LATER", by="甲", text="先到")
        (refused,) = self.ask(note)
        self.assertEqual((refused["status"], refused["error"]["code"]), ("rejected", "unknown_case"))
        self.assertEqual(self.ask(detected("A-LATER"))[0]["status"], "accepted")
        self.assertEqual(self.ask(note)[0]["status"], "accepted")

    def test_a_time_up_to_five_minutes_ahead_counts_as_now(self):
        self.assertEqual(self.ask(detected("A-AHEAD", time.time() + 240))[0]["status"], "accepted")
        start = self.http.obligations("A-AHEAD")["response"]["start"]
        self.assertLessEqual(start, rfc3339(time.time()))

    def test_the_largest_event_is_accepted(self):
        self.assertEqual(self.ask(padded(EVENT_BYTES_MAX))[0]["status"], "accepted")
        longest = {**detected("A-LONG"), "id": "i" * NAMES_MAX, "source": "s" * NAMES_MAX}
        self.assertEqual(self.ask(longest)[0]["status"], "accepted")

    def test_long_texts_are_cut_and_flagged(self):
        self.assertEqual(self.ask(detected("A-CUT", title="长" * 300))[0]["status"], "accepted")
        case = self.http.case("A-CUT")
        self.assertEqual(case["title"], "长" * 200)
        self.assertIn("truncated", case["flags"])

    def test_an_unreadable_optional_member_does_not_count_is_flagged_and_told(self):
        told = detected(
            "A-ODD",
            just_now(),
            occurred_at="昨天",
            heat={"views": "many"},
            incident_grade="huge",
            assist_units="县住建局",
        )
        self.assertEqual(self.ask(told)[0]["status"], "accepted")
        case = self.http.case("A-ODD")
        self.assertIn("unreadable", case["flags"])
        self.assertEqual((case["occurred_at"], case["heat"], case["incident_grade"]), (None, None, "none"))
        self.sink.wait(case="A-ODD", reason="attention", flag="unreadable", channel="duty-group")

    def test_words_of_the_trade_are_understood(self):
        now = just_now()
        for number, (grade, known) in enumerate(
            (("特别重大", "extreme"), ("II", "major"), ("较大", "considerable"), ("IV", "ordinary"))
        ):
            self.ask(detected(f"A-GRADE-{number}", now, incident_grade=grade, field="义务教育", lead_unit="县民政局"))
            case = self.http.case(f"A-GRADE-{number}")
            self.assertEqual(
                (case["incident_grade"], case["field"], case["lead_unit"]),
                (known, "compulsory_education", "mzj"),
            )

    def test_unknown_attributes_and_members_are_ignored(self):
        told = {**detected("A-MORE", extra={"a": [1]}), "traceparent": "00-1", "dataschema": "x", "own": True}
        self.assertEqual(self.ask(told)[0]["status"], "accepted")


class Refusals(OfficeCase):
    @classmethod
    def prepare(cls):
        cls.office.open()
        cls.office.tell(detected("GOOD"), detected("OTHER"))

    def assert_refused(self, answer, told, code, path):
        self.assertEqual(answer["status"], "rejected")
        error = answer["error"]
        self.assertEqual(error.keys(), {"code", "message", "path"})
        self.assertEqual(error["code"], code, error)
        self.assertTrue(error["message"])
        if path is not None:
            self.assertEqual(error["path"], path)
        if not isinstance(told, bytes):
            for name in ("id", "source"):
                value = told.get(name)
                readable = isinstance(value, str) and 0 < len(value) <= NAMES_MAX and code != "too_large"
                self.assertEqual(answer[name], value if readable else None)

    def test_every_kind_of_bad_event_is_refused_over_zeromq(self):
        client = self.office.client()
        for what, told, code, path in all_of_them("GOOD"):
            with self.subTest(what):
                self.assert_refused(client.ask([told])[0], told, code, path)
        self.assertEqual(client.ask([detected("STILL-ALIVE")])[0]["status"], "accepted")

    def test_every_kind_of_bad_event_is_refused_over_http(self):
        for what, told, code, path in all_of_them("GOOD"):
            with self.subTest(what):
                answered = self.http.post("/api/v1/events", encode(told))
                self.assertEqual(answered.status, HTTP_STATUS.get(code, 422), answered.body)
                if told != b"[" * 5000:  # an array is an array of events
                    self.assert_refused(answered.json(), told, code, path)

    def test_nothing_of_a_refused_event_is_kept_in_a_case(self):
        before = self.http.case("OTHER")
        client = self.office.client()
        for _, told, _, _ in all_of_them("OTHER"):
            client.ask([told])
        after = self.http.case("OTHER")
        for one in (before, after):
            for owed in one["obligations"]:
                del owed["remaining_seconds"]
        self.assertEqual(after, before)
        self.assertEqual(self.http.status("/api/v1/cases/NOBODY"), 404)

    def test_rejects_are_listed(self):
        told = event("case.noted", "GOOD", by="甲")
        self.office.client().ask([told])
        rejects = wait_for(
            lambda: [
                one
                for one in self.http.get("/api/v1/rejects?limit=1000").json()["rejects"]
                if one["id"] == told["id"]
            ],
            "the reject is listed",
        )
        self.assertEqual(rejects[0]["error"]["code"], "invalid")
        self.assertEqual(rejects[0]["error"]["path"], "/data/text")
        self.assertEqual((rejects[0]["source"], rejects[0]["type"]), (told["source"], "case.noted"))

    def test_a_refused_detection_is_told_once_per_source(self):
        client = self.office.client()
        for number in range(5):
            client.ask([{**event("opinion.detected", "GOOD"), "source": "badly-made"}])
        got = self.sink.wait(reason="attention", flag="rejected", channel="duty-group")
        self.assertIsNone(got.case)
        badly = [
            one
            for one in self.sink.received(flag="rejected", channel="duty-group")
            if "badly-made" in json.dumps(one.body)
        ]
        self.assertEqual(len({one.id for one in badly}), 1)
        self.assertIn("data.title 缺失（data.title is missing /data/title）", badly[0].data["text"])


class Doors(OfficeCase):
    def test_frames_of_one_message_are_answered_in_their_order(self):
        told = [detected(f"D-{n % 7}") if n % 3 else b"?" for n in range(FRAMES_MAX)]
        answers = self.office.client().ask(told)
        self.assertEqual([one["id"] for one in answers], [None if one == b"?" else one["id"] for one in told])

    def test_messages_of_one_client_are_answered_in_order(self):
        client = self.office.client()
        told = [[detected(f"D-M{n}")] if n % 2 else [b"no", detected()] for n in range(100)]
        for message in told:
            client.socket.send_multipart([encode(one) for one in message])
        answers = [client.answers() for _ in told]
        self.assertEqual([answer[-1]["id"] for answer in answers], [message[-1]["id"] for message in told])

    def test_a_message_may_open_a_case_and_tell_more_of_it(self):
        told = [detected("D-ROW"), event("case.acknowledged", "D-ROW", by="甲"), published("D-ROW")]
        self.assertEqual([one["status"] for one in self.office.client().ask(told)], ["accepted"] * 3)
        self.assertEqual(self.http.obligations("D-ROW")["response"]["status"], "met")

    def test_a_message_of_too_many_frames_is_refused_as_a_whole(self):
        client = self.office.client()
        answers = client.ask([detected("D-MANY") for _ in range(FRAMES_MAX + 1)])
        self.assertEqual(
            [(one["status"], one["error"]["code"]) for one in answers],
            [("rejected", "too_large")] * (FRAMES_MAX + 1),
        )
        self.assertEqual(self.http.status("/api/v1/cases/D-MANY"), 404)

    def test_a_req_socket_is_answered(self):
        client = self.office.client(kind=zmq.REQ)
        for _ in range(3):
            self.assertEqual(client.ask([detected()])[0]["status"], "accepted")

    def test_the_delimiter_of_a_req_is_given_back(self):
        answers = self.office.client().ask([b"", detected(), b"?"])
        self.assertEqual(
            (answers[0], answers[1]["status"], answers[2]["status"]), (None, "accepted", "rejected")
        )

    def test_tcp_is_a_door_too(self):
        self.assertEqual(
            self.office.client(self.office.tcp_endpoint).ask([detected()])[0]["status"], "accepted"
        )

    def test_a_frame_beyond_a_mebibyte_ends_its_connection_and_nothing_else(self):
        hostile, other = self.office.client(), self.office.client()
        hostile.socket.send(b"x" * (2 << 20))
        self.assertEqual(other.ask([detected()])[0]["status"], "accepted")
        self.assertEqual(hostile.socket.poll(200), 0)

    def test_http_takes_one_event_or_an_array(self):
        told = detected("D-HTTP")
        answered = self.http.post("/api/v1/events", told)
        self.assertEqual((answered.status, answered.json()["status"]), (200, "accepted"))
        self.assertEqual(self.http.post("/api/v1/events", told).json()["status"], "duplicate")
        many = [detected("D-HTTP"), {"no": 1}, event("case.noted", "D-HTTP", by="甲", text="好")]
        answered = self.http.post("/api/v1/events", many)
        self.assertEqual(answered.status, 200)
        self.assertEqual([one["status"] for one in answered.json()], ["accepted", "rejected", "accepted"])
        self.assertEqual(self.http.post("/api/v1/events", []).json(), [])

    def test_http_takes_no_more_than_512_events_and_4_mebibytes(self):
        whole = self.http.post("/api/v1/events", [detected() for _ in range(FRAMES_MAX)])
        self.assertEqual((whole.status, len(whole.json())), (200, FRAMES_MAX))
        self.assertEqual(self.http.post("/api/v1/events", [{} for _ in range(FRAMES_MAX + 1)]).status, 413)
        self.assertEqual(self.http.post("/api/v1/events", b"[" + b" " * (4 << 20) + b"]").status, 413)

    def test_both_doors_know_the_same_events(self):
        told = detected("D-BOTH")
        self.office.client().ask([told])
        self.assertEqual(self.http.post("/api/v1/events", told).json()["status"], "duplicate")
