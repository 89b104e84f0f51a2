#include "alert/core/causes.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using alert::cause_zh;
using alert::code_zh;

TEST_CASE("Causes: phrases of deliveries, mails and Redis are told in Chinese") {
    const std::pair<std::string, std::string> told[] = {
        {"hook.example: Connection reset by peer",
         "hook.example: 连接被对方重置（Connection reset by peer）"},
        {"time-out after 5 s, waiting for the answer to EHLO", "超时 5 s，在等回答：EHLO"},
        {"time-out after 5 s, waiting for the answer to the mail", "超时 5 s，在等对邮件的回答"},
        {"time-out after 5 s, waiting for the answer", "超时 5 s，在等回答"},
        {"the answer to MAIL FROM: 550 no", "回答：MAIL FROM: 550 no"},
        {"2 of 13 recipients refused: <a@example.cn> 550 unknown",
         "13 个收件人中 2 个被拒收： <a@example.cn> 550 unknown"},
        {"the answer to the mail: 554 spam; 1 of 3 recipients refused: <a@example.cn> 550",
         "对邮件的回答：554 spam; 3 个收件人中 1 个被拒收： <a@example.cn> 550"},
        {"recipients refused:", "recipients refused:"},
        {" recipients refused:", " recipients refused:"},
        {"of 3 recipients refused:", "of 3 recipients refused:"},
        {"Redis is away: no answer for 2000 ms", "Redis 连不上：没有回答，已等 2000 ms"},
        {"no sentinel has named the master; redis.example:26379: the name is not known: Host not found",
         "没有哨兵说出主库在哪里；redis.example:26379: 域名解析不出：Host not found"},
        {"redis.example ([::1]:6379): Connection refused; redis.example (127.0.0.1:6379): no connection "
         "within 2000 ms",
         "redis.example ([::1]:6379): 连接被拒绝（Connection refused）; redis.example (127.0.0.1:6379): "
         "未能连上，已等 2000 ms"},
        {"Redis is less durable than `durability: always` requires: appendonly no, appendfsync no",
         "Redis 的持久化低于要求 `durability: always`：appendonly no, appendfsync no"},
        {"", ""},
    };
    for (const auto& [english, chinese] : told) CHECK(cause_zh(english) == chinese);
}

TEST_CASE("Causes: why an event was refused is told in Chinese, by its code where no words fit") {
    const std::pair<std::string, std::string> told[] = {
        {"data.title is missing", "data.title 缺失"},
        {"subject is missing: it names the case", "subject 缺失：要写明是哪个事项"},
        {"data.score must be a whole number from 1 to 5", "data.score 须为整数，范围 1 to 5"},
        {"specversion must be \"1.0\"", "specversion 须为 \"1.0\""},
        {"time must be an RFC 3339 time with an offset", "time 须为带时区的 RFC 3339 时间"},
        {"syntax error", "无法解析"},
    };
    for (const auto& [english, chinese] : told)
        CHECK(alert::refusal_zh({"malformed", english, "/x"}) == chinese);
}

TEST_CASE("Causes: what a receiver said stays as it was said") {
    CHECK(cause_zh("the receiver says: error: Connection refused") == "接收端说：error: Connection refused");
    CHECK(cause_zh("the answer to MAIL FROM: 550 the sender must be known") ==
          "回答：MAIL FROM: 550 the sender must be known");
    CHECK(cause_zh("/code of the answer is must be a string") == "/code 的值为 must be a string");
    CHECK(cause_zh("code 1: Connection refused; the robot was stopped") ==
          "code 1: Connection refused; 机器人已停用");
}

TEST_CASE("Causes: a code is told by what it means, and one without a word by itself") {
    CHECK(code_zh("not_found") == "没有找到");
    CHECK(code_zh("unknown_key") == "没有这个配置项");
    CHECK(code_zh("another") == "another");
}
