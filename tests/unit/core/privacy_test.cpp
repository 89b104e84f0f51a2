#include "alert/core/privacy.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using alert::mask_personal_numbers;

TEST_CASE("Privacy: mobiles, identity cards and bank cards lose their middle") {
    const std::pair<std::string, std::string> masked[] = {
        {"请联系13800001111。", "请联系138****1111。"},
        {"电话138-0000-1111或139 1234 5678", "电话138****1111或139****5678"},
        {"+86 13800001111", "+86138****1111"},
        {"008613800001111", "0086138****1111"},
        {"１３８００００１１１１", "１３８****１１１１"},
        {"身份证341700199001011234", "身份证341***********1234"},
        {"34170019900101123X", "341***********123X"},
        {"341700 19900101 123x", "341***********123x"},
        {"341700900101123", "341********1123"},
        {"卡号6222020000000000000", "卡号***************0000"},
        {"4111 1111 1111 1111", "************1111"},
        {"13800001111x2", "138****1111x2"},
        {"13800001111 13900002222", "138****1111 139****2222"},
    };
    for (const auto& [text, result] : masked) CHECK(mask_personal_numbers(text) == result);
}

TEST_CASE("Privacy: what parts the digits, seen or not, does not hide a number") {
    for (const std::string text :
         {"138-00001111", "13800 001111", "1380000-1111", "(138)00001111", "(138) 0000 1111", "138.0000.1111",
          "138—0000—1111", "138－0000－1111", "138_0000_1111", "138/0000/1111", "138·0000·1111",
          "138　0000　1111", "138\u200b0000\u200b1111", "1\u200d3\u200d8\u20600000\ufeff1111",
          "138\u200b-\u200b0000-1111", "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e300001111"}) {
        INFO(text);
        const auto masked = mask_personal_numbers(text);
        CHECK(masked.find("****1111") != std::string::npos);
        CHECK(masked.find("00") == std::string::npos);
    }
    CHECK(mask_personal_numbers("013800001111") == "0138****1111");
    CHECK(mask_personal_numbers("62220200 00000000000") == "***************0000");
    CHECK(mask_personal_numbers("341700 199001011234") == "341***********1234");
    CHECK(mask_personal_numbers("34170019900101 1234") == "341***********1234");
}

TEST_CASE("Privacy: fractions, dates, addresses and counts with such signs stay") {
    for (const std::string text :
         {"东经131.12345678度", "2026/06/12 08:30", "192.168.101.1111", "1.3.8.0", "13.5万元/1380户",
          "130/85", "2026-11-21T08:00:00+08:00", "编号138-0000-111", "1380000.1111"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
}

TEST_CASE("Privacy: names, dates, hotlines, sums and numbers of matters stay") {
    for (const std::string text :
         {"王小明反映12345热线不通", "2026-11-21 08:00", "2026-11-21 14", "20261121-abcdefghijkl",
          "石政公办〔2022〕1号", "4600万次播放", "0566-6021234", "110", "12345678901", "1234567890123456",
          "341700999901991234", "", "损失138000元", "号码：1380000111"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
}

TEST_CASE(
    "Privacy: an identity card has a region, a birthday that can be, and nothing but digits before the X") {
    CHECK(mask_personal_numbers("34170020100101123X") == "341***********123X");  // born in this century
    CHECK(mask_personal_numbers("341700 20101231 1234") == "341***********1234");
    for (const std::string text : {"041700199001011234",      // no such region
                                   "341700189901011234",      // a century too early
                                   "341700199000011234",      // month 0
                                   "341700199013011234",      // month 13
                                   "341700199001001234",      // day 0
                                   "341700199001321234",      // day 32
                                   "341X 0019 9001 0112 34",  // its end in the middle
                                   "3417 009 0010 112X"}) {   // the old form ends in a digit
        CHECK(mask_personal_numbers(text) == text);
    }
}

TEST_CASE("Privacy: an X belongs to identity cards alone") {
    for (const std::string text : {"138 000X 1111", "6222 0200 1234 567X"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
    CHECK(mask_personal_numbers("13800001111X") == "138****1111X");
}

TEST_CASE("Privacy: a bank card is masked in groups of four as well, up to nineteen digits") {
    CHECK(mask_personal_numbers("6222 0200 0000 0000 000") == "***************0000");
    CHECK(mask_personal_numbers("6222-0200-0000-0000-000") == "***************0000");
    for (const std::string text : {"6222 0200 1234 5678 9012",  // twenty digits
                                   "6222 0200 1234 5678",       // the last one is not right
                                   "62220200123456789012", "2380000111122", "23800001111"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
    // What follows the longest number that is one is looked at by itself.
    CHECK(mask_personal_numbers("4111 1111 1111 1111 1111 13800001111") ==
          "************1111 1111 138****1111");
}

TEST_CASE("Privacy: signs beside the full-width digits, and text that was cut in the middle of one, stay") {
    CHECK(mask_personal_numbers("＃１３８００００１１１１：") == "＃１３８****１１１１：");
    for (const std::string text : {"号码１\xEF\xBC", "号码\xEF\xBC", "\xEF"})
        CHECK(mask_personal_numbers(text) == text);
}

TEST_CASE("Privacy: digits of any script, in circles, raised and in Chinese spell a number as well") {
    const std::pair<std::string, std::string> masked[] = {
        {"①③⑧⓪⓪⓪⓪①①①①", "①③⑧****①①①①"},
        {"❶❸❽⓿⓿⓿⓿❶❶❶❶", "❶❸❽****❶❶❶❶"},
        {"⑴⑶⑻00001111", "⑴⑶⑻****1111"},
        {"¹³⁸⁰⁰⁰⁰¹¹¹¹", "¹³⁸****¹¹¹¹"},
        {"١٣٨٠٠٠٠١١١١", "١٣٨****١١١١"},
        {"𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏", "𝟏𝟑𝟖****𝟏𝟏𝟏𝟏"},
        {"电话一三八零零零零一一一一", "电话一三八****一一一一"},
        {"幺三八〇〇〇〇幺幺幺幺", "幺三八****幺幺幺幺"},
        {"138○○○○1111", "138****1111"},
        {"1\u03363\u03368\u033600001111", "138****1111"},  // struck through
        {"三四一七零零 一九九零零一零一 一二三四", "三四一***********一二三四"},
        {"①③⑧ ⓪⓪⓪⓪ ①①①①", "①③⑧****①①①①"},
    };
    for (const auto& [text, result] : masked) CHECK(mask_personal_numbers(text) == result);
}

TEST_CASE("Privacy: a mark of a list and a word beside a number do not hide it") {
    CHECK(mask_personal_numbers("①13800001111②13900002222") == "①138****1111②139****2222");
    CHECK(mask_personal_numbers("⒈13800001111") == "⒈138****1111");
    CHECK(mask_personal_numbers("13800001111一直打不通") == "138****1111一直打不通");
    CHECK(mask_personal_numbers("之一13800001111，二") == "之一138****1111，二");
    CHECK(mask_personal_numbers("○13800001111") == "○138****1111");
    CHECK(mask_personal_numbers("① 1 3 8 0 0 0 0 1 1 1 1") == "① 138****1111");
}

TEST_CASE("Privacy: digits each by itself are a number when all of them are, and a card to its last digit") {
    const std::pair<std::string, std::string> masked[] = {
        {"1 3 8 0 0 0 0 1 1 1 1", "138****1111"},
        {"联系1-3-8-0-0-0-0-1-1-1-1，", "联系138****1111，"},
        {"１　３　８　０　０　０　０　１　１　１　１", "１３８****１１１１"},
        {"一 三 八 零 零 零 零 一 一 一 一", "一三八****一一一一"},
        {"① ③ ⑧ ⓪ ⓪ ⓪ ⓪ ① ① ① ①", "①③⑧****①①①①"},
        {"8 6 1 3 8 0 0 0 0 1 1 1 1", "86138****1111"},
        {"1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "110***********002X"},
        {"1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 x", "110***********002x"},
        {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "************1111"},
        {"1 3 8 0 0 0 0 1 1 1 1 13900002222", "138****1111 139****2222"},
    };
    for (const auto& [text, result] : masked) CHECK(mask_personal_numbers(text) == result);
    for (const std::string text : {"1 2 3 4 5 6 7 8 9 10 11", "1 3 5 7 9 11 13",
                                   "评分 5 4 5 3 5 4 4 5 5 5 4 3", "1.2.3.4.5.6.7.8.9.0.1",
                                   "1 3 8 0 0 0 0 1 1 1 1 2",              // one too many
                                   "5 1 3 8 0 0 0 0 1 1 1 1",              // and before
                                   "1 3 8 0 0 0 0 1 1 1",                  // one too few
                                   "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 1",  // its last digit is another one
                                   "3 4 1 7 0 0 9 0 0 1 0 1 1 2 3",        // the old form has no such digit
                                   "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
}

TEST_CASE("Privacy: other groups that people write") {
    CHECK(mask_personal_numbers("1380 000 1111") == "138****1111");
    CHECK(mask_personal_numbers("13800 001 111") == "138****1111");
    CHECK(mask_personal_numbers("138 00 00 11 11") == "138****1111");
    CHECK(mask_personal_numbers("138\u20090000\u20091111") == "138****1111");  // thin spaces
    CHECK(mask_personal_numbers("138−0000−1111") == "138****1111");            // minus signs
}

TEST_CASE("Privacy: words of Chinese digits and marks of lists stay") {
    for (const std::string text : {"一二三四五六七八九十", "二〇二六年十一月二十一日", "①缺水②停电③路灯不亮",
                                   "一三八号门面", "五小时内、四十八小时内", "⒈回应⒉处置", "10²平方米",
                                   "三〇二省道", "一、二、三、四、五、六、七、八、九、零、一"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
}

TEST_CASE("Privacy: a long text of nothing but digits costs no more than its length") {
    std::string plain, mixed, spaced;
    for (int i = 0; i < 20'000; ++i) {
        plain += '7';
        mixed += i % 2 == 0 ? "7" : "⑦";
        spaced += "7 ";
    }
    for (const auto& text : {plain, mixed, spaced}) CHECK((mask_personal_numbers(text) == text));
}
