#include "inert.hpp"

#include "alert/codec/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

using alert::cut_to_bytes;
using alert::inert_text;
using alert::readable_text;

TEST_CASE("Inert text: what a chat program would interpret becomes its full-width twin") {
    CHECK(inert_text("<at id=all></at>") == "＜at id=all＞＜/at＞");
    CHECK(inert_text("@13800001111 <@wang> [点这里](https://evil.example)") ==
          "＠138＊＊＊＊1111 ＜＠wang＞ ［点这里］（https:／／evil．example）");
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

TEST_CASE("Inert text: no program makes a link of it") {
    CHECK(inert_text("//evil.cn/x") == "／／evil．cn/x");
    CHECK(inert_text("www.163.com 新闻.中国 a.b.cn:80") == "www．163．com 新闻．中国 a．b．cn:80");
    CHECK(inert_text("3.15晚会，增长1.5%...等") == "3.15晚会，增长1.5%...等");
    CHECK(inert_text("file:///etc") == "file:／／/etc");
}

TEST_CASE("Inert text: where a line begins there is no list and no underline") {
    CHECK(inert_text("1. 一项") == "1． 一项");
    CHECK(inert_text("20.") == "20．");
    CHECK(inert_text("共1. 项") == "共1. 项");
    CHECK(inert_text("===") == "＝==");
    CHECK(inert_text("+1") == "＋1");
    CHECK(inert_text("\u2060 \u3000灯\u00A0亮\u2003") == "灯 亮");
}

TEST_CASE("Inert text: nothing piles up over the lines around it, and nothing is no character") {
    std::string pile = "危";
    for (int i = 0; i < 100; ++i) pile += "\u0301";
    CHECK(inert_text(pile) == "危\u0301\u0301\u0301");
    CHECK(inert_text("\uFFFEx\uFFFF\U0001FFFE\uFDD0") == "\uFFFDx\uFFFD\uFFFD\uFFFD");
    CHECK(inert_text("138\u115F0000\u31641111 138\u00A00000\u20021111") == "138＊＊＊＊1111 138＊＊＊＊1111");
}

TEST_CASE("Readable text: what a receiver answered keeps its words, on one line and all seen") {
    CHECK(readable_text(" isv.BLACK <x>\r\n\u202E\x1b[31m 13800001111 ") ==
          "isv.BLACK <x>   [31m 138****1111");
}

TEST_CASE("Inert text: it is cut between characters, with a mark") {
    CHECK(cut_to_bytes("应急管理", 12) == "应急管理");
    CHECK(cut_to_bytes("应急管理", 11) == "应急…");
    CHECK(cut_to_bytes("应急管理", 8) == "应…");
    CHECK(cut_to_bytes("应急管理", 5) == "…");
    CHECK(cut_to_bytes("应急管理", 2).empty());
    CHECK(cut_to_bytes("a😀b", 5) == "a…");
}
