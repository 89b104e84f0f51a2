#include "notification_value.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "number.hpp"

#include <algorithm>

namespace alert::redis {
namespace {

constexpr std::size_t attempts_at = 3, attempts_digits = 5;
constexpr std::size_t created_at = 9, created_digits = 13;
constexpr std::size_t error_at = created_at + created_digits + 1;
constexpr std::uint32_t attempts_max = 99'999;
constexpr std::int64_t created_max = 9'999'999'999'999;  // in the year 2286

std::string digits(std::int64_t number, std::size_t width) {
    std::string text = std::to_string(number);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string new_notification_value(const Notification& notification) {
    const auto created =
        std::clamp<std::int64_t>(notification.created_at.time_since_epoch().count(), 0, created_max);
    std::string value = "p" + std::to_string(notification.urgency) + (notification.alone ? "!" : " ") +
                        attempts_column(0) + " " + digits(created, created_digits) + " \n";
    value += encode_notification(notification);
    return value;
}

Result<NotificationValue> read_notification_value(std::string_view text) {
    const auto line_end = text.find('\n');
    if (line_end == std::string_view::npos || line_end < error_at)
        return Error{"corrupt", "a notification in Redis has no head", ""};
    NotificationValue value;
    switch (text[0]) {
        case 'p': value.state = DeliveryState::pending; break;
        case 'o': value.state = DeliveryState::sending; break;
        case 'd': value.state = DeliveryState::delivered; break;
        case 's': value.state = DeliveryState::superseded; break;
        case 'x': value.state = DeliveryState::dead; break;
        default: return Error{"corrupt", "a notification in Redis has an unknown state", ""};
    }
    if (!read_number(text.substr(attempts_at, attempts_digits), value.attempts))
        return Error{"corrupt", "a notification in Redis has no count of attempts", ""};
    value.error = text.substr(error_at, line_end - error_at);
    value.body = text.substr(line_end + 1);
    return value;
}

std::string_view outcome_letter(DeliveryState state) {
    switch (state) {
        case DeliveryState::delivered: return "d";
        case DeliveryState::dead: return "x";
        case DeliveryState::superseded: return "s";
        case DeliveryState::pending:
        case DeliveryState::sending: break;
    }
    return "p";
}

std::string attempts_column(std::uint32_t attempts) {
    return digits(std::min(attempts, attempts_max), attempts_digits);
}

std::string error_column(std::string_view error) {
    std::size_t size = std::min(error.size(), delivery_error_bytes_max);
    while (size > 0 && size < error.size() && (static_cast<unsigned char>(error[size]) & 0xC0) == 0x80)
        --size;
    std::string line(error.substr(0, size));
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return line;
}

}  // namespace alert::redis
