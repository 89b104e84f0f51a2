// A line of the journal: what is read is what was written, or an error.
#include "alert/codec/journal_line.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2026} / 6 / 12}};

JournalEntry an_entry() {
    return {.sequence = 17,
            .recorded_at = t0 + 5h + 38min + 7ms,
            .via = {"http", "a \"name\",\"event\":{}", ClientRole::operator_},
            .jurisdiction = "qingshan",
            .policy = PolicyHash("00112233aabbccdd"),
            .event = R"({"specversion":"1.0","id":"e1","data":{"title":"水 ,\"crc32c\":\"00000000\"} \\"}})"};
}

void check_same(const JournalEntry& one, const JournalEntry& other) {
    CHECK(one.sequence == other.sequence);
    CHECK(one.recorded_at == other.recorded_at);
    CHECK(one.via.door == other.via.door);
    CHECK(one.via.client == other.via.client);
    CHECK(one.via.role == other.via.role);
    CHECK(one.silent == other.silent);
    CHECK(one.degraded == other.degraded);
    CHECK(one.jurisdiction == other.jurisdiction);
    CHECK(one.policy == other.policy);
    CHECK(one.event == other.event);
}

}  // namespace

TEST_CASE("journal line: an entry comes back as it was written") {
    auto entry = an_entry();
    for (const bool silent : {false, true}) {
        for (const bool degraded : {false, true}) {
            entry.silent = silent;
            entry.degraded = degraded;
            const auto read = decode_journal_line(encode_journal_line(entry));
            REQUIRE(read.has_value());
            check_same(*read, entry);
        }
    }
}

TEST_CASE("journal line: it is one line of JSON that people and programs can read") {
    const auto line = encode_journal_line(an_entry());
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(is_journal_line(line));
    const auto value = boost::json::parse(line);
    CHECK(value.at("n") == 17);
    CHECK(value.at("recorded_at") == "2026-06-12T05:38:00.007+00:00");
    CHECK(value.at("event").at("id") == "e1");
}

TEST_CASE("journal line: one that was written before lines named a jurisdiction names none") {
    const std::string old =
        R"({"v":1,"n":1,"recorded_at":"2026-06-12T00:00:00+00:00","via":["zmq","","supervisor"],)"
        R"("event":{},"crc32c":"8000730e"})";
    const auto read = decode_journal_line(old);
    REQUIRE(read.has_value());
    CHECK(read->jurisdiction.empty());
}

TEST_CASE("journal line: its checksum is CRC-32C") {
    JournalEntry entry{
        .sequence = 1, .recorded_at = t0, .via = {"zmq", "", ClientRole::supervisor}, .event = "{}"};
    CHECK(encode_journal_line(entry) ==
          R"({"v":1,"n":1,"recorded_at":"2026-06-12T00:00:00+00:00","via":["zmq","","supervisor"],)"
          R"("event":{},"crc32c":"8000730e"})"
          "\n");
}

TEST_CASE("journal line: every byte that is flipped is noticed") {
    const auto line = encode_journal_line(an_entry());
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            auto spoilt = line;
            spoilt[i] = static_cast<char>(spoilt[i] ^ (1 << bit));
            CAPTURE(i, bit);
            CHECK(decode_journal_line(spoilt).has_error());
        }
    }
}

TEST_CASE("journal line: one that is cut anywhere is none") {
    const auto line = encode_journal_line(an_entry());
    for (std::size_t length = 0; length + 1 < line.size(); ++length) {
        CAPTURE(length);
        const auto read = decode_journal_line(std::string_view(line).substr(0, length));
        REQUIRE(read.has_error());
        CHECK(read.error().code == "damaged");
    }
}

TEST_CASE("journal line: two that ran into each other are none") {
    auto first = encode_journal_line(an_entry());
    first.pop_back();
    CHECK(decode_journal_line(first + encode_journal_line(an_entry())).has_error());
}

TEST_CASE("journal line: a sequence beyond what Lua and JavaScript count exactly is none") {
    auto entry = an_entry();
    entry.sequence = journal_sequence_max;
    CHECK(decode_journal_line(encode_journal_line(entry)).has_value());
    ++entry.sequence;
    CHECK(decode_journal_line(encode_journal_line(entry)).has_error());
}
