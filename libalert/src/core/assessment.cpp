// Counting first, then what follows from counts: rates, points, ranks, changes. Whatever is told apart
// (waived, excused, void, pending; dismissed and merged cases) is listed by name, so that nobody has to
// believe a number.
#include "alert/core/assessment.hpp"

#include "alert/core/names.hpp"

#include <algorithm>
#include <tuple>

namespace alert {

namespace {

constexpr std::int64_t whole = 10'000;  // hundredths of a percent

std::int64_t rounded(std::int64_t part, std::int64_t of) { return (2 * part + of) / (2 * of); }

std::int64_t number(std::size_t count) { return static_cast<std::int64_t>(count); }

using YearMonth = std::chrono::year_month;

std::string month_text(YearMonth month) {
    const auto number = static_cast<unsigned>(month.month());
    return std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") +
           std::to_string(number);
}

/// Of what month_text() wrote.
std::string month_before(const std::string& text) {
    const auto year = std::stoi(text), month = std::stoi(text.substr(text.find('-', 1) + 1));
    const YearMonth of = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month));
    return month_text(of - std::chrono::months(1));
}

TimePoint begin_of(YearMonth month, const Zone& zone) {
    return zone.to_sys(std::chrono::local_days{month / 1});
}

/// Where obligations of the kind are counted; `none` takes those that no figure tells of.
Tally& tally_of(AssessmentRow& row, DutyKind kind, Tally& none) {
    switch (kind) {
        case DutyKind::statutory: return row.statutory;
        case DutyKind::acknowledgement: return row.acknowledgement;
        case DutyKind::commitment: return row.commitments;
        case DutyKind::internal: break;
    }
    return none;
}

/// Each indicator in the proportion of its rate; something statutory was due.
std::int64_t score_of(const AssessmentRow& row, const ScoreRules& rules) {
    std::int64_t points = 0, parts = 0;
    const auto add = [&](const Tally& tally, std::size_t part) {
        const auto rate = tally.rate();
        if (!rate) return;
        points += *rate * number(part);
        parts += number(part);
    };
    add(row.statutory, rules.answer);
    add(row.acknowledgement, rules.acknowledge);
    add(row.commitments, rules.commitment);
    const auto score = parts == 0 ? 0 : rounded(points, parts);
    const auto less = (row.statutory.overdue + row.commitments.overdue) * rules.overdue_less +
                      row.red * rules.red_less + row.returns * rules.return_less;
    return std::max<std::int64_t>(score - 100 * number(std::min(less, rules.less_max)), 0);
}

/// What ranks: by score, then by rate.
auto merits(const AssessmentRow& row) { return std::pair(row.score, row.statutory.rate()); }

/// Best first; then what is not scored, by id, and behind all what is nobody's.
bool ranks_before(const AssessmentRow& a, const AssessmentRow& b) {
    if (a.id.empty() != b.id.empty()) return b.id.empty();
    if (a.score.has_value() != b.score.has_value()) return a.score.has_value();
    if (a.score && merits(a) != merits(b)) return merits(a) > merits(b);
    return a.id < b.id;
}

template <class T>
std::optional<std::int64_t> change(const std::optional<T>& now, const std::optional<T>& before) {
    if (!now || !before) return std::nullopt;
    return static_cast<std::int64_t>(*now) - static_cast<std::int64_t>(*before);
}

void compare(AssessmentRow& row, const AssessmentRow& before) {
    if (!before.statutory.rate()) return;
    row.rate_change = change(row.statutory.rate(), before.statutory.rate());
    row.score_change = change(row.score, before.score);
    row.rank_change = change(before.rank, row.rank);
}

void add_duty(AssessmentRow& row, const Duty& duty) {
    Tally other;
    tally_of(row, duty.kind, other).add(duty.obligation);
    const auto card = duty.obligation.card;
    if (card == Card::none) return;
    ++(duty.obligation.excused ? row.excused_cards : card == Card::red ? row.red : row.yellow);
}

Listed listed_case(const Rules& rules, const LedgerEntry& entry) {
    return {.id = entry.view.id,
            .started = entry.started,
            .title = entry.title,
            .unit = unit_name(rules.directory, entry.view.attributes.lead_unit),
            .withdrawn = entry.withdrawn,
            .returned_because = entry.returns.empty() ? "" : entry.returns.back().reason,
            .noted = entry.noted};
}

}  // namespace

void Tally::add(const Obligation& obligation) {
    if (obligation.excused) return void(++excused);
    switch (obligation.status) {
        case ObligationStatus::pending: ++pending; break;
        case ObligationStatus::met: ++met; break;
        case ObligationStatus::late: ++late; break;
        case ObligationStatus::overdue: ++overdue; break;
        case ObligationStatus::waived: ++waived; break;
        case ObligationStatus::void_: ++void_; break;
    }
}

std::optional<std::int64_t> Tally::rate() const {
    if (due() == 0) return std::nullopt;
    return rounded(number(met) * whole, number(due()));
}

Spread Spread::of(std::vector<Duration> times) {
    if (times.empty()) return {};
    std::sort(times.begin(), times.end());
    const auto count = times.size();
    const auto nine_tenths = (count * 9 + 9) / 10;
    return {count, (times[(count - 1) / 2] + times[count / 2]) / 2, times[nine_tenths - 1]};
}

bool AssessmentReport::passed(const AssessmentRow& row) const {
    return row.score && *row.score >= 100 * number(rules.pass);
}

std::optional<Duration> late_by(const Obligation& obligation, TimePoint at) {
    if (obligation.status == ObligationStatus::late) return *obligation.fulfilled_at - obligation.due;
    if (obligation.status == ObligationStatus::overdue) return at - obligation.due;
    return std::nullopt;
}

YearMonth month_of(TimePoint at, const Zone& zone) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(zone.to_local(at))};
    return day.year() / day.month();
}

ReportPeriod whole_month(YearMonth month, const Zone& zone) {
    return {begin_of(month, zone), begin_of(month + std::chrono::months(1), zone)};
}

ReportPeriod period_before(const ReportPeriod& period, const Zone& zone) {
    const auto first = month_of(period.from, zone), end = month_of(period.to, zone);
    const bool whole_months = begin_of(first, zone) == period.from && begin_of(end, zone) == period.to;
    if (whole_months) return {begin_of(first - (end - first), zone), period.from};
    return {period.from - (period.to - period.from), period.from};
}

Assessor::Assessor(ReportPeriod period, ReportPeriod before, TimePoint at, GroupBy by, ScoreRules rules,
                   Zone zone)
    : zone_(zone) {
    so_far_.rules = rules;
    so_far_.period = period;
    so_far_.before = before;
    so_far_.at = at;
    so_far_.by = by;
}

std::pair<std::string, std::string> Assessor::group_of(const Rules& rules, const LedgerEntry& entry) const {
    const auto& attributes = entry.view.attributes;
    if (so_far_.by == GroupBy::unit)
        return {attributes.lead_unit, unit_name(rules.directory, attributes.lead_unit)};
    if (so_far_.by == GroupBy::field)
        return {attributes.field, attributes.field_name.empty() ? attributes.field : attributes.field_name};
    const auto month = month_text(month_of(entry.started, zone_));
    return {month, month};
}

Assessor::Group& Assessor::group_in(Groups& groups, const std::string& id, const std::string& name) {
    Group& group = groups[id];
    group.row.id = id;
    group.row.name = name;
    return group;
}

/// What goes to a unit of its own rather than to the matter's: an assignment's, a return's.
Assessor::Group& Assessor::group_of_unit(Groups& groups, Group& matter, const Rules& rules,
                                         const std::string& unit) const {
    if (so_far_.by != GroupBy::unit) return matter;
    const Unit* known = rules.directory.find_unit(unit);
    return group_in(groups, known ? known->id : unit, known ? known->name : unit);
}

void Assessor::add_matter(Group& group, const LedgerEntry& entry) {
    AssessmentRow& row = group.row;
    ++row.received;
    if (!entry.answers.empty()) ++row.answered;
    if (std::any_of(entry.duties.begin(), entry.duties.end(), [](const Duty& d) { return d.on_arrival; }))
        ++row.on_arrival;
    row.reminded += entry.reminded;
    row.urged += entry.urged;
    if (const Duty* owed = entry.answer_owed(); owed != nullptr && !entry.answers.empty())
        group.first_answers.push_back(
            std::max(entry.answers.front().at - owed->obligation.start, Duration{}));
    if (entry.view.acknowledged_at && entry.taken_on_at)
        group.takings.push_back(std::max(*entry.view.acknowledged_at - *entry.taken_on_at, Duration{}));
}

void Assessor::add(const Rules& rules, const LedgerEntry& entry) {
    const bool now = so_far_.period.holds(entry.started);
    if (!now && !so_far_.before.holds(entry.started)) return;
    if (!entry.counts()) return now ? list_case(rules, entry) : void();
    Groups& groups = now ? groups_ : before_groups_;
    Group& total = now ? total_ : before_total_;
    const auto [id, name] = group_of(rules, entry);
    Group& matter = group_in(groups, id, name);
    add_matter(matter, entry);
    add_matter(total, entry);
    for (const Duty& duty : entry.duties) {
        const auto& unit = duty.unit;
        add_duty((unit.empty() ? matter : group_of_unit(groups, matter, rules, unit)).row, duty);
        add_duty(total.row, duty);
    }
    for (const HandedBack& back : entry.returns) {
        ++group_of_unit(groups, matter, rules, back.unit).row.returns;
        ++total.row.returns;
    }
    if (!now) return;
    if (!entry.class_title.empty()) ++so_far_.classes[entry.class_title];
    const auto& level = entry.view.attributes.opinion_level;
    ++so_far_.levels[level ? std::string(to_string(*level)) : ""];
    ++so_far_.grades[std::string(to_string(entry.view.attributes.incident_grade))];
    list(rules, entry);
}

void Assessor::keep(std::vector<Listed>& list, Listed listed) {
    if (list.size() < listed_max)
        list.push_back(std::move(listed));
    else
        ++so_far_.listed_left_out;
}

void Assessor::list(const Rules& rules, const LedgerEntry& entry) {
    for (const Duty& duty : entry.duties) {
        const Obligation& o = duty.obligation;
        auto& by = obligations_[o.rule_id];
        by.id = o.rule_id;
        if (by.title.empty() && duty.kind != DutyKind::commitment) by.title = o.title;
        by.kind = duty.kind;
        by.tally.add(o);
        const bool ranked = duty.kind == DutyKind::statutory || duty.kind == DutyKind::commitment;
        if (!ranked || o.status == ObligationStatus::met) continue;
        auto listed = listed_case(rules, entry);
        listed.obligation = o.id;
        listed.what = o.title;
        listed.status = o.excused ? "excused" : to_string(o.status);
        listed.due = o.due;
        listed.fulfilled_at = o.fulfilled_at;
        listed.late_by = late_by(o, so_far_.at);
        listed.on_arrival = duty.on_arrival;
        listed.because = duty.void_because;
        if (duty.waiver) listed.by = duty.waiver->by, listed.reason = duty.waiver->reason;
        const bool counts = o.status == ObligationStatus::late || o.status == ObligationStatus::overdue;
        keep(counts && !o.excused ? so_far_.overdue : so_far_.excluded, std::move(listed));
    }
}

void Assessor::list_case(const Rules& rules, const LedgerEntry& entry) {
    auto listed = listed_case(rules, entry);
    listed.status = to_string(entry.view.status);
    const bool merged = entry.view.status == CaseStatus::merged;
    listed.reason = merged ? entry.merged_because : entry.dismissed_because;
    if (entry.view.into) listed.into = entry.view.into->value;
    keep(so_far_.apart, std::move(listed));
}

AssessmentRow Assessor::finished(const Group& group) const {
    AssessmentRow row = group.row;
    row.first_answer = Spread::of(group.first_answers);
    row.taking = Spread::of(group.takings);
    const bool judged = so_far_.by != GroupBy::month && !row.id.empty();
    if (judged && row.statutory.rate()) row.score = score_of(row, so_far_.rules);
    return row;
}

std::vector<AssessmentRow> Assessor::ranked(const Groups& groups) const {
    std::vector<AssessmentRow> rows;
    for (const auto& [id, group] : groups) rows.push_back(finished(group));
    if (so_far_.by == GroupBy::month) return rows;
    std::sort(rows.begin(), rows.end(), ranks_before);
    for (std::size_t i = 0; i < rows.size() && rows[i].score; ++i)
        rows[i].rank = i > 0 && merits(rows[i - 1]) == merits(rows[i]) ? rows[i - 1].rank : i + 1;
    return rows;
}

AssessmentReport Assessor::result() const {
    AssessmentReport result = so_far_;
    result.total = finished(total_);
    compare(result.total, finished(before_total_));
    result.rows = ranked(groups_);
    std::map<std::string, AssessmentRow> before;
    const auto remember = [&before](const AssessmentRow& row) { before.insert_or_assign(row.id, row); };
    for (const AssessmentRow& row : ranked(before_groups_)) remember(row);
    if (so_far_.by == GroupBy::month) std::for_each(result.rows.begin(), result.rows.end(), remember);
    for (AssessmentRow& row : result.rows) {
        const auto same = before.find(so_far_.by == GroupBy::month ? month_before(row.id) : row.id);
        if (same != before.end()) compare(row, same->second);
    }
    for (const auto& [id, by] : obligations_) result.obligations.push_back(by);
    for (auto* list : {&result.overdue, &result.excluded, &result.apart})
        std::stable_sort(list->begin(), list->end(), [](const Listed& a, const Listed& b) {
            return std::tie(a.started, a.id) < std::tie(b.started, b.id);
        });
    return result;
}

}  // namespace alert
