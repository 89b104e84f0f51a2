#include "alert/core/event.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::string_view grade_names[] = {"none", "ordinary", "considerable", "major", "extreme"};
constexpr std::string_view grade_words[] = {"无", "一般", "较大", "重大", "特别重大"};
constexpr std::string_view grade_numerals[] = {"", "IV", "III", "II", "I"};
constexpr std::string_view level_names[] = {"blue", "yellow", "orange", "red"};
constexpr std::string_view level_words[] = {"蓝", "黄", "橙", "红"};
constexpr std::string_view matter_names[] = {"opinion", "hotline", "consultation", "disclosure", "task"};
constexpr std::string_view kind_names[] = {
    "authoritative_release", "press_conference", "media_briefing",   "media_interview", "holding_statement",
    "online_reply",          "hotline_reply",    "rumor_refutation", "progress_update", "final_report"};
constexpr std::string_view role_names[] = {"monitor", "viewer", "operator", "supervisor", "admin"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::string_view (&names)[N], std::string_view text) {
    const auto at = std::find(std::begin(names), std::end(names), text);
    if (text.empty() || at == std::end(names)) return std::nullopt;
    return static_cast<Enum>(at - std::begin(names));
}

template <std::size_t N, class Enum>
std::string_view name(const std::string_view (&names)[N], Enum value) {
    return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view to_string(IncidentGrade grade) { return name(grade_names, grade); }
std::string_view to_string(OpinionLevel level) { return name(level_names, level); }
std::string_view to_string(Matter matter) { return name(matter_names, matter); }
std::string_view to_string(ResponseKind kind) { return name(kind_names, kind); }
std::string_view to_string(ClientRole role) { return name(role_names, role); }

std::optional<IncidentGrade> parse_incident_grade(std::string_view text) {
    if (auto grade = find<IncidentGrade>(grade_names, text)) return grade;
    if (auto grade = find<IncidentGrade>(grade_words, text)) return grade;
    return find<IncidentGrade>(grade_numerals, text);
}

std::optional<OpinionLevel> parse_opinion_level(std::string_view text) {
    if (auto level = find<OpinionLevel>(level_names, text)) return level;
    constexpr std::string_view suffix = "色";  // 红色 as well as 红
    if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
    return find<OpinionLevel>(level_words, text);
}

std::optional<Matter> parse_matter(std::string_view text) { return find<Matter>(matter_names, text); }
std::optional<ResponseKind> parse_response_kind(std::string_view text) {
    return find<ResponseKind>(kind_names, text);
}

bool is_case_id(std::string_view text) {
    constexpr std::size_t case_id_chars_max = 64;
    const auto allowed = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= case_id_chars_max &&
           std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace alert
