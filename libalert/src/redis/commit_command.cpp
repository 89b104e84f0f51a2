#include "commit_command.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "alert/redis/connection.hpp"
#include "notification_value.hpp"

namespace alert::redis {
namespace {

constexpr std::size_t shared_keys = 6;
constexpr std::size_t bytes_per_case = 4096;  // a guess that saves growing the buffer
constexpr std::string_view no_due = "inf";    // open with nothing to answer: after all that has a due time

std::int64_t count(const auto& items) { return static_cast<std::int64_t>(items.size()); }

std::string score(const std::optional<TimePoint>& at) {
    return at ? std::to_string(millis(*at)) : std::string();
}

std::string open_score(const CaseChange& change) {
    if (change.open_due) return score(change.open_due);
    return std::string(change.open ? no_due : std::string_view());
}

std::string_view matter_mark(const CaseChange& change) {
    if (change.matter_key.empty()) return "";
    if (!change.matter_open) return "gone";
    return change.matter_must_be_free ? "free" : "open";
}

void add_keys(Command& command, const Keys& keys, const Transition& transition) {
    command.add(keys.wake())
        .add(keys.index_open())
        .add(keys.index_all())
        .add(keys.stats())
        .add(keys.changed())
        .add(keys.changes());
    for (const auto& change : transition.cases)
        command.add(keys.case_hash(change.next.id)).add(keys.log(change.next.id));
    for (const auto& event : transition.events) command.add(keys.event(event.key));
    for (const auto& notification : transition.notifications)
        command.add(keys.notification(notification.id))
            .add(keys.outbox(notification.channel, notification.urgency));
    for (const auto& overtaken : transition.overtaken) command.add(keys.notification(overtaken.id));
    for (const auto& change : transition.cases)
        if (!change.matter_key.empty()) command.add(keys.matter(change.matter_key));
    if (!transition.redelivered.empty()) command.add(keys.dead());
    for (const auto& again : transition.redelivered)
        command.add(keys.notification(again.id)).add(keys.outbox(again.channel, again.urgency));
}

std::size_t key_count(const Transition& transition) {
    std::size_t total = shared_keys + 2 * transition.cases.size() + transition.events.size() +
                        2 * transition.notifications.size() + transition.overtaken.size();
    for (const auto& change : transition.cases) total += change.matter_key.empty() ? 0 : 1;
    return transition.redelivered.empty() ? total : total + 1 + 2 * transition.redelivered.size();
}

void add_case(Command& command, const CaseChange& change) {
    command.add(change.next.id.value)
        .add(static_cast<std::int64_t>(change.expected_version))
        .add(static_cast<std::int64_t>(change.expected_version + 1))
        .add(encode_snapshot(change.next))
        .add(change.head)
        .add(score(change.wake))
        .add(open_score(change))
        .add(millis(change.started))
        .add(matter_mark(change))
        .add(count(change.log));
}

}  // namespace

Command commit_command(const Keys& keys, const Transition& transition) {
    Command command = script_call(Script::commit, key_count(transition), bytes_per_case);
    add_keys(command, keys, transition);
    command.add(count(transition.cases))
        .add(count(transition.events))
        .add(count(transition.notifications))
        .add(count(transition.overtaken))
        .add(count(transition.counters))
        .add(keys.outbox_prefix())
        .add(notification_retention.count());
    for (const auto& change : transition.cases) add_case(command, change);
    for (const auto& change : transition.cases)
        for (const auto& entry : change.log) command.add(encode_log_entry(entry));
    for (const auto& event : transition.events) command.add(event.content_hash + " " + event.case_id.value);
    for (const auto& notification : transition.notifications)
        command.add(notification.id.value)
            .add(millis(notification.created_at))
            .add(new_notification_value(notification));
    for (const auto& overtaken : transition.overtaken)
        command.add(overtaken.id.value).add(overtaken.channel.value);
    for (const auto& [field, delta] : transition.counters) command.add(field).add(delta);
    for (const auto& again : transition.redelivered) command.add(again.id.value).add(again.channel.value);
    return command;
}

Result<EventValue> read_event_value(std::string_view text) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return Error{"corrupt", "an event in Redis has no case", ""};
    return EventValue{std::string(text.substr(0, blank)), CaseId(std::string(text.substr(blank + 1)))};
}

}  // namespace alert::redis
