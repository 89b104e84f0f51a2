// What the HTTP API and the metrics read: pages, records, outboxes, rejects.
#include "integration/redis/jurisdiction.hpp"

#include <functional>
#include <set>
#include <utility>

using namespace redis_test;
using namespace contract;
using alert::CaseId;
using alert::DeliveryState;
using alert::NotificationId;

namespace {

alert::Page page(Jurisdiction& at, const std::string& cursor, std::size_t limit) {
    return at.read<alert::Page>([&](auto done) { at.reader.page(cursor, limit, done); });
}

/// All ids, page by page.
Ids all_ids(Jurisdiction& at, std::size_t limit) {
    Ids found;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
        const auto next = page(at, cursor, limit);
        for (const auto& stored : next.cases) found.push_back(stored.snapshot.id.value);
        cursor = next.next;
        if (cursor.empty()) break;
    }
    return found;
}

void keep(Jurisdiction& at, const std::string& id, std::optional<alert::TimePoint> due, bool open,
          alert::TimePoint started) {
    auto transition = opening(id, id, at.now());
    transition.cases[0].open_due = due;
    transition.cases[0].open = open;
    transition.cases[0].started = started;
    REQUIRE(commit(at, transition) == Kind::committed);
}

}  // namespace

TEST_CASE("Case pages: open cases by due time, then the others, latest start first") {
    Jurisdiction at;
    const auto now = at.now();
    keep(at, "closed-old", {}, false, now - 9h);
    keep(at, "closed-new", {}, false, now - 1h);
    keep(at, "answered", {}, true, now - 5h);  // open, but nothing is due
    keep(at, "late", now - 1h, true, now - 49h);
    keep(at, "soon", now + 1h, true, now - 47h);
    keep(at, "closed-unanswered", now + 2h, false, now);  // still owes an answer
    const Ids expected{"late", "soon", "closed-unanswered", "answered", "closed-new", "closed-old"};
    for (const std::size_t limit : {1, 2, 3, 6, 100}) CHECK(all_ids(at, limit) == expected);
    CHECK(page(at, "", 1).cases[0].version == 1);
}

TEST_CASE("Cases due around an instant: the nearest on either side, and the first of all") {
    Jurisdiction at;
    const auto now = at.now();
    keep(at, "years", now - 9000h, true, now - 9100h);
    keep(at, "hours", now - 9h, true, now - 49h);
    keep(at, "late", now - 1h, true, now - 49h);
    keep(at, "soon", now + 1h, true, now - 47h);
    keep(at, "later", now + 2h, true, now);
    keep(at, "closed", {}, false, now - 1h);
    const auto around = [&](std::size_t each) {
        std::set<std::string> ids;
        for (const auto& stored : at.read<std::vector<alert::StoredCase>>(
                 [&](auto done) { at.reader.due_around(now, each, done); }))
            ids.insert(stored.snapshot.id.value);
        return ids;
    };
    CHECK(around(1) == std::set<std::string>{"years", "late", "soon"});
    CHECK(around(2) == std::set<std::string>{"years", "hours", "late", "soon", "later"});
}

TEST_CASE("Case pages: no cases, no pages") {
    Jurisdiction at;
    CHECK(all_ids(at, 10).empty());
}

TEST_CASE("Case pages: cases due at the same instant are given once each") {
    Jurisdiction at;
    const auto now = at.now();
    for (int i = 0; i < 25; ++i) keep(at, "QS-" + std::to_string(i), now, true, now);
    auto found = all_ids(at, 4);
    CHECK(found.size() == 25);
    std::sort(found.begin(), found.end());
    CHECK(std::unique(found.begin(), found.end()) == found.end());
}

TEST_CASE("Case pages: go on when the case a page ended with has moved or gone") {
    Jurisdiction at;
    const auto now = at.now();
    for (int i = 0; i < 4; ++i) keep(at, "QS-" + std::to_string(i), now + i * 1h, true, now);
    const auto first = page(at, "", 2);
    REQUIRE(first.cases.size() == 2);
    const bool gone = GENERATE(true, false);
    auto change = change_of("QS-1", 1, now);
    change.cases[0].open = !gone;
    change.cases[0].open_due = gone ? std::nullopt : std::optional(now + 9h);
    REQUIRE(commit(at, change) == Kind::committed);
    const auto second = page(at, first.next, 2);
    REQUIRE(second.cases.size() == 2);
    CHECK(second.cases[0].snapshot.id.value == "QS-2");
    CHECK(second.cases[1].snapshot.id.value == "QS-3");
}

TEST_CASE("Case pages: a cursor from elsewhere is refused") {
    Jurisdiction at;
    keep(at, "QS-1", at.now(), true, at.now());
    for (const std::string cursor : {"x", "open", "open:", "open:1", "open:x:QS-1", "open:1:", "open:1:a b",
                                     "all:1:QS-1", "others:nan:QS-1", "open:1)\r\nFLUSHALL:QS-1", ":::"}) {
        INFO(cursor);
        const auto answer =
            answer_of<alert::Page>(at, [&](auto done) { at.reader.page(cursor, 10, std::move(done)); });
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == "invalid");
    }
}

TEST_CASE("Case pages: a snapshot that cannot be read is passed over and told") {
    Jurisdiction at;
    for (const auto* id : {"QS-1", "QS-2", "QS-3"}) keep(at, id, at.now(), true, at.now());
    at.server.run({"HSET", at.keys.case_hash(CaseId("QS-1")), "s", "nonsense"});
    at.server.run({"DEL", at.keys.case_hash(CaseId("QS-3"))});
    at.server.run({"SET", at.keys.case_hash(CaseId("QS-3")), "text"});
    CHECK(all_ids(at, 10) == Ids{"QS-2"});
    CHECK(at.notes.troubles.size() == 2);
}

TEST_CASE("Case record: the latest entries are given, oldest first") {
    Jurisdiction at;
    const auto now = at.now();
    auto transition = opening("QS-1", "e0", now);
    for (int i = 1; i < 10; ++i)
        transition.cases[0].log.push_back(fact_entry("e" + std::to_string(i), now + i * 1s));
    REQUIRE(commit(at, transition) == Kind::committed);
    const auto record = at.read<std::optional<alert::CaseRecord>>(
        [&](auto done) { at.reader.find(CaseId("QS-1"), 3, done); });
    REQUIRE(record);
    CHECK(record->stored.snapshot == transition.cases[0].next);
    REQUIRE(record->log.size() == 3);
    CHECK(record->log[0].at == now + 7s);
    CHECK(record->log[2].at == now + 9s);
    CHECK_FALSE(at.read<std::optional<alert::CaseRecord>>(
        [&](auto done) { at.reader.find(CaseId("unknown"), 3, done); }));
}

TEST_CASE("Dead letters: page by page, the latest first, each once, whatever is sent again meanwhile") {
    Jurisdiction at;
    const auto now = at.now();
    std::vector<alert::Notification> letters;
    for (int i = 0; i < 7; ++i) letters.push_back(message("n" + std::to_string(i), 1, now));
    REQUIRE(commit(at, messages(letters)) == Kind::committed);
    for (int i = 0; i < 7; ++i) settle(at, settlement("n" + std::to_string(i), 1, DeliveryState::dead));
    // Three at one instant, to be told apart by their ids.
    for (const int i : {3, 4, 5})
        at.server.run({"ZADD", at.keys.dead(), "1700000000000", "n" + std::to_string(i)});
    const std::vector<std::pair<int, int>> later{{0, 4}, {1, 2}, {2, 1}, {6, 3}};
    for (const auto& [i, score] : later) {
        const auto at_ms = std::to_string(1'700'000'000'000 + score);
        at.server.run({"ZADD", at.keys.dead(), at_ms, "n" + std::to_string(i)});
    }
    const auto pages = [&](std::size_t limit, const std::function<void()>& between) {
        Ids found;
        std::string cursor;
        for (int turns = 0; turns < 20; ++turns) {
            const auto page =
                at.read<alert::DeadPage>([&](auto done) { at.reader.dead(cursor, limit, done); });
            for (const auto& letter : page.letters) found.push_back(letter.notification.id.value);
            cursor = page.next;
            if (cursor.empty()) return found;
            between();
        }
        FAIL("no end of pages");
        return found;
    };
    const Ids all{"n0", "n6", "n1", "n2", "n5", "n4", "n3"};
    for (const std::size_t limit : {1, 2, 3, 7, 100}) CHECK(pages(limit, [] {}) == all);
    // What was listed is sent again: the cursor's letter is gone.
    CHECK(pages(2, [&, sent = false]() mutable {
              if (std::exchange(sent, true)) return;
              REQUIRE(commit(at, redelivering("n0", 1)) == Kind::committed);
              REQUIRE(commit(at, redelivering("n6", 1)) == Kind::committed);
          }) == all);
    for (const std::string cursor : {"x", "5", "5:", ":n1", "nan:n1", "5:n 1"}) {
        INFO(cursor);
        const auto page = answer_of<alert::DeadPage>(at, [&](auto done) { at.reader.dead(cursor, 5, done); });
        REQUIRE_FALSE(page.has_value());
        CHECK(page.error().code == "invalid");
    }
}

TEST_CASE("Outbox size: counts what waits and knows since when, leases and postponements aside") {
    Jurisdiction at;
    const auto now = at.now();
    const auto size = [&] {
        return at.read<alert::OutboxSize>([&](auto done) { at.reader.outbox_size(duty, done); });
    };
    CHECK(size().size == 0);
    CHECK_FALSE(size().oldest);
    REQUIRE(commit(at, messages({message("n1", 0, now - 1min), message("n2", 3, now - 5min),
                                 message("n3", 3, now)})) == Kind::committed);
    claim_messages(at, now, 1);
    auto postponed = settlement("n2", 3, DeliveryState::pending);
    postponed.next = now + 1h;
    settle(at, postponed);
    CHECK(size().size == 3);
    CHECK(size().oldest == now - 5min);
}

TEST_CASE("Waiting messages: in the order of sending, with state and next attempt") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("n1", 3, now), message("n2", 0, now), message("n3", 1, now)})) ==
            Kind::committed);
    const auto claimed = claim_messages(at, now, 1);
    REQUIRE(ids(claimed) == Ids{"n2"});
    auto postponed = settlement("n3", 1, DeliveryState::pending, 2);
    postponed.next = now + 1h;
    postponed.error = "503";
    settle(at, postponed);

    const auto waiting = at.read<std::vector<alert::NotificationRecord>>(
        [&](auto done) { at.reader.waiting(duty, 10, done); });
    REQUIRE(waiting.size() == 3);
    CHECK(waiting[0].notification.id.value == "n2");
    CHECK(waiting[0].state == DeliveryState::sending);
    CHECK(waiting[0].at == claimed.now + lease);
    CHECK(waiting[1].notification.id.value == "n3");
    CHECK(waiting[1].state == DeliveryState::pending);
    CHECK(waiting[1].attempts == 2);
    CHECK(waiting[1].error == "503");
    CHECK(waiting[1].at == now + 1h);
    CHECK(waiting[2].state == DeliveryState::pending);
    const auto one =
        at.read<std::vector<alert::NotificationRecord>>([&](auto done) { at.reader.waiting(duty, 1, done); });
    CHECK(one.size() == 1);
    CHECK(at.read<std::vector<alert::NotificationRecord>>([&](auto done) {
                at.reader.waiting(alert::ChannelId("other"), 10, done);
            }).empty());
}

TEST_CASE("Rejects: none older than thirty days is shown, none is kept for ever") {
    Jurisdiction at;
    const auto now = at.now();
    for (const auto age : {alert::Duration(31 * 24h), alert::Duration(29 * 24h)}) {
        alert::Reject reject;
        reject.at = now - age;
        REQUIRE(answer_of<std::monostate>(at, [&](auto done) {
                    at.store().keep_reject(reject, done);
                }).has_value());
    }
    const auto rejects =
        at.read<std::vector<alert::Reject>>([&](auto done) { at.reader.rejects(now, 100, done); });
    REQUIRE(rejects.size() == 1);
    CHECK(rejects[0].at == now - 29 * 24h);
    CHECK(std::stoll(at.raw({"PTTL", at.keys.rejects()})) > 29LL * 24 * 3600 * 1000);
    const auto time_of = [&](std::size_t index) {
        return at.read<std::optional<alert::TimePoint>>(
            [&](auto done) { at.reader.reject_time(index, done); });
    };
    CHECK(time_of(0) == now - 29 * 24h);
    CHECK(time_of(1) == now - 31 * 24h);
    CHECK_FALSE(time_of(2));
}

TEST_CASE("URL: until when it is held is read, and that it is free") {
    Jurisdiction at;
    const auto held = [&] {
        return at.read<std::optional<alert::TimePoint>>(
            [&](auto done) { at.reader.held_until("a-robot", done); });
    };
    CHECK_FALSE(held());
    REQUIRE(answer_of<std::monostate>(at, [&](auto done) {
                at.outbox().answered({"a-robot", {{1, 1h}}}, {"r", 1, 10min}, done);
            }).has_value());
    REQUIRE(held());
    CHECK(*held() > at.now() + 9min);
    CHECK(*held() <= at.now() + 10min);
}
