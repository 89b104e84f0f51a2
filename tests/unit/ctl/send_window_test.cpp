#include "send_window.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using yuqing::SendWindow;

namespace {

std::string event(const std::string& id) {
    return R"({"specversion":"1.0","source":"s","id":")" + id + R"(","type":"case.noted"})";
}
std::string answer(const std::string& id, const std::string& status = "accepted") {
    return R"({"id":")" + id + R"(","source":"s","status":")" + status + R"("})";
}
const std::string unread_answer =
    R"({"id":null,"source":null,"status":"rejected","error":{"code":"malformed"}})";

/// A window that holds the events and has sent them all.
SendWindow sent_window(const std::vector<std::string>& lines) {
    SendWindow window(100);
    std::uint64_t number = 0;
    for (const auto& line : lines) window.add({"f", ++number, line});
    while (window.next_to_send(0ms)) continue;
    return window;
}

/// The lines that go out again, by number.
std::vector<std::string> going_out(SendWindow& window, alert::Duration now) {
    std::vector<std::string> out;
    while (const auto bytes = window.next_to_send(now)) out.emplace_back(*bytes);
    return out;
}

}  // namespace

TEST_CASE("Send window: lines go out once, in order, and are ended by their answers") {
    SendWindow window(2);
    window.add({"f", 1, event("a")});
    CHECK(window.has_room());
    window.add({"f", 2, event("b")});
    CHECK_FALSE(window.has_room());
    CHECK(going_out(window, 0ms) == std::vector<std::string>{event("a"), event("b")});
    CHECK(going_out(window, 1h).empty());
    const auto ended = window.answered(answer("a"), 1ms);
    REQUIRE(ended.has_value());
    CHECK(ended->line.number == 1);
    CHECK(ended->answer.at("status") == "accepted");
    CHECK(window.has_room());
    CHECK(window.answered(answer("b", "rejected"), 1ms)->line.number == 2);
    CHECK(window.empty());
}

TEST_CASE("Send window: retry sends the line again when the daemon says, not before") {
    auto window = sent_window({event("a"), event("b")});
    CHECK_FALSE(window.answered(R"({"id":"a","source":"s","status":"retry","retry_after_ms":200})", 1000ms)
                    .has_value());
    CHECK(window.heard());
    CHECK(window.size() == 2);
    CHECK(window.next_retry() == 1200ms);
    CHECK(going_out(window, 1199ms).empty());
    CHECK(going_out(window, 1200ms) == std::vector<std::string>{event("a")});
    CHECK_FALSE(window.next_retry().has_value());
}

TEST_CASE("Send window: retry_after_ms is bounded on both sides") {
    const auto row = GENERATE(table<std::string, alert::Duration>(
        {{"0", 50ms}, {"-5", 50ms}, {"999999999999", 30s}, {"\"soon\"", 50ms}}));
    auto window = sent_window({event("a")});
    window.answered(R"({"id":"a","source":"s","status":"retry","retry_after_ms":)" + std::get<0>(row) + "}",
                    0ms);
    CHECK(window.next_retry() == std::get<1>(row));
}

TEST_CASE("Send window: lines that an answer skipped were lost and go out again") {
    auto window = sent_window({event("a"), event("b"), event("c"), event("d")});
    CHECK(window.answered(answer("c"), 0ms)->line.number == 3);
    CHECK(going_out(window, 0ms) == std::vector<std::string>{event("a"), event("b")});
    CHECK(window.answered(answer("d"), 0ms)->line.number == 4);
    CHECK(window.answered(answer("a"), 0ms)->line.number == 1);
    CHECK(window.answered(answer("b"), 0ms)->line.number == 2);
    CHECK(window.empty());
}

TEST_CASE("Send window: a lost connection sends everything unanswered again, in order") {
    auto window = sent_window({event("a"), event("b"), event("c")});
    window.answered(answer("a"), 0ms);
    window.connection_lost();
    CHECK(going_out(window, 0ms) == std::vector<std::string>{event("b"), event("c")});
}

TEST_CASE("Send window: an answer without a key belongs to the first line without one") {
    auto window = sent_window({event("a"), "no JSON", event("b"), "no JSON either"});
    window.answered(answer("a"), 0ms);
    CHECK(window.answered(unread_answer, 0ms)->line.number == 2);
    CHECK(window.answered(answer("b"), 0ms)->line.number == 3);
    CHECK(window.answered(unread_answer, 0ms)->line.number == 4);
}

TEST_CASE("Send window: an answer without a key ends the first line when all have one") {
    auto window = sent_window({event("a"), event("b")});
    CHECK(window.answered(unread_answer, 0ms)->line.number == 1);
}

TEST_CASE("Send window: a line that stands twice is answered twice") {
    auto window = sent_window({event("a"), event("a")});
    CHECK(window.answered(answer("a"), 0ms)->line.number == 1);
    CHECK(window.answered(answer("a", "duplicate"), 0ms)->line.number == 2);
}

TEST_CASE("Send window: stale and unreadable answers end nothing") {
    auto window = sent_window({event("a")});
    for (const auto& bytes : {answer("z"), std::string("{"), std::string("[]"), std::string()}) {
        CAPTURE(bytes);
        CHECK_FALSE(window.answered(bytes, 0ms).has_value());
        CHECK_FALSE(window.heard());
    }
    CHECK(window.size() == 1);
    window.answered(answer("a"), 0ms);
    CHECK_FALSE(window.answered(unread_answer, 0ms).has_value());
}
