// Cases, facts, messages and transitions as the contract tests commit them.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/port/case_store.hpp"
#include "alert/port/outbox.hpp"

#include <memory>
#include <string>

namespace contract {

using namespace std::chrono_literals;

inline const alert::Duration lease = 2s;
inline const alert::ChannelId duty{"duty-group"};

inline alert::EventKey event_key(const std::string& id) { return {"weibo", id}; }

inline alert::LogEntry fact_entry(const std::string& event_id, alert::TimePoint at,
                                  const std::string& title = "积水") {
    alert::LogEntry entry{.kind = alert::LogKind::fact, .at = at};
    entry.via = {"zmq", "monitor-1", alert::ClientRole::monitor};
    entry.record = R"({"specversion":"1.0","id":")" + event_id +
                   R"(","source":"weibo","type":"opinion.detected","time":"2026-03-03T22:05:00+08:00",)" +
                   R"("subject":"QS-1","data":{"title":")" + title + R"("}})";
    return entry;
}

inline alert::LogEntry fired_entry(alert::TimePoint at) {
    alert::LogEntry entry{.kind = alert::LogKind::fired, .at = at};
    entry.obligation = "response";
    entry.step = "start";
    entry.planned = at;
    return entry;
}

inline alert::Snapshot snapshot(const std::string& id, const std::string& title = "积水") {
    alert::Snapshot kept;
    kept.id = alert::CaseId(id);
    kept.policy = alert::PolicyHash("00112233aabbccdd");
    const alert::FactKey key{alert::TimePoint(1'772'546'700'000ms), "weibo", "e1"};
    kept.facts.detected = key;
    kept.facts.title = {key, title};
    kept.facts.detections = 1;
    return kept;
}

/// A case that is told of for the first time by one event, and is due at `wake`.
inline alert::Transition opening(const std::string& id, const std::string& event_id, alert::TimePoint now,
                                 std::optional<alert::TimePoint> wake = {}) {
    alert::Transition transition;
    alert::CaseChange change;
    change.next = snapshot(id);
    change.log = {fact_entry(event_id, now)};
    change.wake = wake;
    change.open_due = now + 48h;
    change.started = now;
    transition.cases.push_back(std::move(change));
    transition.events.push_back({event_key(event_id), alert::CaseId(id), "0123456789abcdef"});
    transition.counters["open:general"] = 1;
    return transition;
}

/// The next change of a case at `version`, without an event.
inline alert::Transition change_of(const std::string& id, std::uint64_t version, alert::TimePoint now,
                                   std::optional<alert::TimePoint> wake = {}) {
    alert::Transition transition = opening(id, "unused", now, wake);
    transition.events.clear();
    transition.counters.clear();
    transition.cases[0].expected_version = version;
    transition.cases[0].log = {fired_entry(now)};
    transition.cases[0].next.facts.detections = 7;
    return transition;
}

inline alert::Notification message(const std::string& id, alert::Urgency urgency, alert::TimePoint created,
                                   const alert::ChannelId& channel = duty) {
    alert::Notification notification;
    notification.id = alert::NotificationId(id);
    notification.channel = channel;
    notification.reason = alert::Reason::reminder;
    notification.urgency = urgency;
    notification.created_at = created;
    notification.detail = "first line\nsecond line";
    notification.targets = {{"duty_officer", {"zhang"}}};
    return notification;
}

inline alert::Transition messages(std::vector<alert::Notification> all) {
    alert::Transition transition;
    transition.notifications = std::move(all);
    return transition;
}

inline alert::Transition overtaking(const std::string& id) {
    alert::Transition transition;
    transition.overtaken = {{alert::NotificationId(id), duty}};
    return transition;
}

inline alert::Transition redelivering(const std::string& id, alert::Urgency urgency) {
    alert::Transition transition;
    transition.redelivered = {{alert::NotificationId(id), duty, urgency}};
    return transition;
}

inline alert::Settlement settlement(const std::string& id, alert::Urgency urgency, alert::DeliveryState state,
                                    std::uint32_t attempts = 1) {
    alert::Settlement settled;
    settled.id = alert::NotificationId(id);
    settled.channel = duty;
    settled.urgency = urgency;
    settled.state = state;
    settled.attempts = attempts;
    return settled;
}

}  // namespace contract
