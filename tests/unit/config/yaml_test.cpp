#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

std::vector<Error> errors_of(const std::string& policy) {
    return Scratch().write("policy.yaml", policy).load().errors;
}

}  // namespace

TEST_CASE("YAML: a duplicate key is refused at its second place") {
    Scratch scratch;
    scratch.append("yuqingd.yaml", "policy: other.yaml\n");
    CHECK(tells(scratch.load().errors, "duplicate_key", "yuqingd.yaml:23:1",
                "'policy' was given before, on line 2"));
}

TEST_CASE("YAML: an unknown key is refused with the nearest known one") {
    Scratch scratch;
    SECTION("near") {
        scratch.change("policy.yaml", "guide: 指引", "gudie: 指引");
        CHECK(tells(scratch.load().errors, "unknown_key", "policy.yaml:14:5",
                    "unknown key 'gudie' in obligations.authoritative_release; did you mean 'guide'?"));
    }
    SECTION("near none: all are named") {
        scratch.append("calendar.yaml", "xyzzy: 1\n");
        CHECK(tells(scratch.load().errors, "unknown_key", "calendar.yaml:4:1",
                    "unknown key 'xyzzy'; known: holidays, workdays, known_until"));
    }
    SECTION("far too long") {
        scratch.append("calendar.yaml", std::string(500, 'x') + ": 1\n");
        CHECK(tells(scratch.load().errors, "unknown_key", "calendar.yaml:4:1", "xxx...'; known: holidays"));
    }
}

TEST_CASE("YAML: what is no YAML is told with its line") {
    CHECK(tells(errors_of("version: \"1\"\nclasses: [\n"), "syntax", "policy.yaml:3", "not YAML: "));
    CHECK(tells(errors_of("version: 1\n\tclasses: 2\n"), "syntax", "policy.yaml:2", "not YAML: "));
    CHECK(tells(errors_of("version: *other\n"), "syntax", "policy.yaml:1:10", "not YAML: "));
}

TEST_CASE("YAML: what the standard allows and a configuration should not have is refused") {
    CHECK(tells(errors_of("a: 1\n---\nb: 2\n"), "syntax", "policy.yaml", "a second document"));
    CHECK(tells(errors_of("version: !!str 1\n"), "syntax", "policy.yaml:1", "tags (!...) are not supported"));
    CHECK(tells(errors_of("{a: 1}: 2\n"), "syntax", "policy.yaml:1", "a key must be a word"));
    CHECK(tells(errors_of("a: &x [*x]\n"), "syntax", "policy.yaml:1", "an alias inside what it names"));
    CHECK(tells(errors_of("<<: {a: 1}\n"), "unknown_key", "policy.yaml:1:1", "unknown key '<<'"));
}

TEST_CASE("YAML: a file of the wrong kind is told") {
    CHECK(tells(errors_of(""), "invalid", "policy.yaml", "the file should be a map, here is nothing"));
    CHECK(
        tells(errors_of("- a\n"), "invalid", "policy.yaml:1:1", "the file should be a map, here is a list"));
}

TEST_CASE("YAML: text that is not UTF-8 or holds control characters is told with its line") {
    CHECK(tells(errors_of("version: 1\nclasses: \xB5\xA5\n"), "syntax", "policy.yaml:2:10",
                "save the file as UTF-8"));
    CHECK(tells(errors_of("version: 1\n\x04"), "syntax", "policy.yaml:2:1", "control character"));
    CHECK(tells(errors_of("a: \xED\xA0\x80\n"), "syntax", "policy.yaml:1:4", "not UTF-8"));
    CHECK(tells(errors_of("a: \xC0\x80\n"), "syntax", "policy.yaml:1:4", "not UTF-8"));
    CHECK(tells(errors_of("a: \xF4\x90\x80\x80\n"), "syntax", "policy.yaml:1:4", "not UTF-8"));
}

TEST_CASE("YAML: a byte order mark is fine") {
    Scratch scratch;
    scratch.write("calendar.yaml", "\xEF\xBB\xBFholidays: []\nknown_until: 2026-12-31\n");
    CHECK(scratch.load().errors.empty());
}

TEST_CASE("YAML: depth and size are bounded") {
    CHECK(tells(errors_of(std::string(100'000, '[')), "syntax", "policy.yaml:1", "nested too deep"));
    std::string deep;
    for (std::size_t i = 0; i < 1000; ++i) deep += std::string(i, ' ') + "a:\n";
    CHECK(tells(errors_of(deep), "syntax", "policy.yaml:17", "nested too deep"));
    CHECK(tells(errors_of("version: [[[[[[[[1]]]]]]]]\n"), "invalid", "policy.yaml:1:10",
                "should be a text, here is a list"));
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
        bomb += name + ": &" + name + " [" + before;
        for (int j = 0; j < 9; ++j) bomb += ", " + before;
        bomb += "]\n";
    }
    CHECK(tells(errors_of(bomb), "syntax", "policy.yaml:6", "the document is too large"));
}

TEST_CASE("YAML: anchors and aliases repeat what they name") {
    Scratch scratch;
    scratch.write("calendar.yaml", "holidays: &days [2026-10-01]\nworkdays: []\nknown_until: 2026-12-31\n");
    CHECK(scratch.load().errors.empty());
    scratch.write("calendar.yaml",
                  "holidays: &days [2026-10-01]\nworkdays: *days\nknown_until: 2026-12-31\n");
    CHECK(
        tells(scratch.load().errors, "invalid", "calendar.yaml:1:18", "a holiday and a working day at once"));
}

TEST_CASE("YAML: more problems than anybody reads are counted") {
    std::string text;
    for (int i = 0; i < 1500; ++i) text += "k" + std::to_string(i) + ": 1\n";
    const auto errors = errors_of(text);
    REQUIRE(errors.size() == 1001);
    CHECK(errors.back().message == "and 503 more");
}
