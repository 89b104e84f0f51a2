// What `listen` prints of a body. The body is anybody's: nothing is taken for granted of its shape.
#include "listen.hpp"
#include "text.hpp"

#include "alert/core/time.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace yuqing {

namespace {

namespace json = boost::json;

constexpr std::size_t shown_columns_max = 200;  // of a body that is no notification
constexpr std::int64_t just_due_seconds = 60;   // what is told so soon is due, not overdue
constexpr std::size_t clock_begin = sizeof("2026-06-12T") - 1, clock_size = sizeof("13:38:00") - 1;

const json::value* find(const json::value* value, std::string_view name) {
    const auto* object = value ? value->if_object() : nullptr;
    return object ? object->if_contains(name) : nullptr;
}

std::string_view text(const json::value* value, std::string_view name) {
    const auto* member = find(value, name);
    const auto* string = member ? member->if_string() : nullptr;
    return string ? std::string_view(*string) : std::string_view();
}

std::string clock_text(std::string_view time) {
    return time.size() >= clock_begin + clock_size ? std::string(time.substr(clock_begin, clock_size))
                                                   : "--:--:--";
}

std::string state_text(const json::value* obligation, std::string_view reason) {
    if (reason == "fulfilled") return "已完成";
    const auto* member = find(obligation, "remaining_seconds");
    const auto* seconds = member ? member->if_int64() : nullptr;
    if (!seconds) return "";
    if (*seconds > 0) return "剩余" + alert::format_duration_zh(std::chrono::seconds(*seconds));
    if (*seconds > -just_due_seconds) return "已到期";
    return "已超期" + alert::format_duration_zh(-std::chrono::seconds(*seconds));
}

/// `duty_officer 张三、李四；county_head`
std::string targets_text(const json::value* data) {
    const auto* targets = find(data, "targets");
    if (!targets || !targets->is_array()) return "";
    std::string line;
    for (const auto& target : targets->get_array()) {
        if (!line.empty()) line += "；";
        line += text(&target, "role");
        const auto* officers = find(&target, "officers");
        if (!officers || !officers->is_array()) continue;
        bool first = true;
        for (const auto& officer : officers->get_array()) {
            const auto name = text(&officer, "name");
            line.append(first ? " " : "、").append(name.empty() ? text(&officer, "id") : name);
            first = false;
        }
    }
    return line;
}

void add(std::string& line, std::string_view word) {
    if (word.empty()) return;
    if (!line.empty()) line += ' ';
    line += word;
}

/// `【到期】竹岭乡山洪` with a blank after the bracket.
void add_title(std::string& line, std::string_view title) {
    constexpr std::string_view bracket = "】";
    const auto end = title.starts_with("【") ? title.find(bracket) : std::string_view::npos;
    if (end == std::string_view::npos) return add(line, title);
    add(line, title.substr(0, end + bracket.size()));
    add(line, title.substr(end + bracket.size()));
}

}  // namespace

std::string message_line(std::string_view body) {
    json::error_code failure;
    const auto message = json::parse(body, failure);
    const auto* data = failure ? nullptr : find(&message, "data");
    if (!data || text(&message, "type") != "yuqing.notification") {
        return "--:--:-- " + cut_to_width(safe_text(body), shown_columns_max);
    }
    std::string line = clock_text(text(&message, "time"));
    const auto reason = text(data, "reason");
    const auto title = text(data, "title");
    add_title(line, title.empty() ? reason : title);
    const auto* obligation = find(data, "obligation");
    add(line, text(obligation, "title"));
    add(line, state_text(obligation, reason));
    const auto targets = targets_text(data);
    if (!targets.empty()) add(line, "→ " + targets);
    return safe_text(line);
}

std::string message_json(std::string_view body, bool repeated) {
    json::error_code failure;
    auto message = json::parse(body, failure);
    if (failure) return safe_json(json::serialize(json::string(safe_text(body))));
    if (repeated && message.is_object()) message.get_object()["repeated"] = true;
    return safe_json(json::serialize(message));
}

}  // namespace yuqing
