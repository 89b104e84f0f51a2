#include "alert/notify/classify.hpp"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

namespace alert {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The three forms that RFC 9110 wants read: the current one, RFC 850's and asctime's.
std::optional<TimePoint> parse_http_date(std::string_view text) {
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        std::istringstream in{std::string(text)};
        in.imbue(std::locale::classic());
        in >> std::get_time(&parts, form);
        if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
        const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                              std::chrono::month(static_cast<unsigned>(parts.tm_mon) + 1),
                                              std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
        if (!day.ok()) return std::nullopt;
        return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
               std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
    }
    return std::nullopt;
}

bool is_worth_another_try(int status) {
    return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, TimePoint now) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    if (text.find_first_not_of("0123456789") != std::string_view::npos) {
        const auto at = parse_http_date(text);
        if (!at) return std::nullopt;
        return std::clamp(*at - now, Duration::zero(), retry_after_max);
    }
    std::int64_t seconds = 0;
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(retry_after_max).count();
    for (const char c : text) seconds = std::min(seconds * 10 + (c - '0'), most);
    return std::chrono::seconds(seconds);
}

DeliveryResult classify_status(int status, std::string_view retry_after, TimePoint now) {
    using Kind = DeliveryResult::Kind;
    if (status >= 200 && status <= 299) return {.kind = Kind::delivered};
    const auto error = "HTTP " + std::to_string(status);
    if (is_worth_another_try(status)) {
        return {.kind = Kind::retry, .retry_after = parse_retry_after(retry_after, now), .error = error};
    }
    const bool redirect = status >= 300 && status <= 399;
    return {.kind = Kind::permanent, .error = redirect ? error + ", redirects are not followed" : error};
}

DeliveryResult classify_failure(std::string what) {
    return {.kind = DeliveryResult::Kind::retry, .error = std::move(what)};
}

}  // namespace alert
