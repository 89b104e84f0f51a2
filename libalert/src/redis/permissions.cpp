#include "permissions.hpp"

#include "reply_reader.hpp"

#include "alert/codec/utf8.hpp"

namespace alert::redis {

namespace {

// One call of each, with as many words as it wants; KEY is one of ours. deploy/redis.conf allows these to the
// user `yuqingd`, and a test compares both with what the sources use.
constexpr std::string_view calls[] = {"CONFIG GET appendonly",
                                      "EVALSHA sha 1 KEY",
                                      "GET KEY",
                                      "GETRANGE KEY 0 1",
                                      "HDEL KEY f",
                                      "HGET KEY f",
                                      "HGETALL KEY",
                                      "HINCRBY KEY f 1",
                                      "HMGET KEY f",
                                      "HSET KEY f v",
                                      "HSETNX KEY f v",
                                      "INFO",
                                      "LINDEX KEY 0",
                                      "LPUSH KEY v",
                                      "LRANGE KEY 0 1",
                                      "LTRIM KEY 0 1",
                                      "MGET KEY",
                                      "MSETNX KEY v",
                                      "PERSIST KEY",
                                      "PEXPIRE KEY 1",
                                      "PING",
                                      "PTTL KEY",
                                      "RPUSH KEY v",
                                      "SADD KEY v",
                                      "SCRIPT LOAD text",
                                      "SELECT 0",
                                      "SET KEY v",
                                      "SETRANGE KEY 0 v",
                                      "SMEMBERS KEY",
                                      "SRANDMEMBER KEY",
                                      "SREM KEY v",
                                      "TIME",
                                      "UNLINK KEY",
                                      "WAIT 1 1",
                                      "XADD KEY * f v",
                                      "XRANGE KEY - +",
                                      "XREVRANGE KEY + -",
                                      "ZADD KEY 1 v",
                                      "ZCARD KEY",
                                      "ZCOUNT KEY 0 1",
                                      "ZRANGE KEY 0 1",
                                      "ZRANGEBYSCORE KEY 0 1",
                                      "ZRANK KEY v",
                                      "ZREM KEY v",
                                      "ZREMRANGEBYSCORE KEY 0 1",
                                      "ZREVRANGE KEY 0 1",
                                      "ZREVRANGEBYSCORE KEY 1 0",
                                      "ZREVRANK KEY v",
                                      "ZSCAN KEY 0",
                                      "ZSCORE KEY v"};

}  // namespace

std::vector<Command> permission_questions(std::string_view user, std::string_view key, bool with_replicas) {
    std::vector<Command> questions;
    for (std::string_view call : calls) {
        if (call.starts_with("WAIT") && !with_replicas) continue;
        Command question("ACL");
        question.add("DRYRUN").add(user);
        while (!call.empty()) {
            const auto word = call.substr(0, call.find(' '));
            question.add(word == "KEY" ? key : word);
            call.remove_prefix(std::min(word.size() + 1, call.size()));
        }
        questions.push_back(std::move(question));
    }
    return questions;
}

std::string judge_permission(const Reply& reply) {
    if (reply.is_error() || reply.text == "OK") return {};
    return "Redis refuses the daemon a command it needs: " + clean_text(reply.text, error_chars_max).text;
}

}  // namespace alert::redis
