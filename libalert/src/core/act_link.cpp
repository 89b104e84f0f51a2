#include "alert/core/act_link.hpp"

#include "alert/core/hash.hpp"

#include <openssl/crypto.h>

#include <charconv>

namespace alert {

namespace {

constexpr std::size_t mac_digits = 32;
constexpr std::size_t seconds_digits_max = 12;

std::string seconds_text(TimePoint at) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

std::string mac_of(const LinkKey& key, const ActLink& link) {
    return mac_hex(key.bytes, {"act", link.case_id.value, link.notification.value, seconds_text(link.until)},
                   mac_digits);
}

}  // namespace

std::string sign_act_link(const LinkKey& key, const ActLink& link) {
    return seconds_text(link.until) + "." + link.notification.value + "." + mac_of(key, link);
}

Result<ActLink> open_act_link(const LinkKey& key, const CaseId& case_id, std::string_view token,
                              TimePoint now) {
    if (key.bytes.empty()) return Error{"unsigned", "no key for links is configured", "http.link_key_file"};
    if (token.empty()) return Error{"unsigned", "the link has no signature", "t"};
    const Error forged{"forged", "the link's signature is not right", "t"};
    const auto first = token.find('.'), last = token.rfind('.');
    if (first == std::string_view::npos || first == last || first > seconds_digits_max) return forged;
    std::int64_t seconds = 0;
    const auto [end, failed] = std::from_chars(token.data(), token.data() + first, seconds);
    if (failed != std::errc{} || end != token.data() + first) return forged;
    ActLink link{.case_id = case_id,
                 .notification = NotificationId(std::string(token.substr(first + 1, last - first - 1))),
                 .until = TimePoint(std::chrono::seconds(seconds))};
    const auto mac = mac_of(key, link);
    const auto told = token.substr(last + 1);
    if (told.size() != mac.size() || CRYPTO_memcmp(told.data(), mac.data(), mac.size()) != 0) return forged;
    if (link.until <= now) return Error{"expired", "the link has expired", "t"};
    return link;
}

}  // namespace alert
