#include "alert/core/words.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace alert {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

constexpr Word words[] = {
    // statuses of a case
    {"open", "在办"},
    {"closed", "已办结"},
    {"dismissed", "不予受理"},
    {"merged", "已合并"},
    // statuses of an obligation
    {"pending", "待完成"},
    {"met", "按时"},
    {"late", "超时"},
    {"overdue", "超期"},
    {"waived", "已豁免"},
    {"void", "不再要求"},
    // flags
    {"truncated", "有截断"},
    {"unreadable", "有不可读项"},
    {"unreviewed", "未经审签发布"},
    {"unassigned", "无责任单位"},
    {"unknown_unit", "单位不在名录"},
    {"closed_unanswered", "办结时仍有未完成"},
    {"unreasoned", "降级未生效"},
    {"roster_gap", "值班空缺"},
    {"overdue_on_arrival", "发现即超期"},
    {"renewed", "再次发现"},
    {"rejected", "有被拒消息"},
    {"due_moved", "时限变动"},
    {"merge_loop", "合并成环"},
    {"withdrawn_unknown", "撤销未生效"},
    {"waived_unknown", "豁免未生效"},
    {"kept_unknown", "兑现未生效"},
};

constexpr Word role_words[] = {
    {"duty_officer", "值班员"}, {"duty_leader", "带班领导"},   {"office_director", "办公室主任"},
    {"publicity", "宣传网信"},  {"deputy_head", "分管副县长"}, {"county_head", "县长"},
    {"lead_unit", "责任单位"},  {"assist_units", "协办单位"},  {"unit_head", "单位负责人"},
};

std::string_view find(std::span<const Word> table, std::string_view identifier) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& word) { return word.first == identifier; });
    return found == table.end() ? std::string_view{} : found->second;
}

}  // namespace

std::string_view chinese_word(std::string_view identifier) { return find(words, identifier); }

std::string_view role_word(std::string_view role) { return find(role_words, role); }

}  // namespace alert
