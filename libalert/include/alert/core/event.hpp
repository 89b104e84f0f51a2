// What is told from outside: a CloudEvents 1.0 object, decoded (contract section 2).
//
// decode (codec/event_json.hpp) makes an Event from bytes; the core judges events and never sees
// JSON. `record` is the event as it was told, one line of JSON, kept in the case's log.
#pragma once

#include "alert/core/id.hpp"
#include "alert/core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alert {

/// Grade of the emergency (突发事件) behind the opinion; decides the class. Ordered by weight.
enum class IncidentGrade { none, ordinary, considerable, major, extreme };
/// How hot the opinion is; only tightens internal targets. Ordered by weight.
enum class OpinionLevel { blue, yellow, orange, red };
enum class Matter { opinion, hotline, consultation, disclosure, task };
enum class ResponseKind {
    authoritative_release,
    press_conference,
    media_briefing,
    media_interview,
    holding_statement,
    online_reply,
    hotline_reply,
    rumor_refutation,
    progress_update,
    final_report
};

std::string_view to_string(IncidentGrade grade);
std::string_view to_string(OpinionLevel level);
std::string_view to_string(Matter matter);
std::string_view to_string(ResponseKind kind);
/// Identifiers; of the grade also 特别重大 重大 较大 一般 无 and I II III IV; of the level also 红 橙 黄 蓝.
std::optional<IncidentGrade> parse_incident_grade(std::string_view text);
std::optional<OpinionLevel> parse_opinion_level(std::string_view text);
std::optional<Matter> parse_matter(std::string_view text);
std::optional<ResponseKind> parse_response_kind(std::string_view text);

struct Heat {
    std::int64_t views = 0, reposts = 0, comments = 0, likes = 0;
    friend bool operator==(const Heat&, const Heat&) = default;
};

// One struct per row of the contract's table, in its order. Empty text means: not given.
struct Detected {
    std::string title, summary, field, place, platform, url;
    std::optional<TimePoint> occurred_at;
    std::optional<IncidentGrade> incident_grade;
    std::optional<OpinionLevel> opinion_level;
    std::string lead_unit;
    std::vector<std::string> assist_units;
    std::optional<Heat> heat;
    std::optional<Matter> matter;
    std::string matter_key;
    std::optional<TimePoint> due;
};
struct Assessed {
    std::string by;
    std::optional<IncidentGrade> incident_grade;
    std::optional<OpinionLevel> opinion_level;
    std::string field, reason;
};
struct Assigned {
    std::string by, lead_unit;
    std::vector<std::string> assist_units;
    std::string reason;
};
struct Returned {
    std::string by, unit, reason;
};
struct Acknowledged {
    std::string by, note;
};
struct Approved {
    std::string by, note;
};
struct Published {
    ResponseKind kind{};
    std::string by, channel, url, title, approved_by;
    std::optional<TimePoint> approved_at;
};
struct Waived {
    std::string obligation, by, reason;
};
struct CommitmentMade {
    std::string commitment, text;
    TimePoint due;
    std::string by;
};
struct CommitmentKept {
    std::string commitment, by, url;
};
struct Rated {
    int score = 0;
    std::string by;
};
struct Merged {
    CaseId into;
    std::string by, reason;
};
struct Muted {
    TimePoint until;
    std::string by, reason;
};
struct Noted {
    std::string by, text;
};
struct Closed {
    std::string by, reason;
};
struct Reopened {
    std::string by, reason;
};
struct Dismissed {
    std::string by, reason;
};
struct Withdrawn {
    std::string event_source, event_id, by, reason;
};

using EventData = std::variant<Detected, Assessed, Assigned, Returned, Acknowledged, Approved, Published,
                               Waived, CommitmentMade, CommitmentKept, Rated, Merged, Muted, Noted, Closed,
                               Reopened, Dismissed, Withdrawn>;

/// The names on the wire, in the order of the alternatives of EventData.
inline constexpr std::array<std::string_view, std::variant_size_v<EventData>> event_type_names{
    "opinion.detected",  "case.assessed",      "case.assigned",     "case.returned",   "case.acknowledged",
    "response.approved", "response.published", "obligation.waived", "commitment.made", "commitment.kept",
    "rating.received",   "case.merged",        "case.muted",        "case.noted",      "case.closed",
    "case.reopened",     "case.dismissed",     "fact.withdrawn"};

inline std::string_view type_name(const EventData& data) { return event_type_names[data.index()]; }

/// (`source`, `id`): what makes two events the same.
struct EventKey {
    std::string source;
    std::string id;
    friend bool operator==(const EventKey&, const EventKey&) = default;
    friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

struct Event {
    EventKey key;
    TimePoint time;  // when the thing happened
    std::optional<CaseId> subject;
    EventData data;
    bool truncated = false;               // text was cut at its limit
    std::vector<std::string> unreadable;  // names of optional members that could not be read
    std::string record;                   // the event as told, one line of JSON
    std::string content_hash;             // 16 hex digits; equal for equal content, whatever the member order
};

enum class ClientRole { monitor, viewer, operator_, supervisor, admin };
std::string_view to_string(ClientRole role);  // `operator_` is written "operator"

/// Through which door and as whom an event came in; kept in the record beside what `by` says.
struct Via {
    std::string door;    // zmq, http, ctl, simulate
    std::string client;  // name of the key or token, else empty
    ClientRole role = ClientRole::supervisor;
};

/// An event that was accepted.
struct Fact {
    Event event;
    TimePoint recorded_at;  // when it was committed
    Via via;
    bool silent = false;  // told as history (`send --history`): rings nobody
};

inline constexpr std::size_t event_bytes_max = 64 * 1024;
inline constexpr std::size_t title_chars_max = 200;
inline constexpr std::size_t text_chars_max = 4000;
inline constexpr std::size_t event_key_bytes_max = 255;
inline constexpr Duration future_max = std::chrono::minutes(5);
inline constexpr Duration mute_max = std::chrono::days(7);

bool is_case_id(std::string_view text);  // [A-Za-z0-9._-]{1,64}

}  // namespace alert
