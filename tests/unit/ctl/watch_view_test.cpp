// The live table and the lines of changes, told what the daemon said.
#include "watch_view.hpp"

#include "text.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace yuqing;
namespace json = boost::json;

namespace {

json::object one(const std::string& id, std::int64_t remaining, const std::string& status = "pending") {
    return json::parse(R"({"id":")" + id +
                       R"(","title":"路灯","status":"open","lead_unit":"mzj","obligations":[
        {"id":"response","title":"回应","status":")" +
                       status + R"(","due":"2026-06-12T13:38:00+08:00","remaining_seconds":)" +
                       std::to_string(remaining) + "}]}")
        .get_object();
}

Picture small(std::size_t rows, std::size_t columns = 80) {
    return {.size = {rows, columns}, .now = "2026-06-12 13:00:00"};
}

}  // namespace

TEST_CASE("Watch: a picture fits the terminal and says what it leaves out") {
    Watched watched;
    for (int at = 0; at < 20; ++at) watched.cases.push_back(one("C-" + std::to_string(at), 7200));
    for (const std::size_t columns : {20U, 40U, 80U, 200U}) {
        const auto lines = picture_of(watched, small(10, columns));
        CHECK(lines.size() == 10);
        for (const auto& line : lines) CHECK(display_width(line) < columns);
    }
    CHECK(picture_of(watched, small(10)).back() == "… 还有 14 项");
    CHECK(picture_of(watched, small(50)).size() == 23);
    watched.more = true;
    CHECK(picture_of(watched, small(50)).back() == "… 还有更多，可用 --limit 增加");
}

TEST_CASE("Watch: a countdown goes on while the daemon is away, past the due time too") {
    Watched watched;
    watched.cases.push_back(one("C-1", 90065));
    watched.cases.push_back(one("C-2", 3));
    auto picture = small(10);
    const auto now = picture_of(watched, picture);
    CHECK(now[0] == "2026-06-12 13:00:00  未办结 2，逾期 0，1小时内到期 1");
    CHECK(now[3].starts_with("1天 01:01:05  06-12 13:38  mzj"));
    picture.age = std::chrono::seconds(5);
    watched.away_since = "12:59:55";
    const auto later = picture_of(watched, picture);
    CHECK(later[0] == "2026-06-12 13:00:00  未办结 2，逾期 1，1小时内到期 0");
    CHECK(later[1] == "！与守护进程失去联系，以下为 12:59:55 所见，倒计时照走");
    CHECK(later[3].starts_with("1天 01:01:00"));
    CHECK(later[4].starts_with("超 00:00:02"));
    picture.language = Language::en;
    CHECK(picture_of(watched, picture)[4].starts_with("over 00:00:02"));
}

TEST_CASE("Watch: colours repeat what the words say, and stand only where they are wanted") {
    Watched watched;
    watched.cases.push_back(one("C-1", -5, "overdue"));
    auto picture = small(10);
    for (const auto& line : picture_of(watched, picture)) CHECK(line.find('\x1b') == std::string::npos);
    picture.colours = true;
    CHECK(picture_of(watched, picture)[3].starts_with("\x1b[1;31m超 00:00:05"));
}

TEST_CASE("Watch: a change is told once, with what is new about it") {
    ChangeFinder finder(Language::zh);
    const auto first = finder.take({one("C-1", 100), one("C-2", 100)});
    REQUIRE(first.size() == 2);
    CHECK(first[0].kind == Change::Kind::appeared);
    CHECK(finder.take({one("C-1", 50), one("C-2", 50)}).empty());  // a clock that runs is no change
    const auto then = finder.take({one("C-1", -1, "overdue")});
    REQUIRE(then.size() == 2);
    CHECK(then[0].kind == Change::Kind::changed);
    CHECK(then[0].words == std::vector<std::string>{"response 超期，应完成 2026-06-12T13:38:00+08:00"});
    CHECK(then[1].kind == Change::Kind::missing);
    CHECK(json::value_to<std::string>(then[1].item.at("id")) == "C-2");
    CHECK(finder.take({one("C-1", -2, "overdue"), json::value(7), json::object{}}).empty());
}
