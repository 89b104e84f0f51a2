#include "alert/notify/classify.hpp"

#include <catch2/catch.hpp>

namespace {

using Kind = alert::DeliveryResult::Kind;
using namespace std::chrono_literals;

const alert::TimePoint now =
    std::chrono::sys_days(std::chrono::year(2026) / 6 / 12) + 5h + 38min;  // a Friday

}  // namespace

TEST_CASE("Classify: the status decides what becomes of a message") {
    struct Row {
        int status;
        Kind kind;
        const char* why;
    };
    const Row rows[] = {
        {200, Kind::delivered, "done"},
        {201, Kind::delivered, "done"},
        {202, Kind::delivered, "taken; the receiver keeps it from here on"},
        {204, Kind::delivered, "done"},
        {299, Kind::delivered, "the whole class"},
        {301, Kind::permanent, "somebody must look where it leads"},
        {302, Kind::permanent, "a login page, most likely"},
        {304, Kind::permanent, "no answer to a POST"},
        {307, Kind::permanent, "never followed: the body is for one receiver"},
        {400, Kind::permanent, "the same body gets the same answer"},
        {401, Kind::permanent, "a wrong secret does not mend itself"},
        {403, Kind::permanent, "not allowed"},
        {404, Kind::permanent, "no such path"},
        {408, Kind::retry, "too slow this time"},
        {410, Kind::permanent, "gone for good"},
        {413, Kind::permanent, "too long, and as long next time"},
        {425, Kind::retry, "too early"},
        {429, Kind::retry, "too many"},
        {499, Kind::permanent, "the class"},
        {500, Kind::retry, "their fault"},
        {503, Kind::retry, "away"},
        {599, Kind::retry, "the whole class"},
        {600, Kind::permanent, "no status"},
        {101, Kind::permanent, "not asked for"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.status, row.why);
        const auto result = alert::classify_status(row.status, "", now);
        CHECK(result.kind == row.kind);
        CHECK(result.error.empty() == (row.kind == Kind::delivered));
        CHECK_FALSE(result.retry_after);
    }
}

TEST_CASE("Classify: an error names the status") {
    CHECK(alert::classify_status(503, "", now).error == "HTTP 503");
    CHECK(alert::classify_status(302, "", now).error == "HTTP 302, redirects are not followed");
}

TEST_CASE("Classify: whatever the network did is worth another try") {
    const auto result = alert::classify_failure("hook.example: connection refused");
    CHECK(result.kind == Kind::retry);
    CHECK(result.error == "hook.example: connection refused");
}

TEST_CASE("Classify: Retry-After is honoured, at most for an hour") {
    struct Row {
        const char* text;
        std::optional<alert::Duration> wait;
        const char* why;
    };
    const Row rows[] = {
        {"0", 0s, "at once"},
        {"120", 120s, "seconds"},
        {" 7\t", 7s, "blanks around it"},
        {"3600", 1h, "the most"},
        {"86400", 1h, "more than the most"},
        {"99999999999999999999999999", 1h, "more than a number holds"},
        {"Fri, 12 Jun 2026 05:39:30 GMT", 90s, "a date"},
        {"Friday, 12-Jun-26 05:39:30 GMT", 90s, "RFC 850"},
        {"Fri Jun 12 05:39:30 2026", 90s, "asctime"},
        {"Fri, 12 Jun 2026 05:37:00 GMT", 0s, "over already"},
        {"Sat, 13 Jun 2026 05:38:00 GMT", 1h, "tomorrow"},
        {"", std::nullopt, "none"},
        {"-5", std::nullopt, "no number of seconds"},
        {"1.5", std::nullopt, "no whole number"},
        {"soon", std::nullopt, "no date"},
        {"Fri, 31 Feb 2026 05:38:00 GMT", std::nullopt, "no day"},
        {"Fri, 12 Jun 2026 05:39:30 GMT+8", std::nullopt, "more than a date"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text, row.why);
        CHECK(alert::parse_retry_after(row.text, now) == row.wait);
        CHECK(alert::classify_status(429, row.text, now).retry_after == row.wait);
        CHECK(alert::classify_status(503, row.text, now).retry_after == row.wait);
    }
    CHECK_FALSE(alert::classify_status(404, "5", now).retry_after);
    CHECK_FALSE(alert::classify_status(200, "5", now).retry_after);
}
