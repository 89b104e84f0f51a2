// What a mail program reads of a message, and what nobody from outside can put into it.
#include "alert/codec/base64.hpp"
#include "room.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <sstream>

using namespace alert;
using namespace yuqing::test;

namespace {

std::unique_ptr<Format> mail_format(std::vector<std::string> to = {"duty@example.gov.cn"}) {
    return make_smtp_format({.from = "yuqing@example.gov.cn", .to = std::move(to)});
}

std::string header(const Letter& letter, const std::string& name) {
    std::string value;
    std::size_t found = 0;
    for (const auto& [key, told] : letter.headers) {
        if (key == name) value = told, ++found;
    }
    CHECK(found == 1);
    return value;
}

std::vector<std::string> lines_of(std::string text) {
    std::vector<std::string> lines;
    for (auto end = text.find("\r\n"); end != text.npos; end = text.find("\r\n")) {
        lines.push_back(text.substr(0, end));
        text.erase(0, end + 2);
    }
    if (!text.empty()) lines.push_back(text);
    return lines;
}

/// As a mail program does: encoded words next to each other are one text.
std::string subject_of(const Letter& letter) {
    std::string subject;
    std::string before = "Subject: ";
    for (const auto& line : lines_of(header(letter, "Subject"))) {
        CHECK(before.size() + line.size() <= 76);
        const auto word = before == "Subject: " ? line : line.substr(1);
        CHECK(word.size() <= 75);
        REQUIRE(word.starts_with("=?UTF-8?B?"));
        REQUIRE(word.ends_with("?="));
        const auto part = decode_base64(word.substr(10, word.size() - 12));
        REQUIRE(part);
        CHECK((static_cast<unsigned char>(part->front()) & 0xC0U) != 0x80U);  // begins with a whole character
        subject += *part;
        before.clear();
    }
    return subject;
}

std::string text_of(const Letter& letter) {
    std::string base64;
    for (const auto& line : lines_of(letter.body)) {
        CHECK(line.size() <= 76);
        base64 += line;
    }
    const auto text = decode_base64(base64);
    REQUIRE(text);
    return *text;
}

std::size_t chars(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string times(std::size_t count, const std::string& what) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += what;
    return text;
}

}  // namespace

TEST_CASE("Mail: it says what the robots say, with each link on a line of its own") {
    const Room room;
    const auto letter = room.write(*mail_format(), {message()});
    CHECK(letter.included == 1);
    CHECK(subject_of(letter) == "【催办】剩余1小时 化工厂爆炸");
    const auto text = text_of(letter);
    for (const std::string part : {"化工厂爆炸", "发布权威信息", "剩余1小时", "县应急管理局",
                                   "先发布已核实事实", "国办发〔2016〕80号", "张三"}) {
        INFO(part);
        CHECK(text.find(part) != text.npos);
    }
    const auto lines = lines_of(text);
    const auto is_act = [](const auto& line) {
        return line.starts_with("http://board.example:9570/act/QS-1?t=") && line.find(' ') == line.npos;
    };
    CHECK(std::count_if(lines.begin(), lines.end(), is_act) == 1);
    CHECK(text.find("/cases/") == text.npos);
    CHECK(text.ends_with("\r\n"));
}

TEST_CASE("Mail: its headers are those of a message made by a program") {
    Room room;
    room.now = TimePoint(1795283539000ms);
    const auto letter = room.write(*mail_format({"a@example.gov.cn", "b@example.gov.cn"}), {message()});
    CHECK(header(letter, "From") == "yuqing@example.gov.cn");
    CHECK(header(letter, "To") == "a@example.gov.cn,\r\n b@example.gov.cn");
    CHECK(header(letter, "Date") == "Sun, 22 Nov 2026 01:52:19 +0800");
    CHECK(header(letter, "Message-ID") == "<n1.qingshan@example.gov.cn>");
    CHECK(header(letter, "Auto-Submitted") == "auto-generated");
    CHECK(header(letter, "MIME-Version") == "1.0");
    CHECK(header(letter, "Content-Type") == "text/plain; charset=utf-8");
    CHECK(header(letter, "Content-Transfer-Encoding") == "base64");
    CHECK(letter.headers.size() == 9);
}

TEST_CASE("Mail: the date is local, also west of Greenwich and for half hours") {
    const struct {
        std::string zone, date;
    } rows[] = {{"America/New_York", "Sat, 21 Nov 2026 12:52:19 -0500"},
                {"America/St_Johns", "Sat, 21 Nov 2026 14:22:19 -0330"},
                {"Asia/Kolkata", "Sat, 21 Nov 2026 23:22:19 +0530"},
                {"UTC", "Sat, 21 Nov 2026 17:52:19 +0000"}};
    for (const auto& [zone, date] : rows) {
        Room room;
        room.now = TimePoint(1795283539999ms);
        room.zone = Zone::find(zone).value();
        CHECK(header(room.write(*mail_format(), {message()}), "Date") == date);
    }
}

TEST_CASE("Mail: a retry has the same Message-ID, other messages have another one") {
    Room room;
    const auto id = [&](std::vector<Notification> messages) {
        return header(room.write(*mail_format(), messages), "Message-ID");
    };
    auto first = message(), second = message();
    second.id = NotificationId("n2");
    const auto alone = id({first}), both = id({first, second});
    room.now += 1h;
    CHECK(id({first}) == alone);
    CHECK(id({first, second}) == both);
    CHECK(alone != both);
    CHECK(id({second}) != alone);
    CHECK(id({second, first}) != both);
}

TEST_CASE("Mail: several messages travel in one") {
    const Room room;
    std::vector<Notification> parcel;
    for (int i = 1; i <= 3; ++i) {
        parcel.push_back(message("路灯" + std::to_string(i)));
        parcel.back().id = NotificationId("n" + std::to_string(i));
        parcel.back().matter->id = CaseId("QS-" + std::to_string(i));
    }
    const auto letter = room.write(*mail_format(), parcel);
    CHECK(letter.included == 3);
    CHECK(subject_of(letter) == "【汇总】3件，最急的在前");
    const auto text = text_of(letter);
    for (const std::string part : {"路灯1", "路灯2", "路灯3", "QS-3", "\r\nhttp://board.example:9570/\r\n"})
        CHECK(text.find(part) != text.npos);
}

TEST_CASE("Mail: nothing from outside adds a header or a line, or passes for an encoded word") {
    const Room room;
    const auto usual = room.write(*mail_format(), {message()});
    for (const std::string title : {"爆炸\r\nBcc: all@example.com\r\n\r\n正文", "\n.\nQUIT\n",
                                    "=?UTF-8?B?QmNjOiB4?= =?utf-8?q?=0D=0ABcc:_x?=", "a\rTo: x",
                                    "\u2028Bcc: x\u0085", "\xFF\xFE?=\r\n", "."}) {
        INFO(title);
        const auto letter = room.write(*mail_format(), {message(title)});
        CHECK(letter.headers.size() == usual.headers.size());
        for (const auto& [name, value] : letter.headers) {
            CHECK(std::all_of(value.begin(), value.end(),
                              [](char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n'; }));
            for (auto at = value.find('\r'); at != value.npos; at = value.find('\r', at + 1))
                CHECK(value.substr(at, 3) == "\r\n ");  // a fold is all that a line end may be
            CHECK(std::count(value.begin(), value.end(), '\r') ==
                  std::count(value.begin(), value.end(), '\n'));
        }
        CHECK(subject_of(letter).starts_with("【催办】剩余1小时 "));
        const auto lines = lines_of(text_of(letter));
        CHECK(lines.size() == lines_of(text_of(usual)).size());
    }
    const auto tricky = room.write(*mail_format(), {message("=?UTF-8?B?QmNjOiB4?=")});
    CHECK(subject_of(tricky) == "【催办】剩余1小时 ＝?UTF-8?B?QmNjOiB4?=");
}

TEST_CASE("Mail: a long subject is cut at 200 characters, between characters, and the text at 64 KiB") {
    const Room room;
    for (const std::string one : {"x", "危", "😀", "é"}) {
        INFO(one);
        auto endless = message(times(20'000, one));
        endless.obligation->guide = times(20'000, one);
        endless.obligation->basis = times(20'000, one);
        const auto letter = room.write(*mail_format(), {endless});
        const auto subject = subject_of(letter);
        CHECK(chars(subject) == 200);
        CHECK(subject.ends_with(one + "…"));
        const auto text = text_of(letter);
        CHECK(text.size() <= 64 * 1024);
        CHECK(text.find("/act/QS-1?t=") != text.npos);
    }
    const std::string heading = "【催办】剩余1小时 ";
    const auto fits = times(200 - chars(heading), "危");
    CHECK(subject_of(room.write(*mail_format(), {message(fits)})) == heading + fits);
}

TEST_CASE("Mail: what the relay says decides: 2yz delivered, 4yz later, 5yz never") {
    const auto format = mail_format();
    using Kind = DeliveryResult::Kind;
    const struct {
        int status;
        Kind kind;
    } rows[] = {{250, Kind::delivered}, {421, Kind::retry},     {451, Kind::retry},
                {452, Kind::retry},     {550, Kind::permanent}, {554, Kind::permanent}};
    for (const auto& [status, kind] : rows) {
        const auto verdict = format->judge({.status = status, .body = "said"}, Shape::full, t0);
        CHECK(verdict.result.kind == kind);
        CHECK(verdict.result.error == "said");
        CHECK_FALSE(verdict.again);
    }
}
