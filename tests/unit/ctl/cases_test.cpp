// list and show, as they stand on a terminal.
#include "fake_daemon.hpp"
#include "text.hpp"

#include <catch2/catch.hpp>

using namespace ctl_test;
using Catch::Matchers::Contains;

namespace {

const std::string one_case = response("200 OK", R"({"id":"C-1","title":"路灯","status":"open","timeline":[
    {"kind":"fact","type":"opinion.detected","at":"2026-06-12T13:38:00+08:00","source":"hotline/12345",
     "id":"h1"},
    {"kind":"fired","at":"2026-06-12T13:38:01+08:00","obligation":"response","step":"start"},
    {"kind":"fact","type":"case.acknowledged","at":"2026-06-12T13:40:00+08:00","by":"张三","source":"yuqingctl",
     "id":"0123456789abcdef0123456789abcdef"}]})");

}  // namespace

TEST_CASE("show: names the source and the id of every event, within 80 columns") {
    FakeDaemon daemon(one_case);
    const auto ran = run(yuqing::add_cases, {"show", "C-1", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    const auto from = ran.out.find("各条消息的来源和编号");
    REQUIRE(from != std::string::npos);
    const auto told = ran.out.substr(from);
    CHECK_THAT(told, Contains("06-12 13:38  发现  hotline/12345  h1\n"));
    CHECK_THAT(told, Contains("06-12 13:40  签收  yuqingctl      0123456789abcdef0123456789abcdef\n"));
    CHECK(told.find("start") == std::string::npos);
    std::istringstream lines(told);
    for (std::string line; std::getline(lines, line);) CHECK(yuqing::display_width(line) <= 80);
}
