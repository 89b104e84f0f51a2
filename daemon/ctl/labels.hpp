// The API's identifiers in the words that people at the duty desk use.
#pragma once

#include "client.hpp"
#include "colour.hpp"

#include "alert/core/time.hpp"

#include <cstdint>
#include <optional>

namespace yuqing {

inline constexpr std::int64_t near_seconds = 3600;  // what is due sooner stands out

/// A status, kind, card, grade, level, flag, reason or event type; what is unknown stays as it is.
std::string label(std::string_view identifier, Language language);

/// A role by its usual name, in English and when an office named it itself by its id.
std::string role_label(std::string_view role, Language language);

/// `06-12 13:38` of a time as the API tells it, where a table has no room for more.
std::string short_time(const std::string& time);

/// `2天3小时`, `45s`.
std::string duration_text(alert::Duration length, Language language);

/// Of an obligation; nothing when it is not open.
std::optional<std::int64_t> remaining_seconds(const boost::json::object& obligation);
/// `2天3小时`, `超 45秒`; empty when it is not open.
std::string remaining_text(const boost::json::object& obligation, Language language);

/// The open obligation that is due first, or null.
const boost::json::object* most_urgent(const boost::json::object& item);
/// How an obligation looks where colours are wanted.
Tone tone_of(const boost::json::object& obligation);

/// One entry of a case's timeline: what it is, and what is worth saying of it.
std::string entry_text(const boost::json::object& entry, Language language);
std::string entry_note(const boost::json::object& entry, Language language);

/// What the ID of a command must be.
Check case_id();

}  // namespace yuqing
