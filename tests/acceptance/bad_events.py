"""Every kind of event that must be refused: (what is wrong, the event or bytes, code, path). Path None: not
looked at; for `malformed` it is the offset in bytes."""

import copy
import time

from client import detected, encode, event, rfc3339

EVENT_BYTES_MAX = 64 * 1024
NAMES_MAX = 255

# What each type cannot do without, and a value that is right.
REQUIRED = {
    "case.assessed": {"by": "甲"},
    "case.assigned": {"by": "甲", "lead_unit": "县民政局"},
    "case.returned": {"by": "甲", "reason": "非本单位职责"},
    "case.acknowledged": {"by": "甲"},
    "response.approved": {"by": "甲"},
    "response.published": {"kind": "online_reply", "by": "甲"},
    "obligation.waived": {"obligation": "response", "by": "甲", "reason": "上级统一发布"},
    "commitment.made": {"commitment": "c1", "text": "三日内修复", "due": "2031-01-01T00:00:00+08:00", "by": "甲"},
    "commitment.kept": {"commitment": "c1", "by": "甲"},
    "rating.received": {"score": 4},
    "case.merged": {"into": "OTHER", "by": "甲"},
    "case.muted": {"until": rfc3339(time.time() + 3600), "by": "甲", "reason": "处理中"},
    "case.noted": {"by": "甲", "text": "记一笔"},
    "case.closed": {"by": "甲"},
    "case.reopened": {"by": "甲", "reason": "又有反映"},
    "case.dismissed": {"by": "甲", "reason": "不属受理范围"},
    "fact.withdrawn": {"event_source": "s", "event_id": "e", "by": "甲", "reason": "误报"},
}


def without(one, *path):
    made = copy.deepcopy(one)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return made


def changed(one, **members):
    return {**copy.deepcopy(one), **members}


def padded(size):
    """A detection of exactly so many bytes."""
    one = detected("PADDED", title="大")
    one["data"]["summary"] = "x" * (size - len(encode(one)) - len(', "summary": ""'))
    assert len(encode(one)) == size
    return one


def unreadable(case):
    good = detected(case)
    text = encode(good)
    yield "no JSON at all", b"hello", "malformed", "0"
    yield "a frame of nothing", b"", "malformed", "0"
    yield "cut off", text[:-1], "malformed", str(len(text) - 1)
    yield "something behind it", text + b"}", "malformed", str(len(text))
    yield "broken UTF-8", text.replace("路灯".encode(), b"\xff\xfe"), "malformed", None
    yield "half a surrogate pair", text.replace("路灯".encode(), b"\\ud800"), "malformed", None
    yield "a number nothing can hold", text.replace(b'"data": {', b'"data": {"n": 1e999, '), "malformed", None
    yield "nested without end", b"[" * 5000, "malformed", None
    yield "one byte too many", padded(EVENT_BYTES_MAX + 1), "too_large", None
    yield "far too large", b"x" * 500_000, "too_large", None


def bad_envelopes(case):
    good = detected(case)
    for name in ("specversion", "id", "source", "type", "time", "data"):
        yield f"without {name}", without(good, name), "invalid", f"/{name}"
    yield "a string", b'"event"', "invalid", None
    yield "another version", changed(good, specversion="0.3"), "invalid", "/specversion"
    for name in ("id", "source"):
        for what, value in (
            ("empty", ""),
            ("too long", "x" * (NAMES_MAX + 1)),
            ("a number", 7),
            ("null", None),
        ):
            yield f"{name} {what}", changed(good, **{name: value}), "invalid", f"/{name}"
    yield "type a number", changed(good, type=1), "invalid", "/type"
    for value in (
        "gestern",
        "2026-13-01T00:00:00+08:00",
        "2026-01-01T00:00:00",
        "2026-01-01",
        1767200000,
        "",
    ):
        yield f"time {value!r}", changed(good, time=value), "invalid", "/time"
    yield "a type nobody knows", changed(good, type="case.exploded"), "unknown_type", None
    yield "a type nobody knows, with a bad subject", changed(
        good, type="x", subject="a b"
    ), "unknown_type", None
    for value in ("a b", "a/b", "", "x" * 65, "路", "a\n", 7):
        yield f"subject {value!r}", changed(good, subject=value), "invalid", "/subject"
    for value in ("text", [], 7, None):
        yield f"data {value!r}", changed(good, data=value), "invalid", "/data"


def bad_data(case):
    yield "a detection without title", without(detected(case), "data", "title"), "invalid", "/data/title"
    yield "a title of nothing", detected(case, title=" "), "invalid", "/data/title"
    yield "a title that is a number", detected(case, title=5), "invalid", "/data/title"
    for kind, data in REQUIRED.items():
        good = event(kind, case, **data)
        yield f"{kind} without subject", without(good, "subject"), "invalid", "/subject"
        for name in data:
            yield f"{kind} without {name}", without(good, "data", name), "invalid", f"/data/{name}"
            yield f"{kind} with {name} of a wrong kind", event(
                kind, case, **{**data, name: {"no": 1}}
            ), "invalid", f"/data/{name}"
    yield "a kind nobody knows", event(
        "response.published", case, kind="song", by="甲"
    ), "invalid", "/data/kind"
    for score in (0, 6, 2.5, "4"):
        yield f"score {score!r}", event("rating.received", case, score=score), "invalid", "/data/score"
    week = event("case.muted", case, by="甲", reason="长", until=rfc3339(time.time() + 8 * 86400))
    yield "a mute of more than a week", week, "invalid", "/data/until"
    yield "due that is no time", event(
        "commitment.made", case, commitment="c", text="t", by="甲", due="soon"
    ), "invalid", "/data/due"
    yield "merged into itself", event("case.merged", case, into=case, by="甲"), "invalid", "/data/into"
    yield "merged into nothing", event("case.merged", case, into="NOWHERE", by="甲"), "invalid", "/data/into"


def bad_in_time_and_place(case):
    soon = time.time() + 600
    yield "ten minutes ahead", detected(case, soon), "future", None
    yield "about a case nobody opened", event("case.noted", "NOBODY", by="甲", text="?"), "unknown_case", None
    yield "ahead and about nobody", event("case.noted", "NOBODY", soon, by="甲", text="?"), "future", None
    yield "ahead and incomplete", event("case.noted", case, soon, by="甲"), "invalid", "/data/text"


def all_of_them(case):
    yield from unreadable(case)
    yield from bad_envelopes(case)
    yield from bad_data(case)
    yield from bad_in_time_and_place(case)
