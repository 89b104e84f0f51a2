// Commands, error lines, scripts and what lies in Redis, as text.
#include "redis/commit_command.hpp"
#include "redis/notification_value.hpp"
#include "redis/reject_value.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "alert/redis/command.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/reply.hpp"
#include "alert/redis/scripts.hpp"

#include <catch2/catch.hpp>

using namespace alert::redis;

TEST_CASE("Redis command: counts its arguments and their bytes") {
    Command command("SET");
    command.add("k").add(std::string_view("\0\r\n", 3)).add("").add(-12);
    CHECK(command.bytes() ==
          std::string("*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n$3\r\n-12\r\n", 44));
    command.add("more");  // the count is written anew
    CHECK(command.bytes().starts_with("*6\r\n$3\r\nSET\r\n"));
    Command many("DEL");
    for (int i = 0; i < 1234; ++i) many.add("k");
    CHECK(many.bytes().starts_with("*1235\r\n$3\r\nDEL\r\n"));
}

TEST_CASE("Redis errors: sorted by what the caller can do") {
    const auto [line, code] = GENERATE(table<std::string, std::string_view>({
        {"NOSCRIPT No matching script. Please use EVAL.", redis_no_script},
        {"LOADING Redis is loading the dataset in memory", redis_refused},
        {"READONLY You can't write against a read only replica.", redis_refused},
        {"MISCONF Redis is configured to save RDB snapshots", redis_refused},
        {"OOM command not allowed when used memory > 'maxmemory'.", redis_refused},
        {"BUSY Redis is busy running a script.", redis_refused},
        {"NOAUTH Authentication required.", redis_refused},
        {"NOPERM this user has no permissions to run the 'get' command", redis_refused},
        {"ERR The user executing the script can't run this command or subcommand script: 27e2",
         redis_refused},
        {"ERR max number of clients reached", redis_refused},
        {"ERR unknown command 'X'", redis_failed},
        {"WRONGTYPE Operation against a key holding the wrong kind of value", redis_failed},
        {"BUSYKEY Target key name already exists.", redis_failed},
        {"", redis_failed},
    }));
    INFO(line);
    CHECK(classify_error(line) == code);
}

TEST_CASE("Redis scripts: all are built in, each with its own name and hash") {
    for (std::size_t i = 0; i < script_count; ++i) {
        INFO(script_texts()[i].name);
        CHECK(script_texts()[i].text.starts_with("-- "));
        CHECK(script_sha(static_cast<Script>(i)).size() == 40);
    }
    CHECK(script_texts()[static_cast<std::size_t>(Script::commit)].name == "commit");
    CHECK(script_texts()[static_cast<std::size_t>(Script::outbox_size)].name == "outbox_size");
    CHECK(script_sha(Script::renew) != script_sha(Script::settle));
}

TEST_CASE("Redis times: TIME and the scripts' milliseconds") {
    Reply seconds, micros, time;
    seconds.kind = micros.kind = Reply::Kind::text;
    seconds.text = "1781246280";
    micros.text = "123999";
    time.kind = Reply::Kind::array;
    CHECK_FALSE(read_time(time).has_value());
    time.items = {seconds, micros};
    CHECK(millis(read_time(time).value()) == 1'781'246'280'123);
    CHECK(millis(read_millis("1781246280123").value()) == 1'781'246'280'123);
    for (const std::string text : {"", "x", "1.5", "12 "}) CHECK_FALSE(read_millis(text).has_value());
}

TEST_CASE("Notification value: a head of fixed columns, then the message") {
    alert::Notification notification;
    notification.id = alert::NotificationId("n1");
    notification.channel = alert::ChannelId("duty");
    notification.urgency = 2;
    notification.created_at = alert::TimePoint(std::chrono::milliseconds(1'781'246'280'000));
    const auto text = new_notification_value(notification);
    CHECK(text.starts_with("p2 00000 1781246280000 \n{"));
    const auto value = read_notification_value(text);
    REQUIRE(value.has_value());
    CHECK(value->state == alert::DeliveryState::pending);
    CHECK(value->attempts == 0);
    CHECK(value->error.empty());
    CHECK(alert::decode_notification(value->body).value() == notification);

    notification.created_at =
        alert::TimePoint(std::chrono::milliseconds(-5));  // the columns hold all the same
    CHECK(new_notification_value(notification).starts_with("p2 00000 0000000000000 \n{"));
}

TEST_CASE("Notification value: every state is read, what has no head is not") {
    const auto state = [](char letter) {
        const std::string text = std::string(1, letter) + "1 00012 1781246280000 timed out\n{}";
        return read_notification_value(text).value().state;
    };
    CHECK(state('p') == alert::DeliveryState::pending);
    CHECK(state('o') == alert::DeliveryState::sending);
    CHECK(state('d') == alert::DeliveryState::delivered);
    CHECK(state('s') == alert::DeliveryState::superseded);
    CHECK(state('x') == alert::DeliveryState::dead);
    const auto value = read_notification_value("d1 00012 1781246280000 timed out\n{}");
    CHECK(value->attempts == 12);
    CHECK(value->error == "timed out");
    CHECK(value->body == "{}");
    for (const std::string text : {"", "\n", "{}", "p1 00000 1781246280000 no end",
                                   "q1 00000 1781246280000 \n{}", "p1 000x0 1781246280000 \n{}"}) {
        INFO(text);
        CHECK_FALSE(read_notification_value(text).has_value());
    }
}

TEST_CASE("Notification value: errors become one bounded line, cut between characters") {
    CHECK(error_column("503\r\nretry\x01later") == "503  retry later");
    std::string text;
    for (int i = 0; i < 300; ++i) text += "错";
    const auto cut = error_column(text);
    CHECK(cut.size() == 498);
    CHECK(cut == text.substr(0, 498));
    CHECK(attempts_column(7) == "00007");
    CHECK(attempts_column(1'000'000) == "99999");
}

TEST_CASE("Reject value: keeps the bytes as they came, and its words readable") {
    alert::Reject reject{.at = alert::TimePoint(std::chrono::milliseconds(5))};
    reject.via = {"http", "token-1", alert::ClientRole::admin};
    reject.error = {"malformed", "坏的 JSON", "17"};
    reject.source = "weibo\xff";
    reject.bytes = std::string("\0\n\xff", 3);
    const auto back = decode_reject(encode_reject(reject));
    REQUIRE(back.has_value());
    CHECK(back->at == reject.at);
    CHECK(back->via.door == "http");
    CHECK(back->via.role == alert::ClientRole::admin);
    CHECK(back->error == reject.error);
    CHECK(back->source == "weibo?");
    CHECK(back->bytes == reject.bytes);
    for (const std::string text : {"", "{}", "[]\nx", "{\nx"}) CHECK_FALSE(decode_reject(text).has_value());
}

TEST_CASE("Event value: content hash and case, or an error") {
    const auto value = read_event_value("0123456789abcdef QS-1");
    REQUIRE(value.has_value());
    CHECK(value->content_hash == "0123456789abcdef");
    CHECK(value->case_id == alert::CaseId("QS-1"));
    CHECK_FALSE(read_event_value("0123456789abcdef").has_value());
}

TEST_CASE("Commit: announces as many keys as it names") {
    alert::Transition transition;
    alert::CaseChange change;
    change.next.id = alert::CaseId("QS-1");
    change.matter_key = "m";
    transition.cases = {change};
    transition.events = {{{"weibo", "e1"}, alert::CaseId("QS-1"), "0"}};
    transition.overtaken = {{alert::NotificationId("n0"), alert::ChannelId("duty")}};
    transition.notifications.emplace_back();
    auto command = commit_command(Keys("q"), transition);
    const auto bytes = command.bytes();
    CHECK(bytes.find("\r\n$2\r\n13\r\n") != std::string_view::npos);  // 6 + 2 + 1 + 2 + 1 + 1
}
