#include "report/order.hpp"

#include "query.hpp"

namespace yuqing {

namespace {

using alert::Error;
using alert::Result;
using alert::TimePoint;

Error wrong_time(const std::string& name, const std::string& told) {
    if (const auto outside = alert::outside_years(told)) return {"invalid", outside->message, name};
    return {"invalid", name + " must be a day like 2026-10-01 or a time like 2026-10-01T08:00:00+08:00",
            name};
}

Result<TimePoint> read_time(const std::string& name, std::string text, const alert::Zone& zone) {
    // In a query a plus stands for a blank; here it can only have been the offset's sign.
    constexpr std::size_t offset_length = 6;  // of +08:00
    if (text.size() > offset_length + 10 && text[text.size() - offset_length] == ' ')
        text[text.size() - offset_length] = '+';
    if (auto at = alert::parse_rfc3339(text)) return at;
    if (text.size() == std::string_view("2026-10-01").size()) text += "T00:00";
    const auto local = alert::parse_local(text);
    if (!local) return wrong_time(name, text);
    return zone.to_sys(*local);
}

Result<alert::ReportPeriod> read_period(const HttpRequest& request, TimePoint at, const alert::Zone& zone) {
    const auto from = query_text(request, "from"), to = query_text(request, "to"),
               month = query_text(request, "month");
    if (!month.empty()) {
        if (!from.empty() || !to.empty())
            return Error{"invalid", "month stands for from and to; give one or the other", "month"};
        const auto first = read_time("month", month + "-01", zone);
        if (const auto outside = alert::outside_years(month))
            return Error{"invalid", outside->message, "month"};
        if (!first || month.size() != std::string_view("2026-10").size())
            return Error{"invalid", "month must be one like 2026-10", "month"};
        return alert::whole_month(alert::month_of(*first, zone), zone);
    }
    auto period = alert::whole_month(alert::month_of(at, zone), zone);
    if (!from.empty()) {
        const auto begin = read_time("from", from, zone);
        if (!begin) return begin.error();
        period = alert::whole_month(alert::month_of(*begin, zone), zone);
        period.from = *begin;
    }
    if (!to.empty()) {
        const auto end = read_time("to", to, zone);
        if (!end) return end.error();
        period.to = *end;
        if (from.empty())
            period.from = alert::whole_month(alert::month_of(*end - alert::Duration(1), zone), zone).from;
    }
    if (period.to <= period.from)
        return Error{"invalid", "to must be later than from; it is the first instant that does not count",
                     "to"};
    return period;
}

Result<ReportOrder::Format> read_format(ReportOrder::Kind kind, const std::string& text) {
    using Format = ReportOrder::Format;
    if (text.empty() || text == "json") return Format::json;
    if (text == "csv") return Format::csv;
    if (text == "xlsx") return Format::xlsx;
    const bool assessment = kind == ReportOrder::Kind::assessment;
    if (text == "html" && assessment) return Format::html;
    return Error{"invalid", std::string("format is one of json, csv, xlsx") + (assessment ? ", html" : ""),
                 "format"};
}

Result<alert::GroupBy> read_by(const std::string& text) {
    if (text.empty() || text == "unit") return alert::GroupBy::unit;
    if (text == "field") return alert::GroupBy::field;
    if (text == "month") return alert::GroupBy::month;
    return Error{"invalid", "by is one of unit, field, month", "by"};
}

}  // namespace

Result<ReportOrder> read_report_order(ReportOrder::Kind kind, const HttpRequest& request, TimePoint now,
                                      const alert::Zone& zone) {
    ReportOrder order{.kind = kind, .at = now};
    if (const auto as_of = query_text(request, "as_of"); !as_of.empty()) {
        const auto at = read_time("as_of", as_of, zone);
        if (!at) return at.error();
        if (*at > now)
            return Error{"invalid", "as_of lies ahead: what is not recorded yet is not known", "as_of"};
        order.at = *at;
        order.past = true;
    }
    const auto format = read_format(kind, query_text(request, "format"));
    if (!format) return format.error();
    order.format = *format;
    if (kind == ReportOrder::Kind::assessment) {
        const auto by = read_by(query_text(request, "by"));
        if (!by) return by.error();
        order.by = *by;
    }
    const auto period = read_period(request, order.at, zone);
    if (!period) return period.error();
    order.period = *period;
    return order;
}

std::string period_name(const alert::ReportPeriod& period, const alert::Zone& zone) {
    const auto day = [&](TimePoint at) {
        const auto text = alert::format_rfc3339(at, zone);
        return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
    };
    return day(period.from) + "-" + day(period.to - alert::Duration(1));
}

}  // namespace yuqing
