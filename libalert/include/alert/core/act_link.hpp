// The links by which whoever was told acts from a message: `/act/CASE?t=UNTIL.NOTIFICATION.MAC`.
//
// The token says which message it stood in, so that the page knows who was told, and until when it may be
// used (seconds since 1970). MAC is HMAC-SHA256 over these and the case, cut to 128 bits. Whoever has the
// link may acknowledge or report a publication for that one case, and nothing else. Pure.
#pragma once

#include "alert/core/id.hpp"
#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <string>
#include <string_view>

namespace alert {

struct LinkKey {
    std::string bytes;  // empty: links are not signed, and nobody acts by them
    Duration valid = std::chrono::hours(24 * 7);
    friend bool operator==(const LinkKey&, const LinkKey&) = default;
};

struct ActLink {
    CaseId case_id;
    NotificationId notification;
    TimePoint until;  // whole seconds
    friend bool operator==(const ActLink&, const ActLink&) = default;
};

/// The token of a link; the key is not empty.
std::string sign_act_link(const LinkKey& key, const ActLink& link);
/// Error `unsigned` without a key or token, `expired`, `forged` when it was not made by this key for this
/// case.
Result<ActLink> open_act_link(const LinkKey& key, const CaseId& case_id, std::string_view token,
                              TimePoint now);

}  // namespace alert
