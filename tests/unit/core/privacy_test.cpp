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

TEST_CASE("Privacy: names, dates, hotlines, sums and numbers of matters stay") {
    for (const std::string text :
         {"王小明反映12345热线不通", "2026-11-21 08:00", "2026-11-21 14", "20261121-abcdefghijkl",
          "石政公办〔2022〕1号", "4600万次播放", "0566-6021234", "110", "12345678901", "1234567890123456",
          "341700999901991234", "", "损失138000元", "号码：1380000111"}) {
        CHECK(mask_personal_numbers(text) == text);
    }
}
