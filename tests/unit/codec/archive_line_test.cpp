// An archived case as a line: back to the byte, or an error.
#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2025} / 10 / 1}};

std::string entry(const std::string& id, const std::string& title = "路灯 \\\"snapshot\\\":") {
    LogEntry fact{.kind = LogKind::fact, .at = t0 + 1ms};
    fact.record = R"({"specversion":"1.0","id":")" + id +
                  R"(","source":"s","type":"opinion.detected","subject":"A","time":"2025-09-30T00:00:00Z",)" +
                  R"("data":{"title":")" + title + R"("}})";
    fact.seal = "1.abc";
    return encode_log_entry(fact);
}

ArchivedCase a_case(std::size_t entries = 3) {
    Snapshot snapshot;
    snapshot.id = CaseId("A");
    snapshot.policy = PolicyHash("00112233aabbccdd");
    snapshot.facts.title = {{t0, "s", "e1"}, "a title with ,\"snapshot\": and \\ in it"};
    ArchivedCase archived{.id = snapshot.id,
                          .version = 12,
                          .head = "3.xyz",
                          .started = t0 - 1ms,
                          .ended = t0 + 24h,
                          .policy = snapshot.policy,
                          .snapshot = encode_snapshot(snapshot),
                          .entries = {}};
    for (std::size_t i = 0; i < entries; ++i) archived.entries.push_back(entry("e" + std::to_string(i)));
    return archived;
}

}  // namespace

TEST_CASE("Archive line: a case comes back byte for byte") {
    for (const std::size_t entries : {0U, 1U, 2U, 500U}) {
        const auto archived = a_case(entries);
        const auto line = encode_archive_line(archived).value();
        CHECK(line.find('\n') == line.size() - 1);
        CHECK(decode_archive_line(line).value() == archived);
        CHECK(decode_archive_line(std::string_view(line).substr(0, line.size() - 1)).value() == archived);
    }
}

TEST_CASE("Archive line: any program can read it") {
    const auto line = encode_archive_line(a_case()).value();
    const auto read = boost::json::parse(line).as_object();
    CHECK(read.at("case") == "A");
    CHECK(read.at("ended") == "2025-10-02T00:00:00+00:00");
    CHECK(read.at("record").as_array().size() == 3);
    CHECK(read.at("snapshot").is_object());
    CHECK(boost::json::parse(read.at("record").at(0).at("e").as_string()).at("type") == "opinion.detected");
}

TEST_CASE("Archive line: wherever it is torn, it is no case") {
    const auto line = encode_archive_line(a_case()).value();
    for (std::size_t size = 0; size + 1 < line.size(); ++size) {
        const auto torn = decode_archive_line(std::string_view(line).substr(0, size));
        REQUIRE(torn.has_error());
        CHECK(torn.error().code == "damaged");
    }
}

TEST_CASE("Archive line: whichever bit flips, it is no case") {
    const auto line = encode_archive_line(a_case(1)).value();
    for (std::size_t at = 0; at + 1 < line.size(); ++at) {
        for (const int bit : {1, 2, 4, 8, 16, 32, 64}) {
            auto flipped = line;
            flipped[at] = static_cast<char>(flipped[at] ^ bit);
            REQUIRE(decode_archive_line(flipped).has_error());
        }
    }
}

TEST_CASE("Archive line: begins as that of its case and version, and of no other") {
    const auto line = encode_archive_line(a_case()).value();
    CHECK(is_archive_line_of(line, CaseId("A"), 12));
    CHECK_FALSE(is_archive_line_of(line, CaseId("A"), 1));
    CHECK_FALSE(is_archive_line_of(line, CaseId("AB"), 12));
}

TEST_CASE("Archive line: a record that would spoil it is refused") {
    auto archived = a_case();
    archived.entries.push_back("no entry of ours");
    CHECK(encode_archive_line(archived).error().code == "unreadable");
    archived.entries.back() = entry("e9") + "\n";
    CHECK(encode_archive_line(archived).error().code == "unreadable");
}

TEST_CASE("Archive line: a record that is too large is refused") {
    auto archived = a_case(0);
    const auto large = entry("e1", std::string(60'000, 'x'));
    while (archived.entries.size() * large.size() <= archived_bytes_max) archived.entries.push_back(large);
    CHECK(encode_archive_line(archived).error().code == "too_large");
    archived.entries.pop_back();
    CHECK(encode_archive_line(archived).has_value());
}

TEST_CASE("Archive line: the facts of a record and what they are known by") {
    auto archived = a_case(2);
    archived.entries.push_back(
        encode_log_entry({.kind = LogKind::fired, .at = t0, .obligation = "response"}));
    const auto facts = facts_of_record(archived.entries).value();
    REQUIRE(facts.size() == 2);
    CHECK(facts[0].recorded_at == t0 + 1ms);
    const auto events = events_of(archived.id, facts);
    REQUIRE(events.size() == 2);
    CHECK(events[1].key == EventKey{"s", "e1"});
    CHECK(events[1].case_id == CaseId("A"));
    CHECK(events[1].content_hash == facts[1].event.content_hash);
}
