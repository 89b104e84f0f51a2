// Text that people will read: cut at its limit, and harmless.
#include "unit/codec/told.hpp"

#include <catch2/catch.hpp>

using namespace told;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::string title_of(std::string_view told) {
    return read_data<alert::Detected>(detected().with("/data/title", told)).title;
}

}  // namespace

TEST_CASE("Text: a title is cut at 200 characters, whatever their bytes") {
    for (const char* character : {"x", "é", "灯", "😀"}) {
        INFO(character);
        const auto fits = read(detected().with("/data/title", repeated(character, 200)));
        CHECK_FALSE(fits.truncated);
        const auto cut = read(detected().with("/data/title", repeated(character, 201)));
        CHECK(cut.truncated);
        CHECK(std::get<alert::Detected>(cut.data).title == repeated(character, 200));
        CHECK_THAT(cut.record, Catch::Contains(repeated(character, 201)));
    }
}

TEST_CASE("Text: other text is cut at 4000 characters") {
    const auto fits = read(detected().with("/data/summary", repeated("灯", 4000)));
    CHECK_FALSE(fits.truncated);
    const auto cut = read(detected().with("/data/summary", repeated("灯", 4001)));
    CHECK(cut.truncated);
    CHECK(std::get<alert::Detected>(cut.data).summary == repeated("灯", 4000));

    const auto by = read(Told("case.noted").with("/data/text", repeated("x", 5000)));
    CHECK(by.truncated);
    CHECK(std::get<alert::Noted>(by.data).text.size() == 4000);
}

TEST_CASE("Text: the title of a response is a title") {
    const auto event = read(Told("response.published").with("/data/title", repeated("答", 201)));
    CHECK(event.truncated);
    CHECK(std::get<alert::Published>(event.data).title == repeated("答", 200));
}

TEST_CASE("Text: blanks around a text do not count towards its limit") {
    const auto event = read(detected().with("/data/title", "  " + repeated("x", 200) + " \n "));
    CHECK_FALSE(event.truncated);
    CHECK(std::get<alert::Detected>(event.data).title == repeated("x", 200));
}

TEST_CASE("Text: what is dangerous to read is taken out") {
    struct Row {
        const char* why;
        std::string told, shown;
    };
    const Row rows[] = {
        {"controls vanish", std::string("a\0b\x1B[31mc\x7F", 10), "ab[31mc"},
        {"C1 controls vanish",
         "a\xC2\x9B"
         "31m",
         "a31m"},
        {"a line break is a blank", "a\nb", "a b"},
        {"a Windows line break is one blank", "a\r\nb", "a b"},
        {"a tab is a blank", "a\tb", "a b"},
        {"separators of lines and paragraphs are blanks", "a\u2028b\u2029c", "a b c"},
        {"overrides of direction vanish", "a\u202Eb\u202C\u202A\u202B\u202Dc", "abc"},
        {"isolates vanish", "a\u2066b\u2067\u2068\u2069c", "abc"},
        {"marks of direction vanish", "a\u200Eb\u200F\u061Cc", "abc"},
        {"ideographic blanks around it vanish", "\u3000灯\u3000亮\u3000", "灯\u3000亮"},
        {"what cannot be seen vanishes around it", "\u2060\u3164灯\u00AD亮\u180E\u115F", "灯\u00AD亮"},
        {"joined emoji stay whole", "👨\u200D👩", "👨\u200D👩"},
        {"markup is text", "<b>&amp;</b>", "<b>&amp;</b>"},
    };
    for (const Row& row : rows) {
        INFO(row.why);
        CHECK(title_of(row.told) == row.shown);
    }
}

TEST_CASE("Text: the record keeps what was told") {
    const auto event = read(detected().with("/data/title", std::string("a\0b\u202E", 6)));
    const json::value record = json::parse(event.record);
    CHECK(record.at("data").at("title").as_string() == std::string("a\0b\u202E", 6));
}

TEST_CASE("Text: a required text that shows nothing is refused") {
    for (const char* told : {" ", "\n\t ", "\u202E\u2066", "\u3000", "\u200B", "\uFEFF", "\x01"}) {
        CHECK(finding(detected().with("/data/title", told)) == "invalid /data/title");
        CHECK(finding(Told("case.closed").with("/data/by", told)) == "invalid /data/by");
    }
}

TEST_CASE("Text: an optional text that shows nothing counts as not given") {
    const auto event = read(detected().with("/data/summary", " \u202E "));
    CHECK(std::get<alert::Detected>(event.data).summary.empty());
    CHECK(event.unreadable.empty());
}

TEST_CASE("Text: bytes that are no UTF-8 are shown as such") {
    CHECK(alert::as_utf8("路灯 ok") == "路灯 ok");
    CHECK(alert::as_utf8("a\xFF"
                         "b\xE8\xB7") == "a\uFFFDb\uFFFD\uFFFD");
    CHECK(alert::as_utf8("").empty());
}
