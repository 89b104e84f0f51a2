// Base64 as RFC 4648 has it: what it gives, and that nothing else is read as such.
#include "alert/codec/base64.hpp"

#include <catch2/catch.hpp>

using alert::base64_of;
using alert::decode_base64;

TEST_CASE("Base64: text comes back as it was") {
    // printf 'light' | base64
    CHECK(base64_of("light") == "bGlnaHQ=");
    for (const std::string text : {"a", "ab", "abc", "abcd", "路灯", "\xFF\xFE\xFD"}) {
        INFO(text);
        CHECK(decode_base64(base64_of(text)) == text);
    }
    CHECK(base64_of("").empty());
}

TEST_CASE("Base64: blanks, missing padding and foreign letters are refused") {
    for (const char* told :
         {"", "bGlnaHQ", "bGln aHQ=", "bGlnaHQ=\n", "b===", "=Gln", "bG=naHQ=", "bGlnaHQ_", "路灯="})
        CHECK_FALSE(decode_base64(told));
}
