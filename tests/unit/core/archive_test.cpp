// When a case ended, to which file it goes, and how its place is written down.
#include "alert/core/archive.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2025} / 10 / 31}};

void add(CaseFacts& facts, StatusChange change, TimePoint at) {
    facts.status.add({at, "office", "s" + std::to_string(facts.status.items.size())}, {change, {}});
}

}  // namespace

TEST_CASE("Archive: a case ended with the latest of its closings, dismissals and merges") {
    CaseFacts facts;
    add(facts, StatusChange::closed, t0 + 5h);
    CHECK(ended_at(facts, t0 + 900h) == t0 + 5h);
    add(facts, StatusChange::reopened, t0 + 6h);
    add(facts, StatusChange::dismissed, t0 + 7h);
    add(facts, StatusChange::merged, t0 + 1h);
    CHECK(ended_at(facts, t0 + 900h) == t0 + 7h);
}

TEST_CASE("Archive: a case whose only detection was withdrawn ended with its record") {
    CHECK(ended_at(CaseFacts{}, t0 + 3h) == t0 + 3h);
}

TEST_CASE("Archive: the file goes by the month of the end in the office's zone") {
    const auto zone = Zone::find("Asia/Shanghai").value();
    CHECK(archive_file(t0 + 15h + 59min, zone) == "2025-10.jsonl");
    CHECK(archive_file(t0 + 16h, zone) == "2025-11.jsonl");
    CHECK(archive_file(t0 + 16h, Zone::utc()) == "2025-10.jsonl");
}

TEST_CASE("Archive: a place is read back as it was written") {
    const ArchivePlace place{"2025-10.jsonl", 0, 12345678901};
    CHECK(to_string(place) == "2025-10.jsonl 0 12345678901");
    CHECK(parse_archive_place(to_string(place)) == place);
}

TEST_CASE("Archive: a place that we did not write is none, and no file lies elsewhere") {
    for (const auto* bad :
         {"", "2025-10.jsonl", "2025-10.jsonl 1", "2025-10.jsonl 1 2 ", "2025-10.jsonl -1 2",
          "2025-10.jsonl 1 x", "2025-1x.jsonl 1 2", "../../x.jsonl 1 2", "2025/10.jsonl 1 2",
          "2025-10.jsonx 1 2", "2025-10.jsonl 1  2", "2025-10.jsonl 1 99999999999999999999999"}) {
        INFO(bad);
        CHECK_FALSE(parse_archive_place(bad));
    }
}
