#include "alert/flow/revisit.hpp"
#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

using namespace alert;
using namespace yuqing::test;

namespace {

/// The office answers within three working days; t0 is a Monday.
Office by_workdays() {
    Office office = an_office();
    office.zone = Zone::find("Asia/Shanghai").value();
    office.rule("response").due = Period{.workdays = 3};
    return office;
}

/// A room with a walk over its cases, a page of two at a time.
class Walk {
public:
    Walk() : room(by_workdays()) {}

    void change_calendar(std::set<LocalDays> holidays) {
        room.office.calendar.holidays = std::move(holidays);
        room.rules.swap({std::make_shared<Policy>(room.office.policy),
                         std::make_shared<Directory>(room.office.directory),
                         std::make_shared<Roster>(room.office.roster),
                         std::make_shared<Calendar>(room.office.calendar), room.office.zone});
    }
    void walk() {
        revisit.start([this] { ++ended; });
        room.settle_now();
    }
    [[nodiscard]] std::uint64_t version(const std::string& id) const {
        return room.memory.cases().at(CaseId(id)).stored.version;
    }
    [[nodiscard]] std::vector<LogEntry> moved(const std::string& id) const {
        std::vector<LogEntry> entries;
        for (const auto& entry : room.memory.cases().at(CaseId(id)).log) {
            if (entry.reason == "attention:due_moved") entries.push_back(entry);
        }
        return entries;
    }

    FlowRoom room;
    int ended = 0, failing_pages = 0;
    Revisit revisit{[this](const std::string& cursor, std::size_t limit, const Callback<Page>& done) {
                        room.memory.post([this, cursor, limit, done] { done(page(cursor, limit)); });
                    },
                    room.desk,
                    room.rules,
                    room.clock,
                    room.timers,
                    room.recorder,
                    {.page = 2}};

private:
    Result<Page> page(const std::string& cursor, std::size_t limit) {
        if (failing_pages > 0) return --failing_pages, Error{"away", "the store is away", ""};
        Page page;
        const auto& cases = room.memory.cases();
        auto at = cursor.empty() ? cases.begin() : cases.upper_bound(CaseId(cursor));
        for (; at != cases.end() && page.cases.size() < limit; ++at) page.cases.push_back(at->second.stored);
        if (at != cases.end()) page.next = page.cases.back().snapshot.id.value;
        return page;
    }
};

LocalDays june(int day) { return LocalDays{std::chrono::year{2026} / 6 / day}; }

}  // namespace

TEST_CASE("Revisit: another calendar moves what counts working days, records it and tells the duty officer") {
    Walk at;
    for (const char* id : {"A", "B", "C", "D", "E"}) at.room.told(detected_text(id, id));
    at.change_calendar({june(3)});
    at.walk();
    CHECK(at.ended == 1);
    for (const char* id : {"A", "B", "C", "D", "E"}) {
        INFO(id);
        CHECK(at.room.view(id).obligations.at(0).due == t0 + 96h);  // Tuesday, Thursday, Friday
        REQUIRE(at.moved(id).size() == 1);
        CHECK(at.moved(id).front().obligation == "response");
        CHECK(at.moved(id).front().targets.at(0).role == "duty_officer");
        CHECK_FALSE(at.moved(id).front().notifications.empty());
    }
    at.walk();  // once more changes nothing
    CHECK(at.moved("A").size() == 1);
}

TEST_CASE("Revisit: an earlier due time is woken for, not slept past") {
    Walk at;
    at.change_calendar({june(2), june(3)});
    at.room.told(detected_text("A", "A"));
    CHECK(at.room.view("A").obligations.at(0).due == t0 + 7 * 24h);  // the Monday after
    at.room.timekeeper.start();
    at.change_calendar({});
    at.walk();
    CHECK(at.moved("A").size() == 1);
    at.room.run_for(72h);
    const auto fired = at.room.fired();
    CHECK(std::count(fired.begin(), fired.end(), "A response due@4320m") == 1);
}

TEST_CASE("Revisit: a case whose times are natural hours is left alone") {
    Walk at;
    at.room.told(detected_text("A", "A", 0h, R"(,"incident_grade":"major")"));
    const auto version = at.version("A");
    at.change_calendar({june(2)});
    at.walk();
    CHECK(at.version("A") == version);
    CHECK(at.ended == 1);
}

TEST_CASE("Revisit: a store that is away is asked again, and a new walk ends the one before") {
    Walk at;
    at.room.told(detected_text("A", "A"));
    at.change_calendar({june(3)});
    at.failing_pages = 2;
    at.walk();
    CHECK(at.ended == 0);
    at.revisit.start([&] { at.ended += 10; });
    at.room.run_for(5s);
    CHECK(at.ended == 10);
    CHECK(at.moved("A").size() == 1);
}

TEST_CASE("Revisit: a case that changes while the walk is under way is decided on its newest facts") {
    Walk at;
    at.room.told(detected_text("A", "A"));
    at.change_calendar({june(3)});
    at.room.store.before_commit = [&, told = false]() mutable {
        if (std::exchange(told, true)) return;
        at.room.tell(event_text("case.acknowledged", "ack", 1min, "A", R"({"by":"li"})"));
    };
    at.room.clock.set(t0 + 1min);
    at.walk();
    CHECK(at.room.view("A").acknowledged_at == t0 + 1min);
    CHECK(at.moved("A").size() == 1);
}
