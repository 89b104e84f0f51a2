// One line for each column: its identifier, its title, its width, and how it follows from the entry.
#include "alert/report/ledger_table.hpp"

#include "alert/core/names.hpp"

#include "words.hpp"

#include <algorithm>
#include <chrono>

namespace alert {

namespace {

using report::outcome;
using report::said_by;
using report::word;

struct Sight {
    const Rules& rules;
    const LedgerEntry& entry;
    std::size_t number;
    TimePoint at;

    [[nodiscard]] const CaseView& view() const { return entry.view; }
    [[nodiscard]] const PublicAnswer* first() const {
        return entry.answers.empty() ? nullptr : &entry.answers.front();
    }
};

Cell time_cell(const std::optional<TimePoint>& at) { return at ? Cell{*at} : Cell{}; }

/// Parted by `；`; empty parts are left out.
void append(std::string& text, const std::string& part, std::string_view mark = "；") {
    if (part.empty()) return;
    if (!text.empty()) text += mark;
    text += part;
}

std::string in_brackets(const std::string& text) { return text.empty() ? "" : "（" + text + "）"; }

Cell lead_unit(const Sight& s) {
    return text_cell(unit_name(s.rules.directory, s.view().attributes.lead_unit));
}

Cell field(const Sight& s) {
    const auto& attributes = s.view().attributes;
    return text_cell(attributes.field_name.empty() ? attributes.field : attributes.field_name);
}

Cell assist_units(const Sight& s) {
    std::string names;
    for (const auto& id : s.view().assist_units) append(names, unit_name(s.rules.directory, id), "、");
    return text_cell(names);
}

Cell heat(const Sight& s, std::int64_t Heat::*member) {
    return s.view().heat ? Cell{(*s.view().heat).*member} : Cell{};
}

/// What the last answer that has a title was called, else why it was closed.
Cell reply_summary(const Sight& s) {
    const auto& answers = s.entry.answers;
    const auto titled =
        std::find_if(answers.rbegin(), answers.rend(), [](const auto& one) { return !one.title.empty(); });
    return text_cell(titled == answers.rend() ? s.entry.closed_because : titled->title);
}

Cell online(const Sight& s) {
    std::string text;
    for (const auto& answer : s.entry.answers) append(text, word(answer.kind) + in_brackets(answer.channel));
    return text_cell(text);
}

/// What is marked: of some flags more than their word.
std::string marks(const LedgerEntry& entry) {
    std::string text, left_open;
    for (const Duty& duty : entry.duties)
        if (duty.open_at_closing) append(left_open, duty.obligation.title, "、");
    const auto on_arrival = [](const Duty& duty) { return duty.on_arrival; };
    for (const auto& flag : entry.view.flags) {
        if (flag == "overdue_on_arrival" &&
            std::none_of(entry.duties.begin(), entry.duties.end(), on_arrival))
            continue;
        const bool closed_early = flag == "closed_unanswered";
        append(text, word(std::string_view(flag)) + (closed_early ? "：" + left_open : ""));
    }
    return text;
}

/// How the case ended, what was waived, what is marked.
Cell remarks(const Sight& s) {
    const auto& entry = s.entry;
    std::string text;
    if (entry.view.status == CaseStatus::merged)
        append(text, "已并入" + entry.view.into->value + in_brackets(entry.merged_because));
    if (entry.view.status == CaseStatus::dismissed)
        append(text, "不予受理" + in_brackets(entry.dismissed_because));
    if (entry.withdrawn)
        append(text, "发现已撤销" + in_brackets(said_by(entry.withdrawn->by, entry.withdrawn->reason)));
    for (const Duty& duty : entry.duties) {
        if (!duty.waiver || duty.obligation.status == ObligationStatus::void_) continue;
        append(text, outcome(duty.obligation) + "“" + duty.obligation.title + "”" +
                         in_brackets(said_by(duty.waiver->by, duty.waiver->reason)));
    }
    append(text, marks(entry));
    return text_cell(text);
}

/// Whatever was late or is overdue and makes a unit's rates, each by name; promises have their own columns.
Cell late_obligations(const Sight& s) {
    std::string text;
    for (const Duty& duty : s.entry.duties) {
        const Obligation& o = duty.obligation;
        const bool late = o.status == ObligationStatus::late || o.status == ObligationStatus::overdue;
        const bool rated = duty.kind == DutyKind::statutory || duty.kind == DutyKind::acknowledgement;
        if (!late || !rated || o.excused) continue;
        const auto unit = duty.unit.empty() ? "" : unit_name(s.rules.directory, duty.unit) + "，";
        append(text, o.title + in_brackets(unit + "时限" + local_text(o.due, s.rules.zone)) + outcome(o));
    }
    return text_cell(text);
}

Cell returns(const Sight& s) {
    std::string text;
    for (const auto& [unit, reason] : s.entry.returns)
        append(text, unit_name(s.rules.directory, unit) + in_brackets(reason));
    return text_cell(text);
}

Cell late_minutes(const Sight& s) {
    const Duty* owed = s.entry.answer_owed();
    const auto late = owed ? late_by(owed->obligation, s.at) : std::nullopt;
    return late ? Cell{std::chrono::ceil<std::chrono::minutes>(*late).count()} : Cell{};
}

Cell duties_that(const Sight& s, auto holds) {
    return count_cell(
        static_cast<std::size_t>(std::count_if(s.entry.duties.begin(), s.entry.duties.end(), holds)));
}

Cell cards(const Sight& s, Card card) {
    return duties_that(
        s, [card](const Duty& duty) { return duty.obligation.card == card && !duty.obligation.excused; });
}

Cell excused_cards(const Sight& s) {
    return duties_that(
        s, [](const Duty& duty) { return duty.obligation.card != Card::none && duty.obligation.excused; });
}

Cell of_commitments(const Sight& s, auto part) {
    std::string text;
    for (const Duty& duty : s.entry.duties) {
        if (duty.kind == DutyKind::commitment) append(text, part(duty.obligation));
    }
    return text_cell(text);
}

/// A member of the obligation to answer, empty where there is none.
Cell of_owed(const Sight& s, auto part) {
    const Duty* owed = s.entry.answer_owed();
    return owed ? Cell{part(*owed)} : Cell{};
}

Cell of_first(const Sight& s, auto part) { return s.first() ? Cell{part(*s.first())} : Cell{}; }

/// Null when none is asked for.
const Obligation* conference(const Sight& s) {
    const Duty* duty = s.entry.press_conference();
    const bool asked = duty && duty->obligation.status != ObligationStatus::void_;
    return asked ? &duty->obligation : nullptr;
}

struct LedgerColumn {
    const char *id, *title;
    int width;
    Cell (*cell)(const Sight&);
};

constexpr LedgerColumn column_table[] = {
    // the columns of a real office's sheet
    {"number", "序号", 6, [](const Sight& s) { return count_cell(s.number); }},
    {"patrol", "巡查单位", 16, [](const Sight& s) { return text_cell(s.entry.source); }},
    {"posted_at", "发布时间", 20, [](const Sight& s) { return time_cell(s.view().occurred_at); }},
    {"platform", "发布平台", 12, [](const Sight& s) { return text_cell(s.entry.platform); }},
    {"title", "标题", 40, [](const Sight& s) { return text_cell(s.entry.title); }},
    {"url", "链接", 30, [](const Sight& s) { return url_cell(s.view().url); }},
    {"lead_unit", "责任单位", 18, lead_unit},
    {"field", "涉及领域", 14, field},
    {"taken_by", "首接人", 10, [](const Sight& s) { return text_cell(s.entry.first_taken_by); }},
    {"assigned_at", "交办时间", 20, [](const Sight& s) { return time_cell(s.entry.assigned_at); }},
    {"answered_at", "首回时间", 20, [](const Sight& s) { return of_first(s, [](auto& a) { return a.at; }); }},
    {"closed_at", "办结时间", 20, [](const Sight& s) { return time_cell(s.view().closed_at); }},
    {"views", "关注量", 10, [](const Sight& s) { return heat(s, &Heat::views); }},
    {"comments", "跟帖数", 10, [](const Sight& s) { return heat(s, &Heat::comments); }},
    {"summary", "原贴摘要", 40, [](const Sight& s) { return text_cell(s.entry.summary); }},
    {"reply_summary", "办结回复摘要", 30, reply_summary},
    {"online", "线上情况", 24, online},
    {"offline", "线下情况", 24, [](const Sight& s) { return text_cell(s.entry.noted); }},
    {"screenshot", "原文截图", 10, [](const Sight&) { return Cell{}; }},
    {"remarks", "备注", 24, remarks},
    // ours
    {"case", "舆情编号", 22, [](const Sight& s) { return text_cell(s.view().id.value); }},
    {"detected_at", "发现时间", 20, [](const Sight& s) { return Cell{s.entry.started}; }},
    {"source", "发现来源", 14, [](const Sight& s) { return text_cell(s.entry.source); }},
    {"place", "涉事地点", 16, [](const Sight& s) { return text_cell(s.view().place); }},
    {"opinion_level", "舆情等级", 10,
     [](const Sight& s) {
         const auto level = s.view().attributes.opinion_level;
         return level ? text_cell(word(*level)) : Cell{};
     }},
    {"incident_type", "突发事件类型", 14, [](const Sight&) { return Cell{}; }},
    {"incident_grade", "突发事件级别", 14,
     [](const Sight& s) { return text_cell(word(s.view().attributes.incident_grade)); }},
    {"class", "重点回应类别", 24, [](const Sight& s) { return text_cell(s.entry.class_title); }},
    {"reposts", "转发量", 10, [](const Sight& s) { return heat(s, &Heat::reposts); }},
    {"lead", "牵头单位", 18, lead_unit},
    {"assist_units", "协办单位", 18, assist_units},
    {"acknowledged_at", "签收时间", 20, [](const Sight& s) { return time_cell(s.view().acknowledged_at); }},
    {"start", "起算时间", 20,
     [](const Sight& s) { return of_owed(s, [](auto& d) { return d.obligation.start; }); }},
    {"start_rule", "起算依据", 18,
     [](const Sight& s) { return of_owed(s, [](auto& d) { return word(d.start); }); }},
    {"due", "应回应时间", 20,
     [](const Sight& s) { return of_owed(s, [](auto& d) { return d.obligation.due; }); }},
    {"conference_due", "应开发布会时间", 20,
     [](const Sight& s) { return conference(s) ? Cell{conference(s)->due} : Cell{}; }},
    {"answer_kind", "首回方式", 12,
     [](const Sight& s) { return of_first(s, [](auto& a) { return word(a.kind); }); }},
    {"answer_url", "首回链接", 30,
     [](const Sight& s) { return s.first() ? url_cell(s.first()->url) : Cell{}; }},
    {"outcome", "是否按时", 10,
     [](const Sight& s) { return of_owed(s, [](auto& d) { return outcome(d.obligation); }); }},
    {"late_minutes", "超时时长（分钟）", 12, late_minutes},
    {"reminders", "催办次数", 10, [](const Sight& s) { return count_cell(s.entry.reminded); }},
    {"urgings", "督办次数", 10, [](const Sight& s) { return count_cell(s.entry.urged); }},
    {"yellow_cards", "黄牌", 8, [](const Sight& s) { return cards(s, Card::yellow); }},
    {"red_cards", "红牌", 8, [](const Sight& s) { return cards(s, Card::red); }},
    {"excused_cards", "免责牌", 8, excused_cards},
    {"late_obligations", "超时和未完成", 36, late_obligations},
    {"returns", "退回", 24, returns},
    {"commitments", "承诺事项", 30,
     [](const Sight& s) { return of_commitments(s, [](auto& o) { return o.title; }); }},
    {"commitments_due", "承诺时限", 20,
     [](const Sight& s) {
         return of_commitments(s, [&s](const Obligation& o) { return local_text(o.due, s.rules.zone); });
     }},
    {"commitments_kept", "兑现情况", 14, [](const Sight& s) { return of_commitments(s, outcome); }},
    {"instruction", "领导批示", 24, [](const Sight& s) { return text_cell(s.entry.approval_note); }},
    {"approved_by", "审核人", 10, [](const Sight& s) { return text_cell(s.entry.approved_by); }},
    {"approved_at", "审核时间", 20, [](const Sight& s) { return time_cell(s.entry.approved_at); }},
    {"status", "状态", 10, [](const Sight& s) { return text_cell(word(s.view().status)); }},
};

}  // namespace

const std::vector<Column>& ledger_columns() {
    static const auto columns = [] {
        std::vector<Column> all;
        for (const LedgerColumn& row : column_table) all.push_back({row.id, row.title, row.width});
        return all;
    }();
    return columns;
}

std::vector<Cell> ledger_row(const Rules& rules, const LedgerEntry& entry, std::size_t number, TimePoint at) {
    const Sight sight{rules, entry, number, at};
    std::vector<Cell> cells;
    cells.reserve(std::size(column_table));
    for (const LedgerColumn& row : column_table) cells.push_back(row.cell(sight));
    return cells;
}

}  // namespace alert
