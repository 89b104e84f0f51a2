#include "alert/codec/json_parts.hpp"
#include "alert/report/assessment_tables.hpp"
#include "alert/report/report_json.hpp"

#include <chrono>

namespace alert {

namespace {

namespace json = boost::json;

json::value rate_json(const std::optional<std::int64_t>& rate) {
    return rate ? json::value(static_cast<double>(*rate) / 10'000) : json::value(nullptr);
}

json::value points_json(const std::optional<std::int64_t>& points) {
    return points ? json::value(static_cast<double>(*points) / 100) : json::value(nullptr);
}

template <class T>
json::value number_or_null(const std::optional<T>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::object tally_json(const Tally& tally) {
    return {{"due", tally.due()},
            {"on_time", tally.met},
            {"late", tally.late},
            {"overdue", tally.overdue},
            {"rate", rate_json(tally.rate())},
            {"pending", tally.pending},
            {"waived", tally.waived},
            {"void", tally.void_},
            {"excused", tally.excused}};
}

json::object spread_json(const Spread& spread) {
    const auto seconds = [&](Duration time) {
        return spread.count == 0 ? json::value(nullptr)
                                 : json::value(std::chrono::floor<std::chrono::seconds>(time).count());
    };
    return {{"count", spread.count},
            {"median_seconds", seconds(spread.median)},
            {"p90_seconds", seconds(spread.p90)}};
}

json::object row_json(const AssessmentReport& report, const AssessmentRow& row) {
    json::object out{{"id", text_or_null(row.id)},
                     {"name", text_or_null(row.name)},
                     {"received", row.received},
                     {"answered", row.answered},
                     {"overdue_on_arrival", row.on_arrival}};
    for (const auto& [name, value] : tally_json(row.statutory)) out[name] = value;
    out["first_answer"] = spread_json(row.first_answer);
    auto acknowledgement = tally_json(row.acknowledgement);
    for (const auto& [name, value] : spread_json(row.taking)) acknowledgement[name] = value;
    out["acknowledgement"] = std::move(acknowledgement);
    out["reminders"] = row.reminded;
    out["urgings"] = row.urged;
    out["yellow_cards"] = row.yellow;
    out["red_cards"] = row.red;
    out["excused_cards"] = row.excused_cards;
    out["returns"] = row.returns;
    out["commitments"] = tally_json(row.commitments);
    out["score"] = points_json(row.score);
    out["passed"] = row.score ? json::value(report.passed(row)) : json::value(nullptr);
    out["rank"] = number_or_null(row.rank);
    out["change"] = json::object{{"rate", rate_json(row.rate_change)},
                                 {"score", points_json(row.score_change)},
                                 {"rank", number_or_null(row.rank_change)}};
    return out;
}

std::string_view kind_text(DutyKind kind) {
    switch (kind) {
        case DutyKind::statutory: return "statutory";
        case DutyKind::acknowledgement: return "acknowledgement";
        case DutyKind::internal: return "internal";
        case DutyKind::commitment: return "commitment";
    }
    return "";
}

json::array list_json(const std::vector<Listed>& list, const Zone& zone) {
    json::array out;
    for (const Listed& one : list) {
        const auto late = one.late_by
                              ? json::value(std::chrono::floor<std::chrono::seconds>(*one.late_by).count())
                              : json::value(nullptr);
        out.push_back(json::object{{"case", one.id.value},
                                   {"title", text_or_null(one.title)},
                                   {"unit", text_or_null(one.unit)},
                                   {"obligation", text_or_null(one.obligation)},
                                   {"what", text_or_null(one.what)},
                                   {"status", one.status},
                                   {"due", time_or_null(one.due, zone)},
                                   {"fulfilled_at", time_or_null(one.fulfilled_at, zone)},
                                   {"late_seconds", late},
                                   {"overdue_on_arrival", one.on_arrival},
                                   {"void_because", text_or_null(one.because)},
                                   {"by", text_or_null(one.by)},
                                   {"into", text_or_null(one.into)},
                                   {"reason", text_or_null(listed_reason(one))}});
    }
    return out;
}

json::object counts_json(const std::map<std::string, std::size_t>& counts) {
    json::object out;
    for (const auto& [name, count] : counts) out[name.empty() ? "none" : name] = count;
    return out;
}

std::string_view by_text(GroupBy by) {
    switch (by) {
        case GroupBy::unit: return "unit";
        case GroupBy::field: return "field";
        case GroupBy::month: return "month";
    }
    return "";
}

}  // namespace

json::object assessment_json(const AssessmentReport& report, const Zone& zone) {
    json::array rows, obligations;
    for (const AssessmentRow& row : report.rows) rows.push_back(row_json(report, row));
    for (const auto& of : report.obligations) {
        json::object one{{"id", of.id}, {"title", text_or_null(of.title)}, {"kind", kind_text(of.kind)}};
        for (const auto& [name, value] : tally_json(of.tally)) one[name] = value;
        obligations.push_back(std::move(one));
    }
    json::object out = period_json(report.period, zone);
    out["as_of"] = format_rfc3339(report.at, zone);
    out["before"] = period_json(report.before, zone);
    out["by"] = by_text(report.by);
    out["total"] = row_json(report, report.total);
    out["rows"] = std::move(rows);
    out["obligations"] = std::move(obligations);
    out["classes"] = counts_json(report.classes);
    out["opinion_levels"] = counts_json(report.levels);
    out["incident_grades"] = counts_json(report.grades);
    out["overdue"] = list_json(report.overdue, zone);
    out["excluded"] = list_json(report.excluded, zone);
    out["apart"] = list_json(report.apart, zone);
    out["listed_left_out"] = report.listed_left_out;
    out["unread"] = unread_json(report.unread);
    return out;
}

}  // namespace alert
