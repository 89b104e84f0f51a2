#include "event_data.hpp"

#include <utility>

namespace alert {
namespace {

// Braces read from left to right, so the first finding is the first member named here.
template <class Data>
Data read(Members& m);

template <>
Detected read(Members& m) {
    return {m.text("title", title_chars_max),
            m.optional_text("summary"),
            m.optional_text("field"),
            m.optional_text("place"),
            m.optional_text("platform"),
            m.optional_text("url"),
            m.optional_time("occurred_at"),
            m.word("incident_grade", parse_incident_grade),
            m.word("opinion_level", parse_opinion_level),
            m.optional_text("lead_unit"),
            m.units("assist_units"),
            m.heat("heat"),
            m.word("matter", parse_matter),
            m.optional_text("matter_key"),
            m.optional_time("due")};
}
template <>
Assessed read(Members& m) {
    return {m.text("by"), m.word("incident_grade", parse_incident_grade),
            m.word("opinion_level", parse_opinion_level), m.optional_text("field"),
            m.optional_text("reason")};
}
template <>
Assigned read(Members& m) {
    return {m.text("by"), m.text("lead_unit"), m.units("assist_units"), m.optional_text("reason")};
}
template <>
Returned read(Members& m) {
    return {m.text("by"), m.optional_text("unit"), m.text("reason")};
}
template <>
Acknowledged read(Members& m) {
    return {m.text("by"), m.optional_text("note")};
}
template <>
Approved read(Members& m) {
    return {m.text("by"), m.optional_text("note")};
}
template <>
Published read(Members& m) {
    return {m.response_kind("kind"),
            m.text("by"),
            m.optional_text("channel"),
            m.optional_text("url"),
            m.optional_text("title", title_chars_max),
            m.optional_text("approved_by"),
            m.optional_time("approved_at")};
}
template <>
Waived read(Members& m) {
    return {m.identifier("obligation"), m.text("by"), m.text("reason")};
}
template <>
CommitmentMade read(Members& m) {
    return {m.identifier("commitment"), m.text("text"), m.time("due"), m.text("by")};
}
template <>
CommitmentKept read(Members& m) {
    return {m.identifier("commitment"), m.text("by"), m.optional_text("url")};
}
template <>
Rated read(Members& m) {
    return {m.score("score"), m.optional_text("by")};
}
template <>
Merged read(Members& m) {
    return {m.other_case("into"), m.text("by"), m.optional_text("reason")};
}
template <>
Muted read(Members& m) {
    return {m.end_of_mute("until"), m.text("by"), m.text("reason")};
}
template <>
Noted read(Members& m) {
    return {m.text("by"), m.text("text")};
}
template <>
Closed read(Members& m) {
    return {m.text("by"), m.optional_text("reason")};
}
template <>
Reopened read(Members& m) {
    return {m.text("by"), m.text("reason")};
}
template <>
Dismissed read(Members& m) {
    return {m.text("by"), m.text("reason")};
}
template <>
Withdrawn read(Members& m) {
    return {m.identifier("event_source"), m.identifier("event_id"), m.text("by"), m.text("reason")};
}

using Reader = EventData (*)(Members&);

template <std::size_t... I>
constexpr std::array<Reader, sizeof...(I)> make_readers(std::index_sequence<I...>) {
    return {[](Members& m) -> EventData { return read<std::variant_alternative_t<I, EventData>>(m); }...};
}

constexpr auto readers = make_readers(std::make_index_sequence<std::variant_size_v<EventData>>{});

}  // namespace

EventData read_event_data(std::size_t type, Members& members) { return readers.at(type)(members); }

}  // namespace alert
