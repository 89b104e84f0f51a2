// One message about one step (or notice) to one channel, as a value; formats render it when it is sent.
#pragma once

#include "alert/core/derive.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

enum class Reason {
    opened,
    unacknowledged,
    reminder,
    due,
    overdue,  // follow from the step
    upgraded,
    fulfilled,
    closed,
    attention,  // notices about a case
    digest,
    handover,
    bulletin,
    drill,
    test,
    self  // about no one case
};
std::string_view to_string(Reason reason);
std::optional<Reason> parse_reason(std::string_view text);

/// What a URL takes: in any stretch of `length` at most so many requests, over all channels and daemons.
struct UrlLimit {
    struct Window {
        std::uint32_t requests = 0;
        Duration length{};
        friend bool operator==(const Window&, const Window&) = default;
    };
    /// One request in so many of each window is kept for what travels alone: an emergency is told at once
    /// also while everything else waits.
    static constexpr std::uint32_t kept_one_in = 6;
    /// Among so many of the most urgent that wait, what travels alone goes before the others.
    static constexpr std::uint32_t alone_within = 1000;
    /// For so long what the URL was told alone, by whichever channel, gives way to what it was not told yet.
    static constexpr std::chrono::minutes told_alone_for{10};
    static std::string hash_of(std::string_view url);
    std::string url_hash;  // of the URL, which is a secret
    std::vector<Window> windows;
};

/// The queue of the outbox: 0 goes first.
using Urgency = int;
inline constexpr int urgency_count = 4;
Urgency urgency_of(Reason reason, bool emergency);

struct Target {
    std::string role;
    std::vector<std::string> officers;  // ids; empty in a gap of the roster
    friend bool operator==(const Target&, const Target&) = default;
};

struct CaseBrief {
    CaseId id;
    std::string title, class_id;
    IncidentGrade incident_grade = IncidentGrade::none;
    std::optional<OpinionLevel> opinion_level;
    std::string field, lead_unit;  // Chinese names where the directory knows them
    CaseStatus status = CaseStatus::open;
    friend bool operator==(const CaseBrief&, const CaseBrief&) = default;
};

struct ObligationBrief {
    std::string id, title;
    ObligationKind kind = ObligationKind::internal;
    TimePoint start, due;
    std::string basis, guide;
    friend bool operator==(const ObligationBrief&, const ObligationBrief&) = default;
};

struct StepBrief {
    std::string at;  // as in the policy: "due-1h"
    TimePoint planned;
    std::uint32_t repeat = 0;  // 0: the step itself
    friend bool operator==(const StepBrief&, const StepBrief&) = default;
};

/// One matter of a bulletin or a hand-over.
struct NotificationItem {
    CaseBrief matter;
    std::optional<ObligationBrief> obligation;  // what is to be answered first
    friend bool operator==(const NotificationItem&, const NotificationItem&) = default;
};

/// As the record names it: `due-1h`, or `due#3` for its third repeat.
std::string step_name(const StepBrief& step);

struct Notification {
    NotificationId id;
    ChannelId channel;
    Reason reason{};
    std::string flag;  // with Reason::attention
    Card card = Card::none;
    Urgency urgency = 3;
    bool alone = false;    // never in one request with others
    TimePoint created_at;  // when it was decided
    std::string detail;    // one line more for people, may be empty; of self the headline and all lines
    std::optional<CaseBrief> matter;
    std::optional<ObligationBrief> obligation;
    std::optional<StepBrief> step;
    std::vector<Target> targets;
    std::vector<NotificationItem> items;  // bulletin, handover
    std::string about;                    // self: which trouble, `channel.duty-group`
    bool over = false;                    // self: it is over
    friend bool operator==(const Notification&, const Notification&) = default;
};

/// Hash of the parts that make two messages the same: (case, obligation without ordinal and the fact
/// that began it, step and its ordinal, repeat, channel), or a notice's reason and subject.
NotificationId notification_id(const std::vector<std::string_view>& parts);

/// What a message says to people, in Chinese, in the order in which it is read. Values hold text from
/// outside.
struct MessageLine {
    std::string label, value;  // without a label: a sentence of its own
    friend bool operator==(const MessageLine&, const MessageLine&) = default;
};
struct MessageParts {
    std::string reason;   // 催办
    std::string left;     // 剩余1小时, 已超期2小时; empty where there is no deadline to come
    std::string subject;  // the matter's title; empty when it is about no one case
    std::vector<MessageLine> lines;
};
MessageParts message_parts(const Notification& notification, const Directory& directory, TimePoint now,
                           const Zone& zone);

/// 06-02 06:40, with seconds only when they are not zero.
std::string clock_text(TimePoint at, const Zone& zone);
/// 剩余1小时, 已到期, 已超期2小时
std::string remaining_text(TimePoint due, TimePoint now);

/// The same as one short line and the few lines below it.
struct MessageText {
    std::string title, text;
};
MessageText compose(const Notification& notification, const Directory& directory, TimePoint now,
                    const Zone& zone);

/// The emergencies whose `opened` and `due` travel alone.
bool is_emergency(const Notification& notification);

}  // namespace alert
