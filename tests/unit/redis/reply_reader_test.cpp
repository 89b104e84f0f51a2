// The server's bytes as replies, whole, in pieces, and what is none.
#include "redis/reply_reader.hpp"

#include <catch2/catch.hpp>

#include <vector>

using alert::redis::Reply;
using alert::redis::ReplyReader;

namespace {

std::string printed(const Reply& reply) {
    switch (reply.kind) {
        case Reply::Kind::nil: return "nil";
        case Reply::Kind::integer: return std::to_string(reply.integer);
        case Reply::Kind::text: return "'" + reply.text + "'";
        case Reply::Kind::error: return std::string(reply.code) + "(" + reply.text + ")";
        case Reply::Kind::array: break;
    }
    std::string text;
    for (const auto& item : reply.items) text += (text.empty() ? "" : " ") + printed(item);
    return "[" + text + "]";
}

std::vector<std::string> read(ReplyReader& reader) {
    std::vector<std::string> replies;
    while (auto reply = reader.next()) replies.push_back(printed(*reply));
    return replies;
}

}  // namespace

TEST_CASE("Redis replies: each kind is read, several of them too") {
    ReplyReader reader;
    reader.feed(
        "+OK\r\n:-7\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n-ERR b\r\n-LOADING "
        "c\r\n");
    CHECK(read(reader) == std::vector<std::string>{"'OK'", "-7", "nil", "nil", "''", "[]",
                                                   "[1 ['a' nil] redis_failed(ERR b)]",
                                                   "redis_refused(LOADING c)"});
    CHECK(reader.broken().empty());
}

TEST_CASE("Redis replies: an error that says nothing gets words") {
    ReplyReader reader;
    reader.feed("-\r\n");
    CHECK(read(reader) == std::vector<std::string>{"redis_failed(Redis refused without a word)"});
}

TEST_CASE("Redis replies: an error steers no terminal, turns no line and has an end") {
    ReplyReader reader;
    reader.feed(
        "-NOAUTH \x1b[2J\x07"
        "all\tis \u202Ewell\xff\r\n-ERR " +
        std::string(100'000, 'x') + "\r\n");
    const auto said = reader.next(), long_one = reader.next();
    REQUIRE(said);
    CHECK(said->text == "NOAUTH [2Jall is well\uFFFD");
    CHECK(said->code == alert::redis::redis_refused);
    REQUIRE(long_one);
    CHECK(long_one->text.size() == alert::redis::error_chars_max);
    reader.feed("$3\r\n\x1b[m\r\n");
    CHECK(read(reader) == std::vector<std::string>{"'\x1b[m'"});  // data stays as it is
}

TEST_CASE("Redis replies: one that comes in pieces is given when it is whole") {
    ReplyReader reader;
    const std::string whole = "*2\r\n$5\r\na\r\nb\n\r\n:12\r\n";
    for (const char byte : whole.substr(0, whole.size() - 1)) {
        reader.feed({&byte, 1});
        CHECK_FALSE(reader.next());
    }
    reader.feed("\n");
    CHECK(read(reader) == std::vector<std::string>{"['a\r\nb\n' 12]"});
}

TEST_CASE("Redis replies: what came before the protocol was broken is given, nothing after it") {
    ReplyReader reader;
    reader.feed("+OK\r\n!\r\n+OK\r\n");
    CHECK(read(reader) == std::vector<std::string>{"'OK'"});
    CHECK_FALSE(reader.broken().empty());
    reader.feed("+OK\r\n");
    CHECK(read(reader).empty());
}

TEST_CASE("Redis replies: a size beyond any of ours is refused before memory is taken for it") {
    ReplyReader reader;
    reader.feed("*2147483647\r\n");
    CHECK_FALSE(reader.next());
    CHECK(reader.broken() == "a reply is larger than any of Redis");
}
