#include "text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <random>

using yuqing::cut_to_width;
using yuqing::display_width;
using yuqing::safe_json;
using yuqing::safe_text;

TEST_CASE("Text: what steers a terminal becomes visible, the rest stays") {
    struct Row {
        const char* why;
        std::string text, wanted;
    };
    const std::vector<Row> rows{
        {"Chinese stays", "竹岭乡山洪：转移 3 人", "竹岭乡山洪：转移 3 人"},
        {"pictures stay", "🔥", "🔥"},
        {"an escape sequence", "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
        {"C1 controls start sequences, too", "\u009b31m", "\\u009b31m"},
        {"a new line would forge a row", "a\nb\r\tc", "a\\nb\\r\\tc"},
        {"DEL", "\x7f", "\\x7f"},
        {"text turned right to left", "\u202egpj.exe", "\\u202egpj.exe"},
        {"isolates", "\u2066x\u2069", "\\u2066x\\u2069"},
        {"marks", "\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"},
        {"what cannot be seen", "a\u200bb\ufeff", "a\\u200bb\\ufeff"},
        {"line separators", "\u2028", "\\u2028"},
        {"tags", "\U000e0041", "\\ue0041"},
        {"NUL", std::string("a\0b", 3), "a\\x00b"},
        {"bytes that are not UTF-8", "\xff\xc0\x80", "\\xff\\xc0\\x80"},
        {"a character cut short", "\xe7\xab", "\\xe7\\xab"},
        {"a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        CHECK(safe_text(row.text) == row.wanted);
    }
}

TEST_CASE("Text: JSON made safe is the same JSON") {
    const boost::json::value value{{"title", "\u202e\u009b\x7f\U000e0041 好\n\"\\"}, {"n", 1}};
    const auto safe = safe_json(boost::json::serialize(value));
    CHECK(boost::json::parse(safe) == value);
    CHECK(safe.find("\u202e") == std::string::npos);
    CHECK(safe.find("好") != std::string::npos);
    CHECK(safe_json("{\n\t\"a\": 1\r\n}") == "{\n\t\"a\": 1\r\n}");
}

TEST_CASE("Text: nothing in any bytes gets through that steers a terminal") {
    std::mt19937 random(20160803);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (auto length = random() % 24; length > 0; --length) bytes += static_cast<char>(random() % 256);
        const auto safe = safe_text(bytes);
        for (const char c : safe) CHECK_FALSE((static_cast<unsigned char>(c) < 0x20 || c == 0x7f));
        CHECK(safe_text(safe) == safe);
        CHECK(display_width(cut_to_width(safe, 7)) <= 7);
    }
}

TEST_CASE("Text: width counts columns, not bytes or characters") {
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("县民政局") == 8);
    CHECK(display_width("（5 时）") == 8);
    CHECK(display_width("é") == 1);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("🔥") == 2);
}

TEST_CASE("Text: cutting never splits a character and tells that it cut") {
    CHECK(cut_to_width("abc", 3) == "abc");
    CHECK(cut_to_width("abcd", 3) == "ab…");
    CHECK(cut_to_width("县民政局", 8) == "县民政局");
    CHECK(cut_to_width("县民政局", 7) == "县民政…");
    CHECK(cut_to_width("县民政局", 6) == "县民…");
    CHECK(cut_to_width("县", 1) == "…");
    CHECK(cut_to_width("县", 0).empty());
}
