// decode: bytes -> Event, or an Error with a path. Strict, bounded, total (contract section 2).
//
// The first finding answers, in this order: too_large, malformed, envelope invalid, unknown_type,
// subject and data invalid. What a rejected event tells of itself (`source`, `id`, `type`) is kept
// for the answer.
#pragma once

#include "alert/core/answer.hpp"
#include "alert/core/event.hpp"

#include <string_view>

namespace alert {

struct DecodedEvent {
    Result<Event> event;
    std::string source, id, type;  // as far as they could be read; empty: unread
    /// The envelope is sound and the type known: a role that may not tell this type is answered
    /// `forbidden`, whatever else was found.
    bool role_matters = false;
    /// The attribute `history` is true: to be recorded without ringing anybody.
    bool history = false;
};

inline constexpr std::size_t assist_units_max = 50;  // a longer list is unreadable

DecodedEvent decode_event(std::string_view bytes);

/// `{"id":…,"source":…,"status":…,"case":…,"obligations":[…]}`; due times in the zone's offset.
std::string encode_answer(const Answer& answer, const Zone& zone);

/// Bytes somebody sent, as JSON can carry them: what is no UTF-8 becomes U+FFFD.
std::string as_utf8(std::string_view bytes);

/// Reads back what `Event::record` holds. For records of this program only.
Result<Event> decode_record(std::string_view record);

}  // namespace alert
