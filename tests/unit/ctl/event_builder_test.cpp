#include "event_builder.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <set>

using namespace std::chrono_literals;

namespace {

const alert::TimePoint noon = *alert::parse_rfc3339("2026-06-12T12:00:00+08:00");

}  // namespace

TEST_CASE("Instants: RFC 3339, now, and a time from now") {
    CHECK(*yuqing::parse_instant("now", noon) == noon);
    CHECK(*yuqing::parse_instant("+2h", noon) == noon + 2h);
    CHECK(*yuqing::parse_instant("-15m", noon) == noon - 15min);
    CHECK(*yuqing::parse_instant("2026-06-12T04:00:00Z", noon) == noon);
    for (const auto* text :
         {"", "+", "-", "2h", "yesterday", "2026-06-12", "25:00", "9:00", "+2wd", "+1mo", "+2h x"}) {
        CAPTURE(text);
        const auto at = yuqing::parse_instant(text, noon);
        REQUIRE_FALSE(at.has_value());
        CHECK_FALSE(at.error().message.empty());
    }
}

TEST_CASE("Instants: local times are Beijing's, whatever the machine's zone is") {
    CHECK(*yuqing::parse_instant("2026-06-12 12:00", noon) == noon);
    CHECK(*yuqing::parse_instant("2026-06-12T12:00:30", noon) == noon + 30s);
}

TEST_CASE("Instants: a time of day is today's for a fact, the next one for a deadline") {
    using yuqing::Side;
    CHECK(*yuqing::parse_instant("03:00", noon) == noon - 9h);
    CHECK(*yuqing::parse_instant("12:00", noon) == noon);
    CHECK(*yuqing::parse_instant("03:00", noon, Side::ahead) == noon + 15h);
    CHECK(*yuqing::parse_instant("12:00", noon, Side::ahead) == noon + 24h);
    CHECK(*yuqing::parse_instant("12:01", noon, Side::ahead) == noon + 1min);
}

TEST_CASE("Instants: an hour of today that is still to come is no fact's, and not yesterday's either") {
    for (const auto* text : {"12:01", "23:59"}) {
        const auto error = yuqing::parse_instant(text, noon).error();
        CHECK(error.code == "ahead");
        CHECK(error.path == "2026-06-11 " + std::string(text));
        CHECK(error.message.find(error.path) != std::string::npos);
    }
}

TEST_CASE("Instants: a length of time is a deadline, never the time of a fact") {
    CHECK(*yuqing::parse_instant("2h", noon, yuqing::Side::ahead) == noon + 2h);
    CHECK_FALSE(yuqing::parse_instant("2h", noon).has_value());
    CHECK_FALSE(yuqing::parse_instant("2wd", noon, yuqing::Side::ahead).has_value());
}

TEST_CASE("Operator's event: is one the daemon's decoder takes, with an id of its own") {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        const auto bytes = yuqing::operator_event(
            {.type = "case.acknowledged", .case_id = "20260612-AB", .time = noon, .data = {{"by", "张三"}}});
        CHECK(bytes.find('\n') == std::string::npos);
        const auto decoded = alert::decode_event(bytes);
        REQUIRE(decoded.event.has_value());
        CHECK(decoded.source == "yuqingctl");
        CHECK(decoded.event->time == noon);
        CHECK(decoded.event->subject->value == "20260612-AB");
        ids.insert(decoded.id);
    }
    CHECK(ids.size() == 100);
    CHECK(ids.begin()->size() == 32);
}

TEST_CASE("History: an event is marked without touching any other byte of it") {
    using yuqing::as_history;
    CHECK(as_history(R"({"id":"1","n":1.50})") == R"({"id":"1","n":1.50,"history":true})");
    CHECK(as_history("{\"id\":\"1\" } \r") == "{\"id\":\"1\",\"history\":true } \r");
    CHECK(as_history("{}") == R"({"history":true})");
    for (const auto* no_object : {"", " ", "}", "[1]", "null", "{\"id\":1} x"})
        CHECK(as_history(no_object) == no_object);
}

TEST_CASE("History: the mark wins over one that the line has") {
    const auto bytes = yuqing::as_history(
        R"({"specversion":"1.0","history":false,"id":"1","source":"x","type":"opinion.detected",)"
        R"("time":"2026-06-12T12:00:00Z","data":{"title":"旧事"}})");
    const auto decoded = alert::decode_event(bytes);
    CHECK(decoded.event.has_value());
    CHECK(decoded.history);
}
