// Size, JSON and envelope: everything that is judged before the type is known.
#include "unit/codec/told.hpp"

#include <catch2/catch.hpp>

using namespace told;

namespace {

/// A sound event of exactly so many bytes.
std::string event_of_size(std::size_t size) {
    const std::size_t bare = detected().with("/padding", "").bytes().size();
    return detected().with("/padding", std::string(size - bare, 'x')).bytes();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("decode_event: an event of 64 KiB is read, one byte more is too large") {
    const std::string largest = event_of_size(64 * 1024);
    REQUIRE(largest.size() == 65536);
    CHECK(finding_of_bytes(largest) == "accepted");
    CHECK(finding_of_bytes(event_of_size(64 * 1024 + 1)) == "too_large ");
}

TEST_CASE("decode_event: size is judged before the bytes are looked at") {
    CHECK(finding_of_bytes(std::string(65537, '\xFF')) == "too_large ");
    CHECK(finding_of_bytes(std::string(65536, '\xFF')) == "malformed 0");
}

TEST_CASE("decode_event: what is no JSON is malformed, with the byte it was found at") {
    struct Row {
        const char* why;
        std::string bytes, offset;
    };
    const Row rows[] = {
        {"nothing", "", "0"},
        {"only blanks", "   ", "3"},
        {"cut", R"({"id":"e1")", "10"},
        {"cut in a string", R"({"id":"e1)", "9"},
        {"a byte order mark", "\xEF\xBB\xBF{}", "0"},
        {"something behind", R"({} {})", "3"},
        {"a comment", "/* */{}", "0"},
        {"a comma too many", R"({"a":1,})", "7"},
        {"single quotes", "{'a':1}", "1"},
        {"a bare word", R"({"a":nope})", "5"},
        {"NaN", R"({"a":NaN})", "5"},
        {"a plus sign", R"({"a":+1})", "5"},
        {"a zero before digits", R"({"a":01})", "6"},
        {"UTF-16", std::string("{\0}\0", 4), "1"},
        {"a raw NUL", std::string("{}\0", 3), "2"},
    };
    for (const Row& row : rows) {
        INFO(row.why);
        CHECK(finding_of_bytes(row.bytes) == "malformed " + row.offset);
    }
}

TEST_CASE("decode_event: a string that is no UTF-8 is malformed") {
    struct Row {
        const char* why;
        std::string bytes;
    };
    const Row rows[] = {
        {"a lone continuation byte", "\x80"},
        {"a cut sequence of two", "\xC3"},
        {"a cut sequence of three", "\xE4\xB8"},
        {"a cut sequence of four", "\xF0\x9F\x98"},
        {"an overlong slash", "\xC0\xAF"},
        {"an overlong NUL of three bytes", "\xE0\x80\x80"},
        {"an overlong sequence of four", "\xF0\x80\x80\x80"},
        {"an encoded surrogate", "\xED\xA0\x80"},
        {"beyond the last code point", "\xF4\x90\x80\x80"},
        {"a byte that never occurs", "\xFE"},
        {"GBK", "\xC2\xB7\xB5\xC6"},
        {"a raw control character", "\x01"},
        {"a raw line break", "\n"},
        {"a lone leading surrogate", R"(\ud800)"},
        {"a lone trailing surrogate", R"(\udc00)"},
        {"surrogates the wrong way round", R"(\udc00\ud800)"},
        {"a leading surrogate and a letter", R"(\ud800a)"},
        {"an unknown escape", R"(\x41)"},
        {"a cut escape", R"(\u12)"},
    };
    for (const Row& row : rows) {
        INFO(row.why);
        const auto decoded = alert::decode_event(R"({"id":")" + row.bytes + R"("})");
        REQUIRE(decoded.event.has_error());
        CHECK(decoded.event.error().code == "malformed");
        // Somewhere in the string, or right behind it.
        const int offset = std::stoi(decoded.event.error().path);
        CHECK(offset >= 6);
        CHECK(offset <= static_cast<int>(row.bytes.size()) + 8);
    }
}

TEST_CASE("decode_event: nesting is bounded") {
    const auto with_nested = [](std::size_t depth) {
        return R"({"specversion":"1.0","deep":)" + nested(depth) + "}";
    };
    CHECK(finding_of_bytes(with_nested(31)) == "invalid /id");
    CHECK_THAT(finding_of_bytes(with_nested(32)), Catch::StartsWith("malformed "));
    CHECK_THAT(finding_of_bytes(std::string(60000, '[')), Catch::StartsWith("malformed "));
    std::string objects;
    for (int i = 0; i < 10000; ++i) objects += R"({"a":)";
    CHECK_THAT(finding_of_bytes(objects), Catch::StartsWith("malformed "));
}

TEST_CASE("decode_event: a number too large to be one is malformed where it stands") {
    CHECK(finding_of_bytes(R"({"a":1e999})") == "malformed 5");
    CHECK(finding_of_bytes(R"({"a":[1,-1e999]})") == "malformed 8");
    CHECK(finding_of_bytes(R"({"1e999":"\"1e999","b":1e400})") == "malformed 23");
    CHECK(finding_of_bytes(R"({"a":)" + std::string(400, '9') + "}") == "malformed 5");
}

TEST_CASE("decode_event: numbers at the edge are kept") {
    for (const char* number : {"1e-999", "1.7e308", "-0", "9223372036854775807", "18446744073709551615",
                               "99999999999999999999", "0.1"}) {
        INFO(number);
        CHECK(finding(detected().with("/extension", json::parse(number))) == "accepted");
    }
}

TEST_CASE("decode_event: JSON that is no object is invalid") {
    for (const char* bytes : {"[]", "null", "5", "\"event\"", "[{}]", "true"}) {
        INFO(bytes);
        CHECK(finding_of_bytes(bytes) == "invalid ");
    }
}

TEST_CASE("decode_event: the envelope's members are strict") {
    struct Row {
        const char* path;
        json::value value;
        const char* why;
    };
    const json::string long_key(256, 'k');
    const Row rows[] = {
        {"/specversion", "0.3", "an older version"},
        {"/specversion", 1.0, "a number"},
        {"/specversion", nullptr, "null"},
        {"/id", "", "empty"},
        {"/id", 7, "a number"},
        {"/id", nullptr, "null"},
        {"/id", long_key, "256 bytes"},
        {"/id", json::string("a\0b", 3), "a NUL"},
        {"/id", "a\nb", "a line break"},
        {"/id",
         "a\xC2\x85"
         "b",
         "a C1 control"},
        {"/source", "", "empty"},
        {"/source", json::array{}, "a list"},
        {"/source", long_key, "256 bytes"},
        {"/source", "\x7F", "DEL"},
        {"/type", 5, "a number"},
        {"/type", nullptr, "null"},
        {"/time", "", "empty"},
        {"/time", "2026-06-12", "a day"},
        {"/time", "2026-06-12T13:38:00", "no offset"},
        {"/time", "2026-02-30T13:38:00Z", "a day that does not exist"},
        {"/time", 1781235480, "a number"},
        {"/time", nullptr, "null"},
        {"/subject", 5, "a number"},
        {"/subject", json::object{}, "an object"},
    };
    for (const Row& row : rows) {
        INFO(row.path << ": " << row.why);
        CHECK(finding(detected().with(row.path, row.value)) == std::string("invalid ") + row.path);
    }
    for (const char* path : {"/specversion", "/id", "/source", "/type", "/time"}) {
        INFO(path << " is missing");
        CHECK(finding(detected().without(path)) == std::string("invalid ") + path);
    }
}

TEST_CASE("decode_event: id and source hold 255 bytes, not characters") {
    const std::string three_times_85(255, 'k');
    CHECK(finding(detected().with("/id", three_times_85).with("/source", three_times_85)) == "accepted");
    std::string chinese;
    for (int i = 0; i < 86; ++i) chinese += "事";
    CHECK(finding(detected().with("/id", chinese)) == "invalid /id");
}

TEST_CASE("decode_event: the first finding answers") {
    auto spoilt = Told("case.closed")
                      .without("/data")
                      .with("/subject", "no case id")
                      .with("/type", "case.exploded")
                      .with("/time", "soon")
                      .with("/source", "")
                      .with("/id", "")
                      .with("/specversion", "2.0");
    CHECK(finding(spoilt) == "invalid /specversion");
    CHECK(finding(spoilt.with("/specversion", "1.0")) == "invalid /id");
    CHECK(finding(spoilt.with("/id", "e1")) == "invalid /source");
    CHECK(finding(spoilt.with("/source", "office")) == "invalid /time");
    CHECK(finding(spoilt.with("/time", "2026-06-12T13:38:00Z")) == "unknown_type /type");
    CHECK(finding(spoilt.with("/type", "case.closed")) == "invalid /subject");
    CHECK(finding(spoilt.with("/subject", "QS-1")) == "invalid /data");
    CHECK(finding(spoilt.with("/data", json::object{})) == "invalid /data/by");
    CHECK(finding(spoilt.with("/data", {{"by", "张"}})) == "accepted");
}

TEST_CASE("decode_event: types are known by their exact name") {
    for (const char* type : {"", "opinion", "Opinion.Detected", "opinion.detected ", "case.closed.v1"}) {
        INFO(type);
        CHECK(finding(detected().with("/type", type)) == "unknown_type /type");
    }
}

TEST_CASE("decode_event: a rejected event tells as much of itself as can be read") {
    const auto unread = alert::decode_event("{");
    CHECK(unread.id.empty());
    CHECK(unread.source.empty());

    const auto decoded = detected().with("/specversion", "9").with("/id", 5).decoded();
    CHECK(decoded.id.empty());
    CHECK(decoded.source == "office");
    CHECK(decoded.type == "opinion.detected");

    const auto odd = detected().with("/type", std::string(300, 't')).decoded();
    CHECK(finding(odd) == "unknown_type /type");
    CHECK(odd.id == "e1");
    CHECK(odd.type.empty());
}

TEST_CASE("decode_event: the role matters from a known type on") {
    CHECK_FALSE(detected().with("/time", "soon").decoded().role_matters);
    CHECK_FALSE(detected().with("/type", "case.exploded").decoded().role_matters);
    CHECK(Told("case.closed").without("/subject").decoded().role_matters);
    CHECK(Told("case.closed").without("/data").decoded().role_matters);
    CHECK(Told("case.closed").decoded().role_matters);
}

TEST_CASE("decode_event: a subject is a case id") {
    for (const char* subject : {"", " QS-1", "QS 1", "QS/1", "案件", "a\nb"}) {
        INFO(subject);
        CHECK(finding(detected().with("/subject", subject)) == "invalid /subject");
        CHECK(finding(Told("case.closed").with("/subject", subject)) == "invalid /subject");
    }
    CHECK(finding(detected().with("/subject", std::string(64, 'a'))) == "accepted");
    CHECK(finding(detected().with("/subject", std::string(65, 'a'))) == "invalid /subject");
}

TEST_CASE("decode_event: only a detection may lack a subject, and null is absent") {
    CHECK_FALSE(read(detected().without("/subject")).subject);
    CHECK_FALSE(read(detected().with("/subject", nullptr)).subject);
    CHECK(read(detected()).subject == alert::CaseId("QS-1"));
    for (const auto type : alert::event_type_names) {
        if (type == "opinion.detected") continue;
        INFO(type);
        CHECK(finding(Told(type).without("/subject")) == "invalid /subject");
        CHECK(finding(Told(type).with("/subject", nullptr)) == "invalid /subject");
    }
}

TEST_CASE("decode_event: other attributes and extensions are ignored and kept") {
    const auto event = read(detected()
                                .with("/datacontenttype", "text/plain")
                                .with("/traceparent", "00-1")
                                .with("/data/colour", json::array{1, "二"}));
    CHECK_THAT(event.record, Catch::Contains(R"("traceparent":"00-1")"));
    CHECK_THAT(event.record, Catch::Contains(R"("colour":[1,"二"])"));
    CHECK(event.unreadable.empty());
}
