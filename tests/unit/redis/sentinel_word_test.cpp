// Which sentinel's word counts, and where a cluster's node sends.
#include "redis/sentinel_word.hpp"
#include "redis/handshake.hpp"

#include <catch2/catch.hpp>

using namespace alert::redis;

namespace {

Reply text(const std::string& what) {
    Reply reply;
    reply.kind = Reply::Kind::text;
    reply.text = what;
    return reply;
}

Reply list(const std::vector<std::string>& items) {
    Reply reply;
    reply.kind = Reply::Kind::array;
    for (const auto& item : items) reply.items.push_back(text(item));
    return reply;
}

SentinelWord word(const std::string& host, std::uint64_t epoch) {
    SentinelWord said{.epoch = epoch};
    said.master.host = host;
    return said;
}

const Reply master = list({"name", "yuqing", "flags", "master", "config-epoch", "7"});

}  // namespace

TEST_CASE("Sentinel word: address and configuration epoch are taken from two answers") {
    const auto said = read_word(list({"10.1.0.2", "6380"}), master);
    REQUIRE(said);
    CHECK(said->master.host == "10.1.0.2");
    CHECK(said->master.port == 6380);
    CHECK(said->epoch == 7);
}

TEST_CASE("Sentinel word: what is no whole answer is no word") {
    CHECK_FALSE(read_word(Reply{}, Reply::failure(redis_failed, "ERR No such master with that name")));
    CHECK_FALSE(read_word(list({"10.1.0.2", "6380"}), list({"name", "yuqing"})));
    CHECK_FALSE(read_word(list({"10.1.0.2"}), master));
    CHECK_FALSE(read_word(list({"", "6380"}), master));
    CHECK_FALSE(read_word(list({"10.1.0.2\x1b[2J", "6380"}), master));
    CHECK_FALSE(read_word(list({std::string(256, 'h'), "6380"}), master));
    CHECK(read_word(list({"fe80::1%eth0", "6380"}), master));
    for (const auto* port : {"0", "65536", "x", ""}) CHECK_FALSE(read_word(list({"h", port}), master));
    CHECK_FALSE(read_word(list({"h", "1"}), list({"config-epoch", "-1"})));
}

TEST_CASE("Sentinel word: the latest configuration counts, however few say so") {
    CHECK(counting_word({word("old", 1), word("old", 1), word("new", 2)}, 3, {}) == word("new", 2));
    CHECK(counting_word({word("new", 2)}, 3, word("old", 1)) == word("new", 2));
}

TEST_CASE("Sentinel word: one that was cut off does not lead back, most of them do") {
    CHECK(counting_word({word("old", 1)}, 3, word("new", 2)) == word("new", 2));
    CHECK(counting_word({word("other", 0), word("other", 0)}, 3, word("new", 2)) == word("other", 0));
    CHECK(counting_word({word("other", 0)}, 1, word("new", 2)) == word("other", 0));
    // Two answer, but each says something else.
    CHECK(counting_word({word("older", 1), word("old", 2)}, 3, word("new", 3)) == word("new", 3));
}

TEST_CASE("Sentinel word: while nobody says anything the last word holds") {
    CHECK(counting_word({}, 3, word("new", 2)) == word("new", 2));
    CHECK_FALSE(counting_word({}, 3, {}));
}

TEST_CASE("Redirect: MOVED names the owner of a slot, nothing else does") {
    const auto owner = read_redirect("MOVED 3999 10.1.0.2:7001");
    REQUIRE(owner);
    CHECK(owner->host == "10.1.0.2");
    CHECK(owner->port == 7001);
    CHECK(read_redirect("MOVED 3999 ::1:7001")->host == "::1");
    CHECK(read_redirect("MOVED 3999 :7001")->host.empty());  // the same machine
    for (const auto* said : {"MOVED 3999", "MOVED 3999 h", "MOVED 3999 h:x", "MOVED 3999 h:0",
                             "MOVED 3999 ?:1", "ASK 3999 h:1", "ERR MOVED 1 h:1", ""})
        CHECK_FALSE(read_redirect(said));
}
