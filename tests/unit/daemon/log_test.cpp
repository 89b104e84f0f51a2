#include "log.hpp"

#include <catch2/catch.hpp>

using yuqing::log_value;

TEST_CASE("Log: a value is one word or stands in quotes") {
    CHECK(log_value("HOST-1") == "HOST-1");
    CHECK(log_value("路灯不亮") == "路灯不亮");
    CHECK(log_value("") == "\"\"");
    CHECK(log_value("x level=error") == "\"x level=error\"");
    CHECK(log_value("a\"b\\c") == R"("a\"b\\c")");
    CHECK(log_value("a\\") == R"("a\\")");
    CHECK(log_value("a\u3000b") == "\"a\u3000b\"");
}

TEST_CASE("Log: nothing ends the line, steers the terminal or hides") {
    CHECK(log_value("a\nb\x1b[31m\x7f") == R"("a\x0ab\x1b[31m\x7f")");
    CHECK(log_value("a\u0085b\u009Bc") == R"("a\xc2\x85b\xc2\x9bc")");
    CHECK(log_value("a\u2028b\u2029c") == R"("a\xe2\x80\xa8b\xe2\x80\xa9c")");
    CHECK(log_value("a\u202Eb\u200Bc\u061Cd") == R"("a\xe2\x80\xaeb\xe2\x80\x8bc\xd8\x9cd")");
    CHECK(log_value("a\xFF\xC2") == R"("a\xff\xc2")");
    CHECK(log_value("\uFFFE") == R"("\xef\xbf\xbe")");
}

TEST_CASE("Log: a value is cut between characters") {
    const std::string ascii(199, 'x');
    CHECK(log_value(ascii + "y") == ascii + "y");
    CHECK(log_value(ascii + "yz") == "\"" + ascii + "y…\"");
    CHECK(log_value(ascii + "危") == "\"" + ascii + "…\"");
}
