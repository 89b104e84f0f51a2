#include "words.hpp"

#include "alert/core/words.hpp"

#include <algorithm>
#include <iterator>

namespace alert::report {

namespace {

struct Word {
    std::string_view identifier, zh;
};

constexpr Word words[] = {
    // what became of something that is listed
    {"late", "超时"},
    {"overdue", "超期未办"},
    {"pending", "未到期"},
    {"waived", "豁免"},
    {"void", "不再要求"},
    {"excused", "免责"},
    {"dismissed", "不予受理"},
    {"merged", "已合并"},
    // why nothing is asked any more
    {"closed", "办结时未到期"},
    {"reassigned", "已改派或退回"},
    {"regraded", "重新研判后不适用"},
};

}  // namespace

std::string word(std::string_view identifier) {
    const auto* found = std::find_if(std::begin(words), std::end(words),
                                     [&](const Word& word) { return word.identifier == identifier; });
    if (found != std::end(words)) return std::string(found->zh);
    const auto known = chinese_word(identifier);
    return std::string(known.empty() ? identifier : known);
}

std::string word(ResponseKind kind) {
    switch (kind) {
        case ResponseKind::authoritative_release: return "权威发布";
        case ResponseKind::press_conference: return "新闻发布会";
        case ResponseKind::media_briefing: return "媒体通气会";
        case ResponseKind::media_interview: return "接受采访";
        case ResponseKind::holding_statement: return "初步回应";
        case ResponseKind::online_reply: return "网上回复";
        case ResponseKind::hotline_reply: return "热线答复";
        case ResponseKind::rumor_refutation: return "辟谣";
        case ResponseKind::progress_update: return "进展通报";
        case ResponseKind::final_report: return "最终通报";
    }
    return {};
}

std::string word(OpinionLevel level) {
    switch (level) {
        case OpinionLevel::red: return "红";
        case OpinionLevel::orange: return "橙";
        case OpinionLevel::yellow: return "黄";
        case OpinionLevel::blue: return "蓝";
    }
    return {};
}

std::string word(IncidentGrade grade) {
    switch (grade) {
        case IncidentGrade::extreme: return "特别重大";
        case IncidentGrade::major: return "重大";
        case IncidentGrade::considerable: return "较大";
        case IncidentGrade::ordinary: return "一般";
        case IncidentGrade::none: break;
    }
    return {};
}

std::string word(CaseStatus status) { return std::string(chinese_word(to_string(status))); }

std::string word(StartRule start) {
    switch (start) {
        case StartRule::detected: return "发现时间";
        case StartRule::occurred: return "发生时间";
        case StartRule::recorded: return "接报时间";
        case StartRule::assigned: return "交办时间";
        case StartRule::earliest: return "发生与发现较早者";
    }
    return {};
}

std::string word(DutyKind kind) {
    switch (kind) {
        case DutyKind::statutory: return "法定";
        case DutyKind::acknowledgement: return "签收";
        case DutyKind::internal: return "内部";
        case DutyKind::commitment: return "承诺";
    }
    return {};
}

std::string word(GroupBy by) {
    switch (by) {
        case GroupBy::unit: return "责任单位";
        case GroupBy::field: return "领域";
        case GroupBy::month: return "月份";
    }
    return {};
}

std::string said_by(const std::string& by, const std::string& text) {
    return by.empty() || text.empty() ? text : by + "：" + text;
}

std::string outcome(const Obligation& obligation) {
    if (obligation.excused) return "免责";
    switch (obligation.status) {
        case ObligationStatus::pending: return "未到期";
        case ObligationStatus::met: return "按时";
        case ObligationStatus::late: return "超时";
        case ObligationStatus::overdue: return "超期未办";
        case ObligationStatus::waived: return "豁免";
        case ObligationStatus::void_: return "不再要求";
    }
    return {};
}

}  // namespace alert::report
