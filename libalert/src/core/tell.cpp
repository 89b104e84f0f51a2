// The notices of a decision. Each is told when it comes to be: it holds after these facts and did not before
// them, so nothing needs to remember that it was told.
#include "alert/core/messages.hpp"

#include "decision.hpp"

#include <algorithm>

namespace alert {

namespace {

/// Everybody who was told `due` or later hears that it was answered.
std::vector<std::string> fulfilled_roles(const Decision& d, const Obligation& o) {
    auto roles = d.rules.policy.notice_roles("fulfilled");
    const auto climbed = d.change.next.progress.climbs.find(o.climb_key);
    if (!o.ladder || climbed == d.change.next.progress.climbs.end()) return roles;
    for (const auto rung : climbed->second.told_late) {
        if (rung < o.ladder->steps.size()) add_new(roles, o.ladder->steps[rung].notify);
    }
    return roles;
}

std::string detail_of(const Cause& cause) {
    if (cause.flag == "unassigned" && !cause.by.empty()) return "责任单位已退回，请改派";
    if (cause.flag == "unknown_unit") return "名录中没有：" + cause.what;
    if (cause.flag == "unreadable") return "无法识别：" + cause.what;
    if (cause.flag == "withdrawn_unknown") return "本事项没有这条消息：" + cause.what;
    if (cause.flag == "waived_unknown") return "本事项没有这项义务：" + cause.what;
    if (cause.flag == "kept_unknown") return "本事项没有这项承诺：" + cause.what;
    return {};
}

void tell(Decision& d, Notice what) {
    if (!d.silent && !d.quiet) notice(d.rules, d.view, d.now, std::move(what), d.out, d.change);
}

std::string text_of(TimePoint at) { return std::to_string(at.time_since_epoch().count()); }

void tell_fulfilled(Decision& d) {
    for (const Obligation& o : d.view.obligations) {
        if (!o.fulfilled_at) continue;
        const Obligation* was = find_same(d.before, o);
        if (was && was->fulfilled_at) continue;
        const auto took = std::max(*o.fulfilled_at - o.start, Duration{0});
        d.out.fulfilled.push_back({o.rule_id, o.status == ObligationStatus::met, took});
        const auto roles = fulfilled_roles(d, o);
        if (roles.empty()) continue;  // the policy silences it
        tell(d, {.reason = Reason::fulfilled,
                 .once = "fulfilled:" + o.climb_key + ":" + text_of(*o.fulfilled_at),
                 .once_for_all = true,
                 .obligation = &o,
                 .roles = roles});
    }
}

void tell_upgraded(Decision& d, const std::vector<Fact>& facts) {
    if (!d.before || facts.empty()) return;
    const Attributes &was = d.before->attributes, &is = d.view.attributes;
    const bool raised = is.incident_grade > was.incident_grade || is.opinion_level > was.opinion_level;
    if (!raised || d.view.status == CaseStatus::merged) return;
    const EventKey& by = facts.back().event.key;
    tell(d,
         {.reason = Reason::upgraded, .once = "upgraded:" + by.source + " " + by.id, .once_for_all = true});
}

void tell_closed(Decision& d) {
    if (!d.view.closed_at || (d.before && d.before->closed_at)) return;
    tell(d, {.reason = Reason::closed, .once = "closed:" + text_of(*d.view.closed_at), .once_for_all = true});
}

void tell_flags(Decision& d) {
    if (is_void(d.view.status)) return;
    const bool told_before = d.before && !is_void(d.before->status);
    for (const Cause& cause : d.view.causes) {
        if (told_before && d.before->causes.contains(cause)) continue;
        tell(d, {.reason = Reason::attention,
                 .flag = cause.flag,
                 .detail = detail_of(cause),
                 .once = "flag:" + cause.flag + ":" + cause.by + cause.what});
    }
}

void tell_due(Decision& d, const Obligation& o, std::string detail) {
    tell(d, {.reason = Reason::attention,
             .flag = "due_moved",
             .detail = std::move(detail),
             .once = "due_moved:" + o.climb_key + ":" + std::to_string(d.change.expected_version),
             .obligation = &o});
}

/// A withdrawal can move a due time later, another calendar both ways; then it is told. Of another policy,
/// whatever it moves or drops: what it adds begins with a step of its own.
void tell_moved(Decision& d) {
    for (const Obligation& o : d.view.obligations) {
        if (!o.open()) continue;
        const Obligation* was = find_same(d.before, o);
        if (!was || o.due == was->due) continue;
        const bool by_calendar = o.start == was->start && due_by_workdays(d.rules.policy, o);
        if (o.due > was->due || by_calendar || d.rebased)
            tell_due(d, o, "原时限：" + format_rfc3339(was->due, d.rules.zone));
    }
    if (!d.rebased) return;
    for (const Obligation& was : d.before->obligations) {
        const Obligation* is = find_same(d.view, was);
        const bool dropped = was.open() && (!is || is->status == ObligationStatus::void_);
        if (dropped) tell_due(d, was, "办法更新后不再要求");
    }
}

/// Another detection after the end, here or of a case merged into this one; or another such merge, which
/// ended what was open there.
bool renewed_after(const Decision& d, const std::vector<Fact>& facts, TimePoint end) {
    const auto& last = d.view.last_detected_at;
    if (d.before && last && *last > end && last > d.before->last_detected_at) return true;
    return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
        const bool late = std::holds_alternative<Detected>(fact.event.data) && fact.event.time > end;
        return late || (std::holds_alternative<Merged>(fact.event.data) && fact.event.subject != d.view.id);
    });
}

/// Nothing that is detected or merged into it reopens what had ended; it is told, at most hourly.
void tell_renewed(Decision& d, const std::vector<Fact>& facts) {
    const auto& end = d.view.closed_at ? d.view.closed_at : d.view.dismissed_at;
    if (!end) return;
    const bool renewed = renewed_after(d, facts, *end);
    auto& told_at = d.change.next.progress.renewed_told_at;
    if (!renewed || d.silent || d.quiet || (told_at && d.now - *told_at < std::chrono::hours(1))) return;
    told_at = d.now;
    notice(d.rules, d.view, d.now,
           {.reason = Reason::attention, .flag = "renewed", .once = "renewed:" + text_of(d.now)}, d.out,
           d.change);
}

}  // namespace

void compare_calendars(Decision& d) {
    auto& dues = d.change.next.progress.workday_dues;
    for (const auto& [climb_key, due] : dues) {
        if (!d.before) break;
        for (Obligation& was : d.before->obligations) {
            if (was.climb_key == climb_key) was.due = due;
        }
    }
    dues.clear();
    for (const Obligation& o : d.view.obligations) {
        if (o.open() && due_by_workdays(d.rules.policy, o)) dues.emplace(o.climb_key, o.due);
    }
}

void tell_all(Decision& d, const std::vector<Fact>& facts) {
    tell_fulfilled(d);
    tell_upgraded(d, facts);
    tell_closed(d);
    tell_flags(d);
    tell_moved(d);
    tell_renewed(d, facts);
}

}  // namespace alert
