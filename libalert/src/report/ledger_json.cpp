#include "alert/codec/json_parts.hpp"
#include "alert/report/report_json.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace {

namespace json = boost::json;

struct Value {
    const Zone& zone;
    json::value operator()(std::monostate) const { return nullptr; }
    json::value operator()(const std::string& text) const { return json::value(text); }
    json::value operator()(const WebAddress& url) const { return json::value(url.text); }
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(TimePoint at) const { return json::value(format_rfc3339(at, zone)); }
    json::value operator()(Percent percent) const { return static_cast<double>(percent.hundredths) / 10'000; }
    json::value operator()(Points points) const { return static_cast<double>(points.hundredths) / 100; }
};

}  // namespace

std::string row_json(const std::vector<Column>& columns, const std::vector<Cell>& row, const Zone& zone) {
    json::object out;
    for (std::size_t i = 0; i < row.size(); ++i) out[columns[i].id] = std::visit(Value{zone}, row[i]);
    return json::serialize(out);
}

json::object unread_json(const UnreadCases& unread) {
    json::array cases;
    for (const auto& [id, error] : unread.list)
        cases.push_back(json::object{{"case", id.value},
                                     {"file", text_or_null(error.path)},
                                     {"code", error.code},
                                     {"message", error.message}});
    return {{"count", unread.count()}, {"cases", std::move(cases)}};
}

json::object period_json(const ReportPeriod& period, const Zone& zone) {
    return {{"from", format_rfc3339(period.from, zone)}, {"to", format_rfc3339(period.to, zone)}};
}

}  // namespace alert
