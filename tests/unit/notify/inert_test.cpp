#include "inert.hpp"

#include "alert/codec/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

using alert::cut_to_bytes;
using alert::inert_text;

TEST_CASE("Inert text: what a chat program would interpret becomes its full-width twin") {
    CHECK(inert_text("<at id=all></at>") == "＜at id=all＞＜/at＞");
    CHECK(inert_text("@13800001111 <@wang> [点这里](https://evil.example)") ==
          "＠138＊＊＊＊1111 ＜＠wang＞ ［点这里］（https：//evil.example）");
    CHECK(inert_text("# **x** `y` ~~z~~ | a_b \\ ! & {{c}}") ==
          "＃ ＊＊x＊＊ ｀y｀ ～～z～～ ｜ a＿b ＼ ！ ＆ ｛｛c｝｝");
    CHECK(inert_text("- 一项") == "－ 一项");
    CHECK(inert_text("---") == "－--");
}

TEST_CASE("Inert text: nothing breaks the line, hides or turns the direction") {
    CHECK(inert_text("一\n二\r三\t四") == "一 二 三 四");
    CHECK(inert_text("a\u202Eb\u200Bc\u2066d\uFEFFe") == "abcde");
    CHECK(inert_text(std::string("a\0\x1b[31mb", 8)) == "a  ［31mb");
    CHECK(inert_text("1\u200B3800001111") == "138＊＊＊＊1111");
    CHECK(inert_text("坏\xFF\xE5\x8F") == "坏\uFFFD\uFFFD\uFFFD");
    CHECK(inert_text("😀𠮷") == "😀𠮷");
}

TEST_CASE("Inert text: it is cut between characters, with a mark") {
    CHECK(cut_to_bytes("应急管理", 12) == "应急管理");
    CHECK(cut_to_bytes("应急管理", 11) == "应急…");
    CHECK(cut_to_bytes("应急管理", 8) == "应…");
    CHECK(cut_to_bytes("应急管理", 5) == "…");
    CHECK(cut_to_bytes("应急管理", 2).empty());
    CHECK(cut_to_bytes("a😀b", 5) == "a…");
}
