#include "report/order.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing;

namespace {

const Zone zone = Zone::find("Asia/Shanghai").value();
const TimePoint now = parse_rfc3339("2026-11-22T08:00:00+08:00").value();

using Query = std::map<std::string, std::string>;

Result<ReportOrder> order(Query query, ReportOrder::Kind kind = ReportOrder::Kind::assessment) {
    HttpRequest request{.method = "GET"};
    request.query = std::move(query);
    return read_report_order(kind, request, now, zone);
}

std::string period(const Query& query) {
    const auto read = order(query);
    REQUIRE(read.has_value());
    return format_rfc3339(read->period.from, zone) + " " + format_rfc3339(read->period.to, zone);
}

}  // namespace

TEST_CASE("Report order: the period is this month, a month, or from when to when") {
    const std::string november = "2026-11-01T00:00:00+08:00 2026-12-01T00:00:00+08:00";
    const std::string october = "2026-10-01T00:00:00+08:00 2026-11-01T00:00:00+08:00";
    CHECK(period({}) == november);
    CHECK(period({{"month", "2026-10"}}) == october);
    CHECK(period({{"as_of", "2026-10-31T23:59:59+08:00"}}) == october);
    CHECK(period({{"from", "2026-10-01"}}) == october);
    CHECK(period({{"from", "2026-10-01"}, {"to", "2026-11-01"}}) == october);
    CHECK(period({{"to", "2026-11-01"}}) == october);
    CHECK(period({{"from", "2026-10-01T08:30"}, {"to", "2026-10-01T09:30:15Z"}}) ==
          "2026-10-01T08:30:00+08:00 2026-10-01T17:30:15+08:00");
}

TEST_CASE("Report order: a plus that arrived as a blank is an offset's sign all the same") {
    CHECK(period({{"from", "2026-10-01T00:00:00 08:00"}, {"to", "2026-10-02T00:00:00+08:00"}}) ==
          "2026-10-01T00:00:00+08:00 2026-10-02T00:00:00+08:00");
}

TEST_CASE("Report order: as of an instant that has come, else of now") {
    CHECK(order({})->at == now);
    CHECK_FALSE(order({})->past);
    CHECK(order({{"as_of", "2026-11-01"}})->at == parse_rfc3339("2026-11-01T00:00:00+08:00").value());
    CHECK(order({{"as_of", "2026-11-01"}})->past);
}

TEST_CASE("Report order: what cannot be read names its member") {
    const std::pair<Query, std::string> wrong[] = {{{{"from", "yesterday"}}, "from"},
                                                   {{{"from", "2026-10"}}, "from"},
                                                   {{{"to", ""}, {"from", "9"}}, "from"},
                                                   {{{"from", "2026-10-02"}, {"to", "2026-10-02"}}, "to"},
                                                   {{{"month", "2026-13"}}, "month"},
                                                   {{{"month", "2026-10-01"}}, "month"},
                                                   {{{"month", "2026-10"}, {"to", "2026-10-02"}}, "month"},
                                                   {{{"as_of", "2026-11-23"}}, "as_of"},
                                                   {{{"as_of", "x"}}, "as_of"},
                                                   {{{"format", "pdf"}}, "format"},
                                                   {{{"by", "person"}}, "by"}};
    for (const auto& [query, path] : wrong) {
        const auto read = order(query);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == "invalid");
        CHECK(read.error().path == path);
    }
}

TEST_CASE("Report order: a year that is not read is told as such, with those that are") {
    for (const char* member : {"from", "to", "as_of", "month"}) {
        const auto error =
            order({{member, std::string(member) == "month" ? "1900-01" : "1900-01-01"}}).error();
        CHECK(error.path == member);
        CHECK(error.message.starts_with("out of range: '1900-01"));
        CHECK(error.message.ends_with("years from 1970 to 9000 are read"));
    }
    CHECK(period({{"month", "1970-01"}}) == "1970-01-01T00:00:00+08:00 1970-02-01T00:00:00+08:00");
    CHECK(period({{"month", "9000-12"}}) == "9000-12-01T00:00:00+08:00 9001-01-01T00:00:00+08:00");
}

TEST_CASE("Report order: a page is made of the assessment alone") {
    CHECK(order({{"format", "html"}})->format == ReportOrder::Format::html);
    CHECK(order({{"format", "html"}}, ReportOrder::Kind::ledger).error().message ==
          "format is one of json, csv, xlsx");
    CHECK(order({{"by", "field"}, {"format", "xlsx"}})->by == GroupBy::field);
}

TEST_CASE("Report order: a file is named by its first day and its last") {
    CHECK(period_name(order({{"month", "2026-02"}})->period, zone) == "20260201-20260228");
}
