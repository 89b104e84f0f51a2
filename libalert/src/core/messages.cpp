#include "alert/core/messages.hpp"

#include "alert/core/climb.hpp"
#include "alert/core/names.hpp"

namespace alert {

CaseBrief case_brief(const Rules& rules, const CaseView& view) {
    return {.id = view.id,
            .title = view.title,
            .class_id = view.class_id,
            .incident_grade = view.attributes.incident_grade,
            .opinion_level = view.attributes.opinion_level,
            .field = field_name(rules.directory, view.attributes.field),
            .lead_unit = unit_name(rules.directory, view.attributes.lead_unit),
            .status = view.status};
}

ObligationBrief obligation_brief(const Obligation& o) {
    return {.id = o.id,
            .title = o.title,
            .kind = o.kind,
            .start = o.start,
            .due = o.due,
            .basis = o.basis,
            .guide = o.guide};
}

Reason reason_of(const Step& step, std::uint32_t repeat) {
    if (repeat > 0 || step.at.after_due()) return Reason::overdue;
    if (step.at.at_due()) return Reason::due;
    if (step.at.at_start()) return Reason::opened;
    return step.unless == Unless::acknowledged ? Reason::unacknowledged : Reason::reminder;
}

Reason reason_of_step(std::string_view name) {
    const auto time = name.substr(0, name.find('#'));
    const auto at = parse_step_time(time);
    if (!at) return Reason::reminder;
    Step step;
    step.at = *at;
    return reason_of(step, time.size() < name.size() ? 1 : 0);
}

NotificationId step_notification_id(const CaseId& id, const Obligation& o, std::uint32_t rung,
                                    std::uint32_t repeat, const ChannelId& channel) {
    const Step& step = o.ladder->steps[rung];
    // Rungs of the same time are told apart by their ordinal among them, not by their place in the file.
    std::uint32_t ordinal = 0;
    for (std::uint32_t i = 0; i < rung; ++i) ordinal += o.ladder->steps[i].at.text == step.at.text ? 1 : 0;
    const auto step_text = step.at.text + "/" + std::to_string(ordinal) + "/" + std::to_string(repeat);
    return notification_id({id.value, o.climb_key, step_text, channel.value});
}

Notification step_notification(const Rules& rules, const CaseView& view, const Obligation& o,
                               std::uint32_t rung, std::uint32_t repeat, const ChannelId& channel,
                               const std::vector<Target>& targets, TimePoint now) {
    const Step& step = o.ladder->steps[rung];
    Notification n{.id = step_notification_id(view.id, o, rung, repeat, channel), .channel = channel};
    n.reason = reason_of(step, repeat);
    n.card = step.card;
    n.urgency = urgency_of(n.reason, view.emergency());
    n.created_at = now;
    n.matter = case_brief(rules, view);
    n.obligation = obligation_brief(o);
    n.step = StepBrief{.at = step.at.text, .planned = planned_at(rules, o, step, repeat), .repeat = repeat};
    n.targets = targets;
    return n;
}

void notice(const Rules& rules, const CaseView& view, TimePoint now, Notice what, Transition& out,
            CaseChange& change) {
    if (what.roles.empty()) what.roles = rules.policy.notice_roles(to_string(what.reason));
    if (what.roles.empty()) return;  // silenced by the policy
    const auto decided = what.once_for_all ? std::string() : std::to_string(change.expected_version);
    LogEntry entry{.kind = LogKind::notice, .at = now, .reason = std::string(to_string(what.reason))};
    if (!what.flag.empty()) entry.reason += ":" + what.flag;
    if (what.obligation) entry.obligation = what.obligation->id;
    for (const auto& [channel, targets] : audience_of(rules, view, what.roles, now).channels) {
        Notification n{.id = notification_id({view.id.value, "notice", what.once, decided, channel.value}),
                       .channel = channel};
        n.reason = what.reason;
        n.flag = what.flag;
        n.detail = what.detail;
        n.urgency = urgency_of(what.reason, view.emergency());
        n.created_at = now;
        n.matter = case_brief(rules, view);
        if (what.obligation) n.obligation = obligation_brief(*what.obligation);
        n.targets = targets;
        entry.notifications.push_back(n.id);
        entry.channels.push_back({channel, targets.size()});
        entry.targets.insert(entry.targets.end(), targets.begin(), targets.end());
        out.notifications.push_back(std::move(n));
    }
    change.log.push_back(std::move(entry));
}

std::map<ChannelId, std::vector<Target>> office_channels(const Rules& rules, Reason reason, TimePoint now) {
    return audience_of(rules, CaseView{}, rules.policy.notice_roles(to_string(reason)), now).channels;
}

std::vector<Notification> office_notice(const Rules& rules, Reason reason, const std::string& flag,
                                        const std::string& detail, const std::string& once, TimePoint now) {
    return office_notice(office_channels(rules, reason, now), reason, flag, detail, once, now);
}

std::vector<Notification> office_notice(const std::map<ChannelId, std::vector<Target>>& channels,
                                        Reason reason, const std::string& flag, const std::string& detail,
                                        const std::string& once, TimePoint now) {
    std::vector<Notification> notifications;
    for (const auto& [channel, targets] : channels) {
        Notification n{.id = notification_id({"office", once, channel.value}), .channel = channel};
        n.reason = reason;
        n.flag = flag;
        n.detail = detail;
        n.urgency = urgency_of(reason, false);
        n.created_at = now;
        n.targets = targets;
        notifications.push_back(std::move(n));
    }
    return notifications;
}

Notification test_message(const ChannelId& channel, const std::string& detail, TimePoint now) {
    const auto once = "test:" + std::to_string(now.time_since_epoch().count());
    Notification n{.id = notification_id({"office", once, channel.value}), .channel = channel};
    n.reason = Reason::test;
    n.detail = detail;
    n.urgency = urgency_of(n.reason, false);
    n.created_at = now;
    return n;
}

}  // namespace alert
