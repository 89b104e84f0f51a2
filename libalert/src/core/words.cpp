#include "alert/core/words.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace alert {
namespace {

constexpr std::pair<std::string_view, std::string_view> words[] = {
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
    {"closed_unanswered", "办结未回应"},
    {"unreasoned", "降级无理由"},
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

}  // namespace

std::string_view chinese_word(std::string_view identifier) {
    const auto found = std::find_if(std::begin(words), std::end(words),
                                    [&](const auto& word) { return word.first == identifier; });
    return found == std::end(words) ? std::string_view{} : found->second;
}

}  // namespace alert
