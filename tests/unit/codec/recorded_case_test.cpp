// A record read up to an instant: what counts by then, and which policy decided.
#include "alert/codec/recorded_case.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2026} / 10 / 1}};

std::string event(const std::string& type, const std::string& data, const std::string& subject = "A") {
    return R"({"specversion":"1.0","id":")" + type + R"(","source":"s","type":")" + type +
           R"(","subject":")" + subject + R"(","time":"2026-09-30T00:00:00Z","data":)" + data + "}";
}

std::string fact(Duration after, const std::string& record, LogKind kind = LogKind::fact) {
    return encode_log_entry({.kind = kind, .at = t0 + after, .record = record});
}

const std::string detection = event("opinion.detected", R"({"title":"路灯不亮"})");

RecordedCase read(const std::vector<std::string>& entries, Duration at) {
    RecordedCaseReader reader(CaseId("A"), PolicyHash("now"), t0 + at);
    for (const auto& entry : entries) CHECK(reader.take(entry).has_value());
    return reader.recorded();
}

std::string rebase(Duration after, const std::string& from) {
    return encode_log_entry({.kind = LogKind::rebased,
                             .at = t0 + after,
                             .record = R"({"by":"x","from":{"version":"1","hash":")" + from + R"("}})"});
}

}  // namespace

TEST_CASE("Recorded case: a fact counts from the instant of its recording, whenever it happened") {
    const std::vector<std::string> record{fact(1h, detection)};
    CHECK(read(record, 1h - 1ms).facts.empty());
    const auto known = read(record, 1h);
    REQUIRE(known.facts.size() == 1);
    CHECK(known.facts[0].recorded_at == t0 + 1h);
    CHECK(known.facts[0].event.time == t0 - 24h);
    CHECK(known.facts[0].event.record.empty());
}

TEST_CASE("Recorded case: the policy is the one in force then, before the first move after it") {
    const std::vector<std::string> record{rebase(1h, "first"), rebase(3h, "second")};
    CHECK(read(record, 0h).policy == PolicyHash("first"));
    CHECK(read(record, 2h).policy == PolicyHash("second"));
    CHECK(read(record, 3h).policy == PolicyHash("now"));
}

TEST_CASE("Recorded case: merges name the cases on both sides, adopted facts are not its own") {
    const auto merge = event("case.merged", R"({"into":"B","by":"x"})");
    CHECK(read({fact(1h, merge)}, 2h).named == std::set{CaseId("B")});
    const auto above = read({fact(1h, merge, LogKind::adopted), fact(1h, detection, LogKind::adopted)}, 2h);
    CHECK(above.named == std::set{CaseId("A")});
    CHECK(above.facts.empty());
}

TEST_CASE("Recorded case: steps that rang by then are counted") {
    const auto step = [](Duration after, const std::string& name) {
        return encode_log_entry(
            {.kind = LogKind::fired, .at = t0 + after, .obligation = "response", .step = name});
    };
    const auto known = read({step(1h, "due-1h"), step(2h, "due"), step(4h, "due+1h")}, 3h);
    CHECK(known.reminded == 1);
    CHECK(known.urged == 1);
}

TEST_CASE("Recorded case: what cannot be read is an error and does not count") {
    RecordedCaseReader reader(CaseId("A"), PolicyHash("now"), t0 + 1h);
    CHECK_FALSE(reader.take("no entry").has_value());
    CHECK_FALSE(reader.take(fact(0h, "no event")).has_value());
    CHECK(reader.recorded().facts.empty());
}
