// The record of an event, and what makes two events the same content.
#include "unit/codec/told.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace told;

namespace {

std::string hash_of(std::string_view data_members) {
    const std::string bytes = R"({"specversion":"1.0","id":"e","source":"s","type":"opinion.detected",)"
                              R"("time":"2026-06-12T13:38:00Z","data":{"title":"t",)" +
                              std::string(data_members) + "}}";
    return alert::decode_event(bytes).event.value().content_hash;
}

}  // namespace

TEST_CASE("Content hash: the order of members and the way of writing make no difference") {
    CHECK(hash_of(R"("a":1,"b":{"c":2,"d":3})") == hash_of(R"("b":{"d":3,"c":2}, "a" : 1)"));
    CHECK(hash_of(R"("a":5)") == hash_of(R"("a":5.0)"));
    CHECK(hash_of(R"("a":5)") == hash_of(R"("a":5e0)"));
    CHECK(hash_of(R"("a":0)") == hash_of(R"("a":-0.0)"));
    CHECK(hash_of(R"("a":"A")") == hash_of(R"("a":"\u0041")"));
    CHECK(hash_of(R"("a":1,"a":2)") == hash_of(R"("a":2)"));
}

TEST_CASE("Content hash: any other content has another one") {
    std::set<std::string> hashes;
    const char* contents[] = {R"("a":1)",    R"("a":2)",     R"("a":"1")",     R"("a":null)", R"("b":1)",
                              R"("a":0.1)",  R"("a":[1,2])", R"("a":[2,1])",   R"("a":[])",   R"("a":{})",
                              R"("a":true)", R"("a":"")",    R"("a":"\u0000")"};
    for (const char* content : contents) hashes.insert(hash_of(content));
    CHECK(hashes.size() == std::size(contents));
    for (const std::string& hash : hashes) {
        CHECK(hash.size() == 16);
        CHECK(hash.find_first_not_of("0123456789abcdef") == hash.npos);
    }
}

TEST_CASE("Record: it is one line of JSON with everything that was told") {
    const auto event = read(detected().with("/data/title", "a\nb").with("/note", "\r\n"));
    CHECK(event.record.find('\n') == event.record.npos);
    CHECK(json::parse(event.record) ==
          json::parse(detected().with("/data/title", "a\nb").with("/note", "\r\n").bytes()));
}

TEST_CASE("Record: it reads back as the same event, for every type") {
    for (const auto type : alert::event_type_names) {
        INFO(type);
        const auto event = read(Told(type).with("/data/extra", 0.1).with("/data/note", 5));
        const auto again = alert::decode_record(event.record).value();
        CHECK(again.key == event.key);
        CHECK(again.time == event.time);
        CHECK(again.subject == event.subject);
        CHECK(again.data.index() == event.data.index());
        CHECK(again.record == event.record);
        CHECK(again.content_hash == event.content_hash);
        CHECK(again.unreadable == event.unreadable);
        CHECK(again.truncated == event.truncated);
    }
}

TEST_CASE("Record: it reads back although written anew it is larger than an event may be") {
    std::string bytes = detected().with("/n", 5).bytes();
    std::string list = "[0.5";
    while (list.size() < 60000) list += ",0.5";
    bytes.replace(bytes.find("\"n\":5") + 4, 1, list + "]");
    const auto event = alert::decode_event(bytes).event.value();
    REQUIRE(event.record.size() > alert::event_bytes_max);
    CHECK(alert::decode_record(event.record).value().content_hash == event.content_hash);
}

TEST_CASE("Record: what is none is an error") {
    CHECK(alert::decode_record("").error().code == "malformed");
    CHECK(alert::decode_record("{}").error().code == "invalid");
}

TEST_CASE("decode_event: every sample is read without a flag") {
    std::ifstream file(YUQING_SOURCE_DIR "/tests/samples/events.jsonl");
    REQUIRE(file);
    int count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        INFO(line);
        const auto decoded = alert::decode_event(line);
        REQUIRE(finding(decoded) == "accepted");
        CHECK(decoded.event->unreadable.empty());
        CHECK_FALSE(decoded.event->truncated);
        CHECK(decoded.event->subject);
    }
    CHECK(count == 210);
}
